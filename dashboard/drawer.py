"""The list of tickets behind a mark, and the drawer of one ticket, on whatever page the address asks for them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from components import states, words
from components.attributes import aria, data
from components.due_grid import PAGE_ROWS, list_grid
from components.mark_words import mark_words
from components.ticket_drawer import TicketView, drawer_head, ticket_drawer
from dashboard import ids, people, ticket_list
from dashboard.exports import PAGES_OF, export_href
from dashboard.portal import Portal, portal
from dashboard.urls import PageName, View
from opsportal.cached import Served
from servicelevel.marks import UnknownMark, parse, split_queue
from servicelevel.report import QueueReport
from servicelevel.selection import Counted, counted
from servicelevel.timeline import timeline

_WITH_TICKETS: Final[tuple[PageName, ...]] = ("overview", "queue", "compare", "at-risk", "data")
GRID: Final = "ticket-list-grid"
SHOWN: Final = "data-shown"


def register(app: Dash) -> None:
    """Open and close with the address; a tick refills only when there is something newer."""

    @app.callback(
        Output(ids.DRAWER, "children"),
        Output(ids.DRAWER, SHOWN),
        Input(ids.URL, "search"),
        Input(ids.URL, "pathname"),
        Input(ids.TICK, "n_intervals"),
        State(ids.DRAWER, SHOWN),
    )
    def show(search: str | None, pathname: str | None, _: int | None, shown: str | None) -> tuple[Any, Any]:
        services = portal()
        view = services.view(pathname, search)
        if view.ticket is not None or view.tickets is not None:
            need(view.page, services)
        newest = _revision(view, services)
        if newest == (shown or "") or (ctx.triggered_id == ids.TICK and not newest):
            return no_update, no_update
        return content(view, services), newest


def need(page: PageName, services: Portal) -> None:
    """Check that tickets may be opened over a page: every number on it leads to those behind it, if it may be seen.

    Raises:
        PageNotYours: they may not. Over pages whose numbers lead to no ticket, only who sees queues' pages may.
    """
    services.need(page)
    if page not in _WITH_TICKETS:
        services.need("queue")


def content(view: View, services: Portal) -> Component | None:
    """What is open: a ticket before a list, and nothing where the address names neither."""
    key = view.ticket or _ticket_of(view.tickets)
    if key is not None:
        return _dialog(_ticket(view, key, services), f"Ticket {key}", _after_ticket(view, services))
    if view.tickets is not None:
        closed = services.href(view.with_(tickets=None))
        return _dialog(_list(view, view.tickets, services), "Tickets", closed, wide=True)
    return None


def _revision(view: View, services: Portal) -> str:
    """What is shown, and of which reading; empty when nothing is open."""
    if view.ticket is None and view.tickets is None:
        return ""
    served = [each.revision for each in _candidates(view, services)]
    return hashlib.blake2b(repr((view, served)).encode(), digest_size=8).hexdigest()


def _dialog(body: Sequence[Component], label: str, close_href: str, *, wide: bool = False) -> Component:
    look = "drawer drawer-wide" if wide else "drawer"
    return html.Dialog(list(body), className=look, **aria(label=label), **data(close_href=close_href))


def _ticket_of(mark: str | None) -> str | None:
    """The key of a mark that is a ticket."""
    parts = parse(split_queue(mark)[1]).words if mark else ()
    return parts[1] if len(parts) == 2 and parts[0] == "ticket" else None


def _after_ticket(view: View, services: Portal) -> str:
    """Closing a ticket goes back to the list it was opened from, else to the page."""
    listed = view.tickets if view.ticket is not None and _ticket_of(view.tickets) is None else None
    return services.href(view.with_(ticket=None, tickets=listed))


def _ticket(view: View, key: str, services: Portal) -> list[Component]:
    close = _after_ticket(view, services)
    for served in _candidates(view, services):
        made = served.report
        reading = services.reports.reading(served.queue.id)
        if made is None or reading is None or key not in made.columns.key or key not in reading.columns.key:
            continue
        told, beside = timeline(made, made.columns.key.index(key)), reading.columns.key.index(key)
        shown = TicketView(made, told, reading.booked, beside, f"{services.jira_url}/browse/{key}", close)
        return ticket_drawer(shown, services.naming.name)
    why = "No queue has read a ticket of this key: it may be older than what is kept, or belong to none of the queues."
    jira = html.A("Look for it in Jira", href=f"{services.jira_url}/browse/{key}", target="_blank", rel="noopener")
    return [drawer_head([html.B(key)], close), states.empty(f"{key} is not here", why), html.P(jira)]


def _candidates(view: View, services: Portal) -> list[Served]:
    """The queues that may hold what is asked for, the likeliest first."""
    key = view.ticket or _ticket_of(view.tickets)
    named = split_queue(view.tickets)[0] if view.tickets else None
    if key is None:
        return [served for served in [_of_mark(view, services)] if served is not None]
    project = key.rpartition("-")[0].casefold()
    queues = [queue for queue in services.policy.queues if project in {name.casefold() for name in queue.projects}]
    first = [view.queue, named]
    queues.sort(key=lambda queue: queue.id not in first)
    return [services.reports.queue(queue.id) for queue in queues]


def _of_mark(view: View, services: Portal) -> Served | None:
    """The queue that a list is about, in the period and under the filters of the view."""
    queue_id = (split_queue(view.tickets)[0] if view.tickets else None) or view.queue
    if queue_id not in {queue.id for queue in services.policy.queues}:
        return None
    filters = people.filters_of(view, services, (queue_id,))
    period = None if view.page in ("trends", "at-risk", "data") else view.period
    return services.reports.queue(queue_id, period=period, filters=filters, compared_days=view.compared_days)


def _list(view: View, written: str, services: Portal) -> list[Component]:
    served, close = _of_mark(view, services), services.href(view.with_(tickets=None))
    mark = split_queue(written)[1]
    if served is None:
        return [drawer_head([html.B("Tickets")], close), states.empty("Nothing to list", "No queue is named.")]
    made = served.report
    if made is None:
        why = str(served.problem) if served.problem is not None else "The queue has not been read yet."
        return [drawer_head([html.B(served.queue.name)], close), states.empty("Nothing to list", why)]
    try:
        found = counted(made, mark, services.naming.id)
    except UnknownMark as unknown:
        return [drawer_head([html.B(made.queue.name)], close), states.empty("Nothing to list", str(unknown))]
    return _listed(made, found, mark, view, services)


def _listed(made: QueueReport, found: Sequence[Counted], mark: str, view: View, services: Portal) -> list[Component]:
    names = {services.naming.id(person): services.naming.name(person) for person in made.columns.people}
    title = mark_words(made, mark, names.get)
    tickets = len({item.row for item in found})
    close = services.href(view.with_(tickets=None))
    listed = replace(view, queues=(made.queue.id,), queue=None)
    csv = None
    if services.sees(*PAGES_OF["tickets"]):
        csv = html.A("CSV", href=export_href(services, "tickets", listed), className="button button-link", download="")
    thing = "ticket" if tickets == len(found) else "clock"
    count = words.plural(len(found), thing)
    on = "" if tickets == len(found) else f" on {words.plural(tickets, 'ticket')}"
    more = len(found) - ticket_list.MOST_ROWS
    grid = list_grid(
        GRID,
        ticket_list.definitions(with_promise=tickets != len(found) or mark.startswith("due:")),
        ticket_list.rows(made, found, view, services),
        label=title,
        empty="No ticket is behind this number.",
        paged=len(found) > PAGE_ROWS,
    )
    return [
        drawer_head([html.Span(made.queue.name, className="small muted")], close, beside=csv),
        html.H2(title, className="drawer-title"),
        html.P(f"{count}{on}", className="muted drawer-count"),
        grid,
        *([html.P(f"The CSV holds {words.count(more)} more.", className="hint")] if more > 0 and csv else []),
    ]
