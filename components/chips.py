"""Small marks with a word: score, verdict, movement, priority and age. Shape and word say what the colour says."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from dash import html

from components import words
from components.attributes import data
from components.icons import IconName, icon, leads
from servicelevel.attainment import Proof
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.freshness import Freshness
from servicelevel.health import Band

STEADY_POINTS: Final = 1.0
"""Movements smaller than this are grey: they are within what a score does by itself."""

_BANDS: Final[Mapping[Band, tuple[str, IconName, str]]] = {
    "healthy": ("ok", "healthy", "Healthy"),
    "watch": ("watch", "watch", "Watch"),
    "at_risk": ("risk", "risk", "At risk"),
    "insufficient": ("none", "insufficient", "Not enough data"),
}
_PROOFS: Final[Mapping[Proof, tuple[str, IconName, str]]] = {
    "met": ("kept", "kept", "Kept"),
    "missed": ("missed", "missed", "Missed"),
    "not_proven": ("unproven", "unproven", "Not proven"),
    "no_data": ("few", "few", "Too few"),
}


def score_chip(score: float | None, band: Band, *, with_word: bool = True) -> html.Span:
    """A score with its band: `● 86.0 Healthy`, or `○ — Not enough data`."""
    tone, shape, word = _BANDS[band]
    text = f"{words.decimal(score)} {word}" if with_word else words.decimal(score)
    return html.Span(text, className=f"chip chip-{tone} {leads(shape)}", title=None if with_word else word)


def band_tone(band: Band) -> str:
    """The token of a band's colour: ok, watch, risk or none."""
    return _BANDS[band][0]


def band_icon(band: Band) -> html.Span:
    """A band's shape alone, in its colour, with its word for those who hear the page."""
    tone, shape, word = _BANDS[band]
    return html.Span([icon(shape), html.Span(word, className="visually-hidden")], className=f"tone-{tone}")


def verdict_word(proof: Proof, n: int, *, chip: bool = False) -> html.Span:
    """What became of a promise: Kept, Missed, Not proven; Too few under five decided, whatever the share."""
    kind, shape, word = _PROOFS["no_data" if n < MIN_SAMPLE else proof]
    return html.Span(word, className=f"verdict verdict-{kind} {leads(shape)}" + (" verdict-chip" if chip else ""))


def movement(
    delta: float | None, against: str, *, unit: str = "", up_is_good: bool = True, steady: float = STEADY_POINTS
) -> html.Span:
    """How far a number moved: `▾ 9.0 vs 27 Oct`. Grey under `steady`; the direction's colour knows what is good."""
    beside = f" vs {against}" if against else ""
    if delta is None:
        return html.Span([words.UNKNOWN, beside], className="movement movement-none")
    size = words.decimal(abs(delta))
    if size == "0.0":
        return html.Span([html.B(["= ", size, unit]), beside], className="movement movement-none")
    tone = "none" if abs(delta) < steady else "ok" if (delta > 0) == up_is_good else "risk"
    name: IconName = "up" if delta > 0 else "down"
    said = html.Span("up " if delta > 0 else "down ", className="visually-hidden")
    if not beside:
        return html.Span([said, size, unit], className=f"movement movement-{tone} movement-alone {leads(name)}")
    return html.Span([html.B([said, size, unit], className=leads(name)), beside], className=f"movement movement-{tone}")


def priority_chip(name: str | None, place: int | None = None) -> html.Span:
    """A priority; the most urgent one (place 0) is inverted ink, not red."""
    urgent = " prio-top" if place == 0 else ""
    return html.Span(name or words.UNKNOWN, className=f"prio{urgent}", title=f"Priority {name or 'not set'}")


def age_badge(freshness: Freshness, now: int, zone: ZoneInfo, *, ttl_ms: int, framed: bool = False) -> html.Span:
    """How old the numbers are: it ages and recolours in the browser, without a reload.

    `ttl_ms` is how long a reading counts as fresh; at twice that it looks stale. `framed` draws a border around it.
    """
    kind, shape, text = _age_words(freshness, now, zone)
    ageing: dict[str, Any] = {}
    if freshness.as_of is not None:
        ageing = data(as_of=str(freshness.as_of), now=str(now), stale_after_ms=str(2 * ttl_ms))
    return html.Span(
        [icon(shape), html.Span(text)],
        className=f"age age-{kind}" + (" age-framed" if framed else ""),
        title=freshness.reason,
        **ageing,
    )


def _age_words(freshness: Freshness, now: int, zone: ZoneInfo) -> tuple[str, IconName, list[html.Span | str]]:
    if freshness.as_of is None:
        if freshness.state != "failed":
            return "fresh", "clock", ["reading for the first time"]
        since = "" if freshness.since is None else f"since {words.instant(freshness.since, now, zone)}, "
        return "failed", "risk", [f"Failed · {since}no data"]
    lead = {"stale": "Stale · ", "partial": "Partial · "}.get(freshness.state, "")
    shape: IconName = "watch" if freshness.state == "partial" else "clock"
    age = html.Span(words.age(now - freshness.as_of), className="age-of")
    reading = ", reading now" if freshness.reading else ""
    as_of = f"as of {words.instant(freshness.as_of, now, zone)} · "
    return freshness.state, shape, [html.Span(lead, className="age-lead"), as_of, age, reading]
