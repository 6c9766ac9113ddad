"""A queue's history as a line: one point a day, gaps kept as gaps, a 7-day mean, and two dates side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from servicelevel.health import Health
from servicelevel.policy import SLA_NAMES, DimensionName, Note, Queue, SlaName
from servicelevel.rescoring import rescored
from servicelevel.signals import NEW_BASELINE, SIGNAL_MEASURES, Reading, Signal, signals
from servicelevel.snapshot import Counts, Lack, Snapshot, SnapshotRange, SnapshotSource

MeasureName: TypeAlias = Literal[
    "score", "first_response", "resolution", "open", "created", "resolved", "backlog_days", "net_flow", "reopen_rate"
]
SMOOTHED_DAYS = 7

_OF_COUNTS: Mapping[MeasureName, Callable[[Counts], float | None]] = {
    "first_response": lambda counts: counts.sla["first_response"].kept.rate,
    "resolution": lambda counts: counts.sla["resolution"].kept.rate,
    "open": lambda counts: counts.flow.open,
    "created": lambda counts: counts.flow.created,
    "resolved": lambda counts: counts.flow.resolved,
    "backlog_days": lambda counts: counts.backlog_days,
    "net_flow": lambda counts: counts.net_flow,
    "reopen_rate": lambda counts: counts.reopen_rate,
}


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One day. `score` is under the queue's present definition; `redrawn` says that it was kept under another one.

    Counts are None for an imported day, which knows a score alone.
    """

    day: date
    source: SnapshotSource
    complete: bool
    lacks: tuple[Lack, ...]
    score: float | None
    contributions: Mapping[DimensionName, float]
    redrawn: bool
    definition_hash: str
    counts: Counts | None
    open_ended: bool = False
    """Whether the day has not ended: what is known of it so far."""

    def value(self, measure: MeasureName) -> float | None:
        """The day's value: points of score, ratios, tickets or business days; None where it is not known."""
        if measure == "score":
            return self.score
        return None if self.counts is None else _OF_COUNTS[measure](self.counts)

    def decided(self, name: SlaName) -> int | None:
        """How many promises its attainment rests on."""
        return None if self.counts is None else self.counts.sla[name].kept.n


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row without a snapshot, both ends included. `reason` is known only where a row could not be read."""

    first: date
    last: date
    reason: str | None = None

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Trend:
    """One queue from a first to a last local day, both included.

    `points` are in order. `gaps` lie between the day its history begins and the last day that has ended. `before` are
    the days before the first that baselines of signals may need.
    """

    queue: str
    first: date
    last: date
    begins: date | None
    points: tuple[TrendPoint, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...] = ()
    targets: Mapping[SlaName, float] = field(default_factory=dict)
    before: tuple[TrendPoint, ...] = ()
    restarts: tuple[date, ...] = ()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What was unlike the 56 days before it, by its first day; worked out when it is asked for."""
        every = (*self.before, *(point for point in self.points if not point.open_ended))
        readings = {name: _readings(every, name) for name in SIGNAL_MEASURES}
        return signals(readings, self.restarts, shown_from=self.first)

    def on(self, day: date) -> TrendPoint | None:
        """The point of a day; None in a gap."""
        return next((point for point in self.points if point.day == day), None)

    def values(self, measure: MeasureName) -> tuple[tuple[date, float | None], ...]:
        """Every day from first to last with its value; None in gaps and where nothing is known."""
        known = {point.day: point.value(measure) for point in self.points}
        return tuple((day, known.get(day)) for day in days_between(self.first, self.last))

    def smooth(self, measure: MeasureName) -> tuple[tuple[date, float | None], ...]:
        """As `values`, each the mean of its last seven days as far as they are known; a day in a gap has none."""
        values = self.values(measure)
        smoothed: list[tuple[date, float | None]] = []
        for i, (day, value) in enumerate(values):
            recent = [v for _, v in values[max(i - SMOOTHED_DAYS + 1, 0) : i + 1] if v is not None]
            smoothed.append((day, None if value is None else sum(recent) / len(recent)))
        return tuple(smoothed)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Every date from first to last, both included."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def trend(
    queue: Queue,
    kept: SnapshotRange,
    first: date,
    last: date,
    *,
    expected: tuple[date, date] | None,
    notes: Sequence[Note] = (),
) -> Trend:
    """The trend from first to last. `kept` may begin earlier: those days feed the baselines of signals only.

    `expected` are the first and last day that could have a snapshot; what is missing outside of them is no gap.
    """
    every = tuple(point(queue, item) for item in kept.snapshots)
    shown = tuple(item for item in every if first <= item.day <= last)
    have = {item.day for item in shown}
    begin, end = expected or (last, first)
    missing = [day for day in days_between(max(first, begin), min(last, end)) if day not in have]
    mine = tuple(note for note in notes if not note.queues or queue.id in note.queues)
    return Trend(
        queue=queue.id,
        first=first,
        last=last,
        begins=expected and expected[0],
        points=shown,
        gaps=_gaps(missing, kept.unreadable),
        notes=tuple(note for note in mine if first <= note.day <= last),
        targets={name: queue.sla(name).target for name in SLA_NAMES},
        before=tuple(item for item in every if item.day < first),
        restarts=tuple(sorted(note.day for note in mine if NEW_BASELINE in note.text.casefold())),
    )


def with_today(shown: Trend, today: TrendPoint) -> Trend:
    """The trend with what is known of a day that has not ended; it feeds no signal and is no gap."""
    if shown.last < today.day or (shown.points and shown.points[-1].day >= today.day):
        return shown
    return replace(shown, points=(*shown.points, replace(today, open_ended=True)))


def point(queue: Queue, kept: Snapshot) -> TrendPoint:
    """A snapshot as a point under the queue's present definition."""
    score, contributions, redrawn = kept.score, kept.contributions, False
    if kept.counts is not None and kept.definition_hash != queue.definition_hash:
        again: Health = rescored(kept.counts, queue)
        score, contributions, redrawn = again.score, again.contributions, True
    return TrendPoint(
        kept.day,
        kept.source,
        kept.complete,
        kept.lacks,
        score,
        contributions,
        redrawn,
        kept.definition_hash,
        kept.counts,
    )


def _readings(points: Sequence[TrendPoint], measure: MeasureName) -> tuple[Reading, ...]:
    valued = ((item, item.value(measure)) for item in points)
    return tuple(Reading(item.day, value, item.definition_hash) for item, value in valued if value is not None)


def _gaps(missing: Sequence[date], unreadable: Mapping[date, str]) -> tuple[Gap, ...]:
    gaps: list[Gap] = []
    for day in missing:
        reason = unreadable.get(day)
        follows = gaps and gaps[-1].last == day - timedelta(days=1) and gaps[-1].reason == reason
        if follows:
            gaps[-1] = Gap(gaps[-1].first, day, reason)
        else:
            gaps.append(Gap(day, day, reason))
    return tuple(gaps)
