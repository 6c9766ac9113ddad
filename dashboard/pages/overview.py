"""The overview: are we keeping our promises, who is worst and why, and what breaks next."""

from collections.abc import Sequence
from typing import Final

from dash import Dash, Output, html
from dash.development.base_component import Component

from components import states
from components.consolidated import consolidated_note
from components.overview_sentence import overview_sentence
from components.panel import panel
from components.sentence import sentence
from dashboard import live, overview_panels
from dashboard.controls import compare_menu, export_menu, filters_menu, period_menu, theme_menu
from dashboard.exports import TableName, export_href
from dashboard.kiosk import kiosk_page
from dashboard.live import Filled, Head
from dashboard.overview_facts import OverviewFacts, facts, past, revision, scales
from dashboard.overview_head import filter_options, page_age
from dashboard.portal import Portal
from dashboard.urls import View
from servicelevel.next_break import NextBreak, next_break

ALL, DUE, CARDS, TEAMS, BUDGETS, WALL = (
    "overview-all",
    "overview-due",
    "overview-cards",
    "overview-teams",
    "overview-budgets",
    "overview-wall",
)
SLOTS: Final = (ALL, f"{ALL}-note", DUE, f"{DUE}-note", CARDS, TEAMS, BUDGETS, WALL)


def layout(view: View) -> Component:
    """The panels in their own shapes, before any number."""
    wall = html.Div(states.skeleton(8) if view.kiosk else None, id=WALL)
    return html.Div(
        [
            panel("All queues", states.skeleton(6), info="consolidated", id=ALL, class_name="span-5 all-queues"),
            panel("Due next", states.skeleton(7, figure=False), info="due", id=DUE, class_name="span-7 due-panel"),
            html.Div([_waiting_card() for _ in range(6)], id=CARDS, className="cards grid"),
            html.Div(id=TEAMS, className="teams-slot"),
            panel(
                "Error budgets",
                states.skeleton(5, figure=False),
                info="budget",
                note="least left first · tickets, rolling 28 days · burn 1× spends exactly the budget",
                id=BUDGETS,
                class_name="span-12 budgets-panel",
            ),
            wall,
        ],
        className="grid overview overview-wall" if view.kiosk else "grid overview",
    )


def register(app: Dash) -> None:
    """Fill the panels from what is kept of all queues."""
    outputs = [Output(slot, "children") for slot in SLOTS]
    live.register(app, "overview", outputs, revision=lambda view, portal: revision(facts(view, portal)), fill=fill)


def fill(view: View, portal: Portal) -> Filled:
    """Head and panels of the view, or the wall."""
    found = facts(view, portal)
    breaks = next_break((row for _, row in found.seen.due), found.as_of)
    scores = past(found)
    if view.kiosk:
        wall = kiosk_page(found, scores, breaks)
        return Filled(Head("Overview", None, [], None), (None,) * (len(SLOTS) - 1) + (wall,))
    shared = scales(found, scores)
    table = overview_panels.teams(found, shared)
    seen = None if portal.scope.queues is None else len(found.asked)
    return Filled(
        _head(found, breaks),
        (
            overview_panels.all_queues(found, scores, shared),
            consolidated_note(found.seen.consolidated, seen),
            overview_panels.due(found),
            overview_panels.due_note(found),
            overview_panels.cards(found, scores, shared),
            None if table is None else _teams(table, whole=seen is None),
            overview_panels.budgets(found),
            None,
        ),
    )


def _teams(table: Component, *, whole: bool) -> Component:
    note = None if whole else "of the queues that you see"
    return panel("Teams", html.Div(table, className="table-scroll"), info="consolidated", note=note)


def _head(found: OverviewFacts, breaks: NextBreak) -> Head:
    view, portal = found.view, found.portal
    first, last = found.dates
    return Head(
        title=html.H1("Overview"),
        age=page_age(found),
        controls=[
            period_menu(view, portal, first, last),
            filters_menu(view, portal, filter_options(found)),
            compare_menu(view, portal, found.earlier),
            export_menu([(name, export_href(portal, table, view)) for table, name in _TABLES]),
            theme_menu(),
        ],
        sentence=sentence(overview_sentence(found.standings, breaks, found.zone)),
    )


_TABLES: Final[Sequence[tuple[TableName, str]]] = (
    ("overview", "Queues"),
    ("due", "Due list"),
    ("budgets", "Error budgets"),
)


def _waiting_card() -> Component:
    return html.Article(states.skeleton(3), className="panel card")
