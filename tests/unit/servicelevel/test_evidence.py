from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.attainment import Kept, proof
from servicelevel.evidence import binomial_tail, filled_up, wilson
from tests.unit.servicelevel.bounded import examples


@examples(300)
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_lies_in_the_unit_and_holds_the_rate(counted: tuple[int, int]) -> None:
    """The bounds are shares in order around the rate, exact where nothing or everything was kept."""
    met, n = counted
    bounds = wilson(met, n)

    assert bounds is not None
    low, high = bounds
    assert 0 <= low <= met / n <= high <= 1
    assert (low == 0) == (met == 0)
    assert (high == 1) == (met == n)


@examples(100)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_is_the_same_from_the_other_side(counted: tuple[int, int]) -> None:
    """What is known of promises kept is known of promises broken."""
    met, n = counted
    kept, broken = wilson(met, n), wilson(n - met, n)

    assert kept is not None
    assert broken is not None
    assert kept == pytest.approx((1 - broken[1], 1 - broken[0]), abs=1e-12)


def test_nothing_counted_proves_nothing() -> None:
    """Without observations there is neither a rate nor an interval nor a proof."""
    assert wilson(0, 0) is None
    assert (Kept(0, 0).rate, Kept(0, 0).interval, proof(Kept(0, 0), 0.9)) == (None, None, "no_data")


def test_a_low_bound_equal_to_the_target_meets_it() -> None:
    """The borders of the proof: low at the target is met, high just below it is missed."""
    low, high = wilson(90, 100) or (0, 0)

    assert proof(Kept(90, 100), low) == "met"
    assert proof(Kept(90, 100), high) == "not_proven"
    assert proof(Kept(90, 100), high + 1e-9) == "missed"


@examples(200)
@given(
    st.integers(0, 120).flatmap(lambda n: st.tuples(st.integers(-1, n + 1), st.just(n))),
    st.integers(0, 50).map(lambda fiftieth: Fraction(fiftieth, 50)),
)
def test_binomial_tail_is_exact(counted: tuple[int, int], p: Fraction) -> None:
    """The tail equals the sum of exact fractions, far into the corners."""
    least, n = counted
    exact = sum((comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(max(least, 0), n + 1)), Fraction(0))

    assert binomial_tail(least, n, float(p)) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


@examples(200)
@given(st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0, 1))
def test_filled_up_lies_between_rate_and_prior(counted: tuple[int, int], prior: float) -> None:
    """Under five nothing, from thirty the raw rate, between them something between rate and prior."""
    met, n = counted
    value = filled_up(met, n, prior)

    if n < 5:
        assert value is None
        return
    assert value is not None
    low, high = sorted((met / n, prior if n < 30 else met / n))
    assert low - 1e-12 <= value <= high + 1e-12


def test_the_thirtieth_observation_makes_no_step() -> None:
    """At 29 one thirtieth comes from the prior, at 30 none does."""
    assert filled_up(29, 29, 0.0) == pytest.approx(29 / 30)
    assert filled_up(30, 30, 0.0) == 1.0
    assert filled_up(5, 5, 0.6) == pytest.approx(20 / 30)
