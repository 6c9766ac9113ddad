from datetime import date

import pytest

from servicelevel.columns import TicketColumns
from servicelevel.measures import Filters
from servicelevel.standing import standing
from servicelevel.ticket import Person, Ticket
from servicelevel.window import booked_dates, last_days, local_dates
from servicelevel.worklogs import Hours, TeamHours, WorklogColumns, hours, no_worklogs, worklog_columns
from tests.factories import (
    ANA,
    AS_OF,
    BRUNO,
    INCIDENT,
    REQUEST,
    booked,
    columns,
    ms,
    resolved,
    sao_paulo,
    team_hours,
    ticket,
    worklog,
)

CREATED = "2026-11-01T00:00:00+00:00"
DATES = (date(2026, 10, 25), date(2026, 11, 23))


def spent(table: TicketColumns, read: WorklogColumns, filters: Filters | None = None) -> Hours:
    """Hours of the thirty dates that end with AS_OF."""
    stood = standing(table, ms(AS_OF))
    window = last_days(ms(AS_OF), 30)
    return hours(table, read, stood, window, DATES, (filters or Filters()).rows(table, stood))


def closed(*numbers: int) -> tuple[Ticket, ...]:
    """Tickets resolved in the window."""
    return tuple(resolved(number, CREATED, "2026-11-10T00:00:00+00:00") for number in numbers)


def test_hours_count_by_their_date_both_ends_included() -> None:
    """The day before the first and the day after the last are out."""
    table = columns(ticket(1))
    days = ("2026-10-24", "2026-10-25", "2026-11-23", "2026-11-24")

    found = spent(table, booked(table, *(worklog(i, 1, day, 2**i) for i, day in enumerate(days))))

    assert found.total_s == (2 + 4) * 3600


def test_dates_of_a_custom_range_are_the_range() -> None:
    """Whole local dates give back themselves, over a change of clocks too."""
    window = local_dates(sao_paulo(), date(2018, 11, 1), date(2018, 11, 7))

    assert booked_dates(window, sao_paulo()) == (date(2018, 11, 1), date(2018, 11, 7))


def test_hours_are_said_per_analyst_and_type_with_their_billable_part() -> None:
    """Most first; the sums are the total."""
    table = columns(ticket(1, type=INCIDENT), ticket(2, type=REQUEST))
    found = spent(
        table,
        booked(
            table,
            worklog(1, 1, "2026-11-20", 1, author=ANA, billable=1),
            worklog(2, 2, "2026-11-20", 3, author=BRUNO, billable=0.5),
            worklog(3, 2, "2026-11-21", 1, author=ANA),
        ),
    )

    assert found.by_analyst == ((BRUNO, 10_800, 1800), (ANA, 7200, 3600))
    assert found.by_type == (("Request", 14_400), ("Incident", 3600))
    assert (found.total_s, found.billable_s) == (18_000, 5400)


def test_a_worklog_that_comes_twice_counts_once() -> None:
    """Pages that overlap do not double hours."""
    table = columns(ticket(1))
    once = worklog(1, 1, "2026-11-20", 2)

    assert spent(table, booked(table, once, once)).total_s == 7200


def test_hours_on_tickets_of_other_queues_are_left_out() -> None:
    """Only what the queue has is its work, however the ids lie."""
    table = columns(ticket(5))

    found = spent(table, booked(table, *(worklog(i, i, "2026-11-20", 1) for i in (4, 5, 6))))

    assert found.total_s == 3600
    assert spent(columns(), booked(columns(), worklog(1, 1, "2026-11-20", 1))).total_s == 0


def test_hours_on_lost_tickets_are_apart() -> None:
    """They are listed and in no total, and only those of the dates."""
    table = columns(ticket(1))
    read = booked(
        table,
        worklog(1, 1, "2026-11-20", 1),
        orphans=[worklog(2, 77, "2026-11-20", 2), worklog(3, 77, "2026-11-21", 1), worklog(4, 78, "2026-10-01", 5)],
    )

    found = spent(table, read)

    assert (found.total_s, found.orphan_s, found.orphan_tickets) == (3600, 10_800, (77,))


def test_hours_per_resolved_and_coverage() -> None:
    """Two of three resolved tickets carry hours, whenever those were booked."""
    table = columns(*closed(1, 2, 3))
    read = booked(table, worklog(1, 1, "2026-11-20", 6), worklog(2, 2, "2026-09-01", 1))

    found = spent(table, read)

    assert (found.resolved, found.covered, found.coverage, found.per_resolved_s) == (3, 2, 2 / 3, 7200.0)


def test_hours_of_later_dates_cover_nothing_yet() -> None:
    """What is booked after the window's last date was not there at its end."""
    table = columns(*closed(1))

    assert spent(table, booked(table, worklog(1, 1, "2026-11-24", 1))).covered == 0


def test_nothing_resolved_has_no_hours_per_resolved() -> None:
    """Neither a quotient by none nor a coverage of none."""
    table = columns(ticket(1))
    found = spent(table, booked(table, worklog(1, 1, "2026-11-20", 1)))

    assert (found.per_resolved_s, found.coverage) == (None, None)


@pytest.mark.parametrize(
    ("team", "worked_on", "reason", "value"),
    [
        (None, 5, "no_team", None),
        (team_hours("2026-11-20", 6, 0), 5, "no_schedule", None),
        (team_hours("2026-12-20", 6, 8), 5, "no_schedule", None),
        (team_hours("2026-11-20", 6, 8), 2, "low_coverage", None),
        (team_hours("2026-11-20", 6, 8), 3, None, 0.75),
        (team_hours("2026-11-20", 0, 8), 5, None, 0.0),
    ],
    ids=["no team", "no schedule", "other dates", "two of five", "three of five", "nothing booked"],
)
def test_utilisation_needs_a_team_a_schedule_and_coverage(
    team: TeamHours | None, worked_on: int, reason: str | None, value: float | None
) -> None:
    """Exactly 60 % of the resolved tickets with hours are enough."""
    table = columns(*closed(1, 2, 3, 4, 5))
    read = booked(table, *(worklog(i, i, "2026-11-20", 1) for i in range(1, worked_on + 1)), team=team)

    found = spent(table, read)

    assert (found.utilisation_reason, found.utilisation) == (reason, value)


def test_without_resolved_tickets_utilisation_says_low_coverage() -> None:
    """A share of none proves nothing."""
    table = columns(ticket(1))
    read = booked(table, worklog(1, 1, "2026-11-20", 1), team=team_hours("2026-11-20", 6, 8))

    assert spent(table, read).utilisation_reason == "low_coverage"


@pytest.mark.parametrize("state", ["not_configured", "failed"])
def test_without_hours_every_value_is_none_and_says_why(state: str) -> None:
    """Unknown hours are not zero hours; the tickets are counted all the same."""
    table = columns(*closed(1, 2))

    found = spent(table, no_worklogs("failed" if state == "failed" else "not_configured", "why"))

    assert (found.total_s, found.billable_s, found.orphan_s, found.coverage) == (None, None, None, None)
    assert (found.state, found.state_reason, found.utilisation_reason) == (state, "why", state)
    assert (found.resolved, found.per_resolved_s, found.utilisation) == (2, None, None)


def test_filters_choose_hours_by_ticket() -> None:
    """Hours follow their ticket, whoever booked them."""
    table = columns(ticket(1, type=INCIDENT), ticket(2, type=REQUEST))
    read = booked(table, worklog(1, 1, "2026-11-20", 1), worklog(2, 2, "2026-11-20", 2))

    assert spent(table, read, Filters(type=("Request",))).total_s == 7200


def test_an_author_without_a_name_is_known_by_id() -> None:
    """Somebody Jira does not tell of keeps the account id."""
    table = columns(ticket(1))
    read = worklog_columns(table, [worklog(1, 1, "2026-11-20", 1)], [], {}, None)

    assert spent(table, read).by_analyst == ((Person("ana", "ana"), 3600, 0),)
