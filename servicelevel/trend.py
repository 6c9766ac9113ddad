"""A queue's history as a line: one point a day, gaps kept as gaps, a 7-day mean, and two dates side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from servicelevel.health import Health
from servicelevel.policy import SLA_NAMES, DimensionName, Note, Queue, SlaName
from servicelevel.redefinition import Redefinition, ScoresUnder, basis, redefinitions
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
    """One day. `redrawn` says that `score` was made again under the queue's present definition.

    `definition_hash` and `engine_version` are those that the day was kept under. Counts are None for an imported day,
    which knows a score alone.
    """

    day: date
    source: SnapshotSource
    complete: bool
    lacks: tuple[Lack, ...]
    score: float | None
    contributions: Mapping[DimensionName, float]
    redrawn: bool
    definition_hash: str
    engine_version: str
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
    the days before the first that baselines of signals may need. `scores` says under what the scores stand.
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
    scores: ScoresUnder = "today"

    @property
    def changes(self) -> tuple[Redefinition, ...]:
        """Where days from the first on begin to be judged otherwise than the kept day before them."""
        return tuple(change for change in redefinitions((*self.before, *self.points)) if change.day >= self.first)

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
        """As `values`, each the mean of its last seven days as far as they are known; a day in a gap has none.

        No mean mixes scores that stand under different definitions.
        """
        values = self.values(measure)
        under = self._under() if measure == "score" else {}
        smoothed: list[tuple[date, float | None]] = []
        for i, (day, value) in enumerate(values):
            recent = [
                v
                for other, v in values[max(i - SMOOTHED_DAYS + 1, 0) : i + 1]
                if v is not None and under.get(other) == under.get(day)
            ]
            smoothed.append((day, None if value is None else sum(recent) / len(recent)))
        return tuple(smoothed)

    def _under(self) -> Mapping[date, str]:
        """By what the score of each day stands: days made again all stand under today's definition."""
        recorded = self.scores == "recorded"
        return {point.day: basis(point) if recorded or point.counts is None else "today" for point in self.points}


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Every date from first to last, both included."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def gaps_in(lacking: Sequence[date], unreadable: Mapping[date, str]) -> tuple[Gap, ...]:
    """Days that are lacking, given in order, as stretches of days in a row that lack for one reason."""
    gaps: list[Gap] = []
    for day in lacking:
        reason = unreadable.get(day)
        follows = gaps and gaps[-1].last == day - timedelta(days=1) and gaps[-1].reason == reason
        if follows:
            gaps[-1] = Gap(gaps[-1].first, day, reason)
        else:
            gaps.append(Gap(day, day, reason))
    return tuple(gaps)


def trend(
    queue: Queue,
    kept: SnapshotRange,
    first: date,
    last: date,
    *,
    expected: tuple[date, date] | None,
    engine_version: str,
    notes: Sequence[Note] = (),
    scores: ScoresUnder = "today",
) -> Trend:
    """The trend from first to last. `kept` may begin earlier: those days feed the baselines of signals only.

    `expected` are the first and last day that could have a snapshot; what is missing outside of them is no gap.
    `engine_version` is that of the portal which makes scores again.
    """
    every = tuple(point(queue, item, engine_version, scores) for item in kept.snapshots)
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
        gaps=gaps_in(missing, kept.unreadable),
        notes=tuple(note for note in mine if first <= note.day <= last),
        targets={name: queue.sla(name).target for name in SLA_NAMES},
        before=tuple(item for item in every if item.day < first),
        restarts=tuple(sorted(note.day for note in mine if NEW_BASELINE in note.text.casefold())),
        scores=scores,
    )


def with_today(shown: Trend, today: TrendPoint) -> Trend:
    """The trend with what is known of a day that has not ended; it feeds no signal and is no gap."""
    if shown.last < today.day or (shown.points and shown.points[-1].day >= today.day):
        return shown
    return replace(shown, points=(*shown.points, replace(today, open_ended=True)))


def point(queue: Queue, kept: Snapshot, engine_version: str, scores: ScoresUnder = "today") -> TrendPoint:
    """A snapshot as a point. Under "today" its score is made again where the definition or engine was another."""
    score, contributions, redrawn = kept.score, kept.contributions, False
    alike = (kept.definition_hash, kept.engine_version) == (queue.definition_hash, engine_version)
    if scores == "today" and kept.counts is not None and not alike:
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
        kept.engine_version,
        kept.counts,
    )


def _readings(points: Sequence[TrendPoint], measure: MeasureName) -> tuple[Reading, ...]:
    valued = ((item, item.value(measure)) for item in points)
    return tuple(Reading(item.day, value, basis(item)) for item, value in valued if value is not None)
