"""History on the Data page: whether it answers, how days were put into it last, and what it lacks of each queue."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from dash import html
from dash.development.base_component import Component

from components import words
from dashboard.data_facts import DataFacts
from opsportal.snapshot_lines import RESULT_WORDS, counted, reasons
from servicelevel.instants import MINUTE_MS
from servicelevel.snapshot_run import QueueOutcome, SnapshotRun, Taker
from servicelevel.trend import Trend

MOST_GAPS: Final = 4
"""Gaps of a queue that are named; of more the rest is counted."""
LONGEST_RUN_MS: Final = 60 * MINUTE_MS
"""A run that began longer ago and has not ended died on its way."""

_TAKERS: Final[Mapping[Taker, str]] = {
    "command": "opsportal snapshot",
    "lambda": "the scheduled function",
    "portal": "the portal",
}


def history_body(found: DataFacts) -> Component:
    """All of the panel."""
    history = found.history
    if history.problem is not None:
        on = html.P("Everything but the trends goes on without it.", className="muted")
        return html.Div([html.P(history.problem, className="tone-risk"), on], className="stack")
    run = history.last_run
    lines: list[Component] = [_last_run(run, found)]
    if run is not None and run.gaps:
        names = {queue.id: queue.name for queue, _ in history.trends}
        told = reasons(run).items()
        why = [html.Li([html.Strong(_named(ids, names)), f": {reason}"]) for reason, ids in told]
        lines.append(html.Ul(why, className="lines"))
    first, last = found.history_dates
    head = ("Queue", "Last taken", "Kept since", f"Gaps since {words.day(first, last)}")
    rows = [
        html.Tr([html.Td(queue.name), _taken(run, queue.id), _since(trend, last), html.Td(_gaps(trend))])
        for queue, trend in history.trends
    ]
    table = html.Table(
        [html.Thead(html.Tr([html.Th(word) for word in head])), html.Tbody(rows)], className="table history-table"
    )
    return html.Div([*lines, html.Div(table, className="table-scroll")], className="stack")


def history_outline(found: DataFacts) -> Component:
    """The panel for those who do not look after the portal: whether history answers, and since when it has each queue.

    Its runs and its gaps are for administrators.
    """
    if found.history.problem is not None:
        return html.P(
            "The history cannot be read now. Everything but the trends goes on without it.", className="muted"
        )
    head = html.Thead(html.Tr([html.Th(word) for word in ("Queue", "Kept since")]))
    last = found.history_dates[1]
    rows = [html.Tr([html.Td(queue.name), _since(trend, last)]) for queue, trend in found.history.trends]
    table = html.Table([head, html.Tbody(rows)], className="table")
    return html.Div(html.Div(table, className="table-scroll"), className="stack")


def _holds_days(found: DataFacts) -> bool:
    return any(trend.begins is not None for _, trend in found.history.trends)


def _last_run(run: SnapshotRun | None, found: DataFacts) -> Component:
    if run is None:
        at = found.portal.settings.snapshot_at
        how = (
            "Set SNAPSHOT_AT, or run opsportal snapshot once a day."
            if at is None
            else f"The portal takes one once {at:%H:%M} has passed in a queue’s zone and every queue was read."
        )
        rebuilt = " What it holds was rebuilt or imported." if _holds_days(found) else ""
        return html.P(f"No daily snapshot was taken so far.{rebuilt} {how}", className="muted")
    by = f"by {_TAKERS[run.taker]} on {run.host}"
    began = words.instant(run.started_at, found.now, found.zone)
    if run.ended_at is None:
        if found.now - run.started_at < LONGEST_RUN_MS:
            return html.P(f"Days are being taken {by} since {began}.")
        return html.P(f"The run begun {by} at {began} never ended. Run it again.", className="tone-risk")
    results = words.listed([f"{n} {RESULT_WORDS[result]}" for result, n in counted(run).items()]) or "no queue"
    return html.P(f"Taken last {by} at {began}, in {_took(run)}: {results}.")


def _took(run: SnapshotRun) -> str:
    took_s = max(run.duration_s or 0.0, 0.0)  # a clock that was set may have run backwards
    return f"{took_s:.1f}{words.SPACE}s" if took_s < 60 else words.age(round(took_s * 1000))


def _taken(run: SnapshotRun | None, queue_id: str) -> Component:
    outcome = None if run is None else next((one for one in run.outcomes if one.queue == queue_id), None)
    if outcome is None:
        return html.Td(words.UNKNOWN)
    return html.Td(f"{words.day(outcome.day)}: {RESULT_WORDS[outcome.result]}", className=_tone(outcome))


def _tone(outcome: QueueOutcome) -> str | None:
    if outcome.complete:
        return None
    return "tone-risk" if outcome.result == "failed" else "tone-watch"


def _since(trend: Trend, last: date) -> Component:
    return html.Td("no day yet" if trend.begins is None else words.day(trend.begins, last))


def _gaps(trend: Trend) -> list[str | Component]:
    gaps = trend.gaps
    if trend.begins is None:
        return [words.UNKNOWN]
    if not gaps:
        return ["none"]
    named = [f"{words.day_range(gap.first, gap.last)}{f' ({gap.reason})' if gap.reason else ''}" for gap in gaps]
    days = words.plural(sum(gap.days for gap in gaps), "day")
    more = f" and {len(gaps) - MOST_GAPS} more" if len(gaps) > MOST_GAPS else ""
    return [html.Strong(days), f": {', '.join(named[:MOST_GAPS])}{more}"]


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    if len(ids) == len(names) > 1:
        return "Every queue"
    return words.listed([names.get(queue_id, queue_id) for queue_id in ids])
