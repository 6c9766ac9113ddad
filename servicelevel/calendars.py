"""Business calendars: working hours in a zone, and business time by prefix sums.

A calendar is laid out once as working intervals in UTC with the working time before each. Business time up to an
instant is then one binary search, and everything else follows from that one increasing function.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from functools import cached_property, lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from servicelevel.instants import (
    DAY_MS,
    EARLIEST_MS,
    LATEST_MS,
    MINUTE_MS,
    MISSING,
    SECOND_MS,
    Mask,
    Millis,
    date_of_day,
    day_of_date,
    to_datetime,
)

Hours: TypeAlias = tuple[tuple[int, int], ...]
"""Working intervals of one day as (start, end) in minutes after local midnight, in order, not overlapping."""

AROUND_THE_CLOCK: Hours = ((0, 24 * 60),)


@dataclass(frozen=True)
class BusinessCalendar:
    """When work is done: weekly hours in a zone, whole-day holidays, one-off exceptions (which win over both).

    An instant is working time when its local wall-clock time lies in an interval of its local date, so a day of
    0:00 to 24:00 has 23 or 25 hours when the clocks change.
    """

    name: str
    time_zone: str
    weekly: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours] = (AROUND_THE_CLOCK,) * 7
    holidays: frozenset[date] = frozenset()
    exceptions: Mapping[date, Hours] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The IANA zone."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def business_day_ms(self) -> int:
        """Length of a business day: weekly hours over the weekdays that have hours; holidays do not change it."""
        minutes = [sum(end - start for start, end in hours) for hours in self.weekly if hours]
        return sum(minutes) * MINUTE_MS // len(minutes)

    # Everything below rests on one increasing function: business time since the start of the layout.

    def position(self, at: Millis) -> Millis:
        """Business milliseconds from the start of the layout to each instant."""
        starts, ends, before = self._layout
        if at.size == 0:
            return np.zeros_like(at)
        # Only the intervals around the instants asked for are searched: a few hundred knots stay in the cache.
        low, high = np.searchsorted(starts, (at.min(), at.max()), side="right")
        first = max(int(low) - 1, 0)
        starts, ends, before = starts[first : high + 1], ends[first : high + 1], before[first : high + 1]
        i = np.searchsorted(starts, at, side="right") - 1
        np.maximum(i, 0, out=i)
        worked = np.minimum(at, ends[i])
        worked += (before - starts)[i]
        np.maximum(worked, before[0], out=worked)
        return worked

    def elapsed(self, start: Millis, end: Millis) -> Millis:
        """Business milliseconds between instants, element by element; negative where end lies before start."""
        return self.position(end) - self.position(start)

    def due(self, start: Millis, goal_ms: Millis) -> Millis:
        """The first instant at which `goal_ms` of business time has passed since start.

        A goal that ends with an interval is due at that end, not at the next opening. MISSING beyond the layout.
        """
        return np.maximum(self._first_instant(self.position(start) + goal_ms), np.where(goal_ms > 0, MISSING, start))

    def back(self, at: int, business_ms: int) -> int:
        """The latest instant from which `business_ms` of business time passes until `at`."""
        starts, ends, before = self._layout
        target = int(self.position(np.array([at]))[0]) - business_ms
        if business_ms <= 0:
            return at
        if target < 0:
            return EARLIEST_MS
        i = int(np.searchsorted(before, target, side="right")) - 1
        return int(min(starts[i] + target - before[i], ends[i]))

    def after(self, at: int, business_ms: int) -> int:
        """The first instant at which `business_ms` of business time has passed since `at`; MISSING past the layout."""
        return int(self.due(np.array([at]), np.array([business_ms]))[0])

    def elapsed_ms(self, start: int, end: int) -> int:
        """Business milliseconds between two instants."""
        low, high = self.position(np.array([start, end]))
        return int(high - low)

    def intervals(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Working intervals from start to end as (start, end), the first and the last cut at them."""
        starts, ends, _ = self._layout
        low, high = np.searchsorted(ends, start, side="right"), np.searchsorted(starts, end, side="left")
        pairs = zip(starts[low:high], ends[low:high], strict=True)
        return tuple((max(int(first), start), min(int(last), end)) for first, last in pairs if start < end)

    def is_open(self, at: int) -> bool:
        """Whether the instant is working time."""
        return self.elapsed_ms(at, at + 1) > 0

    def local_days(self, at: Millis) -> Millis:
        """Day numbers (from 1970-01-01) of the local dates of instants."""
        changes, offsets = _offsets(self.time_zone)
        return (at + offsets[np.searchsorted(changes, at, side="right") - 1]) // DAY_MS

    def local_date(self, at: int) -> date:
        """The local date of an instant."""
        return date_of_day(int(self.local_days(np.array([at]))[0]))

    def midnight(self, day: date) -> int:
        """The instant a local date begins: the first that carries it, or a later date where a zone skipped it."""
        return _midnight(self.time_zone, day_of_date(day))

    def has_hours(self, day: date) -> bool:
        """Whether any work is done on a local date."""
        return bool(self._hours(day))

    def next_working_date(self, day: date) -> date | None:
        """The next date after `day` with working hours; None if a year holds none."""
        for ahead in range(1, 367):
            if self.has_hours(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        return None

    def working(self, at: Millis) -> Mask:
        """Which instants are working time."""
        return self.elapsed(at, at + 1) > 0

    def _hours(self, day: date) -> Hours:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.weekly[day.weekday()]

    def _first_instant(self, position: Millis) -> Millis:
        starts, ends, before = self._layout
        reached = before + (ends - starts)
        i = np.searchsorted(reached, position, side="left")
        inside = np.minimum(i, len(starts) - 1)
        return np.where(i < len(starts), starts[inside] + position - before[inside], MISSING)

    @cached_property
    def _layout(self) -> tuple[Millis, Millis, Millis]:
        """Working intervals in UTC (starts, ends) and the business time before each."""
        starts, ends = self._local_intervals()
        changes, offsets = _offsets(self.time_zone)
        borders = np.append(changes[1:], LATEST_MS + 2 * DAY_MS)
        utc_starts, utc_ends = [], []
        # While the offset stands still, local hours are UTC hours moved by it; a change of clocks cuts them.
        for change, border, offset in zip(changes, borders, offsets, strict=True):
            lo = np.searchsorted(ends, change + offset, side="right")
            hi = np.searchsorted(starts, border + offset, side="left")
            utc_starts.append(np.clip(starts[lo:hi] - offset, change, border))
            utc_ends.append(np.clip(ends[lo:hi] - offset, change, border))
        starts, ends = np.concatenate(utc_starts), np.concatenate(utc_ends)
        joined = np.flatnonzero(starts[1:] == ends[:-1])
        starts, ends = np.delete(starts, joined + 1), np.delete(ends, joined)
        before = np.concatenate(([0], np.cumsum(ends - starts)[:-1]))
        return starts, ends, before

    def _local_intervals(self) -> tuple[Millis, Millis]:
        """Working intervals as if local time had no offset, in milliseconds, in order."""
        first, last = EARLIEST_MS // DAY_MS - 2, LATEST_MS // DAY_MS + 2
        days = np.arange(first, last + 1)
        special = {day_of_date(day) for day in self.holidays} | {day_of_date(day) for day in self.exceptions}
        usual = days[~np.isin(days, np.fromiter(special, np.int64, len(special)))]
        weekday = (usual + 3) % 7  # 1970-01-01 was a Thursday
        starts, ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for number, hours in enumerate(self.weekly):
            for start, end in hours:
                midnights = usual[weekday == number] * DAY_MS
                starts.append(midnights + start * MINUTE_MS)
                ends.append(midnights + end * MINUTE_MS)
        for day, hours in self.exceptions.items():
            midnight = day_of_date(day) * DAY_MS
            starts.extend(np.array([midnight + start * MINUTE_MS]) for start, _ in hours)
            ends.extend(np.array([midnight + end * MINUTE_MS]) for _, end in hours)
        all_starts, all_ends = np.concatenate(starts), np.concatenate(ends)
        order = np.argsort(all_starts, kind="stable")
        return all_starts[order], all_ends[order]


@lru_cache(maxsize=64)
def _offsets(time_zone: str) -> tuple[Millis, Millis]:
    """When the zone's offset changes, and the offset from then on, both in milliseconds."""
    zone = ZoneInfo(time_zone)

    def offset_ms(second: int) -> int:
        offset = to_datetime(second * SECOND_MS).astimezone(zone).utcoffset() or timedelta()
        return offset // timedelta(milliseconds=1)

    first, last = EARLIEST_MS // SECOND_MS - 3 * 86_400, LATEST_MS // SECOND_MS + 3 * 86_400
    changes, offsets = [first], [offset_ms(first)]
    for second in range(first, last, 86_400):
        if offset_ms(second + 86_400) != offsets[-1]:
            low, high = second, second + 86_400
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset_ms(middle) == offsets[-1] else (low, middle)
            changes.append(high)
            offsets.append(offset_ms(high))
    return np.array(changes) * SECOND_MS, np.array(offsets)


@lru_cache(maxsize=16_384)
def _midnight(time_zone: str, day: int) -> int:
    """Midnight of a local date, or the change of clocks that skips it."""
    changes, offsets = _offsets(time_zone)
    borders = np.append(changes[1:], LATEST_MS + 3 * DAY_MS) - 1
    candidates = np.clip(day * DAY_MS - offsets, changes, borders)
    return int(candidates[(candidates + offsets) // DAY_MS >= day].min())


ALWAYS_OPEN = BusinessCalendar("always", str(UTC))
"""24/7 in UTC."""
