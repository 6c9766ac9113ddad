"""The axis of a ticket's strips: business time from left to right, closed stretches squeezed to narrow gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from components import words
from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS, MISSING

WIDTH_PX: Final = 495
"""Width that gaps are measured for; the strips themselves stretch with their frame."""

_SHORT_MS: Final = 2 * HOUR_MS
_GAP_PX: Final = ((4, 34), (8, 20), (16, 10))
"""Width of a night by how many there are; beyond that they are hairlines."""
_SHORT_PX: Final = 8
_HAIRLINE_PX: Final = 2
_MOST_CUT: Final = 30
"""Intervals beyond which a stretch is drawn in one piece: a gap of a pixel tells nobody anything."""
_MOST_TICKS: Final = 7
_LABEL_PX, _DAY_PX = 40, 76
_STEPS_H: Final = (1, 2, 3, 4, 6)
_MOST_HOURED_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """A closed stretch: where it is drawn (shares of the width) and the time it stands for."""

    at: float
    width: float
    start: int
    end: int

    @property
    def long(self) -> bool:
        """Whether it is more than a break within a day."""
        return self.end - self.start > _SHORT_MS


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the axis: its place, the time of day, and the date where a new one begins."""

    at: float
    time: str
    day: str


@dataclass(frozen=True, slots=True)
class StripAxis:
    """Working intervals with where each begins and ends, as shares of the width."""

    intervals: tuple[tuple[int, int], ...]
    places: tuple[tuple[float, float], ...]
    gaps: tuple[Gap, ...]
    ticks: tuple[Tick, ...]

    @property
    def cut(self) -> bool:
        """Whether there are few enough gaps to draw them."""
        return len(self.intervals) <= _MOST_CUT

    def at(self, instant: int) -> float:
        """Where an instant lies, from 0 to 1; a closed one lies at the end of the interval before it."""
        place = 0.0
        for (start, end), (left, right) in zip(self.intervals, self.places, strict=True):
            if instant < start:
                break
            place = left + (right - left) * min(instant - start, end - start) / (end - start)
        return place

    def pieces(self, start: int, end: int) -> list[tuple[float, float, int]]:
        """A stretch cut at the gaps: left and right as shares, and its business time; whole where gaps are too many."""
        if not self.cut:
            used = sum(max(min(end, b) - max(start, a), 0) for a, b in self.intervals)
            return [(self.at(start), self.at(end), used)] if used else []
        found = []
        for (opens, closes), (left, right) in zip(self.intervals, self.places, strict=True):
            first, last = max(start, opens), min(end, closes)
            if last > first:
                scale = (right - left) / (closes - opens)
                found.append((left + (first - opens) * scale, left + (last - opens) * scale, last - first))
        return found


def strip_axis(calendar: BusinessCalendar, start: int, end: int) -> StripAxis:
    """An axis over the working hours from the hour of `start` to the hour after `end`."""
    first, last = _hour(calendar, start), _hour(calendar, end + HOUR_MS - 1)
    intervals = calendar.intervals(first, max(last, first + HOUR_MS)) or _next_hour(calendar, first)
    closed = [(a[1], b[0]) for a, b in pairwise(intervals)]
    widths = [width / WIDTH_PX for width in _widths(closed)]
    worked = sum(b - a for a, b in intervals)
    scale = max(1 - sum(widths), 0.25) / worked
    squeeze = min(1.0, 0.75 / sum(widths)) if sum(widths) > 0.75 else 1.0
    places, gaps, at = [], [], 0.0
    for i, (opens, closes) in enumerate(intervals):
        right = at + (closes - opens) * scale
        places.append((at, right))
        if i < len(closed):
            gaps.append(Gap(right, widths[i] * squeeze, *closed[i]))
            at = right + widths[i] * squeeze
    return StripAxis(intervals, tuple(places), tuple(gaps), _ticks(calendar, intervals, places))


def _next_hour(calendar: BusinessCalendar, at: int) -> tuple[tuple[int, int], ...]:
    """The next hour of work after a stretch in which there is none."""
    opens = calendar.after(at, 1)
    start = at if opens == MISSING else opens - 1
    return ((start, start + HOUR_MS),)


def _hour(calendar: BusinessCalendar, at: int) -> int:
    """The local hour that an instant lies in."""
    offset = (at - calendar.midnight(calendar.local_date(at))) % HOUR_MS
    return at - offset


def _widths(closed: Sequence[tuple[int, int]]) -> list[int]:
    nights = sum(end - start > _SHORT_MS for start, end in closed)
    wide = next((px for most, px in _GAP_PX if nights <= most), _HAIRLINE_PX)
    short = _SHORT_PX if nights <= _GAP_PX[0][0] else _HAIRLINE_PX
    return [wide if end - start > _SHORT_MS else short for start, end in closed]


def _ticks(
    calendar: BusinessCalendar, intervals: Sequence[tuple[int, int]], places: Sequence[tuple[float, float]]
) -> tuple[Tick, ...]:
    """Hours where there is room for them, else the days; none closer to another than a label is wide."""
    starts = [(start, left) for (start, _), (left, _) in zip(intervals, places, strict=True)]
    opened = [(at, start) for start, at in starts if _opens(calendar, start, starts[0][0])]
    opened = [opened[0], *((at, start) for at, start in opened[1:] if (1 - at) * WIDTH_PX >= _DAY_PX)]
    ticks = _spaced(opened, [], _DAY_PX)
    worked_h = sum(end - start for start, end in intervals) / HOUR_MS
    step_h = next((step for step in _STEPS_H if worked_h / step <= _MOST_TICKS), None)
    if len(opened) > _MOST_HOURED_DAYS or step_h is None:
        return tuple(Tick(at, "", _date(calendar, start)) for at, start in ticks)
    axis = StripAxis(tuple(intervals), tuple(places), (), ())
    hours = [(axis.at(at), at) for at in _hours(calendar, intervals, step_h)]
    hours = [(at, instant) for at, instant in hours if (1 - at) * WIDTH_PX >= _LABEL_PX]
    named = {start: _date(calendar, start) for _, start in ticks}
    every = sorted([*ticks, *_spaced(hours, ticks, _LABEL_PX)])
    return tuple(Tick(at, words.clock(instant, calendar.zone), named.get(instant, "")) for at, instant in every)


def _opens(calendar: BusinessCalendar, start: int, first: int) -> bool:
    """Whether an interval is the first of its date."""
    before = calendar.intervals(calendar.midnight(calendar.local_date(start)), start)
    return start == first or not before


def _spaced(
    wanted: Sequence[tuple[float, int]], taken: Sequence[tuple[float, int]], apart_px: int
) -> list[tuple[float, int]]:
    """Those of the wanted places that keep their distance to all taken ones and to each other."""
    kept: list[tuple[float, int]] = []
    for at, instant in wanted:
        if all(abs(at - other) * WIDTH_PX >= apart_px for other, _ in (*taken, *kept)):
            kept.append((at, instant))
    return kept


def _date(calendar: BusinessCalendar, at: int) -> str:
    day = calendar.local_date(at)
    return f"{words.weekday(day)} {words.day(day)}"


def _hours(calendar: BusinessCalendar, intervals: Sequence[tuple[int, int]], step_h: int) -> list[int]:
    """The hours that the step falls on while work is done, ends of the day left out."""
    found: list[int] = []
    for start, end in intervals:
        midnight = calendar.midnight(calendar.local_date(start))
        step_ms = step_h * HOUR_MS
        at = midnight - (midnight - start) // step_ms * step_ms
        found += [instant for instant in range(at, end, step_ms) if instant >= start]
    return found
