from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.attainment import Kept
from servicelevel.health import DEFAULT_ANCHORS, Dimension, Health, attainment_anchors, health, rate_dimension
from servicelevel.movement import movement, rate_and_mix
from servicelevel.policy import DEFAULT_WEIGHTS, DIMENSIONS, DimensionName
from tests.unit.servicelevel.bounded import examples

Counts = Mapping[str, Kept]

points = st.one_of(st.floats(0, 100), st.integers(0, 100).map(float), st.none())
counts = st.dictionaries(
    st.sampled_from(("1", "2", "3", "")),
    st.integers(1, 60).flatmap(lambda n: st.integers(0, n).map(lambda met: Kept(met, n))),
    min_size=1,
)


def scored(utilities: Mapping[DimensionName, float | None], weights: Mapping[DimensionName, float]) -> Health:
    """A score of these utilities."""
    return health([Dimension(n, "ratio", 50, u, u, None, 0.5, None, u, None) for n, u in utilities.items()], weights)


def pooled(counted: Counts) -> Kept:
    """All priorities together."""
    return sum(counted.values(), Kept(0, 0))


def promised(counted: Counts, prior: float) -> Health:
    """A score of one attainment filled up with a prior, the other five standing still."""
    kept, anchors = pooled(counted), attainment_anchors(0.9, DEFAULT_ANCHORS["resolution"])
    one = rate_dimension("resolution", kept.met, kept.n, prior, 0.9, anchors)
    others = [Dimension(n, "ratio", 50, 0.5, 0.5, None, 0.5, None, 70.0) for n in DIMENSIONS if n != "resolution"]
    return health([one, *others], DEFAULT_WEIGHTS)


@examples(300)
@given(
    st.tuples(*[points] * 6),
    st.tuples(*[points] * 6),
    st.one_of(st.just(tuple(DEFAULT_WEIGHTS.values())), st.tuples(*[st.floats(0.5, 50)] * 6)),
)
def test_rows_add_up_to_the_difference_of_the_shown_scores(
    before: tuple[float | None, ...], after: tuple[float | None, ...], weights: tuple[float, ...]
) -> None:
    """Exact rows are the exact difference, and in whole tenths shown rows are the shown one."""
    named = dict(zip(DIMENSIONS, weights, strict=True))
    then = scored(dict(zip(DIMENSIONS, before, strict=True)), named)
    now = scored(dict(zip(DIMENSIONS, after, strict=True)), named)
    rows = movement(then, now, {}, {})

    if then.score is None or now.score is None or then.exact is None or now.exact is None:
        assert rows is None
        return
    assert rows is not None
    assert sum(row.delta for row in rows) == pytest.approx(now.exact - then.exact, abs=1e-9)
    assert sum(round(row.shown * 10) for row in rows) == round(now.score * 10) - round(then.score * 10)


@examples(300)
@given(counts, counts)
def test_rate_and_mix_add_up_to_the_change_of_the_rate(before: Counts, after: Counts) -> None:
    """Whatever priorities came and went, the two effects are the whole change."""
    effects = rate_and_mix(before, after)
    then, now = pooled(before).rate, pooled(after).rate

    assert effects is not None
    assert then is not None
    assert now is not None
    assert effects.rate + effects.mix == pytest.approx(now - then, abs=1e-12)


@examples(300)
@given(counts, counts, st.floats(0.3, 1), st.floats(0.3, 1))
def test_effects_of_an_attainment_add_up_to_its_row(
    before: Counts, after: Counts, prior_then: float, prior_now: float
) -> None:
    """Rate, mix and filling up are the row, in whole tenths; nothing of them when the input stood still."""
    then, now = promised(before, prior_then), promised(after, prior_now)
    rows = movement(then, now, {"resolution": before}, {"resolution": after})

    assert rows is not None
    by_name = {row.name: row for row in rows}
    if "resolution" not in by_name:
        assert "coverage" in by_name or pooled(before).n < 5
        return
    row = by_name["resolution"]
    assert row.rate_effect is not None
    assert row.mix_effect is not None
    assert row.prior_effect is not None
    assert row.raw == rate_and_mix(before, after)
    effects = (row.rate_effect, row.mix_effect, row.prior_effect)
    assert sum(round(effect * 10) for effect in effects) == round(row.shown * 10)


def test_what_came_and_went_is_one_row() -> None:
    """A dimension that came and one that went are named, and their row closes the sum."""
    same: dict[DimensionName, float | None] = {"responsiveness": 80.0, "resolution": 60.0, "backlog": 70.0}
    then = scored({**same, "flow": 90.0, "quality": None, "capacity": None}, DEFAULT_WEIGHTS)
    now = scored({**same, "flow": None, "quality": 50.0, "capacity": None}, DEFAULT_WEIGHTS)

    rows = movement(then, now, {}, {})

    assert rows is not None
    assert (rows[-1].name, rows[-1].came, rows[-1].gone) == ("coverage", ("quality",), ("flow",))
    assert [row.delta for row in rows[:-1]] == [0, 0, 0]


def test_a_priority_that_did_better_is_rate_and_more_of_it_is_mix() -> None:
    """Without a change of shares all is rate; without a change of rates all is mix."""
    better = rate_and_mix({"1": Kept(5, 10), "3": Kept(9, 10)}, {"1": Kept(8, 10), "3": Kept(9, 10)})
    harder = rate_and_mix({"1": Kept(5, 10), "3": Kept(90, 100)}, {"1": Kept(50, 100), "3": Kept(9, 10)})

    assert better is not None
    assert harder is not None
    assert [better.rate, better.mix] == pytest.approx([0.15, 0])
    assert harder.rate == pytest.approx(0)
    assert harder.mix < 0


def test_only_the_filling_up_moved() -> None:
    """The same counts under another prior move the score by the prior alone."""
    counted = {"1": Kept(8, 10)}

    rows = movement(promised(counted, 0.7), promised(counted, 0.9), {"resolution": counted}, {"resolution": counted})

    assert rows is not None
    row = next(row for row in rows if row.name == "resolution")
    assert (row.rate_effect, row.mix_effect) == (0.0, 0.0)
    assert row.prior_effect == row.shown > 0


def test_nothing_decided_on_a_side_has_no_effects() -> None:
    """Where there was no rate, none can have changed."""
    assert rate_and_mix({}, {"1": Kept(1, 2)}) is None
    assert rate_and_mix({"1": Kept(1, 2)}, {"1": Kept(0, 0)}) is None


def test_no_score_on_a_side_has_no_movement() -> None:
    """A score that is not there did not move."""
    full = scored(dict.fromkeys(DIMENSIONS, 50.0), DEFAULT_WEIGHTS)
    empty = scored(dict.fromkeys(DIMENSIONS, None), DEFAULT_WEIGHTS)

    assert movement(full, empty, {}, {}) is None
    assert movement(empty, full, {}, {}) is None
