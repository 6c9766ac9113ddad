"""What stands where a number would: each state says why, and never shows a figure that is none."""

import re
from typing import Any

import pytest
from dash.development.base_component import Component

from components import states
from tests.unit.components.drawn import having, parts


def _text(shown: Any) -> str:
    """All words, those of different parts apart."""
    if isinstance(shown, list | tuple):
        return " ".join(filter(None, map(_text, shown)))
    said = _text(getattr(shown, "children", None)) if isinstance(shown, Component) else str(shown or "")
    return re.sub(r"\s+", " ", said)


def _props(shown: Component, name: str) -> list[Any]:
    return [vars(part)[name] for part in parts(shown) if name in vars(part)]


@pytest.mark.parametrize(
    ("phase", "lead", "now"),
    [
        ("waiting", "Waiting for its turn to be read", []),
        ("ids", "Reading: ticket list , step 1 of 3", ["Ticket list"]),
        (
            "tickets",
            "Reading: tickets, their changes and comments , step 2 of 3",
            ["Tickets, their changes and comments"],
        ),
        ("hours", "Reading: hours from tempo , step 3 of 3", ["Hours from Tempo"]),
        ("done", "Reading: hours from tempo , step 3 of 3", ["Hours from Tempo"]),
    ],
)
def test_a_first_read_names_its_step(phase: str, lead: str, now: list[str]) -> None:
    """And marks it in the list of steps."""
    block = states.first_read(phase, 0, None, 1_000)

    assert _text(block).startswith(lead)
    assert [_text(item) for item in having(block, "progress-now")] == now


def test_a_first_read_says_how_much_is_done_and_how_long_it_may_take() -> None:
    """From the share that is done and the time it took."""
    block = states.first_read("tickets", 1_450, 2_500, 17_000)

    assert "1,450 of about 2,500" in _text(block)
    assert "17 s · about 12 s left" in _text(block)
    assert {"width": "58%"} in _props(block, "style")


def test_a_first_read_does_not_guess_what_it_cannot_know() -> None:
    """No total, no rest."""
    said = _text(states.first_read("ids", 0, None, 3_000))

    assert "about" not in said
    assert "3 s" in said


def test_more_than_expected_is_still_not_more_than_all() -> None:
    """The bar ends at its end."""
    assert {"width": "100%"} in _props(states.first_read("tickets", 30, 20, 1_000), "style")


def test_a_failure_gives_facts_and_no_number() -> None:
    """Cause, since when, and what is done about it."""
    block = states.failed("Jira refused the login", "The token expired. Since 08:31, 7 tries.", [("Next try", "09:46")])

    assert _text(block) == "Jira refused the login The token expired. Since 08:31, 7 tries. Next try 09:46"


def test_an_empty_panel_offers_a_way_out() -> None:
    """Or none, where there is none."""
    with_way = states.empty("Nothing decided in these 7 days", "11 clocks are running.", "Show 30 days", "/?period=30")

    assert "Show 30 days" in _text(with_way)
    assert "/?period=30" in _props(with_way, "href")
    assert _props(states.empty("Nothing", "No clocks."), "href") == []


def test_old_and_partial_numbers_say_what_is_missing() -> None:
    """In one line under them."""
    assert _text(states.stale(43 * 60_000, "08:58", "Jira asked to wait until 09:52.")) == (
        "43 min old (08:58). Jira asked to wait until 09:52."
    )
    assert _text(states.partial("2 of 26 pages missing", "(about 200 tickets).")).startswith("2 of 26 pages missing")


def test_too_few_says_how_many_would_be_enough() -> None:
    """Beside how many there are, and where there may be more."""
    assert _props(states.insufficient(3, 5, "Show 90 days", "/?period=90"), "href") == ["/?period=90"]
    assert _text(states.insufficient(3, 5)) == "A rate needs 5 decided clocks, this window has 3."
