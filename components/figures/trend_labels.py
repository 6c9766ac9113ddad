"""Words on a trend: what its lines end in, its targets, its shaded stretches and its two dates."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Final

from components import words
from components.figures.trend_marks import stretches_of
from components.theme import colour, series

if TYPE_CHECKING:
    from components.figures.trend import Axis, Line, Plot

_BAND_SHARE: Final = 0.16
"""Share of a chart's width that the name of a stretch takes."""
_TAG_SHARE: Final = 0.045
"""Share of a chart's width that the letter of a date takes."""
LABEL_PX: Final = 16
"""Height of a label: lines that end closer to each other than this have their labels moved apart."""


def target_words(plot: "Plot", targets: Sequence[float]) -> list[dict[str, Any]]:
    """What the target lines stand for, once, above the highest of them."""
    if plot.measure == "score":
        text = f"target {targets[0]:.0f}"
    else:
        text = ("target " if len(targets) == 1 else "targets ") + words.listed([words.target(t) for t in targets])
    return [
        {
            "xref": "paper",
            "x": 0,
            "xanchor": "left",
            "xshift": 4,
            "y": plot.scaled(max(targets)),
            "yanchor": "bottom",
            "yshift": -2,
            "showarrow": False,
            "text": text,
            "bgcolor": colour("panel"),
            "borderpad": 1,
            "opacity": 0.85,
            "font": {"size": 12, "color": colour("ink-2")},
        }
    ]


def band_words(lines: Sequence["Line"], first: date, last: date) -> list[dict[str, Any]]:
    """Names of the shaded stretches of a chart from first to last, each on its widest and where there is room."""
    middles: dict[date, str] = {}
    for text, (begin, end) in _widest(lines, first).items():
        middle = begin + (end - begin) / 2
        if all(abs((middle - other).days) > _BAND_SHARE * (last - first).days for other in middles):
            middles[middle] = text
    return [
        {
            "name": "band",
            "x": day.isoformat(),
            "yref": "paper",
            "y": 0,
            "yanchor": "bottom",
            "showarrow": False,
            "text": text,
            "bgcolor": colour("panel"),
            "borderpad": 1,
            "font": {"size": 12, "color": colour("ink-2")},
        }
        for day, text in middles.items()
    ]


def _widest(lines: Sequence["Line"], first: date) -> Mapping[str, tuple[date, date]]:
    """For each kind of stretch its words, what matters most first, and the longest there is of it."""
    gaps = [(gap.first, gap.last) for line in lines for gap in line.trend.gaps]
    kinds = {
        "no snapshot": gaps,
        "imported": stretches_of(lines, {"import"}),
        "rebuilt afterwards": stretches_of(lines, {"backfill"}),
    }
    inside = {text: [(max(a, first), b) for a, b in found if b >= first] for text, found in kinds.items()}
    return {text: max(found, key=lambda ends: ends[1] - ends[0]) for text, found in inside.items() if found}


def end_labels(plot: "Plot", lines: Sequence["Line"], axis: "Axis", right: int) -> list[dict[str, Any]]:
    """Name and last value of each queue at the right, pushed apart where lines end close to each other.

    Where more lines end than there is height for labels, the first of the registry are named.
    """
    ends = []
    for line in lines[: plot.pixels // LABEL_PX + 1]:
        known = [value for _, value in line.trend.values(plot.measure) if value is not None]
        if known:
            ends.append((axis.pixel(plot.scaled(known[-1]), plot.pixels), known[-1], line))
    ends.sort(key=lambda end: -end[0])
    heights = spread([end[0] for end in ends], LABEL_PX, plot.pixels)
    labels = []
    for height, (_, value, line) in zip(heights, ends, strict=True):
        # Without an anchor of its own a label hangs below its height in the upper third and stands on it in the lower.
        place = {
            "xref": "paper",
            "x": 1,
            "yref": "paper",
            "y": height / plot.pixels,
            "yanchor": "middle",
            "showarrow": False,
        }
        font = {"size": 12, "color": series(line.place)}
        name = line.name if len(line.name) <= 13 else line.name[:12] + "…"
        figure_text = words.decimal(plot.scaled(value))
        labels += [
            {**place, "xanchor": "left", "xshift": 9, "text": f"<b>{escape(name)}</b>", "font": font},
            {
                **place,
                "xanchor": "right",
                "xshift": right,
                "text": f"<b>{figure_text}</b>",
                "font": {"size": 12, "color": colour("ink")},
            },
        ]
    return labels


def spread(heights: Sequence[float], apart: float, most: float) -> list[float]:
    """Heights, highest first, moved as little as keeps them so far apart and inside 0 to `most`."""
    placed: list[float] = []
    for height in heights:
        placed.append(min(height, placed[-1] - apart) if placed else min(height, most))
    for at in range(len(placed) - 1, -1, -1):
        floor = placed[at + 1] + apart if at + 1 < len(placed) else 0.0
        placed[at] = max(placed[at], floor)
    return placed


def date_tags(a: date | None, b: date | None, days: int) -> list[dict[str, Any]]:
    """The letters above the two dates of a chart of so many days, side by side where they would cover each other."""
    close = a is not None and b is not None and abs((b - a).days) < _TAG_SHARE * days
    tags = (("A", a, "right"), ("B", b, "left"))
    return [_date_tag(name, day, anchor if close else "center") for name, day, anchor in tags if day is not None]


def _date_tag(name: str, day: date, anchor: str) -> dict[str, Any]:
    return {
        "name": name.lower(),
        "x": day.isoformat(),
        "xanchor": anchor,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 5,
        "showarrow": False,
        "text": f"<b>{name}</b>",
        "bgcolor": colour("accent"),
        "borderpad": 3,
        "width": 14,
        "font": {"size": 12, "color": colour("on")},
    }


def break_mark() -> dict[str, Any]:
    """Two strokes across the foot of an axis that does not start at zero."""
    return {
        "xref": "paper",
        "x": 0,
        "yref": "paper",
        "y": 0,
        "xanchor": "center",
        "yanchor": "middle",
        "xshift": -4,
        "showarrow": False,
        "text": "//",
        "font": {"size": 11, "color": colour("bar")},
        "hovertext": "The axis does not start at zero",
    }
