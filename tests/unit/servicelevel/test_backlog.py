import numpy as np
import pytest

from servicelevel.backlog import Backlog, backlog
from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import DAY_MS, HOUR_MS, to_datetime
from servicelevel.standing import standing
from servicelevel.ticket import Ticket
from tests.factories import AS_OF, DONE, always, columns, every, ms, resolved, sao_paulo, ticket


def before(ms_ago: float) -> str:
    """An instant so many milliseconds before AS_OF."""
    return to_datetime(ms(AS_OF) - round(ms_ago)).isoformat()


def stock(*tickets: Ticket, calendar: BusinessCalendar | None = None) -> Backlog:
    """The backlog of these tickets at AS_OF."""
    table = columns(*tickets)
    return backlog(table, standing(table, ms(AS_OF)), calendar or always(), every(table))


@pytest.mark.parametrize(
    ("age_ms", "bucket"),
    [
        (0, 0),
        (DAY_MS - 1, 0),
        (DAY_MS, 1),
        (3 * DAY_MS - 1, 1),
        (3 * DAY_MS, 2),
        (10 * DAY_MS - 1, 2),
        (10 * DAY_MS, 3),
        (30 * DAY_MS - 1, 3),
        (30 * DAY_MS, 4),
        (300 * DAY_MS, 4),
    ],
)
def test_an_age_on_a_border_belongs_to_the_older_bucket(age_ms: int, bucket: int) -> None:
    """Buckets hold their lower border and not their upper one."""
    found = stock(ticket(1, before(age_ms))).buckets

    assert [b.tickets for b in found] == [int(i == bucket) for i in range(5)]
    assert [(b.from_bd, b.to_bd) for b in found] == [(0, 1), (1, 3), (3, 10), (10, 30), (30, None)]
    assert [b.label for b in found] == ["0-1 d", "1-3 d", "3-10 d", "10-30 d", "30+ d"]


def test_age_is_business_time_in_business_days() -> None:
    """Created on Friday 18:00 in São Paulo and seen on Monday 9:00: no business day old."""
    weekend = ticket(1, "2026-11-20T18:00:00-03:00")

    assert stock(weekend, calendar=sao_paulo()).buckets[0].tickets == 1
    assert stock(weekend).buckets[1].tickets == 1


def test_stale_from_exactly_five_business_days_without_an_update() -> None:
    """A millisecond less is not stale; neither is a closed ticket."""
    five = 5 * DAY_MS
    found = stock(
        ticket(1, before(9 * DAY_MS), updated=before(five)),
        ticket(2, before(9 * DAY_MS), updated=before(five - 1)),
        ticket(3, before(9 * DAY_MS), updated=before(five), status=DONE),
    )

    assert found.stale == 1


def test_an_update_after_as_of_is_not_stale() -> None:
    """In a replay a ticket updated since says nothing of how long it lay."""
    assert stock(ticket(1, before(99 * DAY_MS), updated=before(-DAY_MS))).stale == 0


def test_pace_looks_at_twenty_eight_days() -> None:
    """Four open at two resolved in 28 whole days are 56 days; those resolved before do not count."""
    found = stock(
        *(ticket(i, before(DAY_MS)) for i in range(1, 5)),
        resolved(5, before(40 * DAY_MS), before(28 * DAY_MS - 1)),
        resolved(6, before(40 * DAY_MS), before(0)),
        resolved(7, before(40 * DAY_MS), before(28 * DAY_MS)),
    )

    assert (found.open, found.resolved_28d, found.business_days_28d, found.days) == (4, 2, 28.0, 56.0)


def test_ageing_compares_with_the_queues_own_p85() -> None:
    """Of ten tickets of 90 days nine took one to nine hours: the p85 is the ninth, and older open ones are ageing."""
    closed = [resolved(i, before(20 * DAY_MS), before(20 * DAY_MS - i * HOUR_MS)) for i in range(1, 10)]

    young = stock(*closed, ticket(10, before(9 * HOUR_MS)))
    old = stock(*closed, ticket(10, before(9 * HOUR_MS + 1)))

    assert [s.own_p85_ms for s in (young, old)] == [9 * HOUR_MS] * 2
    assert [(s.older, s.ageing_share) for s in (young, old)] == [(0, 0.0), (1, 1.0)]


def test_own_p85_leaves_out_tickets_created_before_ninety_days() -> None:
    """An old ticket counts as ageing, and does not stretch what is usual."""
    closed = [resolved(i, before(20 * DAY_MS), before(20 * DAY_MS - HOUR_MS)) for i in range(1, 4)]

    found = stock(*closed, ticket(10, before(90 * DAY_MS)), ticket(11, before(120 * DAY_MS)))

    assert (found.own_p85_ms, found.older, found.ageing_share) == (HOUR_MS, 2, 1.0)


def test_ageing_is_unknown_without_a_p85() -> None:
    """Too many still open is not reached; nothing created is no data; nothing open is none ageing."""
    unreached = stock(resolved(1, before(DAY_MS), before(0)), ticket(2, before(DAY_MS)), ticket(3, before(2 * DAY_MS)))
    nothing = stock(ticket(1, before(100 * DAY_MS)))
    none_open = stock(resolved(1, before(100 * DAY_MS), before(99 * DAY_MS)))

    assert (unreached.own_p85_reason, unreached.older, unreached.ageing_share) == ("not_reached", None, None)
    assert (nothing.own_p85_reason, nothing.ageing_share) == ("no_data", None)
    assert (none_open.days, none_open.ageing_share) == (0.0, 0.0)


def test_unassigned_are_open_tickets_that_nobody_holds() -> None:
    """A closed ticket without an assignee is nobody's work."""
    found = stock(ticket(1, assignee=None), ticket(2), ticket(3, assignee=None, status=DONE))

    assert found.unassigned == 1


def test_only_chosen_tickets_are_in_stock() -> None:
    """Rows that are not chosen are in no number."""
    table = columns(ticket(1, before(40 * DAY_MS)), ticket(2, before(2 * DAY_MS)))
    found = backlog(table, standing(table, ms(AS_OF)), always(), np.array([False, True]))

    assert (found.open, [b.tickets for b in found.buckets]) == (1, [0, 1, 0, 0, 0])
