"""Business time by walking minutes: a minute is working time iff its wall-clock time is, on its local date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from tests.oracle.instants import MINUTE_MS, local_date

Intervals: TypeAlias = tuple[tuple[int, int], ...]
"""Hours of one local date in minutes after midnight, the end not in them."""

_DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class WorkMinutes:
    """A calendar as the minutes that it is open; `closed` are holidays, `exceptions` win over them."""

    zone: ZoneInfo
    weekly: tuple[Intervals, ...]
    closed: frozenset[date] = frozenset()
    exceptions: Mapping[date, Intervals] = field(default_factory=dict)
    _by_utc_day: dict[int, bytes] = field(default_factory=dict, repr=False, compare=False)
    _by_date: dict[date, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def business_day_ms(self) -> int:
        """Weekly hours over the weekdays that have any."""
        minutes = [sum(end - start for start, end in hours) for hours in self.weekly if hours]
        return sum(minutes) * MINUTE_MS // len(minutes)

    def is_open(self, at_ms: int) -> bool:
        """Whether an instant is working time."""
        day, minute = divmod(at_ms // MINUTE_MS, _DAY_MIN)
        return self._minutes(day)[minute] == 1

    def between(self, start_ms: int, end_ms: int) -> int:
        """Milliseconds of working time from one instant to a later one; 0 when it is not later."""
        if end_ms <= start_ms:
            return 0
        first, last = start_ms // MINUTE_MS, end_ms // MINUTE_MS
        if first == last:
            return (end_ms - start_ms) * self.is_open(start_ms)
        edges = (MINUTE_MS - start_ms % MINUTE_MS) * self.is_open(start_ms) + end_ms % MINUTE_MS * self.is_open(end_ms)
        return edges + MINUTE_MS * self._open_minutes(first + 1, last)

    def signed(self, start_ms: int, end_ms: int) -> int:
        """As `between`, negative when the end is before the start."""
        return self.between(start_ms, end_ms) - self.between(end_ms, start_ms)

    def after(self, start_ms: int, business_ms: int) -> int:
        """The earliest instant from `start_ms` on by which so much working time has passed."""
        at_ms = start_ms
        while business_ms > 0:
            day_end_ms = (at_ms // (_DAY_MIN * MINUTE_MS) + 1) * _DAY_MIN * MINUTE_MS
            step_ms = day_end_ms - at_ms
            if self.between(at_ms, day_end_ms) >= business_ms:
                step_ms = MINUTE_MS - at_ms % MINUTE_MS
                if self.is_open(at_ms) and step_ms >= business_ms:
                    return at_ms + business_ms
            business_ms -= self.between(at_ms, at_ms + step_ms)
            at_ms += step_ms
        return at_ms

    def back(self, end_ms: int, business_ms: int) -> int:
        """The latest instant from which so much working time passes until `end_ms`."""
        at_ms = end_ms
        while business_ms > 0:
            day_start_ms = (at_ms - 1) // (_DAY_MIN * MINUTE_MS) * _DAY_MIN * MINUTE_MS
            step_ms = at_ms - day_start_ms
            if self.between(day_start_ms, at_ms) >= business_ms:
                step_ms = (at_ms - 1) % MINUTE_MS + 1
                if self.is_open(at_ms - 1) and step_ms >= business_ms:
                    return at_ms - business_ms
            business_ms -= self.between(at_ms - step_ms, at_ms)
            at_ms -= step_ms
        return at_ms

    def next_working_date(self, at_ms: int) -> date:
        """The first date after the instant's own that has working hours."""
        day = local_date(at_ms, self.zone) + timedelta(days=1)
        while 1 not in self._date_minutes(day):
            day += timedelta(days=1)
        return day

    def hours_on(self, day: date) -> Intervals:
        """The working hours of a local date: its exception, else none on a holiday, else the weekly hours."""
        return self.exceptions.get(day, () if day in self.closed else self.weekly[day.weekday()])

    def is_holiday(self, day: date) -> bool:
        """Whether a weekday with hours is closed as a holiday."""
        return day in self.closed and day not in self.exceptions and bool(self.weekly[day.weekday()])

    def _open_minutes(self, first: int, stop: int) -> int:
        count = 0
        while first < stop:
            day, minute = divmod(first, _DAY_MIN)
            end = min(_DAY_MIN, minute + stop - first)
            count += self._minutes(day).count(1, minute, end)
            first += end - minute
        return count

    def _minutes(self, utc_day: int) -> bytes:
        if utc_day not in self._by_utc_day:
            minutes = bytearray(_DAY_MIN)
            for minute in range(_DAY_MIN):
                local = datetime.fromtimestamp((utc_day * _DAY_MIN + minute) * 60, self.zone)
                minutes[minute] = self._date_minutes(local.date())[local.hour * 60 + local.minute]
            self._by_utc_day[utc_day] = bytes(minutes)
        return self._by_utc_day[utc_day]

    def _date_minutes(self, day: date) -> bytes:
        if day not in self._by_date:
            hours = self.hours_on(day)
            self._by_date[day] = bytes(any(start <= at < end for start, end in hours) for at in range(_DAY_MIN))
        return self._by_date[day]
