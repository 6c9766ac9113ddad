"""All queues' intervals of one promise under each other on one axis, the target as one line through all of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.chips import verdict_word
from components.interval import interval_mark
from servicelevel.attainment import Kept, Proof
from servicelevel.evidence import MIN_SAMPLE
from servicelevel.ranking import Rank


@dataclass(frozen=True, slots=True)
class PlotLine:
    """One queue's promise: what was kept, its target and place; `href` leads to the queue, `mark_href` to tickets."""

    name: str
    kept: Kept
    target: float
    proof: Proof
    rank: Rank | None
    href: str
    mark_href: str


def interval_plot(lines: Sequence[PlotLine]) -> list[Component]:
    """The lines by share kept, the best first, and their axis; those with too few stand last."""
    low = axis_start(lines)
    rows = [_row(line, low) for line in sorted(lines, key=_order)]
    step = 0.05 if low >= 0.7 else 0.1 if low >= 0.4 else 0.2
    count = round((1 - low) / step)
    ticks = [html.Span(words.percent(low + step * place, 0)) for place in range(count + 1)]
    grid = {"--step": f"{100 / count:.4f}%"}
    return [html.Div(rows, className="plot-rows", style=grid), html.Div(ticks, className="plot-axis")]


def axis_start(lines: Sequence[PlotLine]) -> float:
    """Where the axis begins: below every interval and target, at a tenth, or a fifth where its steps are fifths."""
    ends = [interval[0] for line in lines if line.kept.n >= MIN_SAMPLE and (interval := line.kept.interval)]
    lowest = min([*ends, *(line.target for line in lines)], default=0.8)
    tenths = max(math.floor(lowest * 10 - 0.2), 0)
    return (tenths if tenths >= 4 else tenths - tenths % 2) / 10


def _row(line: PlotLine, low: float) -> Component:
    kept = line.kept
    few = f"too few to judge: {kept.met} of {kept.n} met" if kept.n < MIN_SAMPLE else None
    mark = interval_mark(kept, line.target, low, href=line.mark_href)
    return html.Div(
        [
            dcc.Link(line.name, href=line.href, className="clip plot-name"),
            mark if few is None else html.Div([mark, html.Span(few, className="plot-few")], className="plot-place"),
            html.Span("—" if line.rank is None else f"rank {line.rank}", className="muted"),
            verdict_word(line.proof, kept.n),
        ],
        className="plot-row",
    )


def _order(line: PlotLine) -> tuple[bool, float, str]:
    return line.kept.n < MIN_SAMPLE, -(line.kept.rate or 0.0), line.name
