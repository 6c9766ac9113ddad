"""Calendars against a count of single minutes: each is working time when the wall clock of its zone says so."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.calendars import AROUND_THE_CLOCK, BusinessCalendar, Hours
from servicelevel.instants import MINUTE_MS, Millis, to_ms
from tests.factories import OFFICE
from tests.unit.servicelevel.bounded import examples

# Zone and a date on which its clocks change (Kathmandu: none does; Istanbul 2016: summer time that stayed).
CHANGES = [
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2019, 2, 16)),
    ("America/Sao_Paulo", date(2019, 11, 3)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("Asia/Tehran", date(2022, 9, 21)),
    ("Europe/Istanbul", date(2015, 11, 8)),
    ("Europe/Istanbul", date(2016, 3, 27)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Asia/Kathmandu", date(2026, 5, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 29)),
    ("Pacific/Apia", date(2021, 4, 4)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
]
NIGHT: Hours = ((0, 60), (90, 150), (165, 180), (1380, 1440))
SPLIT: Hours = ((0, 1), (60, 120), (120, 150), (720, 780), (1439, 1440))
WEEKS: dict[str, tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]] = {
    "whole days": (AROUND_THE_CLOCK,) * 7,
    "office with lunch": (OFFICE,) * 7,
    "night": (NIGHT,) * 7,
    "mixed": (OFFICE, NIGHT, (), AROUND_THE_CLOCK, SPLIT, (), NIGHT),
}


def wall_clock_minutes(calendar: BusinessCalendar, first: date, days: int) -> tuple[Millis, list[bool]]:
    """Every minute of some UTC days, and whether the wall clock makes it working time."""
    zone = ZoneInfo(calendar.time_zone)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    instants = [start + timedelta(minutes=i) for i in range(days * 1440)]
    flags = []
    for instant in instants:
        local = instant.astimezone(zone)
        day = local.date()
        if day in calendar.exceptions:
            open_hours = calendar.exceptions[day]
        elif day in calendar.holidays:
            open_hours = ()
        else:
            open_hours = calendar.weekly[day.weekday()]
        minute = local.hour * 60 + local.minute
        flags.append(any(begin <= minute < end for begin, end in open_hours))
    return to_ms(start) + np.arange(days * 1440) * MINUTE_MS, flags


def assert_agrees(calendar: BusinessCalendar, first: date, days: int) -> None:
    """No minute differs, and neither does the business time up to any of them."""
    minutes, flags = wall_clock_minutes(calendar, first, days)

    assert calendar.working(minutes).tolist() == flags
    assert calendar.working(minutes + MINUTE_MS - 1).tolist() == flags
    counted = np.concatenate(([0], np.cumsum(flags)[:-1])) * MINUTE_MS
    assert np.array_equal(calendar.elapsed(np.full(len(minutes), minutes[0]), minutes), counted)


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=[f"{zone} {day}" for zone, day in CHANGES])
def test_no_minute_differs_around_a_change_of_clocks(zone: str, day: date, week: str) -> None:
    """Three days around the change, with hours that touch it, agree minute by minute."""
    assert_agrees(BusinessCalendar(week, zone, WEEKS[week]), day - timedelta(days=1), 3)


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=[f"{zone} {day}" for zone, day in CHANGES])
def test_no_minute_differs_with_holidays_and_exceptions(zone: str, day: date) -> None:
    """An exception opens the day of the change although it is a holiday; the day after is closed by one each."""
    calendar = BusinessCalendar(
        "special",
        zone,
        WEEKS["mixed"],
        frozenset({day - timedelta(days=1), day}),
        {day: NIGHT, day + timedelta(days=1): ()},
    )

    assert_agrees(calendar, day - timedelta(days=1), 4)


def hours_of_a_day() -> st.SearchStrategy[Hours]:
    """Up to four intervals in order, some of them touching, on quarters of an hour and odd minutes."""
    borders = st.lists(
        st.one_of(st.integers(0, 96).map(lambda quarter: quarter * 15), st.integers(0, 1440)),
        min_size=0,
        max_size=8,
        unique=True,
    ).map(sorted)
    return borders.map(lambda at: tuple(zip(at[0::2], at[1::2], strict=False)))


@examples(30)
@given(
    st.sampled_from(CHANGES),
    st.tuples(*[hours_of_a_day()] * 7).filter(any),
    st.sets(st.integers(-1, 2), max_size=2),
    st.dictionaries(st.integers(-1, 2), hours_of_a_day(), max_size=2),
)
def test_no_minute_differs_for_any_hours(
    change: tuple[str, date],
    weekly: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours],
    closed: set[int],
    special: dict[int, Hours],
) -> None:
    """Drawn weekly hours, holidays and exceptions agree minute by minute around a change of clocks."""
    zone, day = change
    calendar = BusinessCalendar(
        "drawn",
        zone,
        weekly,
        frozenset(day + timedelta(days=offset) for offset in closed),
        {day + timedelta(days=offset): open_hours for offset, open_hours in special.items()},
    )

    assert_agrees(calendar, day - timedelta(days=1), 3)
