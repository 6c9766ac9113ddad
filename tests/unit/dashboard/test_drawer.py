"""The drawer: a ticket before a list, lists as long as their mark says, and a way back from each."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash import Dash

from dashboard import drawer
from dashboard.drawer import GRID, content
from dashboard.portal import Portal
from dashboard.queue_facts import facts
from dashboard.urls import View
from servicelevel import marks
from servicelevel.due import DUE_STATES
from servicelevel.errors import PortalError
from servicelevel.policy import SLA_NAMES, Policy
from servicelevel.report import QueueReport
from tests.factories import columns, crowd, queue, running, sao_paulo, ticket
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import Hours, World
from tests.unit.components.drawn import having, hrefs, parts, text

DESK = View(page="queue", queue="desk")
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) \u202eabc"


def _world() -> World:
    made, changes = crowd(11, 60, calendar=sao_paulo())
    evil = replace(ticket(900, resolve=[running("2026-11-23T11:00:00+00:00")]), summary=HOSTILE)
    world = World()
    world.registry.policy = Policy(tuple(queue(name, calendar=sao_paulo()) for name in ("desk", "billing")))
    clock = running("2026-11-23T11:00:00+00:00")
    both = ticket(901, first_response=[clock], resolve=[clock])
    world.tickets.table = columns(*made, evil, both, changes=changes)
    return world


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The portal when every queue has been read."""
    world = _world()
    return portal_over(world, world.read(), tmp_path_factory.mktemp("history"))


def _made(services: Portal) -> QueueReport:
    made = facts(DESK, services).served.report
    assert made is not None
    return made


def _rows(shown: Any) -> list[dict[str, Any]]:
    (grid,) = [part for part in parts(shown) if getattr(part, "id", None) == GRID]
    return list(grid.rowData)  # type: ignore[attr-defined]


def test_nothing_is_open_without_being_asked_for(services: Portal) -> None:
    """An ordinary address opens nothing."""
    assert content(DESK, services) is None


def test_a_list_is_as_long_as_its_mark_says(services: Portal) -> None:
    """Promises, clocks, ages: rows and the count in words are the report's."""
    made = _made(services)
    expected = {
        **{marks.sla_mark(name, "met"): made.now.sla[name].kept.met for name in SLA_NAMES},
        **{marks.due_mark(state): sum(row.state == state for row in made.due) for state in DUE_STATES},
        **{marks.age_mark(bucket): bucket.tickets for bucket in made.now.backlog.buckets},
    }
    for mark, count in expected.items():
        shown = content(DESK.with_(tickets=marks.of_queue("desk", mark)), services)

        assert len(_rows(shown)) == count
        assert text(having(shown, "drawer-count")).startswith(f"{count} ")


def test_a_ticket_listed_twice_is_said(services: Portal) -> None:
    """Two clocks of one ticket are two rows, told apart by the promise."""
    made = _made(services)
    shown = content(DESK.with_(tickets="desk/due:all"), services)
    clocks, found = len(made.due), len({row.key for row in made.due})
    assert clocks > found

    assert text(having(shown, "drawer-count")) == f"{clocks} clocks on {found} tickets"
    assert all(row["promise"] for row in _rows(shown))


def test_rows_lead_to_the_ticket_and_back_to_the_list(services: Portal) -> None:
    """The ticket's drawer closes to the list, the list to the page."""
    mark = marks.of_queue("desk", marks.open_mark("all"))
    listed = DESK.with_(tickets=mark)
    first = _rows(content(listed, services))[0]
    opened = services.view("/queue/desk", first["href"].partition("?")[2])

    assert (opened.ticket, opened.tickets) == (first["key"], mark)
    assert getattr(content(opened, services), "data-close-href") == services.href(listed)
    assert getattr(content(listed, services), "data-close-href") == services.href(DESK)


def test_the_list_can_be_taken_away(services: Portal) -> None:
    """The CSV has the same mark and the same queue, from any page."""
    shown = content(View(page="overview", tickets="billing/open:all"), services)
    (csv,) = [href for href in hrefs(shown) if "/export/" in href]

    assert csv.startswith("/export/tickets.csv?")
    assert "queue=billing" in csv
    assert "open:all" in csv


def test_a_ticket_is_told_with_its_jira_link(services: Portal) -> None:
    """Key, summary, verdict and where it opens in Jira."""
    row = _made(services).due[0]
    shown = content(DESK.with_(ticket=row.key), services)

    assert text(having(shown, "drawer-key")) == row.key
    assert f"https://jira.invalid/browse/{row.key}" in hrefs(shown)
    assert having(shown, "drawer-verdict")
    assert having(shown, "strip")


def test_hours_logged_on_the_ticket_stand_beside_it(services: Portal) -> None:
    """All that was booked on it by anybody, and 0 where nobody has."""
    made = _made(services)
    first, other = (made.columns.key[int(made.columns.rows_of(np.array([id_]))[0])] for id_ in (1, 900))

    assert "Logged1.0 h" in text(having(content(DESK.with_(ticket=first), services), "drawer-facts"))
    assert "Logged0 h" in text(having(content(DESK.with_(ticket=other), services), "drawer-facts"))


@pytest.mark.parametrize(
    ("hours", "said"), [(None, "no Tempo"), (Hours(down=PortalError("Tempo gave no answer.")), "not read")]
)
def test_hours_that_are_not_known_are_not_0(hours: Hours | None, said: str, tmp_path: Path) -> None:
    """Without Tempo, or when it failed, the drawer says so and tells why on hover."""
    world = _world()
    world.hours = hours
    services = portal_over(world, world.read(), tmp_path)
    facts_shown = having(content(DESK.with_(ticket="SD-900"), services), "drawer-facts")
    (cell,) = [part for part in parts(facts_shown) if text(part) == said and type(part).__name__ == "Dd"]

    assert "Tempo" in getattr(cell, "title", "")


def test_every_ticket_can_be_opened(services: Portal) -> None:
    """Whatever its life was, the drawer is drawn, and stays small."""
    for key in _made(services).columns.key:
        assert len(list(parts(content(DESK.with_(ticket=key), services)))) < 400


def test_a_dot_of_a_chart_opens_its_ticket(services: Portal) -> None:
    """A mark that is a ticket is no list of one."""
    key = _made(services).due[0].key
    shown = content(DESK.with_(tickets=marks.of_queue("desk", marks.ticket_mark(key))), services)

    assert text(having(shown, "drawer-key")) == key
    assert getattr(shown, "data-close-href") == "/queue/desk"


def test_a_ticket_nobody_has_says_so(services: Portal) -> None:
    """With the way to Jira, because the link may be right."""
    shown = content(DESK.with_(ticket="SD-4711"), services)

    assert "SD-4711 is not here" in text(shown)
    assert "https://jira.invalid/browse/SD-4711" in hrefs(shown)


@pytest.mark.parametrize("mark", ["desk/sla:nonsense", "desk/", "nowhere/open:all", "desk/sla:resolution:met:day=x"])
def test_a_link_with_a_slip_opens_an_explanation(mark: str, services: Portal) -> None:
    """Never an empty list that looks like good news."""
    shown = content(View(page="overview", tickets=mark), services)

    assert "Nothing to list" in text(shown)
    assert [part for part in parts(shown) if getattr(part, "id", None) == GRID] == []


def test_a_queue_not_yet_read_has_nothing_to_list(tmp_path: Path) -> None:
    """The list says that it has not been read."""
    world = _world()
    services = portal_over(world, world.process(), tmp_path)

    assert "not been read yet" in text(content(DESK.with_(tickets="desk/open:all"), services))


def test_hostile_text_stays_text(services: Portal) -> None:
    """A summary full of markup is a plain string wherever it stands."""
    shown = content(DESK.with_(ticket="SD-900"), services)
    listed = content(DESK.with_(tickets="desk/open:all"), services)

    assert text(having(shown, "drawer-title")) == HOSTILE
    assert HOSTILE in [row["summary"] for row in _rows(listed)]
    assert not [part for part in parts([shown, listed]) if type(part).__name__ == "Markdown"]


def test_people_are_called_as_the_registry_says(tmp_path: Path) -> None:
    """Under pseudonyms neither the drawer nor the list names anybody."""
    world = _world()
    world.registry.policy = replace(world.registry.policy, analyst_names="pseudonyms")
    services = portal_over(world, world.read(), tmp_path)
    keys = facts(DESK, services).served.report
    assert keys is not None
    views = [DESK.with_(tickets="desk/open:all"), *(DESK.with_(ticket=key) for key in keys.columns.key)]
    shown = [content(view, services) for view in views]
    said = text(shown) + repr(_rows(shown[0]))

    for name in ("Ana ", "Ana'", "Bruno", "Carla"):
        assert name not in said
    assert "Analyst " in said


def test_the_drawer_registers() -> None:
    """Its callback is accepted by Dash."""
    app = Dash("drawer", suppress_callback_exceptions=True)
    drawer.register(app)

    assert len(app.callback_map) == 1
