"""Two days of one queue side by side, both under its present definition, and why the score moved between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from servicelevel.health import Health
from servicelevel.movement import Movement, movement
from servicelevel.policy import Queue
from servicelevel.rescoring import kept_by_priority, rescored
from servicelevel.trend import MeasureName, TrendPoint

ComparedName: TypeAlias = MeasureName | Literal["urgent"]

_FIRST: Sequence[MeasureName] = ("score", "first_response", "resolution")
_THEN: Sequence[MeasureName] = ("open", "backlog_days", "net_flow", "reopen_rate")


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure on both days. `urgent` counts tickets of the most urgent priority created in the day's window."""

    name: ComparedName
    a: float | None
    b: float | None

    @property
    def delta(self) -> float | None:
        """How far it moved; None when either day does not know it."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True, slots=True)
class TwoDates:
    """Day a and day b, b being the later. `movement` is None unless both have counts and a score."""

    a: TrendPoint
    b: TrendPoint
    rows: tuple[Difference, ...]
    urgent_name: str | None
    movement: tuple[Movement, ...] | None


def two_dates(queue: Queue, a: TrendPoint, b: TrendPoint) -> TwoDates:
    """Compare two days by the queue's present targets, weights and anchors; the earlier one becomes a.

    An imported day, which has nothing that could be judged again, keeps its score.
    """
    if b.day < a.day:
        a, b = b, a
    then, now = (None if point.counts is None else rescored(point.counts, queue) for point in (a, b))
    a, b = _judged_again(a, then), _judged_again(b, now)
    rows = [Difference(name, a.value(name), b.value(name)) for name in _FIRST]
    urgent = _most_urgent(a, b)
    if urgent is not None:
        rows.append(Difference("urgent", _created(a, urgent[0]), _created(b, urgent[0])))
    rows += [Difference(name, a.value(name), b.value(name)) for name in _THEN]
    moved = None
    if a.counts is not None and b.counts is not None and then is not None and now is not None:
        moved = movement(then, now, kept_by_priority(a.counts), kept_by_priority(b.counts))
    return TwoDates(a, b, tuple(rows), urgent and urgent[1], moved)


def _judged_again(point: TrendPoint, health: Health | None) -> TrendPoint:
    return point if health is None else replace(point, score=health.score, contributions=health.contributions)


def _most_urgent(a: TrendPoint, b: TrendPoint) -> tuple[str, str] | None:
    """Id and name of the first priority in Jira's order that either day has tickets of."""
    for side in (b, a):
        for part in side.counts.by_priority if side.counts else ():
            if part.id:
                return part.id, part.name
    return None


def _created(at: TrendPoint, priority: str) -> float | None:
    if at.counts is None:
        return None
    return float(sum(part.created for part in at.counts.by_priority if part.id == priority))
