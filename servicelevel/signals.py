"""Signals on a daily series: Shewhart's individuals chart, in words.

Limits are centre ± 2.66 × the mean moving range, which is three standard deviations of a steady process
(2.66 = 3 / 1.128). Source: D. J. Wheeler, Understanding Variation (1993), chapter 3.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import Literal, TypeAlias

BASELINE_DAYS = 56
LEAST_POINTS = 20
MOVING_RANGES = 2.66
RUN_LENGTH = 8
NEW_BASELINE = "new baseline"
"""Words in a note that restart the baseline on its day."""

Rule: TypeAlias = Literal["beyond", "run", "two_of_three"]
Side: TypeAlias = Literal["above", "below"]
SignalMeasure: TypeAlias = Literal["score", "first_response", "resolution", "open"]

SIGNAL_MEASURES: tuple[SignalMeasure, ...] = ("score", "first_response", "resolution", "open")

_NOISE = 1e-9
_SUBJECTS: Mapping[SignalMeasure, str] = {
    "score": "Health score",
    "first_response": "First response",
    "resolution": "Resolution",
    "open": "Open tickets",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One day's value and by what it was judged: the baseline begins anew where that changes."""

    day: date
    value: float
    definition: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that fired on a measure over days first to last. `good` says whether the change is a welcome one."""

    measure: SignalMeasure
    rule: Rule
    side: Side
    first: date
    last: date
    text: str

    @property
    def good(self) -> bool:
        """Whether the side is the one that is hoped for."""
        return (self.side == "above") != (self.measure == "open")


@dataclass(frozen=True, slots=True)
class _Chart:
    """Centre and half-width of the band that a day is judged by."""

    centre: float
    reach: float

    def zone(self, value: float) -> float:
        """Distance from the centre in band half-widths, signed; any distance is beyond a band of no width."""
        away = value - self.centre
        if abs(away) <= _NOISE:
            return 0.0
        return away / self.reach if self.reach > _NOISE else away * float("inf")


_Hit: TypeAlias = tuple[int, int, _Chart]
"""First and last reading of the days a rule fired over, and the band that the last was judged by."""


def signals(
    series: Mapping[SignalMeasure, Sequence[Reading]], restarts: Sequence[date], *, shown_from: date
) -> tuple[Signal, ...]:
    """Every signal that ends on or after `shown_from`, by its first day; the days before only feed the baselines.

    The readings of a measure are in order of days. On the days of `restarts` the baseline begins anew. Days in a row
    on which one rule fires on one side are one signal.
    """
    found = [signal for measure, readings in series.items() for signal in _of_one(measure, readings, restarts)]
    shown = [signal for signal in found if signal.last >= shown_from]
    return tuple(sorted(shown, key=lambda s: (s.first, s.measure, s.rule, s.side)))


def _of_one(measure: SignalMeasure, readings: Sequence[Reading], restarts: Sequence[date]) -> Iterator[Signal]:
    fired: dict[tuple[Rule, Side], list[_Hit]] = {}
    for at, (begin, chart) in enumerate(_charts(readings, restarts)):
        if chart is None:
            continue
        for rule, test, length in _RULES:
            start = at - length + 1
            if start < begin:
                continue
            zones = [chart.zone(item.value) for item in readings[start : at + 1]]
            for side, sign in _SIDES:
                if test([sign * zone for zone in zones]):
                    fired.setdefault((rule, side), []).append((start, at, chart))
    for (rule, side), hits in fired.items():
        for group in _streaks(hits):
            first, last = readings[group[0][0]].day, readings[group[-1][1]].day
            yield Signal(measure, rule, side, first, last, _words(measure, rule, side, (first, last), group))


def _charts(readings: Sequence[Reading], restarts: Sequence[date]) -> Iterator[tuple[int, _Chart | None]]:
    """For each reading the first one it may be compared with, and the band of those between; None if too few."""
    values = [reading.value for reading in readings]
    sums = list(accumulate(values, initial=0.0))
    ranges = list(accumulate((abs(b - a) for a, b in pairwise(values)), initial=0.0))
    begin = 0
    for at, judged in enumerate(readings):
        since = judged.day - timedelta(days=BASELINE_DAYS)
        since = max((since, *(day for day in restarts if day <= judged.day)))
        if at and readings[at - 1].definition != judged.definition:
            begin = at
        while begin < at and readings[begin].day < since:
            begin += 1
        n = at - begin
        if n < LEAST_POINTS:
            yield begin, None
            continue
        mean_range = (ranges[at - 1] - ranges[begin]) / (n - 1)
        yield begin, _Chart((sums[at] - sums[begin]) / n, MOVING_RANGES * mean_range)


def _streaks(hits: Sequence[_Hit]) -> Iterator[list[_Hit]]:
    group: list[_Hit] = []
    for hit in hits:
        if group and hit[1] != group[-1][1] + 1:
            yield group
            group = []
        group.append(hit)
    if group:
        yield group


def _beyond(zones: Sequence[float]) -> bool:
    return zones[-1] > 1


def _run(zones: Sequence[float]) -> bool:
    return all(zone > 0 for zone in zones)


def _two_of_three(zones: Sequence[float]) -> bool:
    return sum(zone > 2 / 3 for zone in zones) >= 2 and zones[-1] > 2 / 3


_RULES: tuple[tuple[Rule, Callable[[Sequence[float]], bool], int], ...] = (
    ("beyond", _beyond, 1),
    ("run", _run, RUN_LENGTH),
    ("two_of_three", _two_of_three, 3),
)
_SIDES: tuple[tuple[Side, int], ...] = (("above", 1), ("below", -1))


def _words(
    measure: SignalMeasure,
    rule: Rule,
    side: Side,
    days_of: tuple[date, date],
    group: Sequence[_Hit],
) -> str:
    chart, days = group[0][2], group[-1][1] - group[0][0] + 1
    sign, when = dict(_SIDES)[side], days_in_words(*days_of)
    if rule == "beyond":
        limit = _shown(measure, chart.centre + sign * chart.reach)
        in_a_row = "" if days == 1 else f", {days} days in a row"
        return f"{_SUBJECTS[measure]} left its 8-week band on {when}{in_a_row} {side} {limit}."
    if rule == "run":
        centre = _shown(measure, chart.centre)
        return f"{_SUBJECTS[measure]} stayed {side} its 8-week mean of {centre} for {days} days in a row, {when}."
    edge = _shown(measure, chart.centre + sign * chart.reach * 2 / 3)
    return f"{_SUBJECTS[measure]} came close to the edge of its 8-week band: two of three days {side} {edge}, {when}."


def days_in_words(first: date, last: date) -> str:
    """Dates as "4 Nov", "4–6 Nov" or "30 Oct–2 Nov"."""
    if first == last:
        return f"{first.day} {first:%b}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b}"
    return f"{first.day} {first:%b}–{last.day} {last:%b}"


def _shown(measure: SignalMeasure, value: float) -> str:
    if measure in ("first_response", "resolution"):
        return f"{value:.1%}".replace("%", " %")
    return f"{value:.1f}"
