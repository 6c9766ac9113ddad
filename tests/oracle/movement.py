"""Why the score moved: today against 28 days earlier, both under today's definition."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from tests.oracle.definitions import WEIGHTS
from tests.oracle.figures import shown_parts
from tests.oracle.health import Score

_Counts: TypeAlias = Mapping[str | None, tuple[int, int]]


def movement_rows(before: Score, now: Score) -> list[dict[str, Any]] | None:
    """One row a dimension on both sides, and one for the coverage; None unless both sides have a score."""
    if before.shown is None or now.shown is None:
        return None
    both = [name for name in WEIGHTS if name in before.present and name in now.present]
    came = [name for name in now.present if name not in before.present]
    gone = [name for name in before.present if name not in now.present]
    exact = [_mean(before.weight_of(name), now.weight_of(name)) * (_u(now, name) - _u(before, name)) for name in both]
    coverage = sum(
        (_mean(_u(before, name), _u(now, name)) * (now.weight_of(name) - before.weight_of(name)) for name in both),
        start=Fraction(0),
    )
    coverage += sum((now.weight_of(name) * _u(now, name) for name in came), start=Fraction(0))
    coverage -= sum((before.weight_of(name) * _u(before, name) for name in gone), start=Fraction(0))
    shown = shown_parts([*exact, coverage], now.shown - before.shown)
    rows = [_row(before, now, name, row, delta) for name, row, delta in zip(both, exact, shown, strict=False)]
    return [*rows, {"name": "coverage", "delta": float(shown[-1]), "came": came, "gone": gone}]


def rate_and_mix(before: _Counts, now: _Counts) -> tuple[Fraction, Fraction]:
    """How much of a change of a pooled rate is changed rates, and how much a changed mix of priorities."""
    totals = [sum(n for _, n in side.values()) for side in (before, now)]
    rate_effect = mix_effect = Fraction(0)
    for priority in {*before, *now}:
        (k0, n0), (k1, n1) = before.get(priority, (0, 0)), now.get(priority, (0, 0))
        rate0, rate1 = Fraction(k0, n0) if n0 else Fraction(k1, n1), Fraction(k1, n1) if n1 else Fraction(k0, n0)
        share0, share1 = Fraction(n0, totals[0]), Fraction(n1, totals[1])
        rate_effect += _mean(share0, share1) * (rate1 - rate0)
        mix_effect += _mean(rate0, rate1) * (share1 - share0)
    return rate_effect, mix_effect


def _row(before: Score, now: Score, name: str, exact: Fraction, delta: Fraction) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name, "delta": float(delta)}
    if name not in now.by_priority:
        return row
    rate, mix = rate_and_mix(before.by_priority[name], now.by_priority[name])
    moved = (now.present[name].filled or Fraction(0)) - (before.present[name].filled or Fraction(0))
    points = exact / moved if moved else Fraction(0)
    effects = [effect * points for effect in (rate, mix, moved - rate - mix)]
    shown = [float(effect) for effect in shown_parts(effects, delta if moved else Fraction(0))]
    keys = ("rate_effect", "mix_effect", "prior_effect")
    return {**row, **dict(zip(keys, shown, strict=True)), "raw_rate_effect": float(rate), "raw_mix_effect": float(mix)}


def _u(score: Score, name: str) -> Fraction:
    return score.present[name].utility or Fraction(0)


def _mean(one: Fraction, other: Fraction) -> Fraction:
    return (one + other) / 2
