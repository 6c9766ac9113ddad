"""A band in a chip without its score, for places where the score stands beside it in large figures."""

from collections.abc import Mapping
from typing import Final

from dash import html
from dash.development.base_component import Component

from components.chips import band_tone
from components.icons import IconName, leads
from servicelevel.health import Band

BAND_WORDS: Final[Mapping[Band, tuple[IconName, str]]] = {
    "healthy": ("healthy", "Healthy"),
    "watch": ("watch", "Watch"),
    "at_risk": ("risk", "At risk"),
    "insufficient": ("insufficient", "Not enough data"),
}


def band_chip(band: Band, *, framed: bool = True) -> Component:
    """A band's shape and word; without its frame where the size of the figure is frame enough."""
    shape, word = BAND_WORDS[band]
    tone = band_tone(band)
    look = f"chip chip-{tone}" if framed else f"band-word tone-{tone}"
    return html.Span(word, className=f"{look} {leads(shape)}")
