"""Arrivals and departures: created up and resolved down by day, and under them what stood open on the same days."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from components import words
from components.graph import figure
from components.theme import colour
from servicelevel import marks
from servicelevel.flow import Flow, FlowDay

HEIGHT: Final = 236
_RIGHT: Final = 66
_DAY_MS: Final = 86_400_000
_HATCH: Final = {"shape": "/", "size": 4, "solidity": 0.35, "fillmode": "replace"}
_MOST_TICKS: Final = 5


def arrivals(moved: Flow, *, closed: Sequence[date], queue_id: str) -> dict[str, Any]:
    """The picture of a window; `closed` are its dates without working hours. Days the window cuts are hatched."""
    days = moved.by_day
    data = [
        _bars(days, "created", 1, "accent", queue_id),
        _bars(days, "resolved", -1, "bar", queue_id),
        _open(days, queue_id),
    ]
    most = max([1, *(max(day.created, day.resolved) for day in days)])
    step = _nice(most)
    ticks = [-step, 0, step]
    stock = [day.open for day in days]
    room = max(1, (max(stock) - min(stock)) * 0.15) if stock else 1
    layout = {
        "height": HEIGHT,
        "margin": {"l": 30, "r": _RIGHT, "t": 4, "b": 24},
        "barmode": "overlay",
        "bargap": 0.22,
        "xaxis": {
            "type": "date",
            "showgrid": False,
            "anchor": "y2",
            "tickvals": _ticks(days),
            "ticktext": _names(days),
        },
        "yaxis": {
            "domain": [0.36, 1],
            "range": [-most * 1.12, most * 1.12],
            "tickvals": ticks,
            "ticktext": [words.count(abs(tick)) for tick in ticks],
            "zeroline": True,
            "fixedrange": True,
        },
        "yaxis2": {
            "domain": [0, 0.28],
            "range": [min(stock, default=0) - room, max(stock, default=0) + room],
            "nticks": 3,
            "fixedrange": True,
        },
        "shapes": [_shade(day) for day in closed],
        "annotations": _labels(moved),
        "hovermode": "x unified",
    }
    return figure(data, layout, revision=f"arrivals {queue_id}")


def _bars(days: Sequence[FlowDay], part: marks.FlowPart, sign: int, tone: str, queue_id: str) -> dict[str, Any]:
    counts = [day.created if part == "created" else day.resolved for day in days]
    return {
        "type": "bar",
        "name": part,
        "x": [day.day.isoformat() for day in days],
        "y": [sign * n for n in counts],
        "marker": {
            "color": colour(tone),
            "line": {"width": 0},
            "pattern": {**_HATCH, "shape": ["/" if day.partial else "" for day in days]},
        },
        "customdata": [marks.of_queue(queue_id, marks.flow_mark(part, day.day)) for day in days],
        "text": [f"{words.count(n)} {part}" for n in counts],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _open(days: Sequence[FlowDay], queue_id: str) -> dict[str, Any]:
    sizes = [0.0] * max(len(days) - 1, 0) + [7.0] * bool(days)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "open",
        "x": [day.day.isoformat() for day in days],
        "y": [day.open for day in days],
        "yaxis": "y2",
        "line": {"color": colour("ink"), "width": 1.6},
        "marker": {"color": colour("ink"), "size": sizes},
        "customdata": [marks.of_queue(queue_id, marks.flow_mark("open", day.day)) for day in days],
        "text": [f"{words.count(day.open)} open at the end" + (" (so far)" if day.partial else "") for day in days],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _labels(moved: Flow) -> list[dict[str, Any]]:
    """Direct labels at the right, in the colour of what they name."""
    beside = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 7, "showarrow": False, "align": "left"}
    last = moved.by_day[-1].open if moved.by_day else 0
    rows = (
        (f"<b>{words.count(moved.created)}</b><br>created", "accent", {"y": 0.83, "yref": "paper"}),
        (f"<b>{words.count(moved.resolved)}</b><br>resolved", "ink-2", {"y": 0.53, "yref": "paper"}),
        (f"<b>{words.count(last)}</b> open", "ink", {"y": last, "yref": "y2"}),
    )
    return [
        {**beside, **place, "text": text, "font": {"size": 12, "color": colour(tone)}, "yanchor": "middle"}
        for text, tone, place in rows
    ]


def _shade(day: date) -> dict[str, Any]:
    at = day.isoformat()
    return {
        "type": "rect",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": f"{date.fromordinal(day.toordinal() - 1).isoformat()}T12:00:00",
        "x1": f"{at}T12:00:00",
        "y0": 0,
        "y1": 1,
        "fillcolor": colour("line-2"),
        "line": {"width": 0},
    }


def _ticks(days: Sequence[FlowDay]) -> list[str]:
    return [day.day.isoformat() for day in _named(days)]


def _names(days: Sequence[FlowDay]) -> list[str]:
    return [words.day(day.day) for day in _named(days)]


def _named(days: Sequence[FlowDay]) -> list[FlowDay]:
    """A few days a whole number of weeks apart, or all of a short window."""
    if len(days) <= _MOST_TICKS + 2:
        return list(days)
    apart = 7 * max(1, round(len(days) / 7 / _MOST_TICKS))
    return list(days)[len(days) % apart // 2 :: apart]


def _nice(most: int) -> int:
    """A round number at or under the longest bar."""
    scale = int(f"1{'0' * (len(str(most)) - 1)}")
    return next(step * scale for step in (5, 2, 1) if step * scale <= most)
