"""Business time: how much of it lies between two instants, and when a given amount of it has passed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import holidays

from demo.zones import DAY_MS, FIRST_YEAR, LAST_YEAR, MINUTE_MS, UNIX_DAY, Zone, day_number, zone

Hours = tuple[tuple[int, int], ...]
"""Intervals of one local day, in minutes after midnight, in order."""

ROUND_THE_CLOCK: Hours = ((0, 1440),)


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    """What somebody would enter in a calendar form: a zone, weekly hours, holidays and one-off days.

    `hours` is by weekday (Monday is 0); an empty mapping means every minute of every day. `holidays_of` is a country
    and a subdivision. An exception gives a date its own hours, a holiday none, and the exception wins.
    """

    key: str
    zone_name: str
    hours: Mapping[int, Hours] = field(default_factory=dict)
    holidays_of: tuple[str, str] | None = None
    extra_holidays: tuple[date, ...] = ()
    exceptions: Mapping[date, Hours] = field(default_factory=dict)


class WorkCalendar:
    """The working intervals of a plan, laid end to end once, so that every question is a binary search."""

    def __init__(self, plan: CalendarPlan) -> None:
        self.plan = plan
        self.zone: Zone = zone(plan.zone_name)
        self.holiday_names: dict[int, str] = _holiday_names(plan)
        self._starts_ms: list[int] = []
        self._ends_ms: list[int] = []
        self._before_ms: list[int] = []
        self._through_ms: list[int] = []
        total = 0
        for start, end in self._intervals():
            self._starts_ms.append(start)
            self._ends_ms.append(end)
            self._before_ms.append(total)
            total += end - start
            self._through_ms.append(total)

    def hours_on(self, day: int) -> Hours:
        """The working hours of a local date: its exception, else none on a holiday, else the weekly hours."""
        exception = self.plan.exceptions.get(date.fromordinal(day + UNIX_DAY))
        if exception is not None:
            return exception
        if day in self.holiday_names:
            return ()
        if not self.plan.hours:
            return ROUND_THE_CLOCK
        return self.plan.hours.get((day + 3) % 7, ())

    def passed_ms(self, at_ms: int) -> int:
        """Business milliseconds from the beginning of the calendar to the instant."""
        index = bisect_right(self._starts_ms, at_ms) - 1
        if index < 0:
            return 0
        return self._before_ms[index] + min(at_ms, self._ends_ms[index]) - self._starts_ms[index]

    def between_ms(self, start_ms: int, end_ms: int) -> int:
        """Business milliseconds in [start, end); zero when the end is not after the start."""
        return max(0, self.passed_ms(end_ms) - self.passed_ms(start_ms))

    def reached_ms(self, passed_ms: int) -> int:
        """The earliest instant at which that much business time has passed since the calendar's beginning."""
        index = min(bisect_left(self._through_ms, passed_ms), len(self._starts_ms) - 1)
        return self._starts_ms[index] + passed_ms - self._before_ms[index]

    def after_ms(self, start_ms: int, business_ms: int) -> int:
        """The earliest instant with `business_ms` (at least 1) of business time between it and the start."""
        return self.reached_ms(self.passed_ms(start_ms) + business_ms)

    def is_open(self, at_ms: int) -> bool:
        """Whether the instant is working time."""
        index = bisect_right(self._starts_ms, at_ms) - 1
        return index >= 0 and at_ms < self._ends_ms[index]

    def _intervals(self) -> list[tuple[int, int]]:
        first, last = day_number(FIRST_YEAR, 1, 2), day_number(LAST_YEAR, 12, 30)
        found: list[tuple[int, int]] = []
        for day in range(first, last + 1):
            for start_min, end_min in self.hours_on(day):
                midnight = day * DAY_MS
                found.extend(self.zone.pieces(midnight + start_min * MINUTE_MS, midnight + end_min * MINUTE_MS))
        return sorted(found)


def _holiday_names(plan: CalendarPlan) -> dict[int, str]:
    names: dict[int, str] = {}
    if plan.holidays_of is not None:
        country, subdivision = plan.holidays_of
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        for day, name in holidays.country_holidays(country, subdiv=subdivision, years=years, language="en_US").items():
            names[day.toordinal() - UNIX_DAY] = name
    for day in plan.extra_holidays:
        names[day.toordinal() - UNIX_DAY] = "Company holiday"
    return names
