"""The wallboard: nothing under 18 px, nothing to click, readable from three metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from components import words
from components.band_chip import band_chip
from components.breaking import before_words
from components.cause import moved
from components.chips import band_tone, verdict_word
from components.due_next import DueLine, DueNext
from components.icons import icon
from components.queue_card import PROMISES, TARGET_SCORE, Scales, count_due, rate_words
from components.sparkline import Points, sparkline
from servicelevel.attainment import Kept, Proof
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.next_break import NextBreak
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.report import QueueReport
from servicelevel.rollup import Consolidated


@dataclass(frozen=True, slots=True)
class WallCard:
    """One queue on the wall: its report, or in words why there is none; `age` only where its data is old."""

    queue: Queue
    made: QueueReport | None
    absent: str
    age: str


def wall_cards(cards: Sequence[WallCard]) -> Component:
    """The cards; how many decides how large they are."""
    size = "few" if len(cards) <= 6 else "some" if len(cards) <= 8 else "many"
    return html.Div([_card(card) for card in cards], className=f"wall-cards wall-{size}")


def wall_all(total: Consolidated, scores: Points, scales: Scales, open_: int, paused: int) -> Component:
    """All queues as one strip."""
    line = None
    if any(score is not None for _, score in scores):
        line = sparkline(scores, target=TARGET_SCORE, width=300, height=56, low=scales.low, high=scales.high)
    promises = [
        html.Div(
            [
                html.Span(PROMISES[name]),
                _rate(total.sla[name].kept, total.sla[name].proof),
                html.Span(f"target {words.target(round(total.sla[name].target, 3))}", className="wall-hint"),
            ]
        )
        for name in SLA_NAMES
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.Span("All queues"),
                    html.Div(
                        [
                            html.B(words.decimal(total.score), className="wall-total"),
                            band_chip(total.band, framed=False),
                        ]
                    ),
                ]
            ),
            html.Div([line, html.Span(_days(scores), className="wall-hint")], className="wall-line"),
            *promises,
            html.Div(
                [
                    html.Span("Open"),
                    html.B(words.count(open_), className="wall-rate"),
                    html.Span(f"{words.count(paused)} paused", className="wall-hint"),
                ]
            ),
        ],
        className="panel wall-all",
    )


def wall_due(chosen: DueNext, breaks: NextBreak, now: int, zone: ZoneInfo) -> Component:
    """What is overdue and what breaks next, with its times in one zone."""
    parts: list[Component] = []
    if breaks.overdue:
        parts.append(html.H2([icon("risk"), f"{breaks.overdue} overdue"], className="tone-risk"))
        parts += [_line(line, now, zone) for line in chosen.overdue]
    soon = f" · {words.count(breaks.breaking)}{before_words(breaks, zone)}" if breaks.breaking else ""
    if chosen.coming:
        parts.append(html.H2([icon("watch"), f"Next to break{soon}"], className="tone-watch"))
        parts += [_line(line, now, zone) for line in chosen.coming]
    if not parts:
        parts.append(html.P("No clock is running: nothing is overdue and nothing can break."))
    return html.Div(parts, className="panel wall-due")


def _card(card: WallCard) -> Component:
    made = card.made
    age = html.Span([icon("clock"), card.age], className="wall-age tone-watch") if card.age else None
    head = html.Div([html.H2(card.queue.name, className="clip"), age], className="wall-head")
    if made is None:
        return html.Article([head, html.P(card.absent)], className="panel wall-card wall-none")
    health = made.now.health
    beside = _moved(made) if health.score is not None else f"needs {MIN_SAMPLE} decided"
    return html.Article(
        [
            head,
            html.Div(
                [
                    html.B(words.decimal(health.score), className="wall-score num"),
                    html.Div([band_chip(health.band, framed=False), html.Div(beside, className="wall-moved")]),
                ],
                className="wall-figure",
            ),
            html.Div(_promises(made), className="wall-promises"),
            html.Div(_tallies(made), className="wall-foot-line"),
        ],
        className=f"panel wall-card wall-{band_tone(health.band)}",
    )


def _moved(made: QueueReport) -> list[Component | str]:
    points = moved(made)
    if points is None:
        return ["no earlier score"]
    if not points:
        return ["unchanged"]
    return [
        icon("up" if points > 0 else "down"),
        words.decimal(abs(points)),
        html.Span(" points", className="wall-long"),
    ]


def _promises(made: QueueReport) -> list[Component]:
    shown: list[Component] = []
    for name in SLA_NAMES:
        reached = made.now.sla[name]
        shown.append(html.Div([html.Span(PROMISES[name]), _rate(reached.kept, reached.proof)]))
    return shown


def _tallies(made: QueueReport) -> list[Component | str]:
    overdue, soon = count_due(made, "overdue"), count_due(made, "lt_1h")
    return [
        html.B(words.count(overdue), className="tone-risk" if overdue else "muted"), " overdue",
        html.B(words.count(soon)), " in 1 h",
        html.B(words.count(made.now.backlog.open)), " open",
    ]  # fmt: skip


def _rate(kept: Kept, proof: Proof) -> Component:
    """The verdict's sign and the share; the sign's own word is heard, not seen."""
    return html.Div(
        [verdict_word(proof, kept.n), html.B(rate_words(kept.met, kept.n), className="num")], className="wall-rate"
    )


def _line(line: DueLine, now: int, zone: ZoneInfo) -> Component:
    row, late = line.row, line.row.state == "overdue"
    due = words.UNKNOWN if row.due is None else words.instant(row.due, now, zone)
    who = "Unassigned" if line.analyst is None else line.analyst
    about = " · ".join(part for part in (row.key, row.priority or "", who) if part)
    return html.Div(
        [
            html.B([icon("risk" if late else "watch"), words.time_left(row.remaining_ms)], className="num wall-left"),
            html.Span(row.summary, className="clip"),
            html.Span(due, className="wall-hint num"),
            html.Span(about, className="wall-hint clip"),
        ],
        className="wall-line-late" if late else "wall-line-soon",
    )


def _days(scores: Points) -> str:
    known = sum(score is not None for _, score in scores)
    return f"{known} days, dotted: target {TARGET_SCORE:.0f}" if known else "no history yet"
