"""Why a score moved: the change of each dimension, and inside an attainment the rate, the mix and the filling up."""

from collections.abc import Mapping
from dataclasses import dataclass

from servicelevel.attainment import Kept
from servicelevel.health import Health
from servicelevel.policy import DIMENSIONS, DimensionName
from servicelevel.rounding import apportion

COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class RateAndMix:
    """Change of a raw rate split in two: the same work done better or worse, and harder or easier work."""

    rate: float
    mix: float


@dataclass(frozen=True, slots=True)
class Movement:
    """One row: a dimension in both scores, or `coverage` for all that came or went. `delta` is exact, `shown` to 0.1.

    The effects are in points of score, as shown, and add up to `shown`; None but for the attainments.
    """

    name: str
    delta: float
    shown: float
    rate_effect: float | None = None
    mix_effect: float | None = None
    prior_effect: float | None = None
    raw: RateAndMix | None = None
    came: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def rate_and_mix(then: Mapping[str, Kept], now: Mapping[str, Kept]) -> RateAndMix | None:
    """Split the change of a pooled rate by priority; None when either side has nothing decided.

    A priority without cycles on one side takes the other side's rate, so all of it is mix.
    """
    n_then, n_now = sum(k.n for k in then.values()), sum(k.n for k in now.values())
    if not n_then or not n_now:
        return None
    rate = mix = 0.0
    for name in sorted({*then, *now}):
        a, b = then.get(name, Kept(0, 0)), now.get(name, Kept(0, 0))
        rate_a, rate_b = a.rate, b.rate
        if rate_a is None or rate_b is None:
            rate_a = rate_b = rate_b if rate_a is None else rate_a
        if rate_a is None or rate_b is None:
            continue
        share_a, share_b = a.n / n_then, b.n / n_now
        rate += (share_a + share_b) / 2 * (rate_b - rate_a)
        mix += (rate_a + rate_b) / 2 * (share_b - share_a)
    return RateAndMix(rate, mix)


def movement(
    then: Health,
    now: Health,
    kept_then: Mapping[DimensionName, Mapping[str, Kept]],
    kept_now: Mapping[DimensionName, Mapping[str, Kept]],
) -> tuple[Movement, ...] | None:
    """Rows whose exact deltas add up to the change of the exact score, and whose shown ones to that of the shown.

    `kept_*` are the raw counts by priority behind the attainment dimensions. None when either side has no score.
    """
    if then.score is None or now.score is None:
        return None
    deltas: dict[str, float] = {}
    coverage, came, gone = 0.0, [], []
    for name in DIMENSIONS:
        u_then, u_now = then.utility(name), now.utility(name)
        v_then, v_now = then.share(name), now.share(name)
        if u_then is not None and u_now is not None:
            deltas[name] = (v_then + v_now) / 2 * (u_now - u_then)
            coverage += (u_then + u_now) / 2 * (v_now - v_then)
        elif u_now is not None:
            came.append(name)
            coverage += v_now * u_now
        elif u_then is not None:
            gone.append(name)
            coverage -= v_then * u_then
    if came or gone:
        deltas[COVERAGE] = coverage
    shown = apportion(deltas, round(now.score - then.score, 1))
    rows = [
        _row(name, deltas[name], shown[name], then, now, kept_then, kept_now) for name in DIMENSIONS if name in deltas
    ]
    if COVERAGE in deltas:
        rows.append(Movement(COVERAGE, coverage, shown[COVERAGE], came=tuple(came), gone=tuple(gone)))
    return tuple(rows)


def _row(
    name: DimensionName,
    delta: float,
    shown: float,
    then: Health,
    now: Health,
    kept_then: Mapping[DimensionName, Mapping[str, Kept]],
    kept_now: Mapping[DimensionName, Mapping[str, Kept]],
) -> Movement:
    if name not in kept_then or name not in kept_now:
        return Movement(name, delta, shown)
    raw = rate_and_mix(kept_then[name], kept_now[name])
    inputs = [next(d.input for d in side.dimensions if d.name == name) for side in (then, now)]
    if raw is None or inputs[0] is None or inputs[1] is None:
        return Movement(name, delta, shown)
    moved = inputs[1] - inputs[0]
    points = delta / moved if abs(moved) > 1e-12 else 0.0
    exact = {"rate": raw.rate * points, "mix": raw.mix * points, "prior": (moved - raw.rate - raw.mix) * points}
    parts = apportion(exact, shown) if points else dict.fromkeys(exact, 0.0)
    return Movement(name, delta, shown, parts["rate"], parts["mix"], parts["prior"], raw)
