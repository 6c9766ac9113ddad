from datetime import date

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.days import Days
from servicelevel.instants import DAY_MS, HOUR_MS, MISSING
from servicelevel.window import Window, booked_dates, last_days, local_dates
from tests.factories import AS_OF, always, ms, sao_paulo

BERLIN = BusinessCalendar("berlin", "Europe/Berlin")


def test_missing_instants_lie_in_no_window() -> None:
    """What did not happen did not happen in a period."""
    assert last_days(ms(AS_OF), 30).holds(np.array([MISSING])).tolist() == [False]


def test_a_window_is_as_long_as_its_days_whatever_the_clocks_do() -> None:
    """Thirty days are 720 hours over the end of summer time, and stay so when moved."""
    window = last_days(ms("2026-11-10T12:00:00+00:00"), 30)

    assert window.end - window.start == 720 * HOUR_MS
    assert (window.days, window.moved(-28 * DAY_MS).days) == (30, 30)
    assert window.moved(-DAY_MS).end == window.end - DAY_MS


def test_local_dates_run_to_the_last_millisecond_of_the_last_day() -> None:
    """The day of 25 hours holds its first and last instant and neither neighbour."""
    window = local_dates(BERLIN, date(2026, 10, 25), date(2026, 10, 25))
    first, last = ms("2026-10-25T00:00:00+02:00"), ms("2026-10-25T23:59:59.999+01:00")

    assert window.holds(np.array([first - 1, first, last, last + 1])).tolist() == [False, True, True, False]
    assert window.end == last
    assert window.end - window.start == 25 * HOUR_MS


def test_dates_of_hours_over_a_day_of_changing_clocks() -> None:
    """A range of one date has one date, and a part of a day too."""
    for day in (date(2026, 10, 25), date(2026, 3, 29)):
        assert booked_dates(local_dates(BERLIN, day, day), BERLIN) == (day, day)
    assert booked_dates(last_days(ms(AS_OF), 0.1), always()) == (date(2026, 11, 23), date(2026, 11, 23))


def test_days_of_a_window_count_by_local_date() -> None:
    """An instant at 02:00 UTC is counted the evening before in São Paulo."""
    days = Days(Window(ms("2026-11-21T03:00:00+00:00") - 1, ms("2026-11-23T12:00:00+00:00")), sao_paulo())

    assert days.dates == [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)]
    assert days.partial == [False, False, True]
    late, early = ms("2026-11-23T02:00:00+00:00"), ms("2026-11-23T03:00:00+00:00")
    assert days.count(np.array([late, early])).tolist() == [0, 1, 1]
    assert days.ends.tolist() == [
        ms("2026-11-22T03:00:00+00:00") - 1,
        ms("2026-11-23T03:00:00+00:00") - 1,
        ms("2026-11-23T12:00:00+00:00"),
    ]
