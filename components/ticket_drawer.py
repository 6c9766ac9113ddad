"""One ticket: the verdict in a sentence, its clocks as strips, what happened with what it cost, and its Jira link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dash import html
from dash.development.base_component import Component

from components import words
from components.analysts import Named
from components.attributes import aria
from components.chips import priority_chip
from components.icons import icon
from components.strips import strips
from components.ticket_words import clock_source, event_words, tone_of, verdict_sentences
from servicelevel.columns import NONE_CODE
from servicelevel.report import QueueReport
from servicelevel.timeline import Timeline
from servicelevel.worklogs import HoursState, WorklogColumns

EVENTS_SHOWN: Final = 30
_SECONDS_PER_HOUR: Final = 3600
_NO_HOURS: Final[Mapping[HoursState, str]] = {"not_configured": "no Tempo", "failed": "not read"}
_SHAPES: Final = {"ok": "kept", "watch": "watch", "risk": "risk", "none": "insufficient"}


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket of a report as told in time, with where it opens in Jira and where closing the drawer leads.

    `booked` are the queue's worklogs, and `booked_row` the ticket's row among the tickets they stand beside.
    """

    made: QueueReport
    told: Timeline
    booked: WorklogColumns
    booked_row: int
    jira_href: str
    close_href: str


def ticket_drawer(view: TicketView, name_of: Named) -> list[Component]:
    """The drawer's content, from the verdict to the source of the clocks."""
    told, made = view.told, view.made
    calendar = made.queue.calendar
    body: list[Component] = [_head(view), html.H2(made.columns.summary[told.row], className="drawer-title")]
    body += [_verdict(view), _facts(view, name_of)]
    if told.strips:
        body += [html.Hr(className="rule"), *strips(told, calendar)]
    body += [html.Hr(className="rule"), *_events(view, name_of)]
    if told.strips:
        body.append(html.P(clock_source(told, calendar), className="drawer-source"))
    changed = words.instant(int(min(made.columns.updated[told.row], made.as_of)), made.as_of, calendar.zone)
    body.append(html.P(f"Last changed in Jira: {changed}", className="drawer-source"))
    return body


def drawer_head(lead: list[Component], close_href: str, *, beside: Component | None = None) -> Component:
    """The top of any drawer: what it is about, and the way out."""
    close = html.A(icon("close"), href=close_href, className="button button-icon drawer-close", **aria(label="Close"))
    return html.Div([*lead, html.Span([beside, close], className="drawer-actions")], className="drawer-head")


def _head(view: TicketView) -> Component:
    made, row = view.made, view.told.row
    columns, code = made.columns, int(made.now.stood.priority[row])
    lead: list[Component] = [
        html.B(columns.key[row], className="drawer-key"),
        priority_chip(
            None if code == NONE_CODE else columns.priorities[code].name, None if code == NONE_CODE else code
        ),
        html.Span(f"{columns.types[columns.type[row]].name} · {made.queue.name}", className="small muted"),
    ]
    jira = html.A(
        ["Open in Jira ", icon("external")],
        href=view.jira_href,
        target="_blank",
        rel="noopener noreferrer",
        className="button button-link",
    )
    return drawer_head(lead, view.close_href, beside=jira)


def _verdict(view: TicketView) -> Component:
    tone = tone_of(view.told)
    first, *rest = verdict_sentences(view.told, view.made.queue.calendar)
    text = [html.B(first), " ", " ".join(rest)]
    return html.Div([icon(_SHAPES[tone]), html.P(text)], className=f"drawer-verdict drawer-{tone}")  # type: ignore[arg-type]


def _facts(view: TicketView, name_of: Named) -> Component:
    made, row = view.made, view.told.row
    stood, columns, zone = made.now.stood, made.columns, made.queue.calendar.zone
    assignee = int(stood.assignee[row])
    holder = "Unassigned" if assignee == NONE_CODE else name_of(columns.people[assignee]) or "not shown"
    logged, why = _logged(view.booked, view.booked_row)
    facts = (
        ("Analyst", holder, holder),
        ("Status", columns.statuses[stood.status[row]].name, columns.statuses[stood.status[row]].name),
        ("Opened", words.instant(int(columns.created[row]), made.as_of, zone), None),
        ("Logged", logged, why),
    )
    cells = [html.Div([html.Dt(name), html.Dd(value, className="clip", title=told)]) for name, value, told in facts]
    return html.Dl(cells, className="drawer-facts")


def _logged(booked: WorklogColumns, row: int) -> tuple[str, str | None]:
    """Hours booked on the ticket with what they are, or in short that they are not known and in full why."""
    spent_s = booked.spent_on(row)
    if spent_s is None:
        return _NO_HOURS[booked.state], booked.state_reason
    hours = words.decimal(spent_s / _SECONDS_PER_HOUR) if spent_s else "0"
    return f"{hours}{words.SPACE}h", "Hours booked in Tempo, by anybody"


def _events(view: TicketView, name_of: Named) -> list[Component]:
    told, calendar = view.told, view.made.queue.calendar
    hidden = len(told.events) - EVENTS_SHOWN
    shown = [*told.events[:1], *told.events[hidden + 1 :]] if hidden > 0 else told.events
    rows = []
    for place, event in enumerate(shown):
        if hidden > 0 and place == 1:
            rows.append(html.Tr(html.Td(f"{words.plural(hidden, 'more event')}", colSpan=3, className="muted")))
        what, cost = event_words(event, name_of)
        at = words.instant(event.at, told.as_of, calendar.zone)
        rows.append(
            html.Tr([html.Td(at, className="muted nowrap"), html.Td(what), html.Td(cost, className="num muted")])
        )
    summary = f"{words.plural(told.analysts, 'analyst')}, {words.plural(told.hand_offs, 'hand-off')}"
    head = html.Div(
        [html.H3("Hand-offs and events"), html.Span(summary, className="strip-used")], className="strip-head"
    )
    return [head, html.Table(html.Tbody(rows), className="table table-32 drawer-events")]
