"""When tickets come in: seasons, weekdays, hours, and the weeks in which something breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from demo.fleet import QueuePlan
from demo.streams import Stream, Weighted
from demo.worktime import WorkCalendar
from demo.zones import DAY_MS, HOUR_MS, UNIX_DAY, day_number

_MONTHS = (0.92, 0.95, 1.08, 1.02, 1.0, 0.98, 0.9, 0.97, 1.06, 1.07, 1.08, 0.97)
_OFFICE_WEEK = (1.62, 1.45, 1.36, 1.28, 1.12, 0.1, 0.07)
_FULL_WEEK = (1.08, 1.05, 1.04, 1.02, 1.01, 0.9, 0.9)
_OFFICE_DAY = Weighted(0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 3, 8, 13, 12, 9, 6, 8, 12, 10, 8, 5, 2, 1.2, 0.8, 0.6, 0.4, 0.3)
_FULL_DAY = Weighted(3, 3, 3, 2, 2, 3, 4, 5, 6, 6, 6, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3)
_OUTAGE_CHANCE = 0.02

_KNOWN_OUTAGES = {
    ("NET", day_number(2026, 11, 4)): 15,
    ("SD", day_number(2026, 9, 16)): 10,
    ("OPS", day_number(2026, 6, 16)): 9,
    ("BILL", day_number(2026, 3, 10)): 11,
}
"""Project and day of outages that happened whatever the seed, with the hour."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A day on which something broke at an hour of the local clock."""

    day: int
    hour: int


def outage_near(seed: int, plan: QueuePlan, day: int) -> Outage | None:
    """The outage of the week of that day, if the queue had one: on a weekday, in working hours."""
    return _week_outage(seed, plan, (day + 3) // 7)


@lru_cache(maxsize=20_000)
def _week_outage(seed: int, plan: QueuePlan, week: int) -> Outage | None:
    monday = week * 7 - 3
    for day in range(monday, monday + 7):
        hour = _KNOWN_OUTAGES.get((plan.project, day))
        if hour is not None:
            return Outage(day, hour)
    stream = Stream(seed, "outage", plan.project, week)
    if not stream.chance(_OUTAGE_CHANCE * plan.fragile):
        return None
    return Outage(monday + stream.whole(0, 4), stream.whole(9, 15))


def strain(seed: int, plan: QueuePlan, day: int) -> float:
    """How much worse than usual the queue copes with tickets of that day: 0 as usual, 1 on the day of an outage."""
    worst = 0.0
    for near in (day, day - 4):
        outage = outage_near(seed, plan, near)
        if outage is not None and 0 <= day - outage.day <= 3:
            worst = max(worst, (1.0, 0.5, 0.25, 0.12)[day - outage.day])
    return worst


def count_on(seed: int, plan: QueuePlan, calendar: WorkCalendar, day: int, scale: float) -> int:
    """How many tickets the project gets on that local day."""
    ordinary, burst = _counts(seed, plan, calendar, day, scale)
    return ordinary + burst


def created_on(seed: int, plan: QueuePlan, calendar: WorkCalendar, day: int, scale: float) -> list[tuple[int, bool]]:
    """The instants of that local day's tickets in order, each with whether it belongs to the burst of an outage."""
    ordinary, burst = _counts(seed, plan, calendar, day, scale)
    stream = Stream(seed, "hours", plan.project, day)
    hours = _FULL_DAY if plan.round_the_clock else _OFFICE_DAY
    outage = outage_near(seed, plan, day)
    midnight = day * DAY_MS
    found = []
    for position in range(ordinary + burst):
        if position >= ordinary and outage is not None:
            offset_ms = outage.hour * HOUR_MS + int(stream.uniform() ** 1.6 * 2.5 * HOUR_MS)
        else:
            offset_ms = hours.index(stream.uniform()) * HOUR_MS + int(stream.uniform() * HOUR_MS)
        found.append((calendar.zone.instant_ms(midnight + offset_ms), position >= ordinary))
    return sorted(found)


def _counts(seed: int, plan: QueuePlan, calendar: WorkCalendar, day: int, scale: float) -> tuple[int, int]:
    on = date.fromordinal(day + UNIX_DAY)
    week = _FULL_WEEK if plan.round_the_clock else _OFFICE_WEEK
    mean = plan.yearly * scale / plan.share / 365.25 * week[on.weekday()] * _MONTHS[on.month - 1]
    if not plan.round_the_clock and on.weekday() < 5 and not calendar.hours_on(day):
        mean *= 0.12
    stream = Stream(seed, "count", plan.project, day)
    outage = outage_near(seed, plan, day)
    burst = 0
    if outage is not None and outage.day == day:
        burst = stream.poisson(min(60.0, 2 + 0.9 * plan.yearly * scale / plan.share / 365.25))
    return stream.poisson(mean), burst
