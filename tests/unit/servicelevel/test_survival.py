from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.survival import percentiles
from tests.unit.servicelevel.bounded import examples

QUANTILES = ("0.5", "0.85", "0.9")


def exact_quantile(observed: list[tuple[int, bool]], quantile: str) -> int | None:
    """The least stop at which the product of exact fractions has fallen to what the quantile leaves."""
    left = Fraction(1)
    for at in sorted({duration for duration, ended in observed if ended}):
        at_risk = sum(duration >= at for duration, _ in observed)
        ended_here = sum(duration == at and ended for duration, ended in observed)
        left *= 1 - Fraction(ended_here, at_risk)
        if left <= 1 - Fraction(quantile):
            return at
    return None


@examples(400)
@given(st.lists(st.tuples(st.integers(0, 25), st.booleans()), max_size=60))
def test_quantiles_equal_exact_fractions(observed: list[tuple[int, bool]]) -> None:
    """With many ties and censorings every quantile is the one of exact arithmetic."""
    durations = np.array([duration for duration, _ in observed], np.int64)
    ended = np.array([flag for _, flag in observed], bool)

    found = percentiles(durations, ended, [float(quantile) for quantile in QUANTILES])

    assert found.values_ms == tuple(exact_quantile(observed, quantile) for quantile in QUANTILES)
    assert (found.stopped, found.censored) == (int(ended.sum()), int((~ended).sum()))


def test_rounding_of_a_long_product_misses_no_quantile() -> None:
    """Of a thousand single stops the five hundredth halves them, and the 850th leaves 15 %."""
    found = percentiles(np.arange(1, 1001), np.ones(1000, bool), (0.5, 0.85, 0.9))

    assert found.values_ms == (500, 850, 900)


def test_mean_is_of_the_stopped_only() -> None:
    """A long running clock moves quantiles, not the mean."""
    found = percentiles(np.array([10, 20, 999]), np.array([True, True, False]), (0.5,))

    assert found.mean_ms == 15.0
    assert found.values_ms == (20,)


def test_reasons_of_missing_values() -> None:
    """Nothing started is no data; too few stopped is not reached; everything there has no reason."""
    none = percentiles(np.empty(0, np.int64), np.empty(0, bool), (0.5,))
    unreached = percentiles(np.array([1, 2, 3]), np.array([True, False, False]), (0.5,))
    there = percentiles(np.array([1]), np.array([True]), (0.5,))

    assert [(p.values_ms, p.mean_ms, p.reason) for p in (none, unreached, there)] == [
        ((None,), None, "no_data"),
        ((None,), 1.0, "not_reached"),
        ((1,), 1.0, None),
    ]
