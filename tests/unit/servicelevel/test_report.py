import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.attainment import Kept
from servicelevel.building import ColumnsBuilder
from servicelevel.columns import TicketColumns
from servicelevel.instants import DAY_MS, to_datetime
from servicelevel.measures import UNASSIGNED, Filters
from servicelevel.report import PeriodNotCovered, QueueReport, report
from servicelevel.ticket import Change, Person, Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import WorklogColumns
from tests.factories import (
    ANA,
    AS_OF,
    BRUNO,
    CARLA,
    CLOSED,
    DOING,
    DONE,
    DUPLICATE,
    FIXED,
    NEW,
    P1,
    P3,
    booked,
    change,
    columns,
    crowd,
    moved,
    ms,
    queue,
    resolved,
    sao_paulo,
    stopped,
    team_hours,
    ticket,
    worklog,
)
from tests.unit.servicelevel.bounded import examples
from tests.unit.servicelevel.plain import plain

TICKETS, CHANGES = crowd(11, 90, calendar=sao_paulo())
DESK = queue(calendar=sao_paulo(), tempo_team=7)
# What has one row a ticket: it grows with every ticket read, also with one that counts nowhere.
BY_TICKET = frozenset({"columns", "stood", "rows", "judged", "queue"})


def hours_of(table: TicketColumns) -> WorklogColumns:
    """Hours on every third ticket."""
    work = [worklog(i, i, f"2026-11-{1 + i % 23:02}", 1 + i % 4, author=(ANA, BRUNO)[i % 2]) for i in range(3, 90, 3)]
    return booked(table, *work, team=team_hours("2026-11-20", 60, 80))


def reported(table: TicketColumns, filters: Filters | None = None, days: float = 30) -> QueueReport:
    """The report over some days as of AS_OF."""
    return report(DESK, table, hours_of(table), last_days(ms(AS_OF), days), filters=filters)


WHOLE = reported(columns(*TICKETS, changes=CHANGES))


def test_the_crowd_has_something_to_say() -> None:
    """What the following tests compare is not empty."""
    now = WHOLE.now

    assert now.health.score is not None
    assert all(now.sla[name].kept.n > 5 for name in ("first_response", "resolution"))
    assert now.flow.resolved > 5
    assert now.flow.reopens.reopened > 0
    assert WHOLE.movement is not None
    assert len(WHOLE.due) > 5
    assert len(WHOLE.analysts) == 4


@examples(25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(draw: random.Random) -> None:
    """Tickets and changes in any order, changes before their tickets and some of them twice: the same report."""
    steps: list[Ticket | tuple[int, Change]] = list(TICKETS)
    every_change = [(number, item) for number, history in CHANGES.items() for item in history]
    steps += every_change + draw.sample(every_change, 20) + draw.sample(TICKETS, 5)
    draw.shuffle(steps)
    builder = ColumnsBuilder((NEW, DOING, DONE, CLOSED), (P1, P3), (FIXED, DUPLICATE))
    for step in steps:
        if isinstance(step, Ticket):
            builder.add_ticket(step, ms(AS_OF))
        else:
            builder.add_changes(step[0], [step[1]])
    table = builder.build(WHOLE.columns.covers_from, ms(AS_OF))

    assert table.revision == WHOLE.columns.revision
    assert plain(reported(table)) == plain(WHOLE)


def test_a_name_that_changed_is_the_same_whatever_came_first() -> None:
    """Histories keep the names of their day; which page came first does not decide what somebody is called."""
    old, new = Person("dora", "Dora Old"), Person("dora", "Dora New")
    handed = [
        (1, change("2026-11-20T13:00:00+00:00", "assignee", old, ANA)),
        (2, change("2026-11-21T13:00:00+00:00", "assignee", new, ANA)),
    ]
    names = set()
    for order in (handed, handed[::-1]):
        table = columns(ticket(1), ticket(2), changes={number: [item] for number, item in order})
        names.add(tuple(person.name for person in table.people))

    assert len(names) == 1


def test_a_person_of_today_is_called_as_today() -> None:
    """The name on a ticket wins over every name of a history."""
    old = Person("ana", "Ana Before")
    handed = {1: [change("2026-11-20T13:00:00+00:00", "assignee", old, BRUNO)]}
    first = columns(ticket(1, assignee=BRUNO), ticket(2, assignee=ANA), changes=handed)
    builder = ColumnsBuilder()
    builder.add_changes(1, handed[1])
    builder.add_ticket(ticket(2, assignee=ANA), ms(AS_OF))
    builder.add_ticket(ticket(1, assignee=BRUNO), ms(AS_OF))
    second = builder.build(0, ms(AS_OF))

    assert [p.name for p in first.people] == [p.name for p in second.people] == ["Ana", "Bruno"]


def test_a_ticket_created_later_changes_nothing() -> None:
    """What belongs to a period after as_of is in no number of this one, and neither are its hours."""
    later = to_datetime(ms(AS_OF) + 1).isoformat()
    end = to_datetime(ms(AS_OF) + DAY_MS).isoformat()
    more = ticket(
        500, later, status=DONE, resolved_on=end, first_response=[stopped(later, end)], resolve=[stopped(later, end)]
    )

    found = reported(columns(*TICKETS, more, changes=CHANGES))

    assert plain(found, leave_out=BY_TICKET) == plain(WHOLE, leave_out=BY_TICKET)


def test_a_ticket_of_long_ago_changes_nothing_of_the_window() -> None:
    """Created, decided and resolved before everything that is looked at."""
    start, end = "2025-02-01T00:00:00+00:00", "2025-02-02T00:00:00+00:00"
    old = resolved(500, start, end)
    old = Ticket(**{**{f: getattr(old, f) for f in Ticket.__slots__}, "cycles": {"resolution": (stopped(start, end),)}})

    found = reported(columns(*TICKETS, old, changes=CHANGES)).now

    assert plain(found.sla, leave_out=BY_TICKET) == plain(WHOLE.now.sla, leave_out=BY_TICKET)
    assert plain((found.flow, found.backlog, found.health)) == plain(
        (WHOLE.now.flow, WHOLE.now.backlog, WHOLE.now.health)
    )


PARTITIONS = {
    "priority": [Filters(priority=(name,)) for name in ("Highest", "3")],
    "type": [Filters(type=(name,)) for name in ("incident", "Request")],
    "analyst": [Filters(analyst=(name,)) for name in (ANA.id, BRUNO.name, CARLA.name.upper(), UNASSIGNED)],
}


@pytest.mark.parametrize("by", PARTITIONS)
def test_filters_share_everything_out(by: str) -> None:
    """Counts over the parts add up to those of the whole, none twice and none lost."""
    parts = [reported(WHOLE.columns, filters) for filters in PARTITIONS[by]]

    def counts(found: QueueReport) -> list[int]:
        now = found.now
        promises = [
            number
            for sla in now.sla.values()
            for number in (
                sla.kept.met,
                sla.kept.n,
                sla.breached_open,
                sla.undecided,
                sla.completed_only.n,
                sla.jsm_goals.n,
                sla.percentiles.stopped,
                sla.trailing_90d.n,
                *sla.excluded.values(),
            )
        ]
        flowed = [
            now.flow.created,
            now.flow.resolved,
            now.flow.open,
            now.flow.reopened,
            now.flow.reopens.resolutions,
            now.flow.reopens.reopened,
        ]
        return [
            *promises,
            *flowed,
            now.backlog.open,
            now.backlog.stale,
            now.hours.total_s or 0,
            len(found.due),
            *(bucket.tickets for bucket in now.backlog.buckets),
            *(day.open for day in now.flow.by_day),
        ]

    assert [sum(column) for column in zip(*map(counts, parts), strict=True)] == counts(WHOLE)
    assert all(part.now.flow.open < WHOLE.now.flow.open for part in parts)


def test_filters_of_several_kinds_narrow_each_other() -> None:
    """Within a kind any, between kinds all; what nobody is called chooses nothing."""
    both = reported(WHOLE.columns, Filters(priority=("1", "3")))
    narrow = reported(WHOLE.columns, Filters(priority=("1",), analyst=("ana", UNASSIGNED)))
    nothing = reported(WHOLE.columns, Filters(analyst=("nobody at all",)))

    assert both.now.flow == WHOLE.now.flow
    expected = sum(t.priority == P1 and t.assignee in {ANA, None} and t.status.category != "done" for t in TICKETS)
    assert narrow.now.flow.open == expected > 0
    assert (nothing.now.flow.open, nothing.now.health.score) == (0, None)


def test_filters_go_by_the_values_at_as_of() -> None:
    """Handed over since, a ticket is counted with whom held it then."""
    table = columns(
        ticket(1, "2026-09-01T00:00:00+00:00", assignee=BRUNO),
        changes={1: [change("2026-11-10T00:00:00+00:00", "assignee", ANA, BRUNO)]},
    )
    found = report(DESK, table, hours_of(table), last_days(ms(AS_OF), 7), filters=Filters(analyst=("ana",)))

    assert found.now.flow.open == 0
    assert found.previous is not None
    assert found.previous.flow.open == 1


def test_a_period_that_is_not_covered_is_refused() -> None:
    """One millisecond too far back is too far; the message names queue and dates."""
    start = ms(AS_OF) - 30 * DAY_MS
    enough = columns(ticket(1), covers_from=to_datetime(start).isoformat())
    short = columns(ticket(1), covers_from=to_datetime(start + 1).isoformat())

    assert reported(enough).now.flow.open == 1
    with pytest.raises(PeriodNotCovered, match=r"desk: the period begins 2026-10-24 12:00 UTC") as refused:
        reported(short)
    assert (refused.value.queue, refused.value.start, refused.value.covers_from) == ("desk", start, start + 1)


def test_the_window_before_is_left_out_when_it_is_not_covered() -> None:
    """Moved back 28 days: the same length, or none with the reason."""
    earlier = ms(AS_OF) - 58 * DAY_MS
    short = reported(columns(*TICKETS, changes=CHANGES, covers_from=to_datetime(earlier + 1).isoformat()))

    assert WHOLE.previous is not None
    assert (WHOLE.previous.window.start, WHOLE.previous.window.end) == (earlier, earlier + 30 * DAY_MS)
    assert (short.previous, short.movement, short.movement_reason) == (None, None, "not_covered")


def test_movement_says_why_it_is_missing() -> None:
    """No score today, or none then."""
    nothing = reported(columns(ticket(1)))
    fresh = [
        ticket(i, "2026-11-20T12:00:00+00:00", status=DONE, resolved_on="2026-11-20T14:00:00+00:00",
               first_response=[stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")],
               resolve=[stopped("2026-11-20T12:00:00+00:00", "2026-11-20T14:00:00+00:00")])
        for i in range(1, 40)
    ]  # fmt: skip
    new = reported(columns(*fresh))

    assert (nothing.movement, nothing.movement_reason) == (None, "no_score")
    assert (new.movement, new.movement_reason) == (None, "no_previous_score")
    assert WHOLE.movement_reason is None


def test_movement_adds_up_over_real_tickets() -> None:
    """The rows of the report are the difference of the two scores that it shows."""
    assert WHOLE.movement is not None
    assert WHOLE.previous is not None
    assert WHOLE.now.health.score is not None
    assert WHOLE.previous.health.score is not None
    moved_tenths = round(WHOLE.now.health.score * 10) - round(WHOLE.previous.health.score * 10)

    assert sum(round(row.shown * 10) for row in WHOLE.movement) == moved_tenths


def test_the_window_before_is_what_that_day_saw() -> None:
    """A clock that ran then and stopped since was undecided then."""
    start, stop = "2026-10-26T11:00:00+00:00", "2026-10-26T14:00:00+00:00"
    table = columns(
        ticket(1, start, status=DONE, resolved_on=stop, resolve=[stopped(start, stop)]),
        changes={1: [moved(stop, DOING, DONE)]},
    )
    found = report(queue(), table, hours_of(table), last_days(ms(AS_OF), 28))

    assert found.previous is not None
    assert (found.previous.sla["resolution"].undecided, found.previous.flow.open) == (1, 1)
    assert (found.now.sla["resolution"].kept, found.now.flow.open) == (Kept(1, 1), 0)


def test_as_of_is_the_windows_end() -> None:
    """Everything is judged at one instant."""
    assert WHOLE.as_of == ms(AS_OF)
