"""Two dates of one queue as a table, and under it why the score moved between them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.icons import icon
from servicelevel.movement import Movement
from servicelevel.two_dates import ComparedName, Difference, TwoDates

_NAMES: Final[Mapping[ComparedName, str]] = {
    "score": "Score",
    "first_response": "First response",
    "resolution": "Resolution",
    "open": "Open",
    "backlog_days": "Backlog days",
    "net_flow": "Net flow",
    "reopen_rate": "Reopen rate",
}
_RATIOS: Final = ("first_response", "resolution", "reopen_rate")
_MORE_IS_WORSE: Final = ("urgent", "open", "backlog_days", "reopen_rate")


def dates_table(compared: TwoDates, today: date) -> Component:
    """Every measure on both days and how it changed; a colour only where the direction is good or bad."""
    head = html.Tr(
        [
            html.Th(html.Span("Measure", className="visually-hidden")),
            html.Th([_tag("A"), words.day(compared.a.day, today)], className="num"),
            html.Th([_tag("B"), words.day(compared.b.day, today)], className="num"),
            html.Th("Change", className="num"),
        ]
    )
    rows = [
        html.Tr(
            [
                html.Td(_NAMES.get(row.name) or f"{compared.urgent_name} created"),
                html.Td(_value(row.name, row.a), className="num muted"),
                html.Td(html.B(_value(row.name, row.b)), className="num"),
                html.Td(_change(row), className="num"),
            ]
        )
        for row in compared.rows
    ]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="table table-32 trend-dates")


def why(compared: TwoDates, href: str) -> Component:
    """The movement of the score in one sentence, with the way to its waterfall."""
    if compared.movement is None:
        imported = any(point.counts is None for point in (compared.a, compared.b))
        reason = "Of an imported day the score alone is known" if imported else "One of the two days has no score"
        return html.P(f"{reason}, so nothing says why it moved.", className="panel-foot")
    total = round(sum(row.shown for row in compared.movement), 1)
    mix = _effect(compared.movement, "mix_effect")
    rate = _effect(compared.movement, "rate_effect")
    rest = round(total - mix - rate, 1)
    text = (
        f"Of {words.signed(total)} points, {words.signed(mix)} is mix of priorities, {words.signed(rate)} how each was "
        f"kept, {words.signed(rest)} the other dimensions. "
    )
    return html.P([text, dcc.Link("Why it moved", href=href)], className="panel-foot")


def _effect(rows: Sequence[Movement], name: str) -> float:
    return round(sum(getattr(row, name) or 0.0 for row in rows), 1)


def _tag(letter: str) -> Component:
    return html.Span(letter, className="trend-tag")


def _value(name: ComparedName, value: float | None) -> str:
    if name in _RATIOS:
        return words.percent(value)
    if name in ("urgent", "open"):
        return words.count(None if value is None else round(value))
    return words.decimal(value, 2 if name == "net_flow" else 1)


def _change(row: Difference) -> Any:
    delta = row.delta
    if delta is None:
        return words.UNKNOWN
    delta *= 100 if row.name in _RATIOS else 1
    digits = 0 if row.name in ("urgent", "open") else 2 if row.name == "net_flow" else 1
    size = f"{abs(delta):,.{digits}f}"
    if not size.strip("0.,"):
        return html.Span(f"= {size}", className="movement movement-none")
    good = (delta > 0) != (row.name in _MORE_IS_WORSE)
    said = html.Span("up " if delta > 0 else "down ", className="visually-hidden")
    return html.Span(
        html.B([icon("up" if delta > 0 else "down"), said, size]),
        className=f"movement movement-{'ok' if good else 'risk'}",
    )
