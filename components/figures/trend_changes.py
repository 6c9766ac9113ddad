"""Where days begin to be judged otherwise: an upright broken line on every chart, and words on the first."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from components import words
from components.theme import colour

if TYPE_CHECKING:
    from components.figures.trend import Line

_BESIDE: Final = 0.2
"""Share of a chart's width that the words of a change take."""


def changes_by_day(lines: Sequence["Line"]) -> Mapping[date, Mapping[str, Sequence[str]]]:
    """For every day on which anything changed what did, each with the names of the queues, by day."""
    found: dict[date, dict[str, list[str]]] = {}
    for line in lines:
        for change in line.trend.changes:
            found.setdefault(change.day, {}).setdefault(change.words, []).append(line.name)
    return dict(sorted(found.items()))


def change_lines(lines: Sequence["Line"]) -> list[dict[str, Any]]:
    """A line at the beginning of each day of a change."""
    return [
        {
            "type": "line",
            "name": "change",
            "yref": "paper",
            "x0": _begin(day),
            "x1": _begin(day),
            "y0": 0,
            "y1": 1,
            "line": {"color": colour("ink-2"), "width": 1.2, "dash": "6px,3px"},
        }
        for day in changes_by_day(lines)
    ]


def change_words(lines: Sequence["Line"], first: date, last: date) -> list[dict[str, Any]]:
    """What changed, beside its line; where two stand close the later one says both, and the list beside names all."""
    width = _BESIDE * (last - first).days
    told: list[tuple[date, list[str]]] = []
    for day, changed in changes_by_day(lines).items():
        if told and (day - told[-1][0]).days < width:
            told[-1][1].extend(text for text in changed if text not in told[-1][1])
        else:
            told.append((day, [*changed]))
    return [_words(day, texts, at_end=(last - day).days < width) for day, texts in told]


def _words(day: date, texts: Sequence[str], *, at_end: bool) -> dict[str, Any]:
    return {
        "name": "change",
        "x": _begin(day),
        "yref": "paper",
        "y": 1,
        "xanchor": "right" if at_end else "left",
        "yanchor": "top",
        "xshift": -3 if at_end else 3,
        "showarrow": False,
        "text": words.listed(texts),
        "bgcolor": colour("panel"),
        "borderpad": 1,
        "opacity": 0.85,
        "font": {"size": 12, "color": colour("ink-2")},
    }


def _begin(day: date) -> str:
    return f"{(day - timedelta(days=1)).isoformat()}T12:00:00"
