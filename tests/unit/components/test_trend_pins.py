"""Numbered pins on a trend: each is whole on the chart and covers no other of the same day."""

from datetime import date
from itertools import pairwise

import pytest

from components.figures.trend import Axis, Pin
from components.figures.trend_marks import pins

AXIS = Axis(75.0, 100.0, 5.0)
PIXELS = 148
DISC = 18 * (AXIS.top - AXIS.bottom) / PIXELS
DAY = date(2026, 11, 13)


@pytest.mark.parametrize("foot", [75.5, 84.0, 91.0, 96.0, 99.9])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_pins_of_one_day_stand_apart_and_inside(foot: float, count: int) -> None:
    """However high the line is and however many signals one day has."""
    numbered = [Pin(n, f"q{n}", DAY, "resolution", f"signal {n}", f"/queue/q{n}") for n in range(1, count + 1)]

    discs, stems = pins(numbered, lambda *_: foot, AXIS, PIXELS, 30)

    heights = sorted(discs[0]["y"])
    assert len(heights) == len(stems) == count
    assert AXIS.bottom + DISC / 2 <= heights[0] <= heights[-1] <= AXIS.top - DISC / 2
    assert all(upper - lower > 0.98 * DISC for lower, upper in pairwise(heights))


@pytest.mark.parametrize("foot", [84.0, 86.0, 87.0, 96.0])
def test_no_line_of_a_target_runs_through_a_number(foot: float) -> None:
    """A disc leaves the line of a target free by more than half its height, so that its number can be read."""
    discs, _ = pins(
        [Pin(3, "q", DAY, "resolution", "signal", "/queue/q")], lambda *_: foot, AXIS, PIXELS, 30, [90.0, 95.0]
    )

    assert all(abs(discs[0]["y"][0] - target) > 0.5 * DISC for target in (90.0, 95.0))
