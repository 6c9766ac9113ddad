"""Business time between instants against the library that people reach for."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import businesstimedelta
import numpy as np
import pytz

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import DAY_MS, to_datetime, to_ms
from tests.bench.measuring import Line, best_of

ZONE = "America/New_York"
OURS, THEIRS = 1_000_000, 1_000
HOLIDAYS = frozenset(date(year, month, day) for year in range(2023, 2029) for month, day in ((1, 1), (7, 4), (12, 25)))


def lines() -> Iterator[Line]:
    """Intervals a second, both sides over the same kind of interval; equal where both measured the same ones."""
    hours = ((9 * 60, 18 * 60),)
    calendar = BusinessCalendar("bench", ZONE, (hours, hours, hours, hours, hours, (), ()), HOLIDAYS)
    rules = _their_rules()
    first = to_ms(datetime.fromisoformat("2025-01-02T00:00:00+00:00"))
    random = np.random.default_rng(20261123)
    starts = np.sort(first + random.integers(0, 365 * DAY_MS, OURS) // 1000 * 1000)
    ends = starts + random.integers(0, 10 * DAY_MS, OURS) // 1000 * 1000
    some = random.choice(OURS, THEIRS, replace=False)
    pairs = [(_local(int(starts[i])), _local(int(ends[i]))) for i in some]

    theirs = [rules.difference(start, end).timedelta // timedelta(milliseconds=1) for start, end in pairs]
    if theirs != calendar.elapsed(starts[some], ends[some]).tolist():
        raise RuntimeError("the two sides disagree on business time")
    ours_s, theirs_s = best_of(
        lambda: calendar.elapsed(starts, ends),
        lambda: [rules.difference(start, end) for start, end in pairs],
        rounds=5,
    )
    ours, other = OURS / ours_s, THEIRS / theirs_s
    detail = f"{ours / 1e6:.1f} M against {other:,.0f} intervals a second"
    yield Line("business time ÷ businesstimedelta", ours / other, 1000, True, "x", detail)


def _local(at: int) -> datetime:
    return to_datetime(at).astimezone(pytz.timezone(ZONE))


def _their_rules() -> businesstimedelta.Rules:
    workday = businesstimedelta.WorkDayRule(
        start_time=time(9), end_time=time(18), working_days=[0, 1, 2, 3, 4], tz=pytz.timezone(ZONE)
    )
    return businesstimedelta.Rules([workday, businesstimedelta.HolidayRule(HOLIDAYS, pytz.timezone(ZONE))])
