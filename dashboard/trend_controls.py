"""The switches above the trends: which queues, days or means, how long, and under what scores stand."""

from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from components.theme import series_token
from dashboard.portal import Portal
from dashboard.trend_facts import TrendFacts
from dashboard.urls import View
from opsportal.reports import Period
from servicelevel.redefinition import ScoresUnder

DAYS: Final = (30, 90, 365)
_SCORES: Final[dict[ScoresUnder, tuple[str, str]]] = {
    "today": (
        "Today’s definition",
        "Old scores are made again from their counts by the targets, weights and anchors of now",
    ),
    "recorded": ("As recorded", "Every score stands as it was kept that day"),
}


def controls(found: TrendFacts) -> list[Component]:
    """Queues to show or hide, and the switches beside them; each is an address of its own."""
    return [_queues(found), html.Div([_scores(found), _smoothing(found), _lengths(found)], className="trend-switches")]


def _queues(found: TrendFacts) -> Component:
    view, portal = found.view, found.portal
    on = [queue.id for queue in found.chosen]
    buttons = []
    for place, queue in enumerate(portal.policy.queues):
        chosen = queue.id in on
        others = [known for known in on if known != queue.id]
        wanted = others if chosen else [*on, queue.id]
        order = [known.id for known in portal.policy.queues if known.id in wanted]
        buttons.append(
            dcc.Link(
                [html.Span(className="trend-swatch", style={"background": series_token(place)}), queue.name],
                href=portal.href(view.with_(queues=tuple(order), team=None)),
                className="button trend-queue" + (" trend-queue-on" if chosen else ""),
                title=f"{'Hide' if chosen else 'Show'} {queue.name}",
            )
        )
    return html.Div(buttons, className="trend-queues")


def _scores(found: TrendFacts) -> Component:
    view, portal = found.view, found.portal
    return _segments(
        "Scores", [(*_SCORES[each], view.with_(scores=each), view.scores == each) for each in _SCORES], portal
    )


def _smoothing(found: TrendFacts) -> Component:
    view, portal = found.view, found.portal
    return _segments(
        "Smoothing",
        [
            ("Daily", "A line through the days", view.with_(smooth=False), not view.smooth),
            (
                "7-day mean",
                "A line through the mean of each day and the six before it",
                view.with_(smooth=True),
                view.smooth,
            ),
        ],
        portal,
    )


def _lengths(found: TrendFacts) -> Component:
    view, portal = found.view, found.portal
    return _segments(
        "Length",
        [
            (
                f"{days} days" if days == DAYS[-1] else str(days),
                f"{days} days that end today",
                view.with_(period=Period(days), a=None, b=None),
                view.period == Period(days),
            )
            for days in DAYS
        ],
        portal,
    )


def _segments(name: str, choices: list[tuple[str, str, View, bool]], portal: Portal) -> Component:
    group: dict[str, Any] = {"role": "group", "aria-label": name}
    return html.Div(
        [_segment(word, title, portal.href(view), on=on) for word, title, view, on in choices],
        className="segments",
        **group,
    )


def _segment(word: str, title: str, href: str, *, on: bool) -> Component:
    current: dict[str, Any] = {"aria-current": "true"} if on else {}
    return html.A(word, href=href, title=title, className="segment" + (" segment-on" if on else ""), **current)
