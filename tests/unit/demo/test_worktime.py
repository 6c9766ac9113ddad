from __future__ import annotations

from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from demo.fleet import CALENDAR_PLANS
from demo.worktime import CalendarPlan, WorkCalendar
from demo.zones import HOUR_MS, MINUTE_MS

_OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
_SAO_PAULO = WorkCalendar(CalendarPlan("office", "America/Sao_Paulo", hours=dict.fromkeys(range(5), _OFFICE)))


def _ms(text: str, zone_name: str = "America/Sao_Paulo") -> int:
    moment = datetime.fromisoformat(text)
    return round(moment.replace(tzinfo=moment.tzinfo or ZoneInfo(zone_name)).timestamp() * 1000)


def test_four_hours_run_over_the_weekend() -> None:
    """Four hours from Friday 17:30 are up on Monday at 13:30."""
    assert _SAO_PAULO.after_ms(_ms("2026-11-27T17:30"), 4 * HOUR_MS) == _ms("2026-11-30T13:30")


def test_goal_reached_at_closing_time_is_reached_then() -> None:
    """Two hours from Friday 16:00 are up at 18:00, not on Monday morning."""
    assert _SAO_PAULO.after_ms(_ms("2026-11-27T16:00"), 2 * HOUR_MS) == _ms("2026-11-27T18:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-06-01", 24)])
def test_day_of_the_clock_change_has_its_own_length(day: str, hours: int) -> None:
    """A calendar that never closes has 25 or 23 hours on the days of the change."""
    always = WorkCalendar(CalendarPlan("always", "Europe/Berlin"))
    start_ms = _ms(f"{day}T00:00", "Europe/Berlin")
    following = date.fromordinal(date.fromisoformat(day).toordinal() + 1)

    assert always.between_ms(start_ms, _ms(f"{following}T00:00", "Europe/Berlin")) == hours * HOUR_MS


def test_hours_that_the_clock_shows_twice_count_twice() -> None:
    """01:30 to 02:30 lasts 90 minutes when 02:00 to 03:00 comes twice, and 30 when it is skipped."""
    night = WorkCalendar(CalendarPlan("night", "Europe/Berlin", hours=dict.fromkeys(range(7), ((90, 150),))))

    def of_day(day: str) -> int:
        return night.between_ms(_ms(f"{day}T00:00", "Europe/Berlin"), _ms(f"{day}T12:00", "Europe/Berlin"))

    assert of_day("2026-10-24") == 60 * MINUTE_MS
    assert of_day("2026-10-25") == 90 * MINUTE_MS
    assert of_day("2026-03-29") == 30 * MINUTE_MS


def test_exception_wins_over_holiday_and_holiday_over_hours() -> None:
    """A holiday closes the day; an exception opens it again with its own hours."""
    plan = CalendarPlan(
        "special",
        "America/Sao_Paulo",
        hours=dict.fromkeys(range(5), _OFFICE),
        holidays_of=("BR", "SP"),
        extra_holidays=(date(2026, 12, 24),),
        exceptions={date(2026, 11, 20): ((600, 660),), date(2026, 11, 21): ((600, 720),)},
    )
    calendar = WorkCalendar(plan)

    def of_day(day: str) -> int:
        return calendar.between_ms(_ms(f"{day}T00:00"), _ms(f"{day}T23:59"))

    assert [of_day(day) // HOUR_MS for day in ("2026-11-19", "2026-11-20", "2026-11-21")] == [8, 1, 2]
    assert [of_day(day) // HOUR_MS for day in ("2026-12-23", "2026-12-24", "2026-12-25")] == [8, 0, 0]


@pytest.mark.parametrize("plan", CALENDAR_PLANS, ids=lambda plan: plan.key)
def test_business_time_adds_up_and_can_be_turned_round(plan: CalendarPlan) -> None:
    """Two halves add up to the whole; the instant at which an amount is reached has that amount behind it."""
    calendar = WorkCalendar(plan)
    draw = Random(11)
    for _ in range(400):
        start_ms, middle_ms, end_ms = sorted(
            _ms("2025-11-01T00:00") + draw.randrange(400 * 24 * HOUR_MS) for _ in "abc"
        )
        whole = calendar.between_ms(start_ms, end_ms)
        amount_ms = draw.randrange(1, 90 * HOUR_MS)
        reached_ms = calendar.after_ms(start_ms, amount_ms)

        assert calendar.between_ms(start_ms, middle_ms) + calendar.between_ms(middle_ms, end_ms) == whole
        assert 0 <= whole <= end_ms - start_ms
        assert calendar.between_ms(start_ms, reached_ms) == amount_ms
        assert calendar.between_ms(start_ms, reached_ms - 1) == amount_ms - 1


def test_working_time_begins_with_its_first_millisecond_and_ends_before_its_last() -> None:
    """09:00 is working time, 12:00 and 18:00 are not."""
    shown = [_SAO_PAULO.is_open(_ms(f"2026-11-23T{time}")) for time in ("08:59", "09:00", "12:00", "13:00", "18:00")]

    assert shown == [False, True, False, True, False]
