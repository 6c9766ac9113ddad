"""What the two waterfalls share: named rows from top to bottom, texts beside them, and a quiet axis under them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.theme import colour

_AXIS_PX: Final = 26
_LINE_EM: Final = 1.3
"""Height of a line of text in plotly, in sizes of its font."""
_NO_TEXT: Final = "\N{NO-BREAK SPACE}"


def height_of(rows: int, row_px: int) -> int:
    """Height in pixels of a figure with so many rows."""
    return rows * row_px + _AXIS_PX


def rows_layout(
    rows: int,
    axis: Mapping[str, Any],
    notes: Sequence[Mapping[str, Any]],
    shapes: Sequence[Mapping[str, Any]],
    *,
    left: int,
    right: int,
    row_px: int,
) -> dict[str, Any]:
    """A layout with row 0 on top, `left` and `right` pixels kept for texts."""
    return {
        "height": height_of(rows, row_px),
        "margin": {"l": left, "r": right, "t": 0, "b": _AXIS_PX},
        "barmode": "overlay",
        "xaxis": {"fixedrange": True, "showgrid": True, **axis},
        "yaxis": {"range": [rows - 0.5, -0.5], "visible": False, "fixedrange": True},
        "annotations": list(notes),
        "shapes": [{"layer": "above", **shape} for shape in shapes],
        "dragmode": False,
    }


def cell(
    place: int,
    text: str,
    *,
    left: int | None = None,
    right: int | None = None,
    tone: str = "ink-2",
    anchor: str | None = None,
    down_px: int = 0,
    size: int = 13,
) -> dict[str, Any]:
    """A text beside a row: `left` pixels before the plot begins, or ending `right` pixels after it ends."""
    edge = {"x": 0, "xshift": -left, "xanchor": anchor or "left"} if left is not None else {
        "x": 1, "xshift": right, "xanchor": anchor or "right"
    }  # fmt: skip
    return {
        **edge,
        "xref": "paper",
        "y": place,
        "yref": "y",
        "yanchor": "middle",
        "yshift": -down_px,
        "text": text,
        "showarrow": False,
        "font": {"size": size, "color": colour(tone)},
        "align": "left",
    }


def column(
    texts: Sequence[tuple[str, str]],
    row_px: int,
    *,
    left: int | None = None,
    right: int | None = None,
    anchor: str | None = None,
    size: int = 13,
) -> dict[str, Any]:
    """A text and its tone for every row in turn, placed as in `cell`.

    They are the lines of one text, because plotly measures each text by itself and that is most of what a picture
    costs. An empty text leaves its row to others.
    """
    lines = (f'<span style="font-size:{size}px;color:{colour(tone)}">{text or _NO_TEXT}</span>' for text, tone in texts)
    middle = (len(texts) - 1) / 2
    whole = cell(0, "<br>".join(lines), left=left, right=right, anchor=anchor)
    font = {"size": row_px / _LINE_EM, "color": colour("ink")}
    return {**whole, "y": middle, "font": font, "align": whole["xanchor"]}


def left_out(place: int, at: float, text: str) -> dict[str, Any]:
    """A text in the plot, where a row has nothing to draw."""
    return {
        "x": at,
        "y": place,
        "xanchor": "left",
        "yanchor": "middle",
        "text": text,
        "showarrow": False,
        "font": {"size": 12, "color": colour("ink-3")},
    }


def connector(at: float, place: int) -> dict[str, Any]:
    """A thin line from the end of a row down to the next."""
    line = {"color": colour("bar"), "width": 1}
    return {"type": "line", "x0": at, "x1": at, "y0": place + 0.28, "y1": place + 0.72, "line": line}
