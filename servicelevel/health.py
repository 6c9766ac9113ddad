"""The health score: six dimensions turned into utilities, weighed, and said in contributions that add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from servicelevel.evidence import FULL_SAMPLE, MIN_SAMPLE, filled_up
from servicelevel.policy import DIMENSIONS, Anchors, DimensionName
from servicelevel.rounding import apportion, half_up

Band: TypeAlias = Literal["healthy", "watch", "at_risk", "insufficient"]
Reason: TypeAlias = Literal[
    "few", "no_data", "not_covered", "no_team", "no_schedule", "low_coverage", "not_configured", "failed"
]

ENOUGH_COVERAGE = 0.6
HEALTHY_FROM, WATCH_FROM = 80.0, 60.0

DEFAULT_ANCHORS: Mapping[str, Anchors] = {
    # Attainments by their distance from the target, in percentage points; all others in their own unit.
    "first_response": Anchors(-25, 0, 4),
    "resolution": Anchors(-30, 0, 7),
    "backlog_days": Anchors(20, 5, 2),
    "ageing_share": Anchors(0.8, 0.2, 0.1),
    "net_flow": Anchors(0.8, 1.0, 1.1),
    "reopen_rate": Anchors(0.15, 0.05, 0.02),
    "utilisation": Anchors(1.0, 0.75, 0.65),
}
UNDER_USE = 60.0
"""Utility of a team at or below 25 points under its best utilisation."""

_UNDER_USE_SPAN = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """One of the measures a dimension is the mean of; None where it is not known and left out."""

    name: str
    input: float | None
    utility: float | None


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a score. `input` is after filling up, `raw` before; `utility` is None when it is left out.

    `prior` is the rate it was filled up with (None: not filled up); `reason` says why it is left out.
    """

    name: DimensionName
    unit: Literal["ratio", "business_days"]
    n: int
    raw: float | None
    input: float | None
    prior: float | None
    target: float | None
    anchors: Anchors | None
    utility: float | None
    reason: Reason | None = None
    parts: tuple[Part, ...] = ()

    @property
    def low_sample(self) -> bool:
        """Whether a small sample was filled up."""
        return self.utility is not None and self.prior is not None


@dataclass(frozen=True, slots=True)
class Health:
    """A score with everything it is made of. `exact` is unrounded; `score` and `contributions` are as shown, to 0.1."""

    dimensions: tuple[Dimension, ...]
    weights: Mapping[DimensionName, float]
    exact: float | None
    score: float | None
    contributions: Mapping[DimensionName, float]
    coverage: float

    @property
    def band(self) -> Band:
        """The word for the shown score."""
        return band(self.score)

    def share(self, name: DimensionName) -> float:
        """Weight of a dimension among those that have enough data; 0 when it has not."""
        present = sum(self.weights[d.name] for d in self.dimensions if d.utility is not None)
        here = any(d.name == name and d.utility is not None for d in self.dimensions)
        return self.weights[name] / present if here and present else 0.0

    def utility(self, name: DimensionName) -> float | None:
        """Utility of a dimension; None when it is left out or weighs nothing."""
        return next((d.utility for d in self.dimensions if d.name == name and self.weights[name]), None)


def band(score: float | None) -> Band:
    """Healthy from 80, watch from 60, by the shown score."""
    if score is None:
        return "insufficient"
    if score >= HEALTHY_FROM:
        return "healthy"
    return "watch" if score >= WATCH_FROM else "at_risk"


def health(dimensions: Sequence[Dimension], weights: Mapping[DimensionName, float]) -> Health:
    """Weigh the dimensions that have enough data; no score when they carry under 60 % of the weight."""
    present = [d for d in dimensions if d.utility is not None and weights[d.name] > 0]
    total = sum(weights[d.name] for d in dimensions)
    there = sum(weights[d.name] for d in present)
    coverage = there / total if total else 0.0
    if not there or coverage < ENOUGH_COVERAGE:
        return Health(tuple(dimensions), dict(weights), None, None, {}, coverage)
    parts = {d.name: weights[d.name] * (d.utility or 0.0) / there for d in present}
    exact = sum(parts.values())
    score = half_up(exact)
    return Health(tuple(dimensions), dict(weights), exact, score, apportion(parts, score), coverage)


def utility(value: float, anchors: Anchors) -> float:
    """Piecewise linear through the anchors at 0, 80 and 100 points, clamped; either direction may be the good one."""
    sign = 1 if anchors.at_100 >= anchors.at_0 else -1
    x, low, target, best = sign * value, sign * anchors.at_0, sign * anchors.at_80, sign * anchors.at_100
    if x >= best:
        return 100.0
    if x >= target:
        return 80 + 20 * (x - target) / (best - target)
    return max(0.0, 80 * (x - low) / (target - low))


def utilisation_utility(value: float, anchors: Anchors) -> float:
    """As `utility`, but under-use costs too: from 100 at the best value down to 60 at 25 points below it."""
    if value >= anchors.at_100:
        return utility(value, anchors)
    return max(UNDER_USE, 100 - (100 - UNDER_USE) * (anchors.at_100 - value) / _UNDER_USE_SPAN)


def attainment_anchors(target: float, around: Anchors) -> Anchors:
    """Absolute anchors of an attainment. No attainment passes 100 %, so 100 % earns full marks at the latest."""
    at_0, at_80, at_100 = (round(target + points / 100, 9) for points in (around.at_0, around.at_80, around.at_100))
    return Anchors(at_0, at_80, min(at_100, 1.0))


def rate_dimension(
    name: DimensionName, hits: int, n: int, prior: float, target: float, anchors: Anchors, *, covered: bool = True
) -> Dimension:
    """A dimension whose input is a share of n: left out below 5, filled up with the prior below 30."""
    raw = hits / n if n and covered else None
    value = filled_up(hits, n, prior) if covered else None
    reason: Reason | None = None if value is not None else "not_covered" if not covered else "few" if n else "no_data"
    used = prior if value is not None and MIN_SAMPLE <= n < FULL_SAMPLE else None
    points = None if value is None else utility(_clean(value), anchors)
    return Dimension(name, "ratio", n, raw, value, used, target, anchors, points, reason)


def backlog_dimension(
    days: float | None, ageing_share: float | None, n: int, anchors: Mapping[str, Anchors]
) -> Dimension:
    """Mean of the utilities of backlog days and ageing share; days alone without a share.

    Tickets open and none resolved (`days` None) is the worst pace there is: utility 0. n = open + resolved in 28 days.
    """
    if n < MIN_SAMPLE:
        return Dimension("backlog", "business_days", n, None, None, None, None, None, None, "few" if n else "no_data")
    of_days = 0.0 if days is None else utility(days, anchors["backlog_days"])
    of_share = None if ageing_share is None else utility(ageing_share, anchors["ageing_share"])
    known = [points for points in (of_days, of_share) if points is not None]
    parts = (Part("backlog_days", days, of_days), Part("ageing_share", ageing_share, of_share))
    return Dimension("backlog", "business_days", n, None, None, None, None, None, sum(known) / len(known), None, parts)


def capacity_dimension(value: float | None, n: int, reason: Reason | None, anchors: Anchors) -> Dimension:
    """Utilisation of the team; present whenever utilisation is. n = tickets resolved in the window."""
    points = None if value is None else utilisation_utility(value, anchors)
    return Dimension("capacity", "ratio", n, value, value, None, anchors.at_80, anchors, points, reason)


def _clean(value: float) -> float:
    """Without the last bits, so that a rate equal to its target in decimals is equal in floats."""
    return round(value, 12)


def in_order(dimensions: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """The table's order, which decides ties."""
    return tuple(sorted(dimensions, key=lambda d: DIMENSIONS.index(d.name)))
