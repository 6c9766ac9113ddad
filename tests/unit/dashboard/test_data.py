"""The Data page: what was read and what was not, what is odd about tickets, and an honest answer to "again"."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from components.quality_table import LISTED, RULE_WORDS
from dashboard.data_facts import revision
from dashboard.pages import data
from dashboard.portal import Portal
from dashboard.urls import View
from datasource.history.sqlite import SqliteHistory
from opsportal.trends import Trends
from servicelevel.errors import PortalError
from servicelevel.instants import HOUR_MS
from servicelevel.marks import split_queue
from servicelevel.quality import EFFECTS
from servicelevel.selection import tickets
from servicelevel.snapshot_run import QueueOutcome, SnapshotRun
from tests.factories import columns, crowd
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import Registry, World, refresh_due
from tests.fakes.failing_history import FailingHistory
from tests.fakes.shown import parts, text_of
from tests.unit.servicelevel.days import scored

HERE = View(page="data")
MOST_COMPONENTS = 500
PANELS = (
    "sources",
    "zone",
    "columns",
    "quality",
    "history",
    "history_note",
    "left_out",
    "left_out_note",
    "registry",
    "definitions",
)


class Down(PortalError):
    """A source that fails."""


def _world() -> World:
    made, changes = crowd(5)
    world = World()
    world.tickets.table = columns(*made, changes=changes)
    return world


def _panels(services: Portal) -> dict[str, Any]:
    return dict(zip(PANELS, data._fill(HERE, services).panels, strict=True))


def _sentence(services: Portal) -> str:
    said = "".join(map(text_of, data._fill(HERE, services).head.sentence))
    return said.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def services(tmp_path: Path) -> Portal:
    """The portal when every queue has been read."""
    world = _world()
    return portal_over(world, world.read(), tmp_path)


def test_every_source_has_a_row(services: Portal) -> None:
    """When it was read, how long that took, how much came; the next read of each queue."""
    rows = _panels(services)["sources"]

    assert [(row["queue"], row["source"]) for row in rows[:3]] == [
        ("Desk", "Jira"),
        ("Desk", "Tempo"),
        ("Billing", "Jira"),
    ]
    assert {(row["state"], row["read"]) for row in rows} == {("ok", "12:00")}
    jira = [row for row in rows if row["source"] == "Jira"]
    assert {(row["rows"], row["requests"], row["kind"]) for row in jira} == {(40, 3, "everything")}
    assert {row["next"] for row in jira} <= {"12:03", "12:04"}
    assert _sentence(services) == "All 3 queues are up to date."


def test_a_failing_source_says_since_when_and_what_is_next(tmp_path: Path) -> None:
    """Jira down for one queue, Tempo down for all: each in its own row, the worst first in the sentence."""
    world = _world()
    assert world.hours is not None
    world.tickets.down["network"], world.hours.down = Down("Jira answers 503."), Down("Tempo answers 500.")
    services = portal_over(world, world.read(), tmp_path)
    rows = {row["id"]: row for row in _panels(services)["sources"]}

    assert (rows["network/Jira"]["state"], rows["network/Jira"]["error"]) == ("failing", "Jira answers 503.")
    assert rows["network/Jira"]["next"] != "—"
    assert rows["desk/Tempo"]["error"] == "Tempo answers 500."
    assert rows["desk/Jira"]["state"] == "ok"
    assert _sentence(services) == (
        "2 of 3 queues are up to date. Network cannot be read. Desk and Billing have no hours."
    )


def test_before_the_first_read_no_source_looks_read(tmp_path: Path) -> None:
    """Nothing but dashes, and no quality that would look clean."""
    world = _world()
    panels = _panels(portal_over(world, world.process(), tmp_path))

    assert {(row["state"], row["read"], row["rows"]) for row in panels["sources"]} == {("never", "—", None)}
    assert panels["quality"] == []
    assert text_of(panels["left_out"]) == "Nothing was read yet."


def test_quality_counts_are_those_of_the_reports_and_lead_to_their_tickets(services: Portal) -> None:
    """Rule by rule and queue by queue; the list behind a link is as long as the number."""
    linked = 0
    for row in _panels(services)["quality"]:
        for queue_id, served in services.reports.overview().served.items():
            made, cell = served.report, row[queue_id]
            assert made is not None
            (expected,) = [found for found in made.quality if found.rule == row["id"]]
            assert (cell["n"], row["effect"]) == (expected.tickets, expected.effect)
            if cell["href"]:
                path, _, search = cell["href"].partition("?")
                marked, mark = split_queue(services.view(path, search).tickets or "")
                assert (marked, len(tickets(made, mark))) == (queue_id, cell["n"])
                linked += 1
    assert linked


def test_every_rule_has_words() -> None:
    """For every rule of the ledger a name and what it does to the numbers."""
    assert set(RULE_WORDS) == set(EFFECTS)
    assert set(EFFECTS) >= LISTED


def test_a_rule_that_is_not_known_says_why(services: Portal) -> None:
    """Not zero: a dash, and the reason on it."""
    (row,) = [row for row in _panels(services)["quality"] if row["id"] == "no_response"]

    assert row["desk"] == {"n": None, "href": None, "said": "Jira stops its own clocks and does not say why"}


def test_tickets_in_no_number_are_listed_with_reasons(tmp_path: Path) -> None:
    """Those that cannot be read and those that Jira named and did not deliver, as text."""
    world = _world()
    world.tickets.table = replace(
        world.tickets.table, unreadable={"SD-99": "<b>created</b> is no date"}, missing=(4711,)
    )
    services = portal_over(world, world.read(), tmp_path)
    panels = _panels(services)

    assert "SD-99 Desk: <b>created</b> is no date" in text_of(panels["left_out"])
    assert "id 4711 Desk: Jira did not deliver it." in text_of(panels["left_out"])
    assert panels["left_out_note"] == "6\N{NO-BREAK SPACE}tickets"
    assert {row["state"] for row in panels["sources"] if row["source"] == "Jira"} == {"partial"}
    assert "6 tickets are in no number" in _sentence(services)


def test_a_broken_registry_is_told_with_every_problem(tmp_path: Path) -> None:
    """The last good one is in force, and the page says what is wrong with the newer one."""
    world = _world()
    world.registry = Registry(world.registry.policy, ("queues[0].goal: found '4x'; expected hours.", "calendars: none"))
    services = portal_over(world, world.read(), tmp_path)

    assert "queues[0].goal: found '4x'; expected hours." in text_of(_panels(services)["registry"])
    assert "the newest registry is not in force" in _sentence(services).lower()


def test_refresh_now_answers_honestly(tmp_path: Path) -> None:
    """Once a minute and queue; more is refused in words, and so is a queue that is not there."""
    world = _world()
    services = portal_over(world, world.read(), tmp_path)

    assert data.asked_again(services, "desk").startswith("Desk is read again now")
    assert data.asked_again(services, "desk").startswith("Desk was asked for less than a minute ago")
    assert data.asked_again(services, "billing").startswith("Billing is read again now")
    assert data.asked_again(services, "nobody").startswith("There is no queue 'nobody'")
    (asked,) = [key for key in world.cache.of("asked") if world.cache.timeouts_s[key] == 60 and "desk" in key]
    world.cache.delete(asked)  # as its time-out does
    assert data.asked_again(services, "desk").startswith("Desk is read again now")


def test_a_history_that_cannot_be_read_leaves_the_page_standing(services: Portal) -> None:
    """The page says what failed in its own panel, and that it did in its first sentence."""
    broken = replace(services, trends=Trends(FailingHistory(), lambda: services.policy, services.now))

    assert text_of(_panels(broken)["history"]).startswith("The disk of the history is full.")
    assert _panels(broken)["sources"] == _panels(services)["sources"]
    assert _sentence(broken) == "All 3 queues are up to date. The history cannot be used."
    assert "The disk of the history is full." in revision(HERE, broken)


def test_before_the_first_day_the_page_says_how_to_have_one(tmp_path: Path) -> None:
    """By the portal itself where that is set, else by a command from outside."""
    world = _world()
    by_hand, by_itself = (
        portal_over(world, world.read(), tmp_path),
        portal_over(world, world.read(), tmp_path, SNAPSHOT_AT="02:15"),
    )

    assert "No daily snapshot was taken so far. Set SNAPSHOT_AT" in text_of(_panels(by_hand)["history"])
    assert "once 02:15 has passed" in text_of(_panels(by_itself)["history"])

    SqliteHistory(tmp_path / "history.db").put(scored(date(2026, 11, 20), 80.0, "backfill"))
    assert "so far. What it holds was rebuilt or imported. Set" in text_of(_panels(by_hand)["history"])


def test_the_last_run_is_told_queue_by_queue(services: Portal, tmp_path: Path) -> None:
    """Who took the days, when, how long it took; what became of each queue, with the reason; and what is missing."""
    history = SqliteHistory(tmp_path / "history.db")
    for day in (9, 10, 14, 22):
        history.put(scored(date(2026, 11, day), 80.0))
    outcomes = (
        QueueOutcome("desk", date(2026, 11, 22), "kept"),
        QueueOutcome("billing", date(2026, 11, 22), "incomplete", "Without the hours (Tempo answers 500)."),
        QueueOutcome("network", date(2026, 11, 22), "failed", "Jira answers 503."),
    )
    began = services.now() - HOUR_MS
    before = revision(HERE, services)

    history.record(SnapshotRun("1", "command", "batch-7", began, began + 2_340, outcomes))

    assert revision(HERE, services) != before
    said = text_of(_panels(services)["history"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "Taken last by opsportal snapshot on batch-7 at 11:00, in 2.3 s: " in said
    assert "1 kept, 1 incomplete and 1 not kept." in said
    assert "Network lacks its last day in the history." in _sentence(services)
    assert "Billing: Without the hours (Tempo answers 500)." in said
    assert "Network: Jira answers 503." in said
    assert "Desk22 Nov: kept9 Nov10 days: 11–13 Nov, 15–21 Nov" in said
    assert "Network22 Nov: not keptno day yet—" in said


@pytest.mark.parametrize(("hours", "said"), [(0.5, "are being taken by the portal"), (2, "never ended. Run it again")])
def test_a_run_without_an_end_is_under_way_or_died(services: Portal, tmp_path: Path, hours: float, said: str) -> None:
    """Nobody can tell the one from the other but by the time that has passed."""
    began = services.now() - int(hours * HOUR_MS)

    SqliteHistory(tmp_path / "history.db").record(SnapshotRun("1", "portal", "host", began))

    assert said in text_of(_panels(services)["history"])


def test_a_page_stays_light(services: Portal) -> None:
    """Tables are grids."""
    filled = data._fill(HERE, services)
    head = filled.head
    shown = [data.panels(whole=True), head.title, head.age, *head.controls, head.sentence, *filled.panels]

    assert sum(1 for _ in parts(*shown)) < MOST_COMPONENTS


def test_a_refresh_changes_the_revision(tmp_path: Path) -> None:
    """A minute alone does not."""
    world = _world()
    reports = world.read()
    services = portal_over(world, reports, tmp_path)
    before = revision(HERE, services)
    world.pass_minutes(1)
    assert revision(HERE, services) == before

    world.pass_minutes(5)
    refresh_due(reports)
    assert revision(HERE, services) != before
