"""What holds for business time whatever the hours, the zone and the instants."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import DAY_MS, HOUR_MS, MISSING
from tests.factories import OFFICE, WEEKDAYS, always, ms, sao_paulo
from tests.unit.servicelevel.bounded import examples

CALENDARS = [
    always(),
    sao_paulo(holidays=[date(2026, 11, 20)], exceptions={date(2026, 11, 21): ((600, 660),)}),
    BusinessCalendar("berlin", "Europe/Berlin", (((0, 150), (165, 1440)),) * 7),
    BusinessCalendar("lord howe", "Australia/Lord_Howe", (OFFICE, (), ((0, 125),), OFFICE, (), ((90, 1440),), OFFICE)),
    BusinessCalendar("new york", "America/New_York", WEEKDAYS),
]
YEAR = (ms("2026-01-01T00:00:00+00:00"), ms("2027-01-01T00:00:00+00:00"))

calendars = st.sampled_from(CALENDARS)
# Round instants meet the borders of working hours; the others lie anywhere.
instants = st.one_of(
    st.integers(*YEAR),
    st.integers(0, 365 * 48 - 1).map(lambda half_hour: YEAR[0] + half_hour * (HOUR_MS // 2)),
)
durations = st.one_of(st.integers(1, 40 * DAY_MS), st.integers(1, 400).map(lambda half: half * (HOUR_MS // 2)))


@examples(300)
@given(calendars, st.tuples(instants, instants, instants))
def test_business_time_adds_up_over_any_split(calendar: BusinessCalendar, at: tuple[int, int, int]) -> None:
    """The time from a to c is the time from a to b and on from b to c, and turning it round changes its sign."""
    a, b, c = at

    assert calendar.elapsed_ms(a, b) + calendar.elapsed_ms(b, c) == calendar.elapsed_ms(a, c)
    assert calendar.elapsed_ms(a, b) == -calendar.elapsed_ms(b, a)


@examples(300)
@given(calendars, instants, durations)
def test_business_time_lies_between_zero_and_wall_time(calendar: BusinessCalendar, start: int, length: int) -> None:
    """Instants in order never have negative business time, nor more than what the wall clock shows."""
    assert 0 <= calendar.elapsed_ms(start, start + length) <= length


@examples(200)
@given(instants, durations)
def test_business_time_around_the_clock_is_wall_time(start: int, length: int) -> None:
    """A calendar without closing time counts every millisecond."""
    assert always().elapsed_ms(start, start + length) == length


@examples(200)
@given(calendars, instants)
def test_no_time_passes_out_of_hours(calendar: BusinessCalendar, at: int) -> None:
    """A millisecond is business time exactly when the calendar is open in it."""
    assert calendar.elapsed_ms(at, at + 1) == int(calendar.is_open(at))


@examples(300)
@given(calendars, instants, durations)
def test_due_is_the_first_instant_at_which_the_goal_has_passed(
    calendar: BusinessCalendar, start: int, goal: int
) -> None:
    """At the due instant the goal is used up exactly, and a millisecond before it is not."""
    due = calendar.after(start, goal)

    assert calendar.elapsed_ms(start, due) == goal
    assert calendar.elapsed_ms(start, due - 1) == goal - 1


@examples(300)
@given(calendars, instants, durations)
def test_back_is_the_last_instant_from_which_the_time_passes(calendar: BusinessCalendar, at: int, length: int) -> None:
    """From the instant found the time passes exactly, and from a millisecond later one less."""
    start = calendar.back(at, length)

    assert calendar.elapsed_ms(start, at) == length
    assert calendar.elapsed_ms(start + 1, at) == length - 1


@examples(100)
@given(calendars, st.lists(instants, min_size=1, max_size=30), st.integers(0, 30 * DAY_MS))
def test_many_instants_at_once_are_the_same_as_one_by_one(
    calendar: BusinessCalendar, starts: list[int], goal: int
) -> None:
    """Columns of instants give what each of them gives alone."""
    many = calendar.due(np.array(starts), np.full(len(starts), goal))

    assert many.tolist() == [calendar.after(start, goal) for start in starts]
    assert calendar.elapsed(np.array(starts), many).tolist() == [goal] * len(starts)


@examples(100)
@given(calendars, st.dates(date(2026, 1, 1), date(2026, 12, 30)))
def test_midnight_is_the_first_instant_of_its_date(calendar: BusinessCalendar, day: date) -> None:
    """The instant carries the date and the millisecond before carries another."""
    midnight = calendar.midnight(day)

    assert calendar.local_date(midnight) == day
    assert calendar.local_date(midnight - 1) < day


def test_no_goal_at_all_is_due_at_the_start() -> None:
    """A goal that is used up already is due where it is asked for, out of hours too."""
    saturday = ms("2026-11-21T12:00:00+00:00")

    assert sao_paulo().after(saturday, 0) == saturday
    assert sao_paulo().after(saturday, -HOUR_MS) == saturday
    assert sao_paulo().back(saturday, 0) == saturday


def test_a_goal_past_the_laid_out_years_has_no_due_instant() -> None:
    """A century of work ends after every calendar."""
    assert sao_paulo().after(YEAR[0], 36_500 * DAY_MS) == MISSING


def test_length_of_a_business_day_ignores_holidays_and_exceptions() -> None:
    """Eight hours in the office, however many holidays there are; weekdays without hours do not count."""
    special = sao_paulo(holidays=[date(2026, 11, 20)], exceptions={date(2026, 11, 23): ((0, 60),)})
    uneven = BusinessCalendar("uneven", "UTC", (OFFICE, ((540, 780),), (), (), (), (), ()))

    assert special.business_day_ms == 8 * HOUR_MS
    assert uneven.business_day_ms == 6 * HOUR_MS
    assert always().business_day_ms == DAY_MS


def test_exception_wins_over_holiday_and_holiday_over_the_week() -> None:
    """A closed Friday, an open Saturday, and a holiday that is worked after all."""
    friday, saturday, monday = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
    calendar = sao_paulo(holidays=[friday, monday], exceptions={saturday: OFFICE, monday: ((600, 660),)})

    lengths = [
        calendar.elapsed_ms(calendar.midnight(day), calendar.midnight(day) + DAY_MS)
        for day in (friday, saturday, monday)
    ]

    assert lengths == [0, 8 * HOUR_MS, HOUR_MS]
    assert [calendar.has_hours(day) for day in (friday, saturday, monday)] == [False, True, True]


def test_next_working_date_passes_over_what_is_closed() -> None:
    """After a Thursday before a holiday and a weekend comes Monday; a calendar without hours has no next date."""
    calendar = sao_paulo(holidays=[date(2026, 11, 20)])
    closed = sao_paulo(holidays=[date.fromordinal(date(2026, 11, 19).toordinal() + i) for i in range(400)])

    assert calendar.next_working_date(date(2026, 11, 19)) == date(2026, 11, 23)
    assert closed.next_working_date(date(2026, 11, 19)) is None


def test_a_date_that_a_zone_skipped_begins_with_the_next_one() -> None:
    """Apia crossed the date line and had no 30 December 2011: its whole length is none."""
    apia = BusinessCalendar("apia", "Pacific/Apia")

    assert apia.midnight(date(2011, 12, 30)) == apia.midnight(date(2011, 12, 31))
    assert apia.midnight(date(2011, 12, 31)) - apia.midnight(date(2011, 12, 29)) == DAY_MS
