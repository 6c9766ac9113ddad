from hypothesis import given
from hypothesis import strategies as st

from servicelevel.ageing import ageing
from servicelevel.backlog import AGE_BORDERS_BD
from servicelevel.report import report
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import AS_OF, columns, crowd, ms, queue, resolved, sao_paulo, ticket
from tests.unit.servicelevel.bounded import examples

NO_HOURS = no_worklogs("not_configured", "-")


@examples(20)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_dots_are_the_open_tickets_of_the_backlog(seed: int, size: int) -> None:
    """One dot an open ticket, as many past the own p85 and in each bucket as the backlog counts."""
    tickets, changes = crowd(seed, size, calendar=sao_paulo())
    made = report(queue(calendar=sao_paulo()), columns(*tickets, changes=changes), NO_HOURS, last_days(ms(AS_OF), 30))

    found, stock = ageing(made), made.now.backlog

    assert len(found.tickets) == stock.open
    assert sum(item.older for item in found.tickets) == (stock.older or 0)
    for bucket in stock.buckets:
        end = float("inf") if bucket.to_bd is None else bucket.to_bd
        assert sum(bucket.from_bd <= item.age_bd < end for item in found.tickets) == bucket.tickets
    assert stock.own_p85_ms == (None if found.p85_bd is None else round(found.p85_bd * stock.business_day_ms))


def test_the_own_pace_is_in_business_days() -> None:
    """Median and p85 of a few tickets around the clock, where a business day has 24 hours."""
    closed = [resolved(n, "2026-11-01T00:00:00+00:00", f"2026-11-{1 + n:02}T00:00:00+00:00") for n in range(1, 11)]
    made = report(
        queue(), columns(*closed, ticket(11, "2026-11-11T12:00:00+00:00")), NO_HOURS, last_days(ms(AS_OF), 30)
    )

    found = ageing(made)

    assert (found.median_bd, found.p85_bd) == (6, 10)
    assert [(item.row, item.age_bd, item.older) for item in found.tickets] == [(10, 12.0, True)]


def test_without_anything_resolved_there_is_no_pace() -> None:
    """Open tickets alone reach neither quantile, and none is older than what is not known."""
    made = report(queue(), columns(ticket(1)), NO_HOURS, last_days(ms(AS_OF), 30))

    found = ageing(made)

    assert (found.median_bd, found.p85_bd) == (None, None)
    assert [item.older for item in found.tickets] == [False]
    assert AGE_BORDERS_BD[1] <= found.tickets[0].age_bd
