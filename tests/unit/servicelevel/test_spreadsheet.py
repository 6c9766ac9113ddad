"""Cells that a spreadsheet opens: which of them could be formulas, and what is left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.spreadsheet import safe

SIGNS = "=+-@"
WIDE = "\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a\u207c"
UNSEEN = ("", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e", "\u2066", "  \u200b ")


@pytest.mark.parametrize("sign", [*SIGNS, *WIDE])
@pytest.mark.parametrize("before", UNSEEN)
def test_what_could_be_a_formula_is_text(before: str, sign: str) -> None:
    """In each width that a program may read as the plain one, and behind what nobody sees."""
    assert safe(f"{before}{sign}1+1") == f"'{before}{sign}1+1"


@pytest.mark.parametrize("control", ["\t", "\r", "\n", "\0", "\x0b", "\x0c", "\x1a", "\x1b", "\x7f", "\x85"])
def test_a_control_character_at_the_beginning_is_text(control: str) -> None:
    """Whatever comes after it: programs drop it, or begin another cell there."""
    assert safe(f"{control}=1") == f"'{control}=1"
    assert safe(f"{control}x") == f"'{control}x"


@pytest.mark.parametrize(
    "text",
    ["", "a=1", "1-1", "SD-1", "'=1", '"=1', "https://x", "über", " x", "💥", "(=1)", "#REF", "…", "a\r=1", "\u2212"],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    """A sign in the middle makes no formula."""
    assert safe(text) == text


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    """There is an apostrophe more, or nothing is changed; and no cell begins as a formula does."""
    cell = safe(text)

    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.startswith((*SIGNS, *WIDE, "\t", "\r", "\n", "\0"))
