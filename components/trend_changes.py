"""Where days begin to be judged otherwise, as a list beside the charts."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from dash import html
from dash.development.base_component import Component

from components import words
from components.figures.trend import Line
from components.figures.trend_changes import changes_by_day
from components.panel import panel
from servicelevel.redefinition import ScoresUnder

_MOST_SHOWN: Final = 4
_SCORES: Final[dict[ScoresUnder, str]] = {"today": "by today’s definition", "recorded": "as recorded"}


def changes_panel(lines: Sequence[Line], today: date, scores: ScoresUnder) -> Component | None:
    """The latest changes by day with the queues they are about; None where there is none."""
    rows = [(day, text, names) for day, changed in changes_by_day(lines).items() for text, names in changed.items()]
    if not rows:
        return None
    items = [
        html.Li(
            [
                html.B(words.day(day, today)),
                f", {'all of these queues' if len(names) == len(lines) else words.listed(names)}: {text}.",
            ]
        )
        for day, text, names in rows[-_MOST_SHOWN:]
    ]
    more = len(rows) - len(items)
    if more:
        items.append(html.Li(f"and {words.plural(more, 'earlier change')}"))
    return panel(
        "Changes of definition",
        html.Ul(items, className="muted"),
        info="redefinition",
        note=_SCORES[scores],
        class_name="trend-part trend-gaps",
    )
