"""Open work as dots: a dot a ticket, a row a priority, age in business days on a logarithmic axis."""

from collections.abc import Sequence
from html import escape
from math import log10
from typing import Any, Final

from components import words
from components.graph import figure
from components.theme import colour
from servicelevel import marks
from servicelevel.ageing import Aged, Ageing

_LABEL: Final = 0.3
"""Width of a label as a share of the axis."""
_BODY_PX, _LEAST_ROW_PX, _MOST_ROW_PX = 300, 44, 74
LEFT_PX, RIGHT_PX = 58, 6
_TOP_PX, _BOTTOM_PX = 24, 6
FROM_BD: Final = 0.04
"""Left end of the axis in business days; younger tickets stand close to it."""
_INSET: Final = 1.25
_MOST_BD: Final = 60.0
_GOLDEN: Final = 0.618034
_SPREAD: Final = 0.66
_LONGEST: Final = 8


def to_bd(found: Ageing) -> float:
    """Right end of the axis in business days."""
    return max(_MOST_BD, *(1.15 * item.age_bd for item in found.tickets)) if found.tickets else _MOST_BD


def along(bd: float, found: Ageing) -> float:
    """Where an age lies on the axis, from 0 to 1."""
    low, high = log10(FROM_BD), log10(to_bd(found))
    return (log10(max(bd, FROM_BD)) - low) / (high - low)


def ageing_height(priorities: int) -> int:
    """Height in pixels that the figure wants."""
    rows = max(priorities, 1)
    row_px = min(max(_BODY_PX // rows, _LEAST_ROW_PX), _MOST_ROW_PX)
    return rows * row_px + _TOP_PX + _BOTTOM_PX


def ageing_dots(
    found: Ageing, keys: Sequence[str], priorities: Sequence[tuple[int, str]], *, queue_id: str
) -> dict[str, Any]:
    """The picture; `keys` are the queue's ticket keys by row, `priorities` the rows by code with their names."""
    rows = {code: place for place, (code, _) in enumerate(priorities)}
    height = ageing_height(len(priorities))
    low, high = log10(FROM_BD), log10(to_bd(found))
    tickets = [item for item in found.tickets if item.priority in rows]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [max(item.age_bd, FROM_BD * _INSET) for item in tickets],
            "y": [rows[item.priority] + _jitter(item.row) for item in tickets],
            "marker": {
                "size": 7,
                "color": [colour("watch" if item.older else "bar") for item in tickets],
                "line": {"color": colour("panel"), "width": 0.5},
            },
            "customdata": [marks.of_queue(queue_id, marks.ticket_mark(keys[item.row])) for item in tickets],
            "text": [_hover(item, keys[item.row]) for item in tickets],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]
    layout = {
        "height": height,
        "margin": {"l": LEFT_PX, "r": RIGHT_PX, "t": _TOP_PX, "b": _BOTTOM_PX},
        "xaxis": {"type": "log", "range": [low, high], "visible": False, "fixedrange": True},
        "yaxis": {
            "range": [len(priorities) - 0.5, -0.5],
            "tickvals": list(range(len(priorities))),
            "ticktext": [
                escape(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…") for _, name in priorities
            ],
            "showgrid": False,
            "fixedrange": True,
        },
        "shapes": [*_rows(len(priorities)), *_pace(found, high)],
        "annotations": _pace_words(found),
        "dragmode": False,
    }
    return figure(data, layout, revision=f"ageing {queue_id}")


def _jitter(row: int) -> float:
    """A spread that looks random, is even, and is the same at every refresh."""
    return ((row * _GOLDEN) % 1 - 0.5) * _SPREAD


def _hover(item: Aged, key: str) -> str:
    return f"{key}: {words.decimal(item.age_bd)} business days" + (", older than its own p85" if item.older else "")


def _rows(count: int) -> list[dict[str, Any]]:
    line = {"color": colour("line-2"), "width": 1}
    borders = [place + 0.5 for place in range(-1, count)]
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "line": line} for at in borders]


def _pace(found: Ageing, high: float) -> list[dict[str, Any]]:
    """The tint past p85, and the two lines."""
    shapes: list[dict[str, Any]] = []
    if found.p85_bd is not None and found.p85_bd > 0:
        shapes.append(
            {
                "type": "rect",
                "layer": "below",
                "x0": found.p85_bd,
                "x1": 10**high,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "fillcolor": colour("watch-t"),
                "line": {"width": 0},
            }
        )
    for at, dash in ((found.median_bd, "dot"), (found.p85_bd, "solid")):
        if at is not None and at > FROM_BD:
            line = {"color": colour("ink"), "width": 1.5, "dash": dash}
            shapes.append({"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line})
    return shapes


def _pace_words(found: Ageing) -> list[dict[str, Any]]:
    known = [(name, at) for name, at in (("median", found.median_bd), ("p85", found.p85_bd)) if at and at > FROM_BD]
    near = len(known) == 2 and along(known[1][1], found) - along(known[0][1], found) < _LABEL
    anchors = ["right" if near and place == 0 else _anchor(along(at, found)) for place, (_, at) in enumerate(known)]
    return [
        {
            "x": log10(at),
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 2,
            "xanchor": anchor,
            "text": f"<b>{name} {words.decimal(at)} bd</b>",
            "showarrow": False,
            "font": {"size": 11, "color": colour("ink")},
        }
        for (name, at), anchor in zip(known, anchors, strict=True)
    ]


def _anchor(at: float) -> str:
    """Where a label hangs on its line so that it stays inside the frame."""
    return "left" if at < _LABEL / 2 or at + _LABEL <= 1 else "center" if at + _LABEL / 2 <= 1 else "right"
