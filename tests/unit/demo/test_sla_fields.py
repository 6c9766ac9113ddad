from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from demo.cycles import Cycle, read
from demo.worktime import WorkCalendar
from demo.zones import HOUR_MS, MINUTE_MS
from tests.unit.demo.reader import Reader

_BOTH = ("customfield_10030", "customfield_10031")
_PEOPLE = ("customfield_10060", "customfield_10061")


@pytest.fixture(scope="module")
def tickets(fleet: Reader) -> list[dict[str, Any]]:
    """Every ticket of the site with its SLA fields, as Jira answers them."""
    ids = fleet.ids("project in (SD, BILL, OPS, NET, HR, FLD)")
    fields = [*_BOTH, *_PEOPLE, "customfield_10045", "status", "issuetype"]
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), 100):
        body = {"issueIdsOrKeys": ids[start : start + 100], "fields": fields}
        found += fleet.post("/rest/api/3/issue/bulkfetch", body).json()["issues"]
    return found


def _cycles(tickets: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any], bool]]:
    """Ticket, cycle and whether it runs, of every regular field."""
    for ticket in tickets:
        for name in (*_BOTH, *_PEOPLE):
            value = ticket["fields"][name]
            if not isinstance(value, dict) or "completedCycles" not in value:
                continue
            for cycle in value["completedCycles"]:
                yield ticket, cycle, False
            if value.get("ongoingCycle"):
                yield ticket, value["ongoingCycle"], True


def test_elapsed_and_remaining_add_up_to_the_goal(tickets: list[dict[str, Any]]) -> None:
    """In every cycle, and breached means exactly: more than the goal has passed."""
    seen = Counter[bool]()
    for _, cycle, _running in _cycles(tickets):
        elapsed_ms, goal_ms = cycle["elapsedTime"]["millis"], cycle["goalDuration"]["millis"]
        seen[cycle["breached"]] += 1

        assert elapsed_ms + cycle["remainingTime"]["millis"] == goal_ms
        assert elapsed_ms >= 0
        assert cycle["breached"] is (elapsed_ms > goal_ms)

    assert seen[True] > 200
    assert seen[False] > 5000


def test_breach_time_agrees_with_the_verdict(tickets: list[dict[str, Any]], fleet: Reader) -> None:
    """Before the stop (or now) when breached, at or after it when not; absent while paused within the goal."""
    now_ms = fleet.demo.clock.now_ms()
    absent = Counter[str]()
    for _, cycle, running in _cycles(tickets):
        end_ms = now_ms if running else cycle["stopTime"]["epochMillis"]
        if "breachTime" not in cycle:
            absent["paused" if running and cycle["paused"] else "odd"] += 1
            continue
        breach_ms = cycle["breachTime"]["epochMillis"]
        if (
            cycle["remainingTime"]["millis"] == 0
        ):  # used up to the millisecond at closing time, and nobody is at work yet
            assert breach_ms <= end_ms
            continue
        assert (breach_ms < end_ms) is cycle["breached"]
        assert not (running and cycle["paused"] and not cycle["breached"])

    assert absent["paused"] > 5
    assert absent["odd"] > 2


def test_elapsed_is_working_time_and_never_more_than_the_wall_clock(
    tickets: list[dict[str, Any]], fleet: Reader
) -> None:
    """Calendar and pauses only take away; the calendar of the office takes nights away."""
    now_ms = fleet.demo.clock.now_ms()
    shorter = 0
    for _, cycle, running in _cycles(tickets):
        end_ms = now_ms if running else cycle["stopTime"]["epochMillis"]
        wall_ms = end_ms - cycle["startTime"]["epochMillis"]
        assert cycle["elapsedTime"]["millis"] <= wall_ms
        shorter += cycle["elapsedTime"]["millis"] < wall_ms // 2

    assert shorter > 1000


def test_each_time_is_written_four_ways_that_agree(tickets: list[dict[str, Any]]) -> None:
    """The readable forms are the milliseconds in the account's zone."""
    for _, cycle, _running in list(_cycles(tickets))[:500]:
        shown = cycle["startTime"]
        assert shown["jira"].endswith(f".{shown['epochMillis'] % 1000:03d}-0300")
        assert shown["iso8601"] == shown["jira"][:19] + "-0300"
        assert shown["friendly"].endswith(("AM", "PM"))


def test_running_clock_says_whether_its_calendar_is_open(tickets: list[dict[str, Any]]) -> None:
    """At 09:00 in São Paulo and 13:00 in Berlin all calendars are open; status decides about pausing."""
    paused = Counter[tuple[str, bool]]()
    for ticket, cycle, running in _cycles(tickets):
        if running:
            assert cycle["withinCalendarHours"] is True
            paused[ticket["fields"]["status"]["name"], cycle["paused"]] += 1

    assert paused["Waiting for customer", True] > 10
    assert paused["In progress", True] == 0
    assert paused["In progress", False] > 20


def test_odd_variants_exist(tickets: list[dict[str, Any]]) -> None:
    """Null, never started, texts, lists and an explicit null: each in some tickets, none in many."""
    seen = Counter[str]()
    for ticket in tickets:
        project = ticket["key"].partition("-")[0]
        value = ticket["fields"][(_PEOPLE if project == "HR" else _BOTH)[1]]
        if value is None:
            seen["null"] += 1
        elif isinstance(value, str):
            seen["text"] += 1
        elif isinstance(value, list):
            seen["list"] += 1
        elif "text" in value:
            seen["text object"] += 1
        elif not value["completedCycles"] and "ongoingCycle" not in value:
            seen["never started"] += 1
        elif "ongoingCycle" in value and value["ongoingCycle"] is None:
            seen["explicit null"] += 1

    assert set(seen) == {"null", "text", "list", "text object", "never started", "explicit null"}
    assert max(seen.values()) < len(tickets) * 0.04


def test_people_have_their_own_fields_and_the_old_field_is_dead(tickets: list[dict[str, Any]]) -> None:
    """Two projects use different fields for the same idea; a third SLA field is null everywhere."""
    for ticket in tickets:
        other = _BOTH if ticket["key"].startswith("HR-") else _PEOPLE
        assert [ticket["fields"][name] for name in other] == [None, None]
        assert ticket["fields"]["customfield_10045"] is None


def test_reopened_tickets_start_another_cycle(tickets: list[dict[str, Any]]) -> None:
    """Cycles follow each other: each starts after the stop of the one before."""
    several = 0
    for ticket in tickets:
        value = ticket["fields"]["customfield_10031"]
        if not isinstance(value, dict) or "completedCycles" not in value:
            continue
        cycles = [*value["completedCycles"], *([value["ongoingCycle"]] if value.get("ongoingCycle") else [])]
        several += len(cycles) > 1
        for before, after in pairwise(cycles):
            assert before["stopTime"]["epochMillis"] < after["startTime"]["epochMillis"]

    assert several > 50


def test_request_resource_shows_the_same_cycles(fleet: Reader) -> None:
    """The service desk's own resource agrees with the field."""
    issue = fleet.search("project = SD AND statusCategory != Done ORDER BY key", fields=list(_BOTH), maxResults=1)[
        "issues"
    ][0]
    values = fleet.get(f"/rest/servicedeskapi/request/{issue['key']}/sla").json()["values"]

    for value, name in zip(values, _BOTH, strict=True):
        shown = issue["fields"][name]
        assert value["completedCycles"] == shown["completedCycles"]
        assert value.get("ongoingCycle") == shown.get("ongoingCycle")


@pytest.fixture(scope="module")
def office(fleet: Reader) -> WorkCalendar:
    """Monday to Friday, 9 to 12 and 13 to 18 in São Paulo."""
    return fleet.demo.site.world.calendars["office-sao-paulo"]


_FRIDAY_1730 = 1_795_811_400_000
"""2026-11-27T17:30-03:00."""
_MONDAY_10 = _FRIDAY_1730 + 64 * HOUR_MS + 30 * MINUTE_MS


def test_pause_moves_the_breach(office: WorkCalendar) -> None:
    """Four hours from Friday 17:30 end on Monday 13:30, and an hour later after an hour's pause."""
    straight = Cycle(_FRIDAY_1730, None, 4 * HOUR_MS, ((_FRIDAY_1730, None),))
    paused = Cycle(_FRIDAY_1730, None, 4 * HOUR_MS, ((_FRIDAY_1730, _MONDAY_10), (_MONDAY_10 + HOUR_MS, None)))
    later_ms = _MONDAY_10 + 90 * MINUTE_MS

    assert read(straight, office, later_ms).breach_ms == _MONDAY_10 + 210 * MINUTE_MS
    assert read(paused, office, later_ms).breach_ms == _MONDAY_10 + 270 * MINUTE_MS
    assert read(paused, office, later_ms).elapsed_ms == 2 * HOUR_MS


def test_exactly_the_goal_is_not_breached(office: WorkCalendar) -> None:
    """Equal is met; one millisecond more is not, and the breach stays where the goal was reached."""
    goal_ms = 30 * MINUTE_MS
    closing_ms = _FRIDAY_1730 + goal_ms
    monday_9_ms = _MONDAY_10 - HOUR_MS

    def at(stop_ms: int) -> tuple[bool, int | None]:
        reading = read(Cycle(_FRIDAY_1730, stop_ms, goal_ms, ((_FRIDAY_1730, stop_ms),)), office, stop_ms)
        return reading.breached, reading.breach_ms

    assert at(closing_ms) == (False, closing_ms)
    assert at(monday_9_ms) == (False, closing_ms)
    assert at(monday_9_ms + 1) == (True, closing_ms)


def test_paused_within_the_goal_has_no_breach_time(office: WorkCalendar) -> None:
    """Nobody knows when a paused clock will breach; one that already did keeps its instant."""
    within = Cycle(_FRIDAY_1730, None, 4 * HOUR_MS, ((_FRIDAY_1730, _MONDAY_10),))
    over = Cycle(_FRIDAY_1730, None, HOUR_MS, ((_FRIDAY_1730, _MONDAY_10),))

    assert within.paused
    assert read(within, office, _MONDAY_10 + 5 * HOUR_MS).breach_ms is None
    assert read(over, office, _MONDAY_10 + 5 * HOUR_MS).breach_ms == _MONDAY_10 - 30 * MINUTE_MS
