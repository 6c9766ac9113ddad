"""The seven states of a due list as one filter: each clock is in exactly one of them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from components import words
from components.icons import IconName, icon
from servicelevel.due import DUE_STATES, DueState

LABELS: Final[Mapping[DueState, str]] = {
    "overdue": "Overdue",
    "lt_1h": "Within 1 h",
    "lt_4h": "In 1 to 4 h",
    "today": "Later today",
    "next_day": "Next business day",
    "later": "Later",
    "paused": "Paused",
}
_SHAPES: Final[Mapping[DueState, tuple[IconName, str]]] = {
    "overdue": ("risk", "tone-risk"),
    "lt_1h": ("watch", "tone-watch"),
    "paused": ("insufficient", ""),
}


def due_buckets(
    counts: Mapping[DueState, int] | None, shown: Collection[DueState], href: Callable[[DueState], str]
) -> Component:
    """One tile a state with its count; those `shown` are marked, and each leads to `href`, which turns it over.

    Without `counts` nothing is known of any clock.
    """
    tiles = [
        _tile(state, None if counts is None else counts.get(state, 0), state in shown, href(state))
        for state in DUE_STATES
    ]
    named: dict[str, Any] = {"aria-label": "Clocks by when they run out"}
    return html.Nav(tiles, className="buckets", **named)


def _tile(state: DueState, n: int | None, shown: bool, href: str) -> Component:
    shape, tone = _SHAPES.get(state, (None, ""))
    figure = html.Span(
        [icon(shape) if shape else None, words.count(n)], className=f"bucket-n {tone if n else ''}".rstrip()
    )
    label = html.Span(LABELS[state] + (" · shown" if shown else ""), className="bucket-label")
    return html.A([figure, label], href=href, className="bucket bucket-on" if shown else "bucket")
