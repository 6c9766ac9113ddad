"""Compare: every measure of every queue side by side, places only as far as the intervals tell them apart."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from dash import Dash, Output, html
from dash.development.base_component import Component

from components import states, words
from components.chips import verdict_word
from components.compare_grid import columns, compare_grid, grid_options
from components.compare_rows import SHAPES, CompareQueue, compare_row, target_row
from components.compare_sentence import compare_sentence
from components.icons import icon
from components.interval_plot import PlotLine, interval_plot
from components.panel import panel
from components.queue_card import PROMISES, Scales
from components.sentence import sentence
from components.small_multiples import Multiple, small_multiples
from dashboard import live
from dashboard.controls import compare_menu, export_menu, filters_menu, period_menu, theme_menu
from dashboard.exports import export_href
from dashboard.live import Filled, Head
from dashboard.overview_facts import OverviewFacts, Past, facts, past, revision, scales
from dashboard.overview_head import filter_options, page_age
from dashboard.portal import Portal
from dashboard.urls import View
from servicelevel.attainment import Proof
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.marks import sla_mark
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.ranking import ranks
from servicelevel.report import QueueReport

GRID, ABSENT, SCORES = "compare-grid", "compare-absent", "compare-scores"
_OTHERS: Final = (("ok", "on target"), ("watch", "60–79 points"), ("risk", "under 60"), ("none", "not enough data"))
PLOTS: Final[dict[SlaName, str]] = {"first_response": "compare-first-response", "resolution": "compare-resolution"}


def layout(view: View) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The panels in their places, before there are numbers."""
    return html.Div(
        [
            panel(
                "Every measure",
                [compare_grid(GRID), _key(), html.Div(id=ABSENT, className="compare-absent")],
                info="interval",
                note="tint and mark: against the target · rank: a range while intervals overlap",
                class_name="span-12",
            ),
            *(
                panel(
                    PROMISES[name],
                    states.skeleton(6, figure=False),
                    info=name,
                    note="with 95 % intervals · line: target",
                    id=PLOTS[name],
                    class_name="span-6",
                )
                for name in SLA_NAMES
            ),
            panel(
                "Score, 30 days",
                states.skeleton(3, figure=False),
                info="health_score",
                note="one scale for all · grey: the other queues · dotted: target 80",
                id=SCORES,
                class_name="span-12",
            ),
        ],
        className="grid compare",
    )


def register(app: Dash) -> None:
    """Fill the panels from what is kept of all queues."""
    outputs = [
        Output(GRID, "rowData"),
        Output(GRID, "columnDefs"),
        Output(GRID, "dashGridOptions"),
        Output(ABSENT, "children"),
        *(Output(PLOTS[name], "children") for name in SLA_NAMES),
        Output(SCORES, "children"),
    ]
    live.register(app, "compare", outputs, revision=lambda view, portal: revision(facts(view, portal)), fill=fill)


def fill(view: View, portal: Portal) -> Filled:
    """Head and panels of the view."""
    found = facts(view, portal)
    made, scores = chosen(found), past(found)
    shared = scales(found, scores)
    rows = [compare_row(queue, shared) for queue in _queues(found, made, scores)]
    return Filled(
        _head(found, made),
        (
            rows,
            columns(view.sort),
            grid_options(target_row(made) if made else None),
            _absent(found),
            *(interval_plot(_lines(found, made, name)) if made else _nothing() for name in SLA_NAMES),
            _multiples(found, made, scores, shared),
        ),
    )


def chosen(found: OverviewFacts) -> list[QueueReport]:
    """The reports that the address asks for: of its queues, of its team, or all."""
    view = found.view
    wanted = [made for made in found.made if not view.queues or made.queue.id in view.queues]
    return [made for made in wanted if view.team is None or made.queue.team == view.team]


def _queues(found: OverviewFacts, made: Sequence[QueueReport], scores: Past) -> list[CompareQueue]:
    places = {name: ranks({one.queue.id: one.now.sla[name].kept for one in made}) for name in SLA_NAMES}

    def queue(one: QueueReport) -> CompareQueue:
        known = found.seen.served[one.queue.id].freshness
        old = "" if known.state == "fresh" else f"{known.state} {words.age(known.age_ms(found.now) or 0)}"
        return CompareQueue(
            one,
            {name: places[name][one.queue.id] for name in SLA_NAMES},
            scores.of_queue.get(one.queue.id, ()),
            found.queue_href(one.queue),
            partial(found.tickets_href, one.queue),
            old,
        )

    return [queue(one) for one in made]


def _lines(found: OverviewFacts, made: Sequence[QueueReport], name: SlaName) -> list[PlotLine]:
    places = ranks({one.queue.id: one.now.sla[name].kept for one in made})
    return [
        PlotLine(
            one.queue.name,
            one.now.sla[name].kept,
            one.now.sla[name].target,
            one.now.sla[name].proof,
            places[one.queue.id],
            found.queue_href(one.queue),
            found.tickets_href(one.queue, sla_mark(name, "decided")),
        )
        for one in made
    ]


def _multiples(found: OverviewFacts, made: Sequence[QueueReport], scores: Past, shared: Scales) -> Component:
    if not scores.of_queue:
        why = "History is kept of all tickets over 30 days; it is shown for that period, without filters."
        return states.empty("No history for this choice", why, "Show 30 days", found.href(View("compare")))
    order = sorted(made, key=lambda one: -(one.now.health.score if one.now.health.score is not None else -1.0))
    queues = [
        Multiple(one.queue.id, one.queue.name, one.now.health.score, one.now.health.band, found.queue_href(one.queue))
        for one in order
    ]
    return small_multiples(queues, scores.of_queue, shared)


def _head(found: OverviewFacts, made: Sequence[QueueReport]) -> Head:
    view, portal = found.view, found.portal
    first, last = found.dates
    clauses = [replace(clause, wide=False) for clause in compare_sentence(made)]
    return Head(
        title=html.H1("Compare" if view.team is None else f"Compare {view.team}"),
        age=page_age(found),
        controls=[
            period_menu(view, portal, first, last),
            filters_menu(view, portal, filter_options(found)),
            compare_menu(view, portal, found.earlier),
            export_menu([("Every measure", export_href(portal, "compare", view))]),
            theme_menu(),
        ],
        sentence=sentence(clauses),
    )


def _absent(found: OverviewFacts) -> Any:
    """The queues that have no row, by name and reason."""
    told = [
        (found.standings.unread, "could not be read"),
        (found.standings.reading, "being read for the first time"),
        (found.standings.unanswered, "without numbers for this period"),
    ]
    lines = [f"{words.listed(names)}: {why}." for names, why in told if names]
    return states.note(" ".join(lines)) if lines else None


def _nothing() -> Component:
    return states.empty("Nothing to compare", "No queue has numbers for this choice.")


def _key() -> Component:
    proofs: tuple[Proof, ...] = ("met", "missed", "not_proven")
    return html.Div(
        [
            html.Span("Promises:", className="muted"),
            *(verdict_word(proof, MIN_SAMPLE) for proof in proofs),
            html.Span("Others:", className="muted compare-others"),
            *(html.Span([icon(SHAPES[tone]), word], className=f"verdict tone-{tone}") for tone, word in _OTHERS),
        ],
        className="compare-key",
    )
