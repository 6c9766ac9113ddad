"""What breaks next by the clock on the wall."""

from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.next_break import next_break
from tests.factories import AS_OF, ms, paused, running, ticket
from tests.unit.components.made_reports import small

NOON = ms(AS_OF)


def test_it_counts_what_is_overdue_and_what_runs_out_within_the_hour() -> None:
    """One past its goal, one due at 12:30, one due at 14:00, and one that stands still."""
    rows = small(
        ticket(1, resolve=[running("2026-11-23T06:00:00+00:00", HOUR_MS)]),
        ticket(2, resolve=[running("2026-11-23T11:00:00+00:00", 90 * MINUTE_MS)]),
        ticket(3, resolve=[running("2026-11-23T11:00:00+00:00", 3 * HOUR_MS)]),
        ticket(4, resolve=[paused("2026-11-23T06:00:00+00:00")]),
    ).due

    found = next_break(rows, NOON)

    assert (found.overdue, found.breaking, found.until) == (1, 1, NOON + HOUR_MS)
    assert found.first is not None
    assert found.first.key == "SD-2"


def test_a_goal_that_runs_out_exactly_at_the_end_counts() -> None:
    """Due at the last instant of the hour is due within it."""
    rows = small(ticket(1, resolve=[running("2026-11-23T11:00:00+00:00", 2 * HOUR_MS)])).due

    assert next_break(rows, NOON).breaking == 1
    assert next_break(rows, NOON, ahead_ms=HOUR_MS - 1).breaking == 0


def test_without_a_running_clock_there_is_no_next() -> None:
    """Paused clocks run out at no known time."""
    rows = small(ticket(1, resolve=[paused("2026-11-23T06:00:00+00:00")])).due

    found = next_break(rows, NOON)

    assert (found.overdue, found.breaking, found.first) == (0, 0, None)
