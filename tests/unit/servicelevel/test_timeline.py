from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.columns import TicketColumns
from servicelevel.instants import HOUR_MS
from servicelevel.policy import Goal, Queue
from servicelevel.report import QueueReport, report
from servicelevel.ticket import Change
from servicelevel.timeline import Timeline, timeline
from servicelevel.verdicts import Verdict
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import (
    ANA,
    AS_OF,
    BRUNO,
    DOING,
    DONE,
    DUPLICATE,
    NEW,
    P1,
    P3,
    change,
    columns,
    crowd,
    hours,
    moved,
    ms,
    paused,
    queue,
    running,
    sao_paulo,
    stopped,
    ticket,
)
from tests.unit.servicelevel.bounded import examples

COMPUTED = replace(
    queue(calendar=sao_paulo()),
    resolution=replace(
        queue().resolution, clock="computed", goals=(Goal(4 * HOUR_MS, priority="Highest"), Goal(8 * HOUR_MS))
    ),
    pause_statuses=("New",),
)


def told(desk: Queue, table: TicketColumns, row: int = 0, as_of: str = AS_OF) -> Timeline:
    """The timeline of one ticket in a report of thirty days."""
    made: QueueReport = report(desk, table, no_worklogs("not_configured", "-"), last_days(ms(as_of), 30))
    return timeline(made, row)


def test_a_clock_past_its_goal_is_cut_where_the_goal_passed() -> None:
    """Running until the goal, past it from there on; the parts add up to what was used."""
    table = columns(ticket(1, "2026-11-23T02:00:00+00:00", resolve=[running("2026-11-23T02:00:00+00:00")]))

    (strip,) = told(queue(), table).strips

    assert [(part.kind, part.start, part.end) for part in strip.stretches] == [
        ("running", ms("2026-11-23T02:00:00+00:00"), ms("2026-11-23T06:00:00+00:00")),
        ("over", ms("2026-11-23T06:00:00+00:00"), ms(AS_OF)),
    ]
    assert (strip.verdict, strip.left_ms, strip.stop) == (Verdict.BREACHED, -hours(6), None)
    assert strip.source == "jira"
    assert not strip.reconstructed


def test_a_clock_within_its_goal_says_when_it_would_break() -> None:
    """Running and stopped clocks both have the instant of their goal."""
    open_ = running("2026-11-23T10:00:00+00:00")
    kept = stopped("2026-11-23T01:00:00+00:00", "2026-11-23T02:00:00+00:00")

    first, second = told(queue(), columns(ticket(1, first_response=[kept], resolve=[open_]))).strips

    assert (first.verdict, first.goal_at) == (Verdict.MET, ms("2026-11-23T05:00:00+00:00"))
    assert (second.verdict, second.goal_at) == (Verdict.UNDECIDED, ms("2026-11-23T14:00:00+00:00"))


def test_pauses_come_from_the_status_history() -> None:
    """A computed clock is cut at its pauses, and has the goal that was in force."""
    history: dict[int, list[Change]] = {
        1: [moved("2026-11-20T14:00:00+00:00", DOING, NEW), moved("2026-11-20T16:00:00+00:00", NEW, DOING)]
    }
    table = columns(ticket(1, "2026-11-20T12:00:00+00:00", priority=P1), changes=history)

    found = told(COMPUTED, table, as_of="2026-11-20T19:00:00+00:00")
    strip = next(strip for strip in found.strips if strip.sla == "resolution")

    assert [(part.kind, part.used_ms) for part in strip.stretches] == [
        ("running", hours(2)),
        ("paused", hours(1)),
        ("running", hours(2)),
        ("over", hours(1)),
    ]
    assert (strip.source, strip.reconstructed, strip.paused_ms) == ("computed", False, hours(1))
    assert strip.goal == Goal(4 * HOUR_MS, priority="Highest")
    assert [event.kind for event in found.events] == ["opened", "paused", "resumed"]
    assert found.events[2].cost_ms == hours(1)


def test_a_retold_clock_that_differs_from_jira_says_so() -> None:
    """Jira paused for a reason that the status history does not show."""
    odd = stopped("2026-11-20T00:00:00+00:00", "2026-11-20T06:00:00+00:00", paused_ms=hours(3))

    (strip,) = told(queue(), columns(ticket(1, resolve=[odd]))).strips

    assert strip.reconstructed
    assert strip.elapsed_ms == hours(3)


def test_a_paused_clock_has_no_goal_instant() -> None:
    """While it stands still nobody knows when it will run out."""
    (strip,) = told(queue(), columns(ticket(1, resolve=[paused("2026-11-23T01:00:00+00:00")]))).strips

    assert strip.goal_at is None
    assert strip.paused


def test_hand_offs_cost_the_time_they_were_held() -> None:
    """Each change of assignee says for how long the one before had the ticket, pauses left out."""
    history = {
        1: [
            change("2026-11-20T13:00:00+00:00", "assignee", None, ANA),
            moved("2026-11-20T14:00:00+00:00", DOING, NEW),
            moved("2026-11-20T16:00:00+00:00", NEW, DOING),
            change("2026-11-20T17:00:00+00:00", "assignee", ANA, BRUNO),
            change("2026-11-20T18:00:00+00:00", "assignee", BRUNO, None),
        ]
    }
    table = columns(ticket(1, "2026-11-20T12:00:00+00:00", assignee=None), changes=history)

    found = told(COMPUTED, table)
    handed = [
        (event.kind, event.person, event.to, event.cost_ms) for event in found.events if event.cost_ms is not None
    ]

    assert handed == [
        ("assigned", None, ANA, hours(1)),
        ("resumed", None, None, hours(1)),
        ("handed_over", ANA, BRUNO, hours(2)),
        ("put_back", BRUNO, None, hours(1)),
    ]
    assert (found.analysts, found.hand_offs) == (2, 1)


def test_events_tell_what_happened_by_then_only() -> None:
    """Priorities, closing and reopening are events; what came after as_of is not told."""
    history = {
        1: [
            change("2026-11-20T13:00:00+00:00", "priority", P3, P1),
            moved("2026-11-20T14:00:00+00:00", DOING, DONE),
            moved("2026-11-20T15:00:00+00:00", DONE, DOING),
            moved("2026-11-22T15:00:00+00:00", DOING, DONE),
        ]
    }
    table = columns(ticket(1, "2026-11-20T12:00:00+00:00", priority=P1, status=DONE), changes=history)

    events = told(queue(), table, as_of="2026-11-21T00:00:00+00:00").events

    assert [(event.kind, event.before, event.after) for event in events] == [
        ("opened", None, None),
        ("priority", "Medium", "Highest"),
        ("resolved", "In progress", "Resolved"),
        ("reopened", "Resolved", "In progress"),
    ]


@pytest.mark.parametrize(
    ("stop", "cost"), [("2026-11-20T13:00:00+00:00", None), ("2026-11-20T18:00:00+00:00", hours(2))]
)
def test_the_first_response_is_an_event(stop: str, cost: int | None) -> None:
    """It says how late it came, and nothing when it came in time."""
    table = columns(ticket(1, first_response=[stopped("2026-11-20T12:00:00+00:00", stop)]))

    answered = [event for event in told(queue(), table).events if event.kind == "answered"]

    assert [(event.at, event.cost_ms) for event in answered] == [(ms(stop), cost)]


def test_what_is_not_judged_is_named() -> None:
    """An excluded ticket has no strips but the reasons."""
    desk = queue(exclude_resolutions=("Duplicate",))
    closed = stopped("2026-11-20T00:00:00+00:00", "2026-11-20T01:00:00+00:00")
    table = columns(ticket(1, status=DONE, resolution=DUPLICATE, resolve=[closed]), ticket(2))

    assert told(desk, table).excluded == (
        ("first_response", "excluded_resolution"),
        ("resolution", "excluded_resolution"),
    )
    assert told(desk, table).strips == ()
    assert told(desk, table, row=1).excluded == (("first_response", "no_goal"), ("resolution", "no_goal"))


def test_a_repeated_clock_shows_the_judged_run() -> None:
    """Of several runs the one the policy judges is told, with how many there were."""
    runs = [
        stopped("2026-11-19T00:00:00+00:00", "2026-11-19T01:00:00+00:00"),
        running("2026-11-23T11:00:00+00:00"),
    ]

    (strip,) = told(queue(), columns(ticket(1, resolve=runs))).strips

    assert (strip.start, strip.runs) == (ms("2026-11-23T11:00:00+00:00"), 2)


@examples(8)
@given(st.integers(0, 10_000))
def test_strips_agree_with_the_verdicts(seed: int) -> None:
    """Of every ticket the stretches follow each other without overlap and use up the time that was judged."""
    tickets, changes = crowd(seed, 25, calendar=sao_paulo())
    desk = queue(calendar=sao_paulo())
    table = columns(*tickets, changes=changes)
    made = report(desk, table, no_worklogs("not_configured", "-"), last_days(ms(AS_OF), 30))

    for row in range(len(table)):
        for strip in timeline(made, row).strips:
            ends = [strip.start, *(part.end for part in strip.stretches)]
            assert [part.start for part in strip.stretches] == ends[:-1]
            assert ends[-1] == (made.as_of if strip.stop is None else strip.stop)
            used = sum(part.used_ms for part in strip.stretches if part.kind != "paused")
            assert strip.reconstructed or abs(used - strip.elapsed_ms) <= 60_000
            late = any(part.kind == "over" and part.used_ms for part in strip.stretches)
            assert late == (strip.verdict == Verdict.BREACHED)
