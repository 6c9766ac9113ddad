"""Thirty days of every queue's score on one scale: its own line in colour, the others behind it in grey."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.band_chip import BAND_WORDS
from components.chips import band_tone
from components.icons import icon
from components.line_path import Frame, line_path
from components.queue_card import TARGET_SCORE, Scales
from components.sparkline import Points, as_mask, said, stroke
from servicelevel.health import Band

HEIGHT: Final = 72
ROW_WIDTH, BESIDE = 1100, 48
"""How wide a row of them is on a page of 1,280 pixels, and how much of each its scale and the gap take."""
PAD: Final = 4
LEAST_COLUMNS, MOST_IN_A_ROW = 4, 6


@dataclass(frozen=True, slots=True)
class Multiple:
    """One queue: its name, its score now, and where it leads."""

    id: str
    name: str
    score: float | None
    band: Band
    href: str


def small_multiples(queues: Sequence[Multiple], scores: Mapping[str, Points], scales: Scales) -> Component:
    """One small chart a queue, in the given order."""
    # Two rows of equal length look better than one full row and a rest.
    columns = max(LEAST_COLUMNS, len(queues) if len(queues) <= MOST_IN_A_ROW else math.ceil(len(queues) / 2))
    frame = Frame(ROW_WIDTH // columns - BESIDE, HEIGHT, scales.low, scales.high, pad=PAD)
    lines = {one.id: line_path([value for _, value in scores.get(one.id, ())], frame) for one in queues}
    drawn = [_one(one, scores.get(one.id, ()), lines, frame) for one in queues]
    return html.Div(drawn, className="multiples", style={"--columns": columns})


def _one(one: Multiple, points: Points, lines: Mapping[str, str], frame: Frame) -> Component:
    tone = band_tone(one.band)
    figure = html.Span(
        [icon(BAND_WORDS[one.band][0]), words.decimal(one.score)],
        className=f"multiple-score num tone-{tone}",
        title=BAND_WORDS[one.band][1],
    )
    head = html.Div([dcc.Link(one.name, href=one.href, className="clip"), figure], className="multiple-head")
    if not lines[one.id]:
        none = html.Div("No score on any of these days", className="multiple-none")
        return html.Div([head, none], className="multiple")
    return html.Div([head, _picture(one, points, lines, frame)], className="multiple")


def _picture(one: Multiple, points: Points, lines: Mapping[str, str], frame: Frame) -> Component:
    others = "".join(stroke(path, 1) for key, path in lines.items() if key != one.id and path)
    target = frame.y(TARGET_SCORE)
    dotted = f'<path d="M0 {target}H{frame.width}" stroke="#000" stroke-width="1.2" stroke-dasharray="1.2 3"/>'
    own = stroke(lines[one.id], 2)
    last = points[-1][1]
    if last is not None:
        own += f'<circle cx="{frame.x(len(points) - 1, len(points))}" cy="{frame.y(last)}" r="3"/>'
    drawn = {
        "--others": as_mask(others, frame.width, HEIGHT),
        "--target": as_mask(dotted, frame.width, HEIGHT),
        "--own": as_mask(own, frame.width, HEIGHT),
    }
    return html.Div(
        [
            html.Div(
                [html.Span(f"{frame.high:.0f}"), html.Span(f"{frame.low:.0f}")],
                className="multiple-scale",
            ),
            html.Div(html.I(), className="multiple-plot", style=drawn, role="img", title=said(points)),
            html.Div(
                [html.Span(words.day(points[0][0])), html.Span(words.day(points[-1][0]))], className="multiple-days"
            ),
        ],
        className="multiple-picture",
    )
