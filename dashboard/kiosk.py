"""The wallboard of all queues, and the foot by which wallboards go from page to page."""

from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from components import words
from components.breaking import breaks_words
from components.overview_sentence import overview_sentence
from components.sentence import sentence
from components.wall import WallCard, wall_all, wall_cards, wall_due
from dashboard import overview_panels
from dashboard.overview_facts import OverviewFacts, Past, scales
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import Served
from servicelevel.next_break import NextBreak

STOP_S: Final = 20
"""Seconds that the wall stays on one page."""


def kiosk_page(found: OverviewFacts, past: Past, breaks: NextBreak) -> Component:
    """Everything on one screen of 1920 by 1080, without a control."""
    shown = overview_panels.chosen_due(found, overdue=4, coming=5)
    states = [row.state for _, row in found.seen.due]
    clauses = [clause for clause in overview_sentence(found.standings, breaks, found.zone)[:-1] if not clause.wide]
    return html.Div(
        [
            kiosk_head(sentence(clauses), breaks_words(breaks, found.zone), found),
            html.Div(
                [
                    wall_cards([_card(found, served) for served in overview_panels.worst_first(found)]),
                    wall_all(
                        found.seen.consolidated,
                        past.of_all,
                        scales(found, past),
                        sum(made.now.backlog.open for made in found.made),
                        states.count("paused"),
                    ),
                ],
                className="wall-left-side",
            ),
            wall_due(shown, breaks, found.now, found.zone),
            kiosk_foot(found.view, found.portal, _printed(found)),
        ],
        className="wall",
    )


def kiosk_head(answer: Sequence[Component], second: str, found: OverviewFacts) -> Component:
    """The answer in large type, and the time of day with how old the numbers are."""
    age = "no data yet" if found.seen.as_of is None else f"data {words.age(max(found.now - found.as_of, 0))} old"
    today = words.local_date(found.now, found.zone)
    running: dict[str, Any] = {"data-clock": str(found.now), "data-zone": found.zone.key}
    return html.Header(
        [
            html.Div([html.H1(list(answer)), html.P(second)]),
            html.Div(
                [
                    html.B(words.clock(found.now, found.zone), className="wall-clock num", **running),
                    html.Span(f"{words.weekday(today)} {words.day(today)} · {age}"),
                ],
                className="wall-now",
            ),
        ],
        className="wall-top",
    )


def kiosk_foot(view: View, portal: Portal, printed: str) -> Component:
    """What is shown in words, and where the wall goes next: all queues, then each one, and around again."""
    stops = [("Overview", view.to("overview"))] if portal.sees("overview") else []
    if portal.sees("queue"):
        stops += [(queue.name, view.to("queue", queue.id)) for queue in portal.policy.queues]
    here = next(place for place, (_, stop) in enumerate(stops) if (stop.page, stop.queue) == (view.page, view.queue))
    name, following = stops[(here + 1) % len(stops)]
    href = portal.href(following)
    going: dict[str, Any] = {"data-next": href, "data-name": name, "data-seconds": str(STOP_S)}
    dots = [
        html.Span(className="wall-dot wall-dot-here" if place == here else "wall-dot") for place in range(len(stops))
    ]
    return html.Footer(
        [
            html.Span(printed),
            html.Span(f"Next: {name} in {STOP_S} s", className="wall-next", **going),
            html.Span(dots, className="wall-dots"),
        ],
        className="wall-foot",
    )


def printed_choice(view: View, dates: str, against: str, zone: str) -> str:
    """Period, comparison and filters as the foot of a wallboard prints them."""
    chosen = [*view.priority, *view.type, *view.analyst]
    only = f"only {words.listed(chosen)}" if chosen else "all priorities and analysts"
    period = f"Last {view.period.days} days, {dates}" if view.period.days else dates
    return f"{period} · movement against {against} · {only} · business hours, {zone}"


def _printed(found: OverviewFacts) -> str:
    return printed_choice(found.view, words.day_range(*found.dates), found.against, overview_panels.city(found))


def _card(found: OverviewFacts, served: Served) -> WallCard:
    known = served.freshness
    old = "" if known.as_of is None or known.state == "fresh" else f"{words.age(known.age_ms(found.now) or 0)} old"
    absent = ""
    if served.report is None:
        absent = str(served.problem) if served.problem is not None else known.reason or "Being read for the first time"
    return WallCard(served.queue, served.report, absent, old)
