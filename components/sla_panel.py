"""One promise in full: how many were kept, how much that proves, how far from the target, and per priority."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.chips import movement, priority_chip, verdict_word
from components.interval import interval_mark
from components.links import LinkTo
from components.sla_bar import excluded, sla_bar
from servicelevel import marks
from servicelevel.attainment import Attainment, Kept, proof
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.policy import SlaName

Lens: TypeAlias = Literal["decided", "completed_only", "jsm_goals"]
LENS_NAMES: Final[Mapping[Lens, str]] = {
    "decided": "decided",
    "completed_only": "completed only",
    "jsm_goals": "Jira’s goal report",
}
PRIORITIES_SHOWN: Final = 6
STEADY_POINTS: Final = 0.05
"""Percentage points under which an attainment has not moved as shown."""

_LENS_WORDS: Final[Mapping[Lens, str]] = {
    "completed_only": "Met out of every clock that stopped in the period. Breaches still open are forgotten.",
    "jsm_goals": "Met out of every clock that stopped in the period or broke its goal in it and still runs.",
}


@dataclass(frozen=True, slots=True)
class SlaView:
    """What a panel is drawn from. `before` is the earlier attainment and `against` its date in words."""

    name: SlaName
    reached: Attainment
    before: Attainment | None
    against: str
    columns: TicketColumns
    low: float


def axis_low(*reached: Attainment) -> float:
    """Left end of the axis that intervals share: 50 %, or lower where a rate lies there."""
    rates = [kept.rate for one in reached for kept in one.by_priority.values() if kept.n >= MIN_SAMPLE]
    lowest = min([0.5, *(rate for rate in rates if rate is not None)])
    return max(0.0, int(lowest * 4) / 4)


def sla_note(reached: Attainment) -> str:
    """The panel's note: `target 95 % · n 214`."""
    return f"target {words.target(reached.target)} · n {words.count(reached.kept.n)}"


def sla_panel(view: SlaView, link: LinkTo, lens_href: Mapping[Lens, str], lens: Lens = "decided") -> list[Component]:
    """The body of the panel. Another lens than `decided` is labelled as what it is for: reconciling with reports."""
    if lens != "decided":
        return _lensed(view, link, lens_href, lens)
    return [
        html.Div([html.Div(_headline(view), className="sla-headline"), _priorities(view, link)], className="sla-top"),
        *sla_bar(view.reached, view.name, link),
        html.Div(
            [
                excluded(view.reached, view.name, link),
                html.Span(["Reconcile: ", *_lenses(lens_href, lens)], className="sla-lenses not-embedded"),
            ],
            className="sla-foot",
        ),
    ]


def _headline(view: SlaView) -> list[Component]:
    kept, reached = view.reached.kept, view.reached
    interval = kept.interval
    if kept.rate is None or interval is None:
        return [
            html.Div(words.UNKNOWN, className="figure-lg"),
            html.Div("nothing decided in this period", className="small muted"),
            html.Div(verdict_word("no_data", 0, chip=True)),
        ]
    if kept.n < MIN_SAMPLE:
        figure = f"{kept.met} of {kept.n}"
        return [
            html.Div(figure, className="figure-lg"),
            html.Div(f"too few to judge, needs {MIN_SAMPLE}", className="small muted"),
            html.Div(verdict_word("no_data", kept.n, chip=True)),
        ]
    return [
        html.Div(words.percent(kept.rate), className="figure-lg"),
        html.Div(
            [words.interval(*interval), html.Span(" (95 % interval)", className="wide-only")], className="small muted"
        ),
        html.Div(verdict_word(reached.proof, kept.n, chip=True)),
        html.Div([html.B(f"{words.signed(100 * (kept.rate - reached.target))} pt"), " to target"], className="small"),
        _moved(view, kept.rate),
    ]


def _moved(view: SlaView, rate: float) -> Component:
    before = None if view.before is None else view.before.kept.rate
    if before is None:
        return html.Span("no earlier period to compare", className="small muted")
    delta = 100 * (rate - before)
    return movement(delta, view.against, unit=" pt", steady=STEADY_POINTS)


def _priorities(view: SlaView, link: LinkTo) -> Component:
    rows = list(view.reached.by_priority.items())
    cells = [cell for code, kept in rows[:PRIORITIES_SHOWN] for cell in _priority(view, code, kept, link)]
    hidden = len(rows) - PRIORITIES_SHOWN
    target = view.reached.target
    place = {"--target": f"{100 * (target - view.low) / (1 - view.low):.2f}%"}
    scale = html.Div([f"{view.low * 100:.0f}", html.Span(f"{target * 100:.4g}")], className="sla-scale", style=place)
    more = html.Span(
        f"and {words.plural(hidden, 'more priority', 'more priorities')}", className="small muted sla-more"
    )
    return html.Div([*cells, scale, *([more] if hidden > 0 else [])], className="sla-priorities")


def _priority(view: SlaView, code: int, kept: Kept, link: LinkTo) -> list[Component]:
    label = None if code == NONE_CODE else view.columns.priorities[code]
    href = link(marks.sla_mark(view.name, "decided", priority=marks.NO_PRIORITY if label is None else label.id))
    few = kept.n < MIN_SAMPLE
    rate = html.Span("" if few else words.percent(kept.rate), className="num sla-rate")
    counts = html.Span(f"{words.count(kept.met)} of {words.count(kept.n)}", className="muted small nowrap")
    return [
        priority_chip(None if label is None else label.name, code if code != NONE_CODE else None),
        interval_mark(kept, view.reached.target, view.low, href=href),
        rate,
        counts,
        verdict_word(proof(kept, view.reached.target), kept.n),
    ]


def _lensed(view: SlaView, link: LinkTo, lens_href: Mapping[Lens, str], lens: Lens) -> list[Component]:
    kept = view.reached.completed_only if lens == "completed_only" else view.reached.jsm_goals
    all_of: marks.SlaPart = "completed_only" if lens == "completed_only" else "jsm_goals"
    met: marks.SlaPart = "completed_only_met" if lens == "completed_only" else "jsm_goals_met"
    decided = view.reached.kept
    return [
        html.Div(f"For reconciliation only: {LENS_NAMES[lens]}", className="chip chip-none sla-lens-chip"),
        html.Div(words.percent(kept.rate), className="figure-lg"),
        html.P(
            [
                dcc.Link(words.plural(kept.met, "clock"), href=link(marks.sla_mark(view.name, met))),
                " met out of ",
                dcc.Link(words.count(kept.n), href=link(marks.sla_mark(view.name, all_of))),
                f". {_LENS_WORDS[lens]} Late breaches are judged again when they stop.",
            ],
            className="muted",
        ),
        html.P(
            f"The promise itself, decided in the period: {words.percent(decided.rate)} "
            f"({words.count(decided.met)} of {words.count(decided.n)}).",
            className="muted",
        ),
        html.Div(html.Span(["Show: ", *_lenses(lens_href, lens)], className="sla-lenses"), className="sla-foot"),
    ]


def _lenses(lens_href: Mapping[Lens, str], lens: Lens) -> list[Component | str]:
    others: list[Component | str] = []
    for name, href in lens_href.items():
        if name != lens:
            others += [" · "] if others else []
            others.append(dcc.Link(LENS_NAMES[name], href=href))
    return others
