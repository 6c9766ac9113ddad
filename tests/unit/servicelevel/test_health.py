import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.health import (
    DEFAULT_ANCHORS,
    Dimension,
    Reason,
    attainment_anchors,
    backlog_dimension,
    band,
    capacity_dimension,
    health,
    in_order,
    rate_dimension,
    utilisation_utility,
    utility,
)
from servicelevel.policy import DEFAULT_WEIGHTS, DIMENSIONS, Anchors, DimensionName
from servicelevel.rounding import half_up
from tests.unit.servicelevel.bounded import examples

points = st.one_of(st.none(), st.floats(0, 100), st.integers(0, 100).map(float))
weighing = st.one_of(st.integers(0, 100).map(float), st.floats(0.01, 100))


def dimension(name: DimensionName, of: float | None) -> Dimension:
    """A dimension with this utility, or left out."""
    return Dimension(name, "ratio", 50, 0.5, 0.5, None, 0.5, None, of, None if of is not None else "few")


@examples(400)
@given(st.tuples(*[points] * 6), st.tuples(*[weighing] * 6))
def test_contributions_add_up_to_the_shown_score(
    utilities: tuple[float | None, ...], weights: tuple[float, ...]
) -> None:
    """In whole tenths the contributions are the score; without enough weight there is neither."""
    named = dict(zip(DIMENSIONS, weights, strict=True))
    weighed = health([dimension(n, u) for n, u in zip(DIMENSIONS, utilities, strict=True)], named)

    there = {n: u for n, u in zip(DIMENSIONS, utilities, strict=True) if u is not None and named[n]}
    held = sum(named[n] for n in there)
    if not held or held / sum(weights) < 0.6:
        assert (weighed.score, weighed.exact, weighed.contributions) == (None, None, {})
        assert weighed.band == "insufficient"
        return
    assert weighed.exact == pytest.approx(sum(named[n] * u for n, u in there.items()) / held)
    assert weighed.score == half_up(weighed.exact or 0)
    assert sum(round(part * 10) for part in weighed.contributions.values()) == round((weighed.score or 0) * 10)
    assert set(weighed.contributions) == set(there)
    assert sum(weighed.share(n) for n in DIMENSIONS) == pytest.approx(1)


def test_no_weight_at_all_has_no_score() -> None:
    """A sum of weights of nothing is insufficient, not a division by zero."""
    nothing = health([dimension(n, 90.0) for n in DIMENSIONS], dict.fromkeys(DIMENSIONS, 0.0))

    assert (nothing.score, nothing.coverage, nothing.share("flow")) == (None, 0.0, 0.0)


def test_exactly_sixty_percent_of_the_weight_is_enough() -> None:
    """The border of coverage belongs to the scored side."""
    there = ("responsiveness", "resolution", "flow")
    enough = health([dimension(n, 70.0 if n in there else None) for n in DIMENSIONS], DEFAULT_WEIGHTS)
    short = health([dimension(n, 70.0 if n in there else None) for n in DIMENSIONS], {**DEFAULT_WEIGHTS, "flow": 9})

    assert (enough.coverage, enough.score) == (0.6, 70.0)
    assert short.score is None


def test_a_dimension_without_weight_is_no_part_of_the_score() -> None:
    """It neither contributes nor has a share nor counts as one that came or went."""
    weighed = health([dimension(n, 50.0) for n in DIMENSIONS], {**DEFAULT_WEIGHTS, "capacity": 0})

    assert "capacity" not in weighed.contributions
    assert (weighed.share("capacity"), weighed.utility("capacity")) == (0.0, None)


@pytest.mark.parametrize(
    ("score", "word"),
    [(80.0, "healthy"), (79.9, "watch"), (60.0, "watch"), (59.9, "at_risk"), (None, "insufficient")],
)
def test_bands_go_by_the_shown_score(score: float | None, word: str) -> None:
    """80 and 60 belong to the better band."""
    assert band(score) == word


def test_a_score_shown_as_eighty_is_healthy() -> None:
    """79.95 is shown as 80.0, and what is shown decides."""
    weighed = health([dimension(n, 79.95) for n in DIMENSIONS], DEFAULT_WEIGHTS)

    assert (weighed.score, weighed.band) == (80.0, "healthy")


@examples(200)
@given(st.floats(-1, 30), st.sampled_from(sorted(DEFAULT_ANCHORS)))
def test_utility_stays_in_range_and_never_falls_toward_the_good(value: float, measure: str) -> None:
    """A step toward the better anchor never costs points."""
    anchors = DEFAULT_ANCHORS[measure]
    better = 1e-3 if anchors.at_100 > anchors.at_0 else -1e-3

    assert 0 <= utility(value, anchors) <= 100
    assert utility(value + better, anchors) >= utility(value, anchors)


@pytest.mark.parametrize("measure", sorted(DEFAULT_ANCHORS))
def test_utility_passes_through_its_anchors(measure: str) -> None:
    """Nothing, on target and full marks are where the table says."""
    anchors = DEFAULT_ANCHORS[measure]
    at = [utility(x, anchors) for x in (anchors.at_0, anchors.at_80, anchors.at_100)]

    assert at == pytest.approx([0, 80, 100], abs=1e-9)


def test_under_use_costs_down_to_sixty() -> None:
    """The best utilisation has full marks; 25 points below and less have 60."""
    anchors = DEFAULT_ANCHORS["utilisation"]

    values = [round(utilisation_utility(x, anchors), 9) for x in (0.65, 0.6499, 0.40, 0.39, 0.0)]

    assert values == [100.0, 99.984, 60.0, 60.0, 60.0]


def test_a_target_of_all_has_full_marks_at_all_only() -> None:
    """80 just below it and 100 at it."""
    anchors = attainment_anchors(1.0, DEFAULT_ANCHORS["first_response"])

    assert utility(1.0, anchors) == 100
    assert utility(1 - 1e-9, anchors) == pytest.approx(80, abs=1e-5)


def test_an_attainment_on_target_is_eighty_in_spite_of_binary() -> None:
    """A rate equal to its target in decimals earns exactly 80."""
    for percent in range(50, 100):
        target = percent / 100
        anchors = attainment_anchors(target, DEFAULT_ANCHORS["resolution"])

        assert rate_dimension("resolution", percent, 100, 0.5, target, anchors).utility == pytest.approx(80, abs=1e-9)


@pytest.mark.parametrize(
    ("hits", "n", "covered", "reason", "prior"),
    [
        (0, 0, True, "no_data", None),
        (4, 4, True, "few", None),
        (5, 5, True, None, 0.9),
        (29, 29, True, None, 0.9),
        (30, 30, True, None, None),
        (30, 30, False, "not_covered", None),
    ],
)
def test_why_a_rate_is_left_out_or_filled_up(
    hits: int, n: int, covered: bool, reason: Reason | None, prior: float | None
) -> None:
    """Reason and prior say what was done, and the raw rate stays beside the filled one."""
    anchors = DEFAULT_ANCHORS["net_flow"]
    found = rate_dimension("flow", hits, n, 0.9, 1.0, anchors, covered=covered)

    assert (found.reason, found.prior, found.low_sample) == (reason, prior, prior is not None)
    assert found.raw == (hits / n if n and covered else None)
    assert (found.utility is None) == (reason is not None)


def test_backlog_is_the_mean_of_its_two_parts() -> None:
    """Days and ageing share count alike; without a share days alone; open work without any pace is worth nothing."""
    both = backlog_dimension(5.0, 0.10, 10, DEFAULT_ANCHORS)
    alone = backlog_dimension(5.0, None, 10, DEFAULT_ANCHORS)
    stuck = backlog_dimension(None, 0.20, 10, DEFAULT_ANCHORS)

    assert [d.utility for d in (both, alone, stuck)] == pytest.approx([90.0, 80.0, 40.0])
    assert [part.utility for part in alone.parts] == [80.0, None]
    assert backlog_dimension(5.0, 0.1, 4, DEFAULT_ANCHORS).reason == "few"


def test_capacity_says_why_it_is_missing() -> None:
    """Without utilisation the reason given is the dimension's; with it there is a utility however few tickets."""
    missing = capacity_dimension(None, 50, "no_team", DEFAULT_ANCHORS["utilisation"])
    there = capacity_dimension(0.75, 1, None, DEFAULT_ANCHORS["utilisation"])

    assert (missing.utility, missing.reason) == (None, "no_team")
    assert there.utility == pytest.approx(80)


def test_own_anchors_turn_a_measure_round() -> None:
    """Whichever end is the good one, the utility runs from 0 to 100."""
    assert utility(3, Anchors(0, 8, 10)) == 30
    assert utility(7, Anchors(10, 2, 0)) == 30


def test_dimensions_are_put_in_the_order_of_the_table() -> None:
    """Ties are decided by the table's order."""
    mixed = [dimension(name, 1.0) for name in reversed(DIMENSIONS)]

    assert tuple(d.name for d in in_order(mixed)) == DIMENSIONS
