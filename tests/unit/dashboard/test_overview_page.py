"""The overview and the comparison over several queues: every slot filled, honest about queues without numbers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.overview_facts import facts, revision
from dashboard.pages import compare, overview
from dashboard.pages.overview import SLOTS
from dashboard.portal import Portal
from dashboard.urls import View
from datasource.history.sqlite import SqliteHistory
from opsportal.reports import Period
from servicelevel.errors import PortalError
from servicelevel.instants import MINUTE_MS
from servicelevel.policy import Policy
from tests.factories import columns, crowd, queue, sao_paulo
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.unit.components.drawn import having, hrefs, parts, text
from tests.unit.servicelevel.days import LAST, scored

HOME, WALL, SIDE_BY_SIDE = View(), View(kiosk=True), View(page="compare")


class Down(PortalError):
    """A source that fails."""


def _world() -> World:
    """Three queues, two of them of one team."""
    made, changes = crowd(11, 160, calendar=sao_paulo())
    world = World()
    named = (("desk", "support"), ("billing", "finance"), ("field", "support"))
    world.registry.policy = Policy(tuple(queue(name, calendar=sao_paulo(), team=team) for name, team in named))
    world.tickets.table = columns(*made, changes=changes)
    return world


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The portal when every queue has been read."""
    world = _world()
    return portal_over(world, world.read(), tmp_path_factory.mktemp("history"))


def _slots(view: View, services: Portal) -> dict[str, Any]:
    return dict(zip(SLOTS, overview.fill(view, services).panels, strict=True))


@pytest.mark.parametrize("view", [HOME, WALL])
def test_every_slot_is_in_the_layout(view: View) -> None:
    """A callback whose output is nowhere would stop the whole page."""
    assert set(SLOTS) <= {getattr(part, "id", None) for part in parts(overview.layout(view))}


def test_every_queue_has_its_card_and_the_worst_is_named(services: Portal) -> None:
    """Three cards, the team of two queues pooled, and the worst queue with a link to why."""
    slots = _slots(HOME, services)
    worst = facts(HOME, services).seen.consolidated.worst
    assert worst is not None

    assert len(having(slots["overview-cards"], "card")) == 3
    assert "Desk and Field" in text(slots["overview-teams"])
    assert "Finance" not in text(slots["overview-teams"])
    assert f"/queue/{worst[0]}" in hrefs(having(slots["overview-all"], "worst"))
    assert slots["overview-wall"] is None


def test_links_keep_period_and_filters(services: Portal) -> None:
    """Whoever narrowed the overview reads the same choice on the next page."""
    narrow = HOME.with_(period=Period(7), priority=("Highest",))
    led = [href for href in hrefs(overview.fill(narrow, services).panels) if href.startswith(("/queue/", "/at-risk"))]

    assert led
    assert all("period=7" in href and "priority=Highest" in href for href in led)


def test_the_wall_has_no_control_and_prints_what_it_shows(services: Portal) -> None:
    """Nothing to click; period, comparison and where it goes next stand in the foot."""
    wall = _slots(WALL, services)["overview-wall"]

    assert hrefs(wall) == []
    assert "Last 30 days" in text(wall)
    assert "movement against 26 Oct" in text(wall)
    assert "Next: Desk in" in text(wall)
    assert "all priorities and analysts" in text(wall)


def test_a_queue_that_cannot_be_read_shows_why_and_the_others_stand(tmp_path: Path) -> None:
    """Its card has the cause and no score; the sentence names it and counts it."""
    world = _world()
    world.tickets.down["billing"] = Down("Jira refused the login")
    services = portal_over(world, world.read(), tmp_path)

    filled = overview.fill(HOME, services)
    slots = _slots(HOME, services)

    assert len(having(slots["overview-cards"], "card-score")) == 2
    assert "Jira refused the login" in text(having(slots["overview-cards"], "card-state"))
    assert "Billing could not be read" in text(filled.head.sentence)
    assert "of 3 queues" in text(filled.head.sentence)


def test_a_period_without_numbers_is_said_on_every_card(services: Portal) -> None:
    """No zero and no percentage where nothing can be counted."""
    asked = HOME.with_(period=Period(None, *(day.replace(year=2025) for day in facts(HOME, services).dates)))
    slots = _slots(asked, services)

    assert len(having(slots["overview-cards"], "card-state")) == 3
    assert "%" not in text(slots["overview-cards"])
    assert "no numbers for this period" in text(overview.fill(asked, services).head.sentence)


def test_history_is_left_out_beside_filtered_numbers(services: Portal) -> None:
    """A line of all tickets beside the number of a few would mislead."""
    assert having(overview.fill(HOME.with_(priority=("Highest",)), services).panels, "spark") == []


def test_the_revision_changes_with_the_data_and_not_with_the_clock(tmp_path: Path) -> None:
    """A tick without news changes nothing on the page."""
    world = _world()
    reports = world.read()
    services = portal_over(world, reports, tmp_path)
    before = revision(facts(HOME, services))
    world.now += MINUTE_MS
    after_a_minute = revision(facts(HOME, services))
    made, changes = crowd(12, 160, calendar=sao_paulo())
    world.tickets.table = columns(*made, changes=changes)
    world.now += 10 * MINUTE_MS
    reports.refresh("desk")

    assert after_a_minute == before
    assert revision(facts(HOME, services)) != before


def test_the_revision_changes_with_days_put_into_history(tmp_path: Path) -> None:
    """History is filled behind a page's back: its next tick draws the days, unless it shows a choice without a past."""
    world = _world()
    services = portal_over(world, world.read(), tmp_path)
    narrow = HOME.with_(priority=("Highest",))
    before = [revision(facts(view, services)) for view in (HOME, narrow)]
    SqliteHistory(tmp_path / "history.db").put(scored(LAST, 70.0))
    after = [revision(facts(view, services)) for view in (HOME, narrow)]

    assert after[0] != before[0]
    assert after[1] == before[1]


def test_the_comparison_has_a_row_a_queue_and_both_plots(services: Portal) -> None:
    """Rows for the grid with the targets on top, and an interval for each queue and promise."""
    rows, columns, options, absent, first, second, _ = compare.fill(SIDE_BY_SIDE, services).panels

    assert [row["id"] for row in rows] == ["desk", "billing", "field"]
    assert options["pinnedTopRowData"][0]["queue"]["t"] == "Target"
    assert absent is None
    assert [len(having(plot, "plot-row")) for plot in (first, second)] == [3, 3]
    assert [column["colId"] for column in columns if column["sort"]] == ["score"]


def test_the_comparison_is_in_the_order_of_the_address(services: Portal) -> None:
    """One column sorts, in the direction asked for, and the head's links keep it."""
    asked = services.view("/compare", "?sort=overdue-asc")
    filled = compare.fill(asked, services)
    columns = filled.panels[1]

    assert [(column["colId"], column["sort"]) for column in columns if column["sort"]] == [("overdue", "asc")]
    assert all("sort=overdue-asc" in href for href in hrefs(filled.head.controls) if href.startswith("/compare"))


def test_the_comparison_can_be_of_one_team(services: Portal) -> None:
    """The team's queues are ranked among themselves."""
    filled = compare.fill(replace(SIDE_BY_SIDE, team="support"), services)

    assert [row["id"] for row in filled.panels[0]] == ["desk", "field"]
    assert text(filled.head.title) == "Compare support"


def test_the_comparison_names_the_queues_it_lacks(tmp_path: Path) -> None:
    """A missing row would read as a queue that is not there."""
    world = _world()
    world.tickets.down["billing"] = Down("Jira refused the login")
    services = portal_over(world, world.read(), tmp_path)

    rows, _, _, absent, *_ = compare.fill(SIDE_BY_SIDE, services).panels

    assert [row["id"] for row in rows] == ["desk", "field"]
    assert "Billing: could not be read" in text(absent)
