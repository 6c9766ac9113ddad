"""What runs out today, every 15 minutes: a block a clock, with closed hours shaded and the instant of the data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from components import words
from components.graph import figure
from components.theme import colour
from servicelevel.due import DueState
from servicelevel.due_day import BIN_MS, DueDay
from servicelevel.instants import HOUR_MS

HEIGHT: Final = 140
_FILL: Final = 0.86
_BINS_PER_HOUR: Final = HOUR_MS // BIN_MS
_NARROWEST_NAMED: Final = 3
_MOST_HOURS: Final = 14
_SUMMARY_SHOWN: Final = 60
_TONES: Final = (("risk", "overdue"), ("watch", "lt_1h"), ("bar", None))


@dataclass(frozen=True, slots=True)
class Block:
    """One clock: when its goal runs out or ran out, its state, its words, and the path of its ticket."""

    due: int
    state: DueState
    key: str
    queue: str
    summary: str
    path: str


def due_today(blocks: Sequence[Block], day: DueDay, as_of: int) -> dict[str, Any]:
    """The picture of a day. A block leads to its ticket; those of other days are left out."""
    placed = _placed(blocks, day)
    most = max((level for level, _, _ in placed), default=0) + 1
    top = max(most, 3)
    return figure(
        [_bars(placed, tone, state, day) for tone, state in _TONES],
        {
            "height": HEIGHT,
            "margin": {"l": 30, "r": 18, "t": 18, "b": 22},
            "barmode": "overlay",
            "xaxis": {
                "range": [0, len(day.closed)],
                "tickvals": (hours := _hours(day)),
                "ticktext": [words.clock(day.start + place * BIN_MS, day.zone) for place in hours],
                "showgrid": False,
                "showline": True,
                "linecolor": colour("bar"),
                "fixedrange": True,
            },
            "yaxis": {
                "ticksuffix": "  ",
                "range": [0, top],
                "dtick": _step(top),
                "tick0": 0,
                "fixedrange": True,
                "showline": False,
            },
            "shapes": [*_closed(day), _now(day, as_of)],
            "annotations": [*_closed_words(day, top), _now_words(day, as_of)],
        },
        revision="due-today",
    )


def _placed(blocks: Sequence[Block], day: DueDay) -> list[tuple[int, int, Block]]:
    """Blocks with their level and bin, in each bin the earliest lowest."""
    heights: defaultdict[int, int] = defaultdict(int)
    placed = []
    for block in sorted(blocks, key=lambda block: (block.due, block.key)):
        place = day.place(block.due)
        if place is not None:
            placed.append((heights[place], place, block))
            heights[place] += 1
    return placed


def _bars(placed: Sequence[tuple[int, int, Block]], tone: str, state: str | None, day: DueDay) -> dict[str, Any]:
    named = {known for _, known in _TONES}
    mine = [item for item in placed if item[2].state == state or (state is None and item[2].state not in named)]
    return {
        "type": "bar",
        "x": [place + 0.5 for _, place, _ in mine],
        "y": [_FILL] * len(mine),
        "base": [level + (1 - _FILL) / 2 for level, _, _ in mine],
        "width": _FILL,
        "marker": {"color": colour(tone), "line": {"width": 0}, "cornerradius": 2},
        "customdata": [block.path for _, _, block in mine],
        "hovertext": [_said(block, day) for _, _, block in mine],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _said(block: Block, day: DueDay) -> str:
    """A block in words. Jira's text is escaped, because charts read tags in what they show."""
    text = block.summary
    shown = text if len(text) <= _SUMMARY_SHOWN else text[: _SUMMARY_SHOWN - 1] + "…"
    verb = "was due" if block.state == "overdue" else "due"
    head = f"<b>{escape(block.key)}</b> {verb} {words.clock(block.due, day.zone)}"
    return "<br>".join((head, escape(shown), escape(block.queue)))


def _hours(day: DueDay) -> list[int]:
    every = _BINS_PER_HOUR * (1 if len(day.closed) <= _MOST_HOURS * _BINS_PER_HOUR else 2)
    return list(range(0, len(day.closed) + 1, every))


def _step(top: int) -> int:
    return next((step for step in (1, 2, 5, 10, 20, 50, 100) if top / step <= 4), 200)


def _spans(day: DueDay) -> list[tuple[int, int]]:
    """Closed stretches as first bin and the bin after the last."""
    spans: list[tuple[int, int]] = []
    for place, closed in enumerate(day.closed):
        if closed and spans and spans[-1][1] == place:
            spans[-1] = (spans[-1][0], place + 1)
        elif closed:
            spans.append((place, place + 1))
    return spans


def _closed(day: DueDay) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": low,
            "x1": high,
            "y0": 0,
            "y1": 1,
            "fillcolor": colour("none-t"),
            "line": {"width": 0},
            "layer": "below",
        }
        for low, high in _spans(day)
    ]


def _closed_words(day: DueDay, top: int) -> list[dict[str, Any]]:
    return [
        {
            "x": (low + high) / 2,
            "y": top,
            "text": "closed, clocks stop",
            "showarrow": False,
            "yanchor": "top",
            "font": {"size": 11, "color": colour("ink-2")},
        }
        for low, high in _spans(day)
        if high - low >= _NARROWEST_NAMED
    ]


def _now(day: DueDay, as_of: int) -> dict[str, Any]:
    at = day.position(as_of)
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1.12,
        "line": {"color": colour("accent"), "width": 2},
    }


def _now_words(day: DueDay, as_of: int) -> dict[str, Any]:
    at = day.position(as_of)
    late = at > len(day.closed) * 0.9
    return {
        "x": at,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "right" if late else "left",
        "xshift": -6 if late else 6,
        "text": f"<b>as of {words.clock(as_of, day.zone)}</b>",
        "showarrow": False,
        "font": {"size": 12, "color": colour("accent")},
    }
