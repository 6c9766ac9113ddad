"""The health score: what each dimension is worth, in exact fractions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.definitions import WEIGHTS, Anchors
from tests.oracle.figures import half_up, shown_parts
from tests.oracle.flow import REOPEN_DAYS, business_days, created, own_p85_ms, reopening, resolved
from tests.oracle.hours import utilisation
from tests.oracle.instants import Window, window_of
from tests.oracle.promises import decided, met_by_priority, met_of
from tests.oracle.queue_facts import QueueFacts

_FEW, _ENOUGH = 5, 30
_LEAST_SHARE = Fraction(60, 100)
_SLA_OF = {"responsiveness": "first_response", "resolution": "resolution"}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One row of the score; `utility` is None with its `reason` when the dimension is absent."""

    name: str
    weight: Fraction
    n: int | None
    raw: Fraction | None
    filled: Fraction | None
    prior: Fraction | None
    utility: Fraction | None
    reason: str | None
    parts: tuple[tuple[str, Fraction | None, Fraction | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a queue as of an instant, with what explains a change of it."""

    dimensions: tuple[Dimension, ...]
    by_priority: dict[str, dict[str | None, tuple[int, int]]]

    @property
    def present(self) -> dict[str, Dimension]:
        """The dimensions with enough data, by name."""
        return {one.name: one for one in self.dimensions if one.utility is not None}

    @property
    def weights_sum(self) -> Fraction:
        """The sum of all weights."""
        return sum((one.weight for one in self.dimensions), start=Fraction(0))

    @property
    def coverage(self) -> Fraction:
        """The share of the weights that is present."""
        present = sum((one.weight for one in self.present.values()), start=Fraction(0))
        return present / self.weights_sum if self.weights_sum else Fraction(0)

    @property
    def exact(self) -> Fraction | None:
        """The score before rounding, or None if too little is known."""
        if self.weights_sum == 0 or self.coverage < _LEAST_SHARE:
            return None
        return sum((self.weight_of(name) * (one.utility or 0) for name, one in self.present.items()), start=Fraction(0))

    @property
    def shown(self) -> Fraction | None:
        """The score to 0.1."""
        return None if self.exact is None else half_up(self.exact)

    def weight_of(self, name: str) -> Fraction:
        """The part of the present weights that a dimension has; 0 for an absent one."""
        present = sum((one.weight for one in self.present.values()), start=Fraction(0))
        return self.present[name].weight / present if name in self.present else Fraction(0)


def score(facts: QueueFacts, fleet: Sequence[QueueFacts], window: Window, days: int) -> Score:
    """The score as of the window's end; `fleet` are all queues, the queue itself among them."""
    dimensions = (
        *(_attainment(facts, fleet, dimension, window) for dimension in _SLA_OF),
        _backlog(facts, window),
        _flow(facts, window),
        _quality(facts, fleet, window),
        _capacity(facts, window, days),
    )
    by_priority = {name: met_by_priority(facts, sla, window.to_ms, window) for name, sla in _SLA_OF.items()}
    return Score(dimensions, by_priority)


def utility(anchors: Anchors, value: Fraction) -> Fraction:
    """0 to 100 on the straight lines between the anchors."""
    sign = 1 if anchors.at_100 >= anchors.at_0 else -1
    low, middle, high, x = (sign * one for one in (anchors.at_0, anchors.at_80, anchors.at_100, value))
    if x >= high:
        return Fraction(100)
    if x <= low:
        return Fraction(0)
    return 80 * (x - low) / (middle - low) if x <= middle else 80 + 20 * (x - middle) / (high - middle)


def busy_utility(anchors: Anchors, value: Fraction) -> Fraction:
    """As `utility`, with under-use costing points again: 60 at 40 % and below."""
    least = Fraction(40, 100)
    if value >= anchors.at_100:
        return utility(anchors, value)
    return 60 + 40 * max(Fraction(0), value - least) / (anchors.at_100 - least)


def _rate(facts: QueueFacts, name: str, counts: tuple[int, int], anchors: Anchors, prior: Fraction) -> Dimension:
    """A dimension whose input is k of n, filled up to 30 with the expected rate."""
    k, n = counts
    weight = facts.definition.weights[name]
    raw = Fraction(k, n) if n else None
    if raw is None or n < _FEW:
        return Dimension(name, weight, n, raw, None, None, None, "few")
    if n >= _ENOUGH:
        return Dimension(name, weight, n, raw, raw, None, utility(anchors, raw), None)
    filled = (k + (_ENOUGH - n) * prior) / _ENOUGH
    return Dimension(name, weight, n, raw, filled, prior, utility(anchors, filled), None)


def _attainment(facts: QueueFacts, fleet: Sequence[QueueFacts], name: str, window: Window) -> Dimension:
    sla, at_ms = _SLA_OF[name], window.to_ms
    promise, quarter = facts.definition.promises[sla], window_of(at_ms, 90)

    def counts(one: QueueFacts, period: Window) -> tuple[int, int]:
        return met_of(decided(one, sla, at_ms, period))

    own = counts(facts, quarter) if facts.covers(quarter.from_ms) else (0, 0)
    everyone = [counts(one, quarter) for one in fleet if one.covers(quarter.from_ms)]
    prior = _prior(own, everyone, promise.target)
    return _rate(facts, name, counts(facts, window), promise.anchors, prior)


def _prior(own: tuple[int, int], everyone: list[tuple[int, int]], target: Fraction) -> Fraction:
    if own[1] >= _ENOUGH:
        return Fraction(*own)
    k, n = sum(one[0] for one in everyone), sum(one[1] for one in everyone)
    return Fraction(k, n) if n else target


def _quality(facts: QueueFacts, fleet: Sequence[QueueFacts], window: Window) -> Dimension:
    at_ms, anchors = window.to_ms, facts.definition.anchors["reopen_rate"]
    moved, quarter = window.moved_back(REOPEN_DAYS), window_of(at_ms, 90).moved_back(REOPEN_DAYS)
    if not facts.covers(moved.from_ms):
        weight = facts.definition.weights["quality"]
        return Dimension("quality", weight, None, None, None, None, None, "not_covered")
    own = reopening(facts, quarter, at_ms) if facts.covers(quarter.from_ms) else (0, 0)
    everyone = [reopening(one, quarter, at_ms) for one in fleet if one.covers(quarter.from_ms)]
    return _rate(facts, "quality", reopening(facts, moved, at_ms), anchors, _prior(own, everyone, anchors.at_80))


def _flow(facts: QueueFacts, window: Window) -> Dimension:
    counts = resolved(facts, window), created(facts, window)
    return _rate(facts, "flow", counts, facts.definition.anchors["net_flow"], Fraction(1))


def _backlog(facts: QueueFacts, window: Window) -> Dimension:
    at_ms, weight, anchors = window.to_ms, facts.definition.weights["backlog"], facts.definition.anchors
    month, still_open = window_of(at_ms, 28), facts.open(at_ms)
    went = resolved(facts, month)
    n = len(still_open) + went
    if n < _FEW:
        return Dimension("backlog", weight, n, None, None, None, None, "few")
    days = len(still_open) / (went / business_days(facts, month)) if went else None
    share = _ageing_share(facts, at_ms)
    parts = [("backlog_days", days, Fraction(0) if days is None else utility(anchors["backlog_days"], days))]
    part_utilities = [parts[0][2]]
    share_utility = None if share is None else utility(anchors["ageing_share"], share)
    if share_utility is not None:
        part_utilities.append(share_utility)
    value = sum(part_utilities, start=Fraction(0)) / len(part_utilities)
    return Dimension(
        "backlog", weight, n, None, None, None, value, None, (*parts, ("ageing_share", share, share_utility))
    )


def _ageing_share(facts: QueueFacts, at_ms: int) -> Fraction | None:
    still_open, (p85_ms, _) = facts.open(at_ms), own_p85_ms(facts, at_ms)
    if not still_open:
        return Fraction(0)
    if p85_ms is None:
        return None
    work = facts.definition.work
    return Fraction(sum(work.between(one.created_ms, at_ms) > p85_ms for one in still_open), len(still_open))


def _capacity(facts: QueueFacts, window: Window, days: int) -> Dimension:
    used, reason = utilisation(facts, window, days)
    weight = facts.definition.weights["capacity"]
    if used is None:
        return Dimension("capacity", weight, None, None, None, None, None, reason)
    worth = busy_utility(facts.definition.anchors["utilisation"], used)
    return Dimension("capacity", weight, None, used, used, None, worth, None)


def health_rows(now: Score) -> dict[str, Any]:
    """The section `health` of a report but for what came before."""
    names = list(now.present)
    exact = [now.weight_of(name) * (now.present[name].utility or 0) for name in names]
    contributions = dict(zip(names, shown_parts(exact, now.shown), strict=True)) if now.shown is not None else {}
    shown = now.shown
    band = "insufficient" if shown is None else "healthy" if shown >= 80 else "watch" if shown >= 60 else "at_risk"
    assert set(WEIGHTS) == {one.name for one in now.dimensions}
    return {
        "score": None if shown is None else float(shown),
        "band": band,
        "coverage": float(now.coverage),
        "weights_sum": float(now.weights_sum),
        "dimensions": [_row(one, contributions.get(one.name)) for one in now.dimensions],
    }


def _row(one: Dimension, contribution: Fraction | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": one.name,
        "weight": float(one.weight),
        "input": _float(one.filled),
        "raw": _float(one.raw),
        "prior": _float(one.prior),
        "utility": _float(one.utility),
        "contribution": _float(contribution),
        "low_sample": one.prior is not None,
        "reason": one.reason,
    }
    if one.n is not None:
        row["n"] = one.n
    if one.parts:
        row["parts"] = [{"name": name, "input": _float(x), "utility": _float(u)} for name, x, u in one.parts]
    return row


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
