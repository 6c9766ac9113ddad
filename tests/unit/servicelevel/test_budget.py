from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.attainment import Kept
from servicelevel.budget import Budget, burn_level, exhaustion
from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS, MINUTE_MS, to_datetime
from servicelevel.report import report
from servicelevel.ticket import SlaCycle, Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import AS_OF, always, columns, hours, ms, queue, sao_paulo, ticket
from tests.unit.servicelevel.bounded import examples


def decided(number: int, at: str, *, kept: bool) -> Ticket:
    """A ticket whose resolution promise was kept, or broken, at an instant."""
    instant = ms(at)
    goal = MINUTE_MS
    clock = (
        SlaCycle(instant - 1, instant, instant + goal, goal, 1, breached=False)
        if kept
        else SlaCycle(instant - goal, instant + 1, instant, goal, goal + 1, breached=True)
    )
    return ticket(number, to_datetime(instant - HOUR_MS).isoformat(), resolve=[clock])


def resolution_budget(
    *tickets: Ticket,
    target: float = 0.9,
    calendar: BusinessCalendar | None = None,
    window: Literal["rolling_28d", "calendar_month"] = "rolling_28d",
    as_of: str = AS_OF,
) -> Budget:
    """The budget of the resolution promise."""
    desk = queue(resolution=target, calendar=calendar or always(), budget_window=window)
    table = columns(*tickets, read_at=as_of)
    return report(desk, table, no_worklogs("failed", "no answer"), last_days(ms(as_of), 7)).budgets["resolution"]


def test_the_budget_is_counted_in_tickets() -> None:
    """A tenth of twenty decided is two; three breaches overspend it by one, half of it."""
    at = "2026-11-10T12:00:00+00:00"
    found = resolution_budget(*(decided(i, at, kept=i > 3) for i in range(1, 21)))

    assert [found.allowed, found.kept.breached] == pytest.approx([2.0, 3])
    assert [found.remaining, found.remaining_share] == pytest.approx([-1.0, -0.5])
    assert (found.exhaustion.reason, found.exhausted_at) == ("exhausted", None)


def test_a_target_of_all_allows_nothing() -> None:
    """No share is left of no budget, no rate is a multiple of it, and three breaches fire."""
    at = "2026-11-23T11:00:00+00:00"
    two = resolution_budget(*(decided(i, at, kept=i > 2) for i in range(1, 6)), target=1.0)
    three = resolution_budget(*(decided(i, at, kept=i > 3) for i in range(1, 6)), target=1.0)

    assert (three.allowed, three.remaining, three.remaining_share) == (0.0, -3.0, None)
    assert [level.rate for level in three.burn] == [None] * 4
    assert [level.firing for level in two.burn] == [False] * 4
    assert [level.firing for level in three.burn] == [True] * 4


def test_nothing_decided_has_neither_rate_nor_end() -> None:
    """No data is said, at no level and for no date."""
    found = resolution_budget()

    assert (found.allowed, found.remaining, found.remaining_share) == (0.0, 0.0, None)
    assert [(level.rate, level.tail, level.firing) for level in found.burn] == [(None, None, False)] * 4
    assert (found.exhaustion.business_days, found.exhaustion.reason) == (None, "no_data")


def test_the_rolling_window_has_twenty_eight_days() -> None:
    """Decided exactly 28 days ago is out, a millisecond later is in, whatever window the report has."""
    out = decided(1, "2026-10-26T12:00:00+00:00", kept=True)
    inside = decided(2, "2026-10-26T12:00:00.001+00:00", kept=True)

    assert resolution_budget(out, inside).kept == Kept(1, 1)


def test_the_calendar_month_begins_with_its_first_local_day() -> None:
    """In São Paulo November begins at 03:00 UTC."""
    last = decided(1, "2026-11-01T02:59:59.999+00:00", kept=True)
    first = decided(2, "2026-11-01T03:00:00+00:00", kept=False)

    found = resolution_budget(last, first, calendar=sao_paulo(), window="calendar_month")

    assert found.kept == Kept(0, 1)
    assert found.window.start == ms("2026-11-01T02:59:59.999+00:00")


def test_levels_look_back_by_business_days() -> None:
    """On Monday at noon one business day reaches back to Friday afternoon, over the weekend."""
    monday = "2026-11-23T12:00:00-03:00"
    friday_in = decided(1, "2026-11-20T13:00:00.001-03:00", kept=False)
    friday_out = decided(2, "2026-11-20T13:00:00-03:00", kept=False)
    week_in = decided(3, "2026-11-12T13:00:00.001-03:00", kept=False)
    older = decided(4, "2026-11-12T12:00:00-03:00", kept=False)

    found = resolution_budget(friday_in, friday_out, week_in, older, calendar=sao_paulo(), as_of=monday)

    assert [(level.level, level.threshold, level.urgency) for level in found.burn] == [
        ("1bd", 6.0, "urgent"),
        ("3bd", 3.0, "today"),
        ("7bd", 1.5, "week"),
        ("window", 1.0, "policy"),
    ]
    assert [level.decided for level in found.burn] == [1, 2, 3, 4]
    assert found.burn[-1].business_days == 20.0
    assert found.recent == Kept(0, 3)


@pytest.mark.parametrize(
    ("breaches", "n", "target", "threshold", "fires"),
    [
        (2, 2, 0.99, 6.0, False),
        (3, 3, 0.99, 6.0, True),
        (3, 50, 0.99, 6.0, False),
        (3, 10, 0.95, 6.0, False),
        (3, 10, 0.99, 6.0, True),
        (6, 100, 0.99, 6.0, True),
        (13, 130, 0.90, 1.0, False),
    ],
)
def test_a_level_needs_its_rate_three_breaches_and_little_chance(
    breaches: int, n: int, target: float, threshold: float, fires: bool
) -> None:
    """Each of the three conditions alone stops the alarm."""
    level = burn_level("1bd", 1, threshold, "urgent", Kept(n - breaches, n), target)

    expected = (
        breaches >= 3
        and breaches / n / (1 - target) >= threshold - 1e-9
        and level.tail is not None
        and level.tail < 0.01
    )
    assert level.firing == expected == fires


def test_a_rate_equal_to_its_threshold_in_decimals_fires() -> None:
    """Six of a hundred at 99 % burn exactly six times."""
    assert burn_level("1bd", 1, 6.0, "urgent", Kept(94, 100), 0.99).firing


def test_the_end_is_a_business_instant() -> None:
    """Four business days of eight hours after Monday noon."""
    monday = "2026-11-23T12:00:00-03:00"
    recent = [decided(i, "2026-11-16T10:00:00-03:00", kept=i > 9) for i in range(1, 31)]
    before = [decided(i, "2026-11-05T10:00:00-03:00", kept=i > 101) for i in range(101, 271)]

    found = resolution_budget(*recent, *before, calendar=sao_paulo(), as_of=monday)

    assert found.exhaustion.business_days == pytest.approx(4.0)
    assert found.exhausted_at == sao_paulo().after(ms(monday), hours(32))
    assert found.exhausted_band_at[0] is not None
    assert found.exhausted_band_at[1] is not None
    assert found.exhausted_band_at[0] < found.exhausted_at < found.exhausted_band_at[1]


@pytest.mark.parametrize(
    ("remaining", "recent", "count", "reason"),
    [
        (10.0, Kept(27, 30), 200, "not_burning"),
        (10.0, Kept(30, 30), 200, "not_burning"),
        (0.0, Kept(20, 30), 200, "exhausted"),
        (-3.0, Kept(20, 30), 200, "exhausted"),
        (-3.0, Kept(0, 0), 200, "exhausted"),
        (10.0, Kept(0, 0), 200, "no_data"),
        (0.0, Kept(0, 0), 0, "no_data"),
    ],
)
def test_why_there_is_no_end(remaining: float, recent: Kept, count: int, reason: str) -> None:
    """At the allowed rate nothing burns; what is used up is used up, whatever came in the last days."""
    ends = exhaustion(remaining, 20, recent, 0.90, decided=count)

    assert (ends.business_days, ends.reason) == (None, reason)


@examples(200)
@given(
    st.floats(0.01, 50),
    st.integers(1, 200),
    st.integers(0, 200),
    st.integers(1, 400),
    st.sampled_from((0.8, 0.9, 0.95)),
)
def test_an_end_lies_within_the_window_and_its_band(
    remaining: float, n: int, broken: int, count: int, target: float
) -> None:
    """Any date given is between now and the window's length, and the worse rate ends earlier."""
    ends = exhaustion(remaining, 20, Kept(n - min(broken, n), n), target, decided=count)
    earliest, latest = ends.band

    for days in (ends.business_days, earliest, latest):
        assert days is None or 0 < days < 20
    if ends.business_days is not None:
        assert earliest is not None
        assert earliest <= ends.business_days + 1e-9
        assert latest is None or latest >= ends.business_days - 1e-9
