"""Sparklines: thirty days in a few pixels, drawn as a mask so that the line takes the ink of its surroundings."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from components.line_path import Frame, line_path

Points = Sequence[tuple[date, float | None]]


def sparkline(
    points: Points,
    *,
    target: float | None,
    width: int,
    height: int,
    low: float,
    high: float,
) -> Component:
    """A line of daily values on a scale from `low` to `high` with a dot at the last and the target dotted.

    `width` and `height` are CSS pixels. A day without a value leaves a gap; a value outside the scale lies on its
    edge. A series without any value is an empty place of the same size.
    """
    return html.Div(
        className="spark",
        style={"--spark": mask(points, target, width, height, low, high), "width": width, "height": height},
        role="img",
        title=said(points),
    )


def mask(points: Points, target: float | None, width: int, height: int, low: float, high: float) -> str:
    """The drawing as a CSS `url()`; only its opacity counts."""
    frame = Frame(width, height, low, high, pad=3)
    parts = []
    if target is not None:
        y = frame.y(target)
        parts.append(
            f'<path d="M0 {y}H{width}" stroke="#000" stroke-opacity=".75" stroke-width="1.2" stroke-dasharray="1.2 3"/>'
        )
    values = [value for _, value in points]
    if path := line_path(values, frame):
        parts.append(stroke(path, 1.5))
    if values and values[-1] is not None:
        x, y = frame.x(len(values) - 1, len(values)), frame.y(values[-1])
        parts.append(f'<circle cx="{x}" cy="{y}" r="2.6"/>')
    return as_mask("".join(parts), width, height)


def as_mask(drawing: str, width: float, height: float) -> str:
    """SVG elements as a CSS `url()` of their own size."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return f'url("data:image/svg+xml,{quote(head + drawing + "</svg>", safe=" =:/,.-")}")'


def stroke(path: str, width: float) -> str:
    """A path drawn as a line so many pixels wide, with round joins and ends."""
    ends = 'stroke-linejoin="round" stroke-linecap="round"'
    return f'<path d="{path}" fill="none" stroke="#000" stroke-width="{width}" {ends}/>'


def said(points: Points) -> str:
    """The series in words: where it began, where it is, how low and how high it was, and how many days are missing."""
    known = [(day, value) for day, value in points if value is not None]
    if not known:
        return "No score on any of these days"
    values = [value for _, value in known]
    missing = len(points) - len(known)
    gaps = f", {missing} of {len(points)} days missing" if missing else ""
    first, last = known[0], known[-1]
    return (
        f"From {first[1]:.1f} on {first[0]:%-d %b} to {last[1]:.1f} on {last[0]:%-d %b}, "
        f"between {min(values):.1f} and {max(values):.1f}{gaps}"
    )
