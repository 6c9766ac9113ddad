from collections.abc import Sequence

import pytest

from servicelevel.calendars import BusinessCalendar
from servicelevel.due import DueRow, due_list
from servicelevel.instants import DAY_MS, HOUR_MS
from servicelevel.policy import SLA_NAMES
from servicelevel.standing import standing
from servicelevel.ticket import Person, SlaCycle, Ticket
from servicelevel.verdicts import verdicts
from tests.factories import (
    ANA,
    columns,
    every,
    hours,
    ms,
    paused,
    queue,
    running,
    sao_paulo,
    stopped,
    ticket,
)

MONDAY_10 = "2026-11-23T10:00:00-03:00"
OFFICE = sao_paulo()


def rows(*tickets: Ticket, as_of: str = MONDAY_10, calendar: BusinessCalendar = OFFICE) -> tuple[DueRow, ...]:
    """The list as of an instant, read at it."""
    table = columns(*tickets, read_at=as_of)
    stood = standing(table, ms(as_of))
    judged = {name: verdicts(table, name, queue(calendar=calendar), stood) for name in SLA_NAMES}
    return due_list(table, judged, stood, calendar, every(table))


def left(remaining_ms: int, number: int = 1) -> Ticket:
    """A ticket whose clock has so much business time left on Monday at ten."""
    goal = hours(100)
    clock = SlaCycle(ms("2026-11-02T09:00:00-03:00"), None, None, goal, goal - remaining_ms, breached=False)
    return ticket(number, "2026-11-02T09:00:00-03:00", resolve=[clock])


@pytest.mark.parametrize(
    ("remaining_ms", "state", "due"),
    [
        (0, "lt_1h", MONDAY_10),
        (HOUR_MS - 1, "lt_1h", "2026-11-23T10:59:59.999-03:00"),
        (HOUR_MS, "lt_4h", "2026-11-23T11:00:00-03:00"),
        (4 * HOUR_MS - 1, "lt_4h", "2026-11-23T14:59:59.999-03:00"),
        (4 * HOUR_MS, "today", "2026-11-23T15:00:00-03:00"),
        (7 * HOUR_MS, "today", "2026-11-23T18:00:00-03:00"),
        (7 * HOUR_MS + 1, "next_day", "2026-11-24T09:00:00.001-03:00"),
        (15 * HOUR_MS, "next_day", "2026-11-24T18:00:00-03:00"),
        (15 * HOUR_MS + 1, "later", "2026-11-25T09:00:00.001-03:00"),
    ],
)
def test_states_at_their_borders(remaining_ms: int, state: str, due: str) -> None:
    """The first bucket that holds, by business time left and then by local date."""
    (row,) = rows(left(remaining_ms))

    assert (row.state, row.due, row.remaining_ms) == (state, ms(due), remaining_ms)


def test_the_next_day_is_the_next_with_working_hours() -> None:
    """On a Friday it is Monday, however far the dates lie apart."""
    friday = "2026-11-20T17:00:00-03:00"
    created = "2026-11-20T09:00:00-03:00"

    def state(goal_ms: int) -> str:
        clock = running(friday, goal_ms, read_at=friday, calendar=OFFICE)
        return rows(ticket(1, created, resolve=[clock]), as_of=friday)[0].state

    assert [state(hours(5)), state(hours(9)), state(hours(9) + 1)] == ["next_day", "next_day", "later"]


def test_overdue_has_less_than_nothing_left() -> None:
    """A broken clock is overdue by its business time, and its due instant is where the goal ran out."""
    (row,) = rows(
        ticket(1, resolve=[running("2026-11-20T16:00:00-03:00", hours(1), read_at=MONDAY_10, calendar=OFFICE)])
    )

    assert (row.state, row.remaining_ms, row.due) == ("overdue", -hours(2), ms("2026-11-20T17:00:00-03:00"))
    assert row.analyst == ANA


def test_paused_is_overdue_once_it_broke_before() -> None:
    """Within the goal a paused clock has no due instant; past it it is overdue and does not tick."""
    within, past = rows(
        ticket(1, resolve=[paused("2026-11-20T12:00:00+00:00", hours(4), elapsed_ms=hours(1))]),
        ticket(
            2,
            resolve=[
                paused(
                    "2026-11-20T12:00:00+00:00", hours(4), elapsed_ms=hours(5), breach_at="2026-11-20T17:00:00+00:00"
                )
            ],
        ),
    )[::-1]

    assert (within.state, within.due, within.ticking, within.remaining_ms) == ("paused", None, False, hours(3))
    assert (past.state, past.due, past.ticking) == ("overdue", ms("2026-11-20T17:00:00+00:00"), False)


def test_a_clock_ticks_within_hours_only() -> None:
    """At lunch nothing runs down."""
    at_ten = rows(left(HOUR_MS))[0]
    lunch = rows(left(HOUR_MS), as_of="2026-11-23T12:30:00-03:00")[0]

    assert (at_ten.ticking, lunch.ticking) == (True, False)


def test_order_is_overdue_then_due_then_paused_then_key() -> None:
    """Inside a group by due, and by key as people count."""
    early = [running("2026-11-20T16:00:00-03:00", hours(1), read_at=MONDAY_10, calendar=OFFICE)]
    earlier = [running("2026-11-20T15:00:00-03:00", hours(1), read_at=MONDAY_10, calendar=OFFICE)]
    standing_still = [paused("2026-11-20T12:00:00+00:00")]

    found = rows(
        ticket(1, resolve=standing_still),
        ticket(2, resolve=early),
        left(5 * HOUR_MS, 10),
        left(5 * HOUR_MS, 9),
        left(2 * HOUR_MS, 11),
        ticket(12, resolve=earlier),
        ticket(13, resolve=standing_still),
    )

    assert [row.key for row in found] == ["SD-12", "SD-2", "SD-11", "SD-9", "SD-10", "SD-1", "SD-13"]


def test_two_clocks_of_one_ticket_are_two_rows() -> None:
    """Each judged clock that runs has its row; stopped ones have none."""
    clock = running(MONDAY_10, hours(2), read_at=MONDAY_10, calendar=OFFICE)
    done = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")

    both = rows(ticket(1, first_response=[clock], resolve=[clock]))
    one = rows(ticket(1, first_response=[done], resolve=[clock]))

    assert [row.sla for row in both] == ["first_response", "resolution"]
    assert [row.sla for row in one] == ["resolution"]


def test_a_due_instant_past_all_calendars_is_later() -> None:
    """A goal of a century of work never comes up."""
    century = SlaCycle(ms(MONDAY_10), None, None, 36_500 * DAY_MS, 0, breached=False)
    (row,) = rows(ticket(1, resolve=[century]))

    assert (row.state, row.due) == ("later", None)


def test_paused_comes_after_what_is_never_due() -> None:
    """A clock that runs is before one that stands still, whatever their keys."""
    century = SlaCycle(ms(MONDAY_10), None, None, 36_500 * DAY_MS, 0, breached=False)

    found = rows(ticket(1, resolve=[paused("2026-11-20T12:00:00+00:00")]), ticket(2, resolve=[century]))

    assert [row.key for row in found] == ["SD-2", "SD-1"]


def test_an_unassigned_ticket_names_nobody() -> None:
    """No analyst and no priority are said as none."""
    clock = running(MONDAY_10, hours(2), read_at=MONDAY_10, calendar=OFFICE)
    (row,) = rows(ticket(1, resolve=[clock], assignee=None, priority=None))
    nobody: Sequence[Person | str | None] = (row.analyst, row.priority)

    assert list(nobody) == [None, None]
