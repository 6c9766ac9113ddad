"""The queue page: every slot filled from one report, few components, and honest words where there is no report."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from components.words import day, signed
from dashboard.pages import queue as page
from dashboard.pages.queue import _OUTPUTS, GRID, PANELS, PEOPLE, STATE, WALL, fill, layout
from dashboard.portal import Portal
from dashboard.queue_facts import DUE_SHOWN, due_shown, facts
from dashboard.urls import View
from opsportal.reports import Period
from servicelevel.errors import PortalError
from servicelevel.marks import split_queue
from servicelevel.policy import SLA_NAMES, Policy
from servicelevel.selection import tickets
from tests.factories import columns, crowd, queue, running, sao_paulo, ticket
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World, refresh_due
from tests.unit.components.drawn import hrefs, parts, text

DESK = View(page="queue", queue="desk")
MOST_COMPONENTS = 500


class Down(PortalError):
    """A source that fails."""


def _world(size: int = 120) -> World:
    """Three queues in office hours with the same made-up tickets."""
    made, changes = crowd(11, size, calendar=sao_paulo())
    world = World()
    world.registry.policy = Policy(tuple(queue(name, calendar=sao_paulo()) for name in ("desk", "billing", "network")))
    world.tickets.table = columns(*made, changes=changes)
    return world


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The portal when every queue has been read."""
    world = _world()
    return portal_over(world, world.read(), tmp_path_factory.mktemp("history"))


def _slots(view: View, services: Portal) -> dict[tuple[str, str], Any]:
    return dict(zip(_OUTPUTS, fill(view, services).panels, strict=True))


def test_every_slot_is_in_the_layout() -> None:
    """A callback whose output is nowhere would stop the whole page."""
    ids = {getattr(part, "id", None) for part in parts(layout(DESK))}

    assert {name for name, _ in _OUTPUTS} <= ids


@pytest.mark.parametrize("view", [DESK, DESK.with_(embed=True), DESK.with_(kiosk=True), DESK.with_(lens="jsm_goals")])
def test_a_page_stays_small(view: View, services: Portal) -> None:
    """No answer of the callback holds more components than a browser draws at once."""
    filled = fill(view, services)
    head = filled.head

    assert len(list(parts([head.title, head.age, head.controls, head.sentence, *filled.panels]))) < MOST_COMPONENTS
    assert len(list(parts(layout(view)))) < MOST_COMPONENTS


def test_every_link_to_tickets_has_its_tickets(services: Portal) -> None:
    """Whatever the page links to opens a list that the selection knows."""
    found = facts(DESK, services)
    made = found.served.report
    assert made is not None
    listed = [
        services.view("/queue/desk", href.partition("?")[2]).tickets for href in hrefs(fill(DESK, services).panels)
    ]
    opened = [mark for mark in listed if mark]

    assert len(opened) > 20
    for mark in opened:
        queue_id, inner = split_queue(mark)
        assert queue_id == "desk"
        tickets(made, inner, services.naming.id)


def test_the_numbers_are_those_of_the_report(services: Portal) -> None:
    """Both rates, the score and its movement stand on the page as the report has them."""
    made = facts(DESK, services).served.report
    assert made is not None
    said = text(fill(DESK, services).panels)

    for name in SLA_NAMES:
        assert f"{100 * (made.now.sla[name].kept.rate or 0):.1f} %" in said
    assert f"{made.now.health.score:.1f}" in said


def test_open_work_is_compared_with_the_end_of_the_first_day(services: Portal) -> None:
    """The change is told from where the line of the picture begins; a single day has only its count."""
    rolling = facts(DESK, services).served.report
    assert rolling is not None
    flow = rolling.now.flow
    yesterday = flow.by_day[-2].day
    alone = DESK.with_(period=Period(None, yesterday, yesterday))

    head = text(_slots(DESK, services)["queue-flow-head", "children"])
    on_one_day = text(_slots(alone, services)["queue-flow-head", "children"])

    assert head.startswith(signed(flow.open - flow.by_day[0].open, 0))
    assert f"open since the end of {day(flow.by_day[0].day)} · net flow" in head
    assert on_one_day.startswith(f"{flow.by_day[-2].open}open · net flow")


def test_filters_reach_the_report(services: Portal) -> None:
    """A priority narrows every count, and the links keep it."""
    narrow = DESK.with_(priority=("Highest",))
    made, whole = (facts(view, services).served.report for view in (narrow, DESK))
    assert made is not None
    assert whole is not None

    assert 0 < made.now.backlog.open < whole.now.backlog.open
    assert all("priority=Highest" in href for href in hrefs(fill(narrow, services).panels) if "tickets=" in href)


def test_the_due_list_keeps_room_for_what_can_still_be_kept(services: Portal) -> None:
    """Twelve rows at most; old breaches take no more than half while others wait."""
    made = facts(DESK, services).served.report
    assert made is not None
    late = tuple(row for row in made.due if row.state == "overdue") * 12
    coming = tuple(row for row in made.due if row.state != "overdue")[:8]
    assert coming

    shown = due_shown(replace(made, due=(*late, *coming)))

    assert len(shown) == DUE_SHOWN
    assert [row for row in shown if row.state != "overdue"] == list(coming[: DUE_SHOWN // 2])
    assert len(_slots(DESK, services)[GRID, "rowData"]) == len(due_shown(made))


def test_a_period_that_is_not_covered_says_so(services: Portal) -> None:
    """The panels are hidden, the reason is there, and the way back."""
    asked = DESK.with_(
        period=Period(None, *(facts(DESK, services).dates[0].replace(year=2025, month=1, day=day) for day in (1, 9)))
    )
    slots = _slots(asked, services)

    assert "queue-hidden" in slots[PANELS, "className"]
    assert "No numbers for this choice" in text(slots[STATE, "children"])
    assert hrefs(slots[STATE, "children"]) == ["/queue/desk"]


def test_a_queue_that_cannot_be_read_shows_no_number(tmp_path: Path) -> None:
    """The cause, and since when; no score and no rate."""
    world = _world(30)
    world.tickets.down["desk"] = Down("Jira refused the login")
    services = portal_over(world, world.read(), tmp_path)
    slots = _slots(DESK, services)

    assert "This queue could not be read" in text(slots[STATE, "children"])
    assert "Jira refused the login" in text(slots[STATE, "children"])
    assert "%" not in text(slots[STATE, "children"])
    assert fill(DESK, services).head.sentence == []


def test_a_first_read_shows_progress(tmp_path: Path) -> None:
    """Before anything has been read there is a bar and no number."""
    world = _world(30)
    services = portal_over(world, world.process(), tmp_path)

    assert any(
        getattr(part, "role", None) == "progressbar" for part in parts(_slots(DESK, services)[STATE, "children"])
    )


def test_old_numbers_stay_and_say_how_old(tmp_path: Path) -> None:
    """A reading past its time keeps the panels and gets a line with the reason."""
    world = _world(40)
    reports = world.read()
    world.tickets.down["desk"] = Down("Jira answers with 503")
    world.pass_minutes(60)
    refresh_due(reports)
    services = portal_over(world, reports, tmp_path)
    slots = _slots(DESK, services)

    assert "queue-hidden" not in slots[PANELS, "className"]
    assert "60 min old" in text(slots[STATE, "children"]).replace("1 h old", "60 min old")
    assert "Jira answers with 503" in text(slots[STATE, "children"])


@pytest.mark.parametrize("rule", ["pseudonyms", "none"])
def test_privacy_holds_for_everything_that_is_sent(rule: Any, tmp_path: Path) -> None:
    """Neither names nor accounts leave the server; a pseudonym filters like a name."""
    world = _world(80)
    world.registry.policy = replace(world.registry.policy, analyst_names=rule)
    services = portal_over(world, world.read(), tmp_path)
    filled = fill(DESK, services)
    sent = json.dumps([list(filled.head.controls), *filled.panels], cls=PlotlyJSONEncoder)

    assert '"children"' in sent
    for name in ('"ana"', '"Ana"', '"Bruno"', '"Carla"', ":ana:", "analyst=ana"):
        assert name not in sent
    if rule == "none":
        assert "Analysts are not shown here" in text(_slots(DESK, services)[PEOPLE, "children"])
    else:
        made = facts(DESK, services).served.report
        assert made is not None
        alias = services.naming.id(made.columns.people[0])
        narrow = facts(DESK.with_(analyst=(str(alias),)), services).served.report
        assert narrow is not None
        assert narrow.filters.analyst == (made.columns.people[0].id,)
    for told in ("ana", "Ana"):
        assert facts(DESK.with_(analyst=(told,)), services).served.report is None, "a name would tell whose it is"


def test_an_embedded_view_is_two_panels_and_a_way_out(services: Portal) -> None:
    """No controls; what is shown is printed, and one link leads to the whole page."""
    filled = fill(DESK.with_(embed=True), services)
    slots = _slots(DESK.with_(embed=True), services)

    assert list(filled.head.controls) == []
    assert slots[GRID, "rowData"] == []
    assert "all priorities" in text(slots["queue-embed-foot", "children"])
    assert hrefs(slots["queue-embed-foot", "children"]) == ["/queue/desk"]


def test_the_wall_has_its_own_screen(services: Portal) -> None:
    """Everything in the one slot, with the choice printed and the next page named."""
    slots = _slots(DESK.with_(kiosk=True), services)

    assert "Next: Billing in" in text(slots[WALL, "children"])
    assert "queue-hidden" in slots[PANELS, "className"]


def test_a_queue_without_a_movement_says_why(tmp_path: Path) -> None:
    """Too little data: no score, a reason in the place of each picture."""
    world = _world(4)
    world.tickets.table = columns(ticket(1, resolve=[running("2026-11-23T11:00:00+00:00")]))
    services = portal_over(world, world.read(), tmp_path)
    slots = _slots(DESK, services)

    assert "There is no score today" in text(slots[page.WHY_WORDS, "children"])
    assert "of the weight has enough data" in text(slots[page.LIFT, "children"])


def test_the_page_registers_once() -> None:
    """Its callback and those of its charts are accepted by Dash."""
    app = Dash("page", suppress_callback_exceptions=True)
    page.register(app)

    assert len(app.callback_map) >= 1
