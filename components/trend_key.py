"""What the marks on the trends mean: only those that are there, each drawn beside its words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from dash import html
from dash.development.base_component import Component

from components.attributes import aria
from components.figures.trend import Line
from components.figures.trend_points import Kind, kind_of

_WORDS: Final[Mapping[Kind, str]] = {
    "live": "day taken live",
    "live_incomplete": "taken live, incomplete",
    "rebuilt": "rebuilt afterwards",
    "rebuilt_incomplete": "rebuilt, incomplete",
    "imported": "imported, score only",
    "today": "today so far",
}


def trend_key(lines: Sequence[Line], today: date, *, smooth: bool) -> Component | None:
    """A list of the marks that these lines have; None where nothing is drawn."""
    kinds = {kind_of(point, today) for line in lines for point in line.trend.points}
    marks = [(kind.replace("_", "-"), text) for kind, text in _WORDS.items() if kind in kinds]
    if not marks:
        return None
    marks.append(("line", "7-day mean" if smooth else "day by day"))
    if any(line.trend.changes for line in lines):
        marks.append(("change", "judged otherwise from here on"))
    return html.Ul(
        [
            html.Li([html.Span(className=f"trend-mark trend-mark-{mark}", **aria(hidden="true")), text])
            for mark, text in marks
        ],
        className="trend-key",
    )
