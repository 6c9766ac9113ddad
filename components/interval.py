"""The interval mark: a rate, how much it proves, and its target, as one line of a few pixels."""

from typing import Final, Literal, TypeAlias

from dash import dcc, html
from dash.development.base_component import Component

from servicelevel.attainment import Kept, Proof, proof
from servicelevel.evidence import MIN_SAMPLE

Outcome: TypeAlias = Literal["kept", "missed", "unproven", "few"]
OUTCOMES: Final[dict[Proof, Outcome]] = {"met": "kept", "missed": "missed", "not_proven": "unproven", "no_data": "few"}
PROOF_WORDS: Final[dict[Proof, str]] = {
    "met": "kept",
    "missed": "missed",
    "not_proven": "not proven",
    "no_data": "too few",
}


def interval_mark(kept: Kept, target: float, low: float, *, href: str | None = None) -> Component:
    """The mark of one promise on an axis from `low` to 100 %; `target` and `low` are ratios.

    Under five decided promises only a dashed rail is drawn, because a rate of four says nothing. What lies left of
    the axis is drawn at its end with a sign that it goes on. With `href` the mark is a link.
    """
    words = said(kept, target)
    look = f"interval interval-{outcome(kept, target)}{_cut(kept, low)}"
    places = _places(kept, target, low)
    if href is None:
        return html.Div(className=look, style=places, role="img", title=words)
    return dcc.Link(html.Div(className=look, style=places), href=href, className="mark", title=words)


def said(kept: Kept, target: float) -> str:
    """The mark in words, for a reader who does not see it."""
    interval = kept.interval
    if interval is None or kept.rate is None:
        return f"nothing decided, target {_percent(target)}"
    if kept.n < MIN_SAMPLE:
        return f"{kept.met} of {kept.n} kept, too few to judge"
    low, high = interval
    word = PROOF_WORDS[proof(kept, target)]
    proven = f"95 % interval {100 * low:.1f}–{100 * high:.1f} %, target {_percent(target)}: {word}"
    return f"{100 * kept.rate:.1f} % of {kept.n:,} kept, {proven}"


def _percent(target: float) -> str:
    return f"{100 * target:.4g} %"


def outcome(kept: Kept, target: float) -> Outcome:
    """What may be said of a promise: nothing under five decided, else what the interval proves."""
    return "few" if kept.n < MIN_SAMPLE else OUTCOMES[proof(kept, target)]


def _cut(kept: Kept, low: float) -> str:
    interval = kept.interval
    return " interval-cut" if kept.n >= MIN_SAMPLE and interval is not None and interval[0] < low else ""


def _places(kept: Kept, target: float, low: float) -> dict[str, str]:
    """Where the parts lie, in percent of the rail; the style sheet draws them."""

    def at(ratio: float) -> str:
        return f"{100 * min(max((ratio - low) / (1 - low), 0.0), 1.0):.2f}%"

    places = {"--target": at(target)}
    interval = kept.interval
    if interval is None or kept.rate is None or kept.n < MIN_SAMPLE:
        return places
    return {**places, "--from": at(interval[0]), "--to": at(interval[1]), "--at": at(kept.rate)}
