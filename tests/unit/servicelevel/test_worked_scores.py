"""The worked examples of scores and of why they move, digit by digit at the precision they are printed in."""

import pytest

from servicelevel.attainment import Kept
from servicelevel.evidence import filled_up
from servicelevel.health import (
    DEFAULT_ANCHORS,
    Dimension,
    Health,
    attainment_anchors,
    backlog_dimension,
    capacity_dimension,
    health,
    rate_dimension,
    utility,
)
from servicelevel.movement import movement, rate_and_mix
from servicelevel.policy import DEFAULT_WEIGHTS, DIMENSIONS, DimensionName


def attained(name: DimensionName, rate: float, target: float) -> float | None:
    """Utility of an attainment of a thousand decided promises."""
    sla = "first_response" if name == "responsiveness" else "resolution"
    anchors = attainment_anchors(target, DEFAULT_ANCHORS[sla])
    return rate_dimension(name, round(rate * 1000), 1000, 0.5, target, anchors).utility


def measured(name: DimensionName, rate: float) -> float | None:
    """Utility of a net flow or reopen rate over a thousand tickets."""
    anchors = DEFAULT_ANCHORS["net_flow" if name == "flow" else "reopen_rate"]
    return rate_dimension(name, round(rate * 1000), 1000, 0.5, anchors.at_80, anchors).utility


def used(rate: float) -> float | None:
    """Utility of a team's utilisation."""
    return capacity_dimension(rate, 50, None, DEFAULT_ANCHORS["utilisation"]).utility


def present(name: DimensionName, points: float) -> Dimension:
    """A dimension with enough data and this utility."""
    return Dimension(name, "ratio", 100, 0.5, 0.5, None, 0.5, None, points)


def scored(**points: float) -> Health:
    """A score of these utilities under the default weights; the other dimensions are left out."""
    absent = [Dimension(name, "ratio", 0, None, None, None, None, None, None, "no_data") for name in DIMENSIONS]
    dimensions = [present(d.name, points[d.name]) if d.name in points else d for d in absent]
    return health(dimensions, DEFAULT_WEIGHTS)


def the_check() -> Health:
    """The score of the section on health: six dimensions from their measures."""
    first = attainment_anchors(0.95, DEFAULT_ANCHORS["first_response"])
    second = attainment_anchors(0.90, DEFAULT_ANCHORS["resolution"])
    net, again = DEFAULT_ANCHORS["net_flow"], DEFAULT_ANCHORS["reopen_rate"]
    return health(
        (
            rate_dimension("responsiveness", 193, 200, 0.5, 0.95, first),
            rate_dimension("resolution", 90, 100, 0.5, 0.90, second),
            backlog_dimension(7.25, None, 100, DEFAULT_ANCHORS),
            rate_dimension("flow", 97, 100, 1.0, 1.0, net),
            rate_dimension("quality", 6, 100, 0.5, 0.05, again),
            capacity_dimension(0.82, 90, None, DEFAULT_ANCHORS["utilisation"]),
        ),
        DEFAULT_WEIGHTS,
    )


@pytest.mark.parametrize(
    ("met", "n", "rate"), [(8, 10, 0.8667), (25, 29, 0.8633), (27, 30, 0.9), (4, 4, None)], ids=["8", "25", "27", "4"]
)
def test_9_few_data_are_filled_up(met: int, n: int, rate: float | None) -> None:
    """Up to thirty with the expected rate, from thirty on the raw one, under five none."""
    value = filled_up(met, n, 0.9)

    assert (None if value is None else round(value, 4)) == rate


def test_9_under_five_drops_the_dimension() -> None:
    """Four of four say nothing, and the dimension says why it is not there."""
    dropped = rate_dimension("resolution", 4, 4, 0.9, 0.9, attainment_anchors(0.9, DEFAULT_ANCHORS["resolution"]))

    assert (dropped.utility, dropped.reason) == (None, "few")


@pytest.mark.parametrize(
    ("name", "target", "rate", "points"),
    [
        ("responsiveness", 0.95, 0.965, 87.5),
        ("responsiveness", 0.95, 0.785, 27.2),
        ("responsiveness", 0.95, 0.70, 0.0),
        ("responsiveness", 0.97, 0.985, 90.0),
        ("responsiveness", 0.97, 1.0, 100.0),
        ("responsiveness", 1.0, 0.99, 76.8),
        ("responsiveness", 1.0, 1.0, 100.0),
        ("resolution", 0.90, 0.75, 40.0),
    ],
)
def test_10_utility_of_an_attainment(name: DimensionName, target: float, rate: float, points: float) -> None:
    """Points below and above the target, never past 100 %."""
    assert attained(name, rate, target) == pytest.approx(points, abs=1e-9)


@pytest.mark.parametrize(
    ("measured_points", "points"),
    [
        (utility(9.774, DEFAULT_ANCHORS["backlog_days"]), 54.5387),
        (utility(12.5, DEFAULT_ANCHORS["backlog_days"]), 40),
        (utility(1, DEFAULT_ANCHORS["backlog_days"]), 100),
        (utility(0.50, DEFAULT_ANCHORS["ageing_share"]), 40),
        (measured("flow", 0.97), 68),
        (measured("flow", 1.05), 90),
        (measured("quality", 0.06), 72),
        (measured("quality", 0.035), 90),
        (used(0.82), 57.6),
        (used(0.70), 90),
        (used(0.525), 80),
        (used(0.20), 60),
        (used(1.05), 0),
    ],
    ids=[
        *("9.774 days", "12.5 days", "1 day", "share .50", "flow .97", "flow 1.05", "reopen .06", "reopen .035"),
        *("used .82", "used .70", "used .525", "used .20", "used 1.05"),
    ],
)
def test_11_utility_of_the_other_measures(measured_points: float | None, points: float) -> None:
    """Backlog, ageing, flow, reopens and utilisation, to four decimals."""
    assert measured_points is not None
    assert round(measured_points, 4) == points


def test_the_check_before_rounding() -> None:
    """Every utility, every exact contribution and the exact score of the section on health."""
    checked = the_check()

    utilities = [round(d.utility, 6) for d in checked.dimensions if d.utility is not None]
    parts = [checked.share(d.name) * (d.utility or 0) for d in checked.dimensions]
    assert utilities == [87.5, 80, 68, 68, 72, 57.6]
    assert [round(part, 6) for part in parts] == [21.875, 20, 13.6, 6.8, 7.2, 5.76]
    assert checked.exact is not None
    assert round(checked.exact, 6) == 75.235


def test_13_shown_parts() -> None:
    """The parts as shown add up to the score as shown, which is watched."""
    checked = the_check()

    assert list(checked.contributions.values()) == [21.9, 20.0, 13.6, 6.8, 7.2, 5.7]
    assert (checked.score, checked.band, checked.coverage) == (75.2, "watch", 1.0)


def test_14_coverage_carries_a_score() -> None:
    """Three dimensions with 70 of 100 points of weight are enough."""
    three = scored(responsiveness=80, resolution=60, backlog=40)

    assert three.exact is not None
    assert (round(three.exact, 4), three.score, three.coverage) == (61.4286, 61.4, 0.7)


def test_14_too_little_coverage_has_no_score() -> None:
    """Backlog and capacity alone carry 30 of 100 points of weight."""
    two = scored(backlog=90, capacity=90)

    assert (two.score, two.coverage, two.band) == (None, 0.3, "insufficient")


def test_15_why_it_moved() -> None:
    """A dimension that came is one row of coverage, and the rows add up exactly and as shown."""
    then = scored(responsiveness=80, resolution=60, backlog=40)
    now = scored(responsiveness=84, resolution=60, backlog=50, flow=100)

    rows = movement(then, now, {}, {})

    assert rows is not None
    assert [(row.name, round(row.delta, 4), row.shown) for row in rows] == [
        ("responsiveness", 1.3393, 1.3),
        ("resolution", 0.0, 0.0),
        ("backlog", 2.6786, 2.7),
        ("coverage", 4.5536, 4.6),
    ]
    assert round(sum(row.delta for row in rows), 4) == 8.5714
    assert round(sum(row.shown for row in rows), 1) == 8.6
    assert rows[-1].came == ("flow",)


def test_16_rate_and_mix() -> None:
    """Both priorities did nearly as well, but more of the work was hard."""
    effects = rate_and_mix({"P1": Kept(8, 10), "P3": Kept(86, 90)}, {"P1": Kept(24, 30), "P3": Kept(67, 70)})

    assert effects is not None
    assert (round(effects.rate, 4), round(effects.mix, 4)) == (0.0013, -0.0313)
    assert round(effects.rate + effects.mix, 4) == -0.03


def test_16_a_priority_that_came_is_all_mix() -> None:
    """A priority without cycles before takes its own rate of today."""
    effects = rate_and_mix({"P3": Kept(9, 10)}, {"P3": Kept(9, 10), "P1": Kept(5, 10)})

    assert effects is not None
    assert (round(effects.rate, 4), round(effects.mix, 4)) == (0.0, -0.2)
