"""At risk: seven states that add up, filters that narrow, a list in order, and honesty about missing queues."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.clocks import PRESSING, Clocks, clocks
from dashboard.pages import at_risk
from dashboard.portal import Portal
from dashboard.urls import View
from servicelevel.due import DUE_STATES
from servicelevel.errors import PortalError
from servicelevel.policy import Policy
from tests.factories import P1, columns, crowd, paused, queue, running, ticket
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World, refresh_due
from tests.fakes.shown import parts, text_of

HERE = View(page="at-risk")
EVERY = HERE.with_(due=DUE_STATES)
MOST_COMPONENTS = 500


class Down(PortalError):
    """A source that fails."""


def _world(seed: int = 11, size: int = 60) -> World:
    """Three queues with the same tickets: overdue ones, some that break soon, later, and paused."""
    made, changes = crowd(seed, size)
    soon = [
        ticket(700 + n, resolve=[running("2026-11-23T11:00:00+00:00", goal)], priority=P1, assignee=None)
        for n, goal in enumerate((4_000_000, 10_000_000, 20_000_000, 90_000_000, 900_000_000))
    ]
    waiting = ticket(800, resolve=[paused("2026-11-23T01:00:00+00:00", elapsed_ms=1_000)])
    asked = ticket(802, first_response=[running("2026-11-23T11:30:00+00:00")])
    evil = replace(soon[0], id=801, key="SD-801", summary="<script>alert(1)</script> **x** \u202e")
    world = World()
    world.tickets.table = columns(*made, *soon, waiting, evil, asked, changes=changes)
    return world


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The portal when every queue has been read."""
    world = _world()
    return portal_over(world, world.read(), tmp_path_factory.mktemp("history"))


def _panels(view: View, services: Portal) -> dict[str, Any]:
    names = ("buckets", "note", "strip", "count", "filters", "rows", "foot")
    return dict(zip(names, at_risk._fill(view, services).panels, strict=True))


def test_states_are_exclusive_and_add_up(services: Portal) -> None:
    """The seven counts are all clocks of all queues, each once."""
    found = clocks(EVERY, services)

    assert sum(found.counts.values()) == len(found.listed) == len(services.reports.overview().due)
    assert min(found.counts[state] for state in ("overdue", "lt_1h", "lt_4h", "paused")) > 0


def test_at_first_the_list_holds_what_is_pressing(services: Portal) -> None:
    """Overdue and under an hour, and the page says how many there are beside them."""
    found = clocks(HERE, services)
    count = text_of(_panels(HERE, services)["count"])

    assert {clock.row.state for clock in found.listed} == set(PRESSING)
    assert count.startswith(f"{len(found.listed)}\N{NO-BREAK SPACE}clocksof {len(found.narrowed)} running")


def test_the_list_is_most_overdue_first(services: Portal) -> None:
    """Then by due, paused last: the order of the reports' own due list."""
    rows = _panels(EVERY, services)["rows"]
    groups = [0 if row["state"] == "overdue" else 2 if row["state"] == "paused" else 1 for row in rows]
    dues = [row["due_ms"] for row, group in zip(rows, groups, strict=True) if group < 2]

    assert groups == sorted(groups)
    assert dues == sorted(d for d, g in zip(dues, groups, strict=False) if g == 0) + sorted(
        d for d, g in zip(dues, groups, strict=False) if g == 1
    )


def test_a_tile_turns_its_state_over(services: Portal) -> None:
    """A shown state is taken off, another put on; the standard choice needs no words in the address."""
    assert at_risk._turned(HERE, "paused") == ("overdue", "lt_1h", "paused")
    assert at_risk._turned(HERE, "overdue") == ("lt_1h",)
    assert at_risk._turned(HERE.with_(due=("lt_1h",)), "overdue") == ()
    assert at_risk._turned(HERE.with_(due=("lt_1h",)), "lt_1h") == DUE_STATES, "nothing at all is no list"


@pytest.mark.parametrize(
    "changes",
    [
        {"queues": ("billing",)},
        {"priority": ("Highest",)},
        {"priority": ("1",)},
        {"analyst": ("unassigned",)},
        {"analyst": ("Ana", "bruno")},
        {"promise": "first_response"},
        {"type": ("Incident",)},
        {"queues": ("desk", "billing"), "analyst": ("ana",), "promise": "resolution"},
    ],
    ids=str,
)
def test_filters_narrow_to_what_they_say(services: Portal, changes: dict[str, Any]) -> None:
    """Each lets exactly the clocks pass that have the value, by name or by id."""
    view = EVERY.with_(**changes)
    every, found = clocks(EVERY, services).listed, clocks(view, services).listed

    def passes(clock: Any) -> bool:
        row = clock.row
        return (
            (not view.queues or clock.queue.id in view.queues)
            and (not view.priority or row.priority == "Highest")
            and (not view.type or row.type == "Incident")
            and (
                not view.analyst
                or (row.analyst.id if row.analyst else "unassigned") in {name.casefold() for name in view.analyst}
            )
            and view.promise in (None, row.sla)
        )

    assert [clock.row for clock in found] == [clock.row for clock in every if passes(clock)]
    assert 0 < len(found) < len(every)


def test_every_count_of_a_menu_is_what_its_link_shows(services: Portal) -> None:
    """The number beside a value is the number of rows after a click on it, other filters as they are."""
    view = HERE.with_(priority=("Highest",))
    checked = 0
    for part in parts(_panels(view, services)["filters"]):
        if getattr(part, "className", "") == "menu-row" and isinstance(part.children, list):
            path, _, search = part.href.partition("?")
            target = services.view(path, "?" + search)
            if len(target.queues) <= 1 and len(target.priority) <= 1:
                assert text_of(part.children[1]) == str(len(clocks(target, services).listed)), part.href
                checked += 1
    assert checked > 5


def test_blocks_of_the_strip_lead_to_their_tickets(services: Portal) -> None:
    """Each block's address opens the ticket of a clock that is due today."""
    strip = _panels(HERE, services)["strip"]
    paths = [path for trace in strip["data"] for path in trace["customdata"]]
    keys = {clock.row.key for clock in clocks(HERE, services).narrowed}

    assert paths
    assert {services.view(*path.split("?")).ticket for path in paths} <= keys


def test_rows_lead_to_their_tickets_and_keep_the_view(services: Portal) -> None:
    """A click opens the drawer over the same list."""
    view = HERE.with_(queues=("desk",))
    row = _panels(view, services)["rows"][0]
    path, _, search = row["href"].partition("?")

    assert services.view(path, search) == view.with_(ticket=row["key"])


def test_a_hostile_summary_is_carried_astext_of(services: Portal) -> None:
    """In a row as it is, and escaped where a chart would read tags."""
    panels = _panels(EVERY, services)

    assert "<script>alert(1)</script> **x** \u202e" in {row["summary"] for row in panels["rows"]}
    assert not any("<script" in text for trace in panels["strip"]["data"] for text in trace["hovertext"])


def test_a_page_stays_light(services: Portal) -> None:
    """However many clocks there are: rows are data of a grid, not components."""
    filled = at_risk._fill(EVERY, services)
    head = filled.head
    shown = [at_risk.layout(HERE), head.title, head.age, *head.controls, head.sentence, *filled.panels]

    assert sum(1 for _ in parts(*shown)) < MOST_COMPONENTS


def test_a_failed_queue_is_named_with_its_reason(tmp_path: Path) -> None:
    """And the clocks of the others stand."""
    world = _world()
    world.tickets.down["network"] = Down("Jira answers 503.")
    services = portal_over(world, world.read(), tmp_path)
    panels = _panels(HERE, services)

    assert "Network cannot be read since 12:00: Jira answers 503. Its clocks are missing here." in text_of(
        panels["foot"]
    )
    assert {row["queue"] for row in panels["rows"]} == {"Desk", "Billing"}


def test_an_old_queue_is_named_with_its_age(tmp_path: Path) -> None:
    """Its clocks stand as of its last reading, and tickets made since are missing."""
    world = _world()
    reports = world.read()
    world.tickets.down["network"] = Down("Jira answers 503.")
    world.pass_minutes(43)
    refresh_due(reports)
    foot = text_of(_panels(HERE, portal_over(world, reports, tmp_path))["foot"]).replace("\N{NO-BREAK SPACE}", " ")

    assert foot == "Network is 43 min old: its clocks stand as of 12:00, tickets made since are missing."


def test_before_the_first_read_nothing_is_counted(tmp_path: Path) -> None:
    """No zero that looks like good news: dashes, and which queues are being read."""
    world = _world()
    services = portal_over(world, world.process(), tmp_path)
    filled = at_risk._fill(HERE, services)
    panels = _panels(HERE, services)

    assert "nothing is known" in text_of(filled.head.sentence)
    assert text_of(panels["buckets"]).count("—") == len(DUE_STATES)
    assert text_of(panels["foot"]).startswith("Desk, Billing and Network: being read for the first time")


def test_people_are_not_filtered_by_where_they_are_not_shown(tmp_path: Path) -> None:
    """No menu of analysts under `none`, and their names find nobody."""
    world = _world()
    world.registry.policy = Policy((queue("desk"),), analyst_names="none")
    services = portal_over(world, world.read(), tmp_path)

    assert "Analyst" not in text_of(_panels(HERE, services)["filters"])
    assert clocks(EVERY.with_(analyst=("Ana",)), services).listed == []
    assert {row["analyst"] for row in _panels(EVERY, services)["rows"]} == {None}


def test_the_same_data_is_the_same_revision(tmp_path: Path) -> None:
    """A minute later nothing is drawn again; a new reading is."""
    world = _world()
    reports = world.read()
    services = portal_over(world, reports, tmp_path)
    before = at_risk._revision(HERE, services)
    world.pass_minutes(1)

    assert at_risk._revision(HERE, services) == before
    world.pass_minutes(5)
    refresh_due(reports)
    assert at_risk._revision(HERE, services) != before


def test_clocks_are_a_value_of_what_was_served(services: Portal) -> None:
    """Made of one overview, so that list, tiles and strip never disagree."""
    seen = services.reports.overview()

    assert [c.row for c in Clocks(EVERY, services.naming, seen).every] == [row for _, row in seen.due]
