"""Colours: the two tables agree, read well, and charts find their way from one to the other."""

import re
from itertools import product

import pytest

from components import theme

TEXT, MARK = 4.5, 3.0
TINTED = {"ok": "ok-t", "watch": "watch-t", "risk": "risk-t", "accent": "accent-t", "ink-2": "none-t"}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_words_can_be_read_on_what_they_stand_on(tokens: dict[str, str]) -> None:
    """On panels and on the page at 4.5 to 1, state words on their own tint, and solid states under their text."""
    inks = ["ink", "ink-2", "ink-3", "accent", "ok", "watch", "risk", *(f"s{n}" for n in range(1, 9))]
    for ink in inks:
        assert _contrast(tokens[ink], tokens["panel"]) >= TEXT, ink
    for ink, paper in product(["ink", "ink-2", "accent"], ["paper"]):
        assert _contrast(tokens[ink], tokens[paper]) >= TEXT, ink
    for ink, tint in TINTED.items():
        assert _contrast(tokens[ink], tokens[tint]) >= TEXT, ink
    for solid in ("ok", "watch", "risk", "accent"):
        assert _contrast(tokens["on"], tokens[solid]) >= TEXT, solid


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_marks_stand_out_from_the_panel(tokens: dict[str, str]) -> None:
    """At 3 to 1."""
    for mark in ("bar", "none"):
        assert _contrast(tokens[mark], tokens["panel"]) >= MARK, mark


def test_both_themes_have_the_same_tokens() -> None:
    """In one notation, which the change of theme relies on."""
    assert list(theme.LIGHT) == list(theme.DARK)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in (*theme.LIGHT.values(), *theme.DARK.values()))


def test_a_chart_colour_means_one_token_only() -> None:
    """Tokens that look the same in light and differ in dark are written apart."""
    dark = theme.light_to_dark()

    assert all(dark[theme.colour(token)] == theme.DARK[token] for token in theme.LIGHT)


def test_the_style_sheet_has_every_token_of_both_themes() -> None:
    """Light for everyone, dark where it is chosen."""
    light, dark = theme.stylesheet().splitlines()

    assert light.startswith(":root{")
    assert dark.startswith("[data-bs-theme=dark]{")
    assert all(f"--{token}:{value};" in light for token, value in theme.LIGHT.items())
    assert all(f"--{token}:{value};" in dark for token, value in theme.DARK.items())


def test_a_queue_has_its_colour_by_its_place() -> None:
    """The ninth begins anew."""
    assert [theme.series(place) for place in range(8)] == [theme.LIGHT[f"s{n}"] for n in range(1, 9)]
    assert theme.series(8) == theme.series(0)
    assert theme.series_token(8) == "var(--s1)"
