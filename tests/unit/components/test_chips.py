"""Small marks: what they say, and that colour is never alone."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from components.chips import age_badge, movement, priority_chip, score_chip, verdict_word
from components.words import SPACE
from servicelevel.attainment import Proof
from servicelevel.freshness import Freshness
from servicelevel.health import Band
from servicelevel.instants import MINUTE_MS
from tests.factories import ms

UTC = ZoneInfo("UTC")
NOW = ms("2026-11-24T09:41:00+00:00")
TTL_MS = 5 * MINUTE_MS


def _text(tree: Any) -> str:
    if isinstance(tree, list | tuple):
        return "".join(_text(item) for item in tree)
    said = _text(getattr(tree, "children", None)) if isinstance(tree, Component) else str(tree or "")
    return said.replace(SPACE, " ")


@pytest.mark.parametrize(
    ("score", "band", "said", "tone", "shape"),
    [
        (86.0, "healthy", "86.0 Healthy", "ok", "i-healthy"),
        (71.0, "watch", "71.0 Watch", "watch", "i-watch"),
        (48.0, "at_risk", "48.0 At risk", "risk", "i-risk"),
        (None, "insufficient", "— Not enough data", "none", "i-insufficient"),
    ],
)
def test_a_score_has_a_number_a_shape_and_a_word(
    score: float | None, band: Band, said: str, tone: str, shape: str
) -> None:
    """So that it is understood without its colour."""
    chip = score_chip(score, band)

    assert _text(chip) == said
    assert {f"chip-{tone}", shape} <= set(vars(chip)["className"].split())


@pytest.mark.parametrize(
    ("proof", "n", "said"),
    [
        ("met", 40, "Kept"),
        ("missed", 5, "Missed"),
        ("not_proven", 40, "Not proven"),
        ("met", 4, "Too few"),
        ("missed", 4, "Too few"),
        ("no_data", 0, "Too few"),
    ],
)
def test_under_five_decided_there_is_no_verdict(proof: Proof, n: int, said: str) -> None:
    """Whatever the share would say."""
    assert _text(verdict_word(proof, n)) == said


@pytest.mark.parametrize(
    ("delta", "up_is_good", "said", "kind"),
    [
        (-9.0, True, "down 9.0 vs 27 Oct", "risk"),
        (1.1, True, "up 1.1 vs 27 Oct", "ok"),
        (1.1, False, "up 1.1 vs 27 Oct", "risk"),
        (0.7, True, "up 0.7 vs 27 Oct", "none"),
        (0.04, True, "= 0.0 vs 27 Oct", "none"),
        (None, True, "— vs 27 Oct", "none"),
    ],
)
def test_a_movement_knows_which_way_is_good(delta: float | None, up_is_good: bool, said: str, kind: str) -> None:
    """And is grey while it is small, or not known."""
    mark = movement(delta, "27 Oct", up_is_good=up_is_good)

    assert _text(mark) == said
    assert vars(mark)["className"] == f"movement movement-{kind}"


def test_the_most_urgent_priority_is_inverted() -> None:
    """The others are outlined, and one that is not set is a dash."""
    assert vars(priority_chip("Highest", 0))["className"] == "prio prio-top"
    assert vars(priority_chip("High", 1))["className"] == "prio"
    assert _text(priority_chip(None)) == "—"


@pytest.mark.parametrize(
    ("freshness", "said", "kind"),
    [
        (Freshness("fresh", NOW - 3 * MINUTE_MS), "as of 09:38 · 3 min", "fresh"),
        (Freshness("fresh", NOW - 8 * MINUTE_MS, reading=True), "as of 09:33 · 8 min, reading now", "fresh"),
        (Freshness("stale", NOW - 43 * MINUTE_MS), "Stale · as of 08:58 · 43 min", "stale"),
        (Freshness("partial", NOW - 3 * MINUTE_MS), "Partial · as of 09:38 · 3 min", "partial"),
        (Freshness("failed", None, since=NOW - 70 * MINUTE_MS), "Failed · since 08:31, no data", "failed"),
        (Freshness("stale", None), "reading for the first time", "fresh"),
    ],
)
def test_an_age_says_its_state(freshness: Freshness, said: str, kind: str) -> None:
    """In words first; the browser counts on from what the badge carries."""
    badge = age_badge(freshness, NOW, UTC, ttl_ms=TTL_MS)

    assert _text(badge) == said
    assert vars(badge)["className"] == f"age age-{kind}"
    carried = vars(badge)
    assert carried.get("data-as-of") == (None if freshness.as_of is None else str(freshness.as_of))
    assert freshness.as_of is None or carried["data-stale-after-ms"] == "600000"
