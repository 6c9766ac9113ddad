from servicelevel.analysts import AnalystRow
from servicelevel.report import report
from servicelevel.ticket import Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import WorklogColumns, no_worklogs
from tests.factories import (
    ANA,
    AS_OF,
    BRUNO,
    CARLA,
    DONE,
    booked,
    columns,
    hours,
    ms,
    paused,
    queue,
    running,
    stopped,
    ticket,
    worklog,
)

NOVEMBER = "2026-11-01T00:00:00+00:00"
KEPT = stopped("2026-11-10T00:00:00+00:00", "2026-11-10T02:00:00+00:00")
BROKEN = stopped("2026-11-10T00:00:00+00:00", "2026-11-10T06:00:00+00:00")
OVERDUE = running("2026-11-20T00:00:00+00:00")


def rows_of(*tickets: Ticket, spent: WorklogColumns | None = None) -> tuple[AnalystRow, ...]:
    """The rows of a report over thirty days."""
    return report(
        queue(), columns(*tickets), spent or no_worklogs("not_configured", "no hours here"), last_days(ms(AS_OF), 30)
    ).analysts


def test_each_analyst_has_what_they_hold_and_resolved() -> None:
    """Counts go to the assignee at as_of, most open first, then by name."""
    found = rows_of(
        ticket(1, NOVEMBER, assignee=CARLA, resolve=[OVERDUE]),
        ticket(2, NOVEMBER, assignee=CARLA),
        ticket(3, NOVEMBER, assignee=BRUNO, status=DONE, resolved_on="2026-11-10T02:00:00+00:00", resolve=[KEPT]),
        ticket(4, NOVEMBER, assignee=ANA, status=DONE, resolved_on="2026-11-10T06:00:00+00:00", resolve=[BROKEN]),
    )

    assert [
        (row.person, row.open, row.resolved, row.met["resolution"], row.breached["resolution"]) for row in found
    ] == [
        (CARLA, 2, 0, 0, 1),
        (ANA, 0, 1, 0, 1),
        (BRUNO, 0, 1, 1, 0),
    ]
    assert [(row.breached_held, row.p50_resolution_ms) for row in found] == [(1, None), (0, hours(6)), (0, hours(2))]


def test_unassigned_work_is_a_row_of_its_own() -> None:
    """Nobody's tickets are shown as nobody's, and nobody books hours."""
    table = columns(ticket(1, assignee=None), ticket(2))

    found = report(queue(), table, booked(table, worklog(1, 1, "2026-11-20", 2)), last_days(ms(AS_OF), 30)).analysts

    assert [(row.person, row.open, row.booked_s) for row in found] == [(None, 1, 0), (ANA, 1, 7200)]


def test_somebody_who_only_booked_hours_is_a_row() -> None:
    """Hours by author, not by assignee."""
    table = columns(ticket(1))

    found = report(
        queue(), table, booked(table, worklog(1, 1, "2026-11-20", 3, author=BRUNO)), last_days(ms(AS_OF), 30)
    )

    assert [(row.person, row.open, row.booked_s) for row in found.analysts] == [(ANA, 1, 0), (BRUNO, 0, 10_800)]


def test_somebody_known_from_a_history_who_booked_hours_has_one_row() -> None:
    """A person whom the tickets name and who holds none is listed once, with the hours."""
    table = columns(ticket(1), ticket(2, "2020-01-01T00:00:00+00:00", assignee=BRUNO, status=DONE))

    found = report(
        queue(), table, booked(table, worklog(1, 1, "2026-11-20", 3, author=BRUNO)), last_days(ms(AS_OF), 30)
    )

    assert [(row.person, row.booked_s) for row in found.analysts] == [(ANA, 0), (BRUNO, 10_800)]


def test_hours_that_are_not_known_are_none() -> None:
    """Without hours to read nobody has booked nothing."""
    assert [row.booked_s for row in rows_of(ticket(1))] == [None]


def test_somebody_without_anything_in_the_window_has_no_row() -> None:
    """An old ticket closed long ago shows nobody."""
    old = ticket(1, "2026-01-01T00:00:00+00:00", assignee=BRUNO, status=DONE, resolved_on="2026-01-02T00:00:00+00:00")

    assert rows_of(old) == ()


def test_breached_held_counts_open_tickets_once() -> None:
    """Two broken clocks are one ticket held; a paused broken one is held; one broken and stopped is not."""
    broken_pause = paused("2026-11-20T00:00:00+00:00", elapsed_ms=hours(5), breach_at="2026-11-20T04:00:00+00:00")
    found = rows_of(
        ticket(1, NOVEMBER, first_response=[OVERDUE], resolve=[OVERDUE]),
        ticket(2, NOVEMBER, resolve=[broken_pause]),
        ticket(3, NOVEMBER, first_response=[BROKEN], resolve=[running("2026-11-23T11:00:00+00:00")]),
    )

    assert [(row.open, row.breached_held, row.breached["first_response"]) for row in found] == [(3, 2, 2)]


def test_a_closed_ticket_is_not_held() -> None:
    """A source that lets a clock run on after Done leaves nobody with work."""
    (row,) = rows_of(ticket(1, NOVEMBER, status=DONE, resolve=[OVERDUE]))

    assert (row.open, row.breached_held, row.breached["resolution"]) == (0, 0, 1)


def test_rows_add_up_to_the_queue() -> None:
    """Everything resolved, open and decided is somebody's or nobody's."""
    tickets = [
        ticket(i, NOVEMBER, assignee=(ANA, BRUNO, None)[i % 3], resolve=[(KEPT, BROKEN, OVERDUE, KEPT)[i % 4]])
        for i in range(1, 25)
    ]
    whole = report(queue(), columns(*tickets), no_worklogs("failed", "no answer"), last_days(ms(AS_OF), 30))

    assert sum(row.open for row in whole.analysts) == whole.now.flow.open
    assert sum(row.met["resolution"] for row in whole.analysts) == whole.now.sla["resolution"].kept.met
    assert sum(row.breached["resolution"] for row in whole.analysts) == whole.now.sla["resolution"].kept.breached
