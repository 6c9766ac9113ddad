"""One queue as a card: its score and how it moved, both promises, and what is open, overdue and due."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.cause import moved
from components.chips import movement, score_chip, verdict_word
from components.interval import interval_mark
from components.sparkline import Points, sparkline
from servicelevel.due import DueState
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.policy import SLA_NAMES, Queue, SlaName
from servicelevel.report import QueueReport

PROMISES: Final[Mapping[SlaName, str]] = {"first_response": "First response", "resolution": "Resolution"}
TARGET_SCORE: Final = 80.0
SPARK_WIDTH, SPARK_HEIGHT = 92, 26


@dataclass(frozen=True, slots=True)
class Scales:
    """What the marks of several queues share: the left end of the promises' axis, and the scores' lowest and highest.

    `axis` is a ratio, `low` and `high` are points.
    """

    axis: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CardLinks:
    """Where the numbers of a card lead: to the queue, and to the tickets counted."""

    queue: str
    open: str
    overdue: str
    due_4h: str


def queue_card(
    made: QueueReport,
    links: CardLinks,
    scores: Points,
    scales: Scales,
    *,
    against: str,
    age: Component | str,
    sparse: bool = False,
) -> Component:
    """The card of a queue that has numbers. `against` names the earlier date; a sparse card has fewer elements."""
    health = made.now.health
    if health.score is None:
        beside: Component = html.Span(_needs(made), className="muted card-needs")
    else:
        beside = movement(moved(made), "" if sparse else against)
    picture = None if sparse or health.score is None else _spark(scores, scales)
    return html.Article(
        [
            *_head(made.queue, links.queue, picture, sparse=sparse),
            html.Div([score_chip(health.score, health.band), beside], className="card-score"),
            html.Div(
                [cell for name in SLA_NAMES for cell in _promise(made, name, scales, sparse=sparse)],
                className="card-promises card-promises-sparse" if sparse else "card-promises",
            ),
            _foot(made, links, age, sparse=sparse),
        ],
        className=f"panel card card-{health.band}",
    )


def state_card(queue: Queue, href: str, body: Component) -> Component:
    """The card of a queue that has no numbers: why, in the same place and height."""
    return html.Article([*_head(queue, href, None), body], className="panel card card-state")


def count_due(made: QueueReport, *states: DueState) -> int:
    """Clocks of a queue in these states."""
    return sum(row.state in states for row in made.due)


def _head(queue: Queue, href: str, picture: Component | None, *, sparse: bool = False) -> list[Component]:
    name = html.H2(dcc.Link(queue.name, href=href, className="card-link"), className="card-name", title=queue.team)
    if sparse:
        return [name]
    head: list[Component] = [
        html.Div([name, html.Span(queue.team, className="muted card-team")], className="card-head")
    ]
    return head if picture is None else [*head, picture]


def _spark(scores: Points, scales: Scales) -> Component | None:
    if not any(score is not None for _, score in scores):
        return None
    return sparkline(
        scores, target=TARGET_SCORE, width=SPARK_WIDTH, height=SPARK_HEIGHT, low=scales.low, high=scales.high
    )


def _needs(made: QueueReport) -> str:
    n = [made.now.sla[name].kept.n for name in SLA_NAMES]
    return f"{n[0]} and {n[1]} decided, needs {MIN_SAMPLE}" if min(n) < MIN_SAMPLE else "too little is known"


def _promise(made: QueueReport, name: SlaName, scales: Scales, *, sparse: bool) -> tuple[Component, ...]:
    reached = made.now.sla[name]
    mark = () if sparse else (interval_mark(reached.kept, reached.target, scales.axis),)
    return (
        html.Span(PROMISES[name]),
        *mark,
        html.Span(rate_words(reached.kept.met, reached.kept.n), className=rate_class(reached.kept.n)),
        verdict_word(reached.proof, reached.kept.n),
    )


def rate_words(met: int, n: int) -> str:
    """A share as a percentage; under five decided as counts, because a percentage would say too much."""
    return f"{met} of {n}" if n < MIN_SAMPLE else words.percent(met / n)


def rate_class(n: int) -> str:
    """Counts are quieter than shares."""
    return "num rate-few" if n < MIN_SAMPLE else "num rate"


def _foot(made: QueueReport, links: CardLinks, age: Component | str, *, sparse: bool) -> Component:
    overdue, soon = count_due(made, "overdue"), count_due(made, "lt_1h", "lt_4h")

    def counted(n: int, word: str) -> list[Component | str] | str:
        return f"{words.count(n)} {word}" if sparse else [html.B(words.count(n)), f" {word}"]

    return html.Div(
        [
            dcc.Link(counted(made.now.backlog.open, "open"), href=links.open),
            dcc.Link(counted(overdue, "overdue"), href=links.overdue, className="hot" if overdue else None),
            dcc.Link(counted(soon, "due in 4 h"), href=links.due_4h),
            *([] if sparse and isinstance(age, str) else [html.Span(age, className="card-age")]),
        ],
        className="card-foot",
    )
