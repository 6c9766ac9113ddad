"""Work by analyst as a table: open with what is breached in front, resolved, the median beside the queue's, hours."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from dash import dcc, html
from dash.development.base_component import Component

from components import words
from components.links import LinkTo
from servicelevel import marks
from servicelevel.analysts import AnalystRow
from servicelevel.instants import HOUR_MS
from servicelevel.report import QueueReport
from servicelevel.ticket import Person
from servicelevel.worklogs import HoursState

Named: TypeAlias = Callable[[Person | None], str | None]
"""What stands for a person on pages, name or id; None where nobody is shown."""

ROWS_SHOWN: Final = 12
_SECONDS_PER_HOUR: Final = 3600
_NO_MEDIAN: Final = "No median: less than half of the work begun in this period is resolved"
_NO_HOURS: Final[Mapping[HoursState, str]] = {
    "not_configured": "No Tempo is configured",
    "failed": "Hours could not be read",
}
_MEDIAN_AXIS: Final = 2.0
"""The axis of medians ends at so many times the queue's own median; what lies beyond stands at its end."""


def analysts_table(made: QueueReport, name_of: Named, id_of: Named, link: LinkTo) -> list[Component]:
    """The table with its total row. People are shown under what `name_of` and `id_of` put in their place."""
    rows = [row for row in made.analysts if row.open or row.resolved or row.breached_held or row.booked_s]
    shown = rows[:ROWS_SHOWN]
    if not shown:
        return [html.P("Nobody held or resolved a ticket in this period.", className="muted")]
    most_open = max(1, *(row.open for row in shown)) if len(shown) > 1 else max(1, shown[0].open)
    most_resolved = max([1, *(row.resolved for row in shown)])
    median_ms = made.now.sla["resolution"].percentiles.values_ms[0]
    body = [_row(row, name_of, id_of, link, most_open, most_resolved, median_ms, made.now.hours.state) for row in shown]
    hidden = len(rows) - len(shown)
    more = [html.P(f"and {words.plural(hidden, 'more analyst')} with less open work", className="small muted")]
    return [
        html.Table(
            [_head(), html.Tbody([*body, _total(made, rows, median_ms, link)])], className="table table-32 analysts"
        ),
        *(more if hidden > 0 else []),
    ]


def hours_note(made: QueueReport) -> str:
    """What is known of hours: `761 h logged · 81 % of resolved tickets carry a worklog`, or why there are none."""
    spent = made.now.hours
    if spent.state == "not_configured":
        return "hours: no Tempo is configured"
    if spent.state == "failed" or spent.total_s is None:
        return "hours could not be read"
    covered = (
        "" if spent.coverage is None else f" · {words.percent(spent.coverage, 0)} of resolved tickets carry a worklog"
    )
    return f"{words.count(round(spent.total_s / _SECONDS_PER_HOUR))} h logged{covered}"


def _head() -> Component:
    cells = [
        html.Th("Analyst", scope="col"),
        html.Th(["Open, ", html.Span("breached held", className="tone-risk")], scope="col"),
        html.Th("Resolved", scope="col"),
        html.Th("Median to resolve, h", scope="col"),
        html.Th("Hours", scope="col", className="num"),
    ]
    return html.Thead(html.Tr(cells))


def _row(
    row: AnalystRow,
    name_of: Named,
    id_of: Named,
    link: LinkTo,
    most_open: int,
    most_resolved: int,
    median_ms: int | None,
    hours_state: HoursState,
) -> Component:
    who = None if row.person is None else id_of(row.person)
    name = name_of(row.person)
    held = (
        dcc.Link(words.count(row.breached_held), href=link(marks.analyst_mark(who, "breached_held")), className="held")
        if row.breached_held
        else ""
    )
    opened = {
        "--size": f"{100 * row.open / most_open:.1f}%",
        "--held": f"{100 * row.breached_held / max(row.open, 1):.1f}%",
    }
    closed = {"--size": f"{100 * row.resolved / most_resolved:.1f}%"}
    return html.Tr(
        [
            html.Td(name or "Unassigned", className="clip" if name else "clip unassigned", title=name),
            html.Td(
                [_count(row.open, link(marks.analyst_mark(who, "open"))), held],
                className="work work-open",
                style=opened,
            ),
            html.Td(_count(row.resolved, link(marks.analyst_mark(who, "resolved"))), className="work", style=closed),
            _median(row.p50_resolution_ms, median_ms),
            _booked(row, hours_state),
        ]
    )


def _count(n: int, href: str) -> Component | str:
    return dcc.Link(words.count(n), href=href) if n else html.Span("0", className="muted")


def _median(own_ms: int | None, queue_ms: int | None) -> Component:
    """A dot on an axis whose middle is the queue's own median."""
    text = words.UNKNOWN if own_ms is None else words.decimal(own_ms / HOUR_MS)
    why = _NO_MEDIAN if own_ms is None else None
    if not queue_ms:
        return html.Td(text, className="median median-alone", title=why)
    if own_ms is None:
        return html.Td(html.Span(text), className="median median-none", title=why)
    at = min(own_ms / (_MEDIAN_AXIS * queue_ms), 1.0)
    return html.Td(html.Span(text), className="median", style={"--at": f"{at:.3f}"})


def _total(made: QueueReport, rows: Sequence[AnalystRow], median_ms: int | None, link: LinkTo) -> Component:
    held, spent = sum(row.breached_held for row in rows), made.now.hours.total_s
    median = (
        "queue median not reached"
        if median_ms is None
        else f"dashed: queue median {words.decimal(median_ms / HOUR_MS)}"
    )
    cells = [
        html.Td("Total"),
        html.Td(
            [_count(made.now.backlog.open, link(marks.open_mark("all"))), f" · {words.count(held)} breached"],
            className="total",
        ),
        html.Td(_count(made.now.flow.resolved, link(marks.flow_mark("resolved"))), className="total"),
        html.Td(median, className="median-words"),
        html.Td(_hours(spent), className="num total", title=_NO_HOURS.get(made.now.hours.state)),
    ]
    return html.Tr(cells, className="total-row")


def _booked(row: AnalystRow, state: HoursState) -> Component:
    """Hours of a person; nobody cannot book any, which is not the same as none."""
    if row.person is None:
        return html.Td(words.UNKNOWN, className="num muted", title="Hours belong to who booked them")
    return html.Td(_hours(row.booked_s), className="num", title=_NO_HOURS.get(state))


def _hours(seconds: int | None) -> str:
    """Whole hours; what was booked is never told as nothing, and what is not known never as 0."""
    if seconds is None:
        return words.UNKNOWN
    return "<1" if 0 < seconds < _SECONDS_PER_HOUR / 2 else words.count(round(seconds / _SECONDS_PER_HOUR))
