"""All queues as one: the score, both promises pooled, the worst queue by name, and what is open and due."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.band_chip import band_chip
from components.chips import movement, verdict_word
from components.interval import interval_mark
from components.queue_card import PROMISES, TARGET_SCORE, Scales, rate_class, rate_words
from components.sparkline import Points, sparkline
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.rollup import Consolidated, PooledSla


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst queue: its name, its score's chip, how it moved, and where it is explained."""

    name: str
    chip: Component
    moved: float | None
    href: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A count with its word and the tickets behind it; `tone` is that of the colour, empty for ink."""

    n: int
    word: str
    href: str
    tone: str = ""


def consolidated_panel(
    total: Consolidated,
    *,
    change: float | None,
    against: str,
    scores: Points,
    scales: Scales,
    worst: Worst | None,
    tallies: Sequence[Tally],
) -> list[Component]:
    """The body of the panel. `change` is in points since `against`; None when the days cannot be compared."""
    return [
        html.Div(
            [
                html.Span(words.decimal(total.score), className="all-figure num"),
                html.Div(
                    [band_chip(total.band), html.Div(movement(change, against))],
                    className="all-chip",
                ),
                html.Div(
                    [_spark(scores, scales), html.Span(_spark_words(scores), className="note")], className="all-spark"
                ),
            ],
            className="all-score",
        ),
        html.Div(
            [cell for name in SLA_NAMES for cell in _promise(name, total.sla[name], scales)], className="all-promises"
        ),
        *([] if worst is None else [_worst(worst)]),
        html.Div([_tally(tally) for tally in tallies], className="all-tallies"),
    ]


def consolidated_note(total: Consolidated, seen: int | None = None) -> str:
    """How the queues are weighed, how many have no score, and of how many it is where only those are `seen`."""
    parts = ["by decided clocks"]
    if total.unscored:
        parts.append(f"{words.plural(total.unscored, 'queue has', 'queues have')} no score")
    if seen is not None:
        parts.append(f"of the {words.plural(seen, 'queue')} that you see")
    return " · ".join(parts)


def _spark(scores: Points, scales: Scales) -> Component | None:
    if not any(score is not None for _, score in scores):
        return None
    return sparkline(scores, target=TARGET_SCORE, width=176, height=38, low=scales.low, high=scales.high)


def _spark_words(scores: Points) -> str:
    known = sum(score is not None for _, score in scores)
    return f"{known} days, dotted: target {TARGET_SCORE:.0f}" if known else "no history yet"


def _promise(name: SlaName, pooled: PooledSla, scales: Scales) -> tuple[Component, ...]:
    kept, target = pooled.kept, words.target(round(pooled.target, 3))
    return (
        html.Span([PROMISES[name], html.Span(f", target {target}", className="phone-only")]),
        interval_mark(kept, pooled.target, scales.axis),
        html.Span(rate_words(kept.met, kept.n), className=rate_class(kept.n)),
        verdict_word(pooled.proof, kept.n),
        html.Span(f"n {words.count(kept.n)}", className="muted num all-n"),
    )


def _worst(worst: Worst) -> Component:
    return dcc.Link(
        [
            html.Span(["Worst ", html.B(worst.name)]),
            worst.chip,
            movement(worst.moved, ""),
            html.Span("Why", className="worst-why"),
        ],
        href=worst.href,
        className="worst",
    )


def _tally(tally: Tally) -> Component:
    tone = f"tone-{tally.tone}" if tally.tone and tally.n else ""
    return dcc.Link([html.B(words.count(tally.n), className=f"num {tone}".rstrip()), tally.word], href=tally.href)
