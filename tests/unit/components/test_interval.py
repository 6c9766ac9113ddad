"""The interval mark: where its parts lie, and what it says to those who do not see it."""

from typing import Any

import pytest

from components.interval import interval_mark, outcome
from servicelevel.attainment import Kept
from tests.unit.components.drawn import hrefs


def _style(kept: Kept, target: float = 0.9, low: float = 0.5) -> dict[str, str]:
    mark: Any = interval_mark(kept, target, low)
    return dict(mark.style)


def test_share_interval_and_target_lie_on_one_axis() -> None:
    """On an axis from 50 to 100 %, 90 % lies at 80 % of the way, and the interval around the share."""
    style = _style(Kept(80, 100))

    assert style["--target"] == "80.00%"
    assert style["--at"] == "60.00%"
    assert float(style["--from"][:-1]) < 60 < float(style["--to"][:-1])


def test_what_lies_left_of_the_axis_is_drawn_at_its_end_and_marked() -> None:
    """A share under the axis does not leave the mark, and the mark says that it goes on."""
    mark: Any = interval_mark(Kept(20, 100), 0.9, 0.5)

    assert mark.style["--from"] == mark.style["--at"] == "0.00%"
    assert "interval-cut" in mark.className


@pytest.mark.parametrize(
    ("kept", "word"),
    [(Kept(990, 1000), "kept"), (Kept(50, 100), "missed"), (Kept(9, 10), "unproven"), (Kept(4, 4), "few")],
)
def test_the_outcome_is_what_the_interval_proves(kept: Kept, word: str) -> None:
    """The mark's colour follows the verdict, and four decided prove nothing."""
    mark: Any = interval_mark(kept, 0.9, 0.5)

    assert outcome(kept, 0.9) == word
    assert f"interval-{word}" in mark.className.split()


def test_under_five_decided_nothing_is_drawn_but_the_rail() -> None:
    """No dot and no interval, and the counts in words."""
    mark: Any = interval_mark(Kept(2, 3), 0.9, 0.5)

    assert set(mark.style) == {"--target"}
    assert mark.title == "2 of 3 kept, too few to judge"


def test_a_mark_with_an_address_is_a_link_that_says_the_same() -> None:
    """The words are the link's name, so that a reader who hears the page knows where it leads."""
    plain: Any = interval_mark(Kept(80, 100), 0.9, 0.5)
    linked: Any = interval_mark(Kept(80, 100), 0.9, 0.5, href="/queue/desk")

    assert hrefs(linked) == ["/queue/desk"]
    assert linked.title == plain.title == "80.0 % of 100 kept, 95 % interval 71.1–86.7 %, target 90 %: missed"
