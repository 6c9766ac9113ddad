"""Teams of several queues: their counts pooled, one row a team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.chips import score_chip, verdict_word
from components.interval import interval_mark
from components.queue_card import PROMISES, rate_class, rate_words
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.rollup import Pool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, the names of its queues, and where they stand side by side."""

    pool: Pool
    queues: Mapping[str, str]
    href: str


def team_table(rows: Sequence[TeamRow], axis: float, *, sparse: bool = False) -> Component:
    """One row a team; `axis` is the left end of the promises' axis. A sparse table leaves the marks out."""
    head = html.Tr(
        [
            html.Th("Team"),
            html.Th("Score"),
            *(html.Th(PROMISES[name], colSpan=2 if sparse else 3) for name in SLA_NAMES),
            html.Th("Open", className="num"),
            html.Th("Net flow", className="num"),
        ]
    )
    return html.Table(
        [html.Thead(head), html.Tbody([_row(row, axis, sparse) for row in rows])], className="table teams"
    )


def _row(row: TeamRow, axis: float, sparse: bool) -> Component:
    pool = row.pool
    names = words.listed([row.queues[queue] for queue in pool.queues])
    return html.Tr(
        [
            html.Td([dcc.Link(pool.name, href=row.href), html.Span(names, className="muted team-queues")]),
            html.Td(score_chip(pool.health.score, pool.health.band)),
            *(cell for name in SLA_NAMES for cell in _promise(pool, name, axis, sparse)),
            html.Td(words.count(pool.backlog.open), className="num"),
            html.Td(words.decimal(pool.flow.net_flow, 2), className="num"),
        ]
    )


def _promise(pool: Pool, name: SlaName, axis: float, sparse: bool) -> list[Component]:
    sla = pool.sla[name]
    mark = [] if sparse else [html.Td(interval_mark(sla.kept, sla.target, axis), className="team-mark")]
    return [
        *mark,
        html.Td(rate_words(sla.kept.met, sla.kept.n), className=rate_class(sla.kept.n)),
        html.Td(verdict_word(sla.proof, sla.kept.n)),
    ]
