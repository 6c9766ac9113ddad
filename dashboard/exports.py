"""Every table as a CSV file under `/export/<table>.csv?<the query of the page>`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from flask import Flask, Response, request

from components.frames import Table, csv_pieces
from dashboard import half_loaded, people, urls
from dashboard.clocks import clocks
from dashboard.not_yours import NoQueueYours
from dashboard.portal import Portal, portal
from dashboard.tables_of_queues import budgets_table, compare_table, overview_table, sources_table, trends_table
from dashboard.tables_of_tickets import analysts_table, due_table, quality_table, tickets_table
from dashboard.urls import PageName, View
from opsportal.cached import Served
from servicelevel.due import DUE_STATES
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS, to_datetime
from servicelevel.marks import split_queue
from servicelevel.policy import Queue
from servicelevel.report import QueueReport

TableName: TypeAlias = Literal[
    "overview", "tickets", "due", "compare", "analysts", "budgets", "trends", "quality", "sources"
]
PAGES_OF: Final[Mapping[TableName, tuple[PageName, ...]]] = {
    "overview": ("overview",),
    "tickets": ("queue",),
    "due": ("overview", "queue", "at-risk"),
    "compare": ("compare",),
    "analysts": ("queue",),
    "budgets": ("overview", "queue"),
    "trends": ("trends",),
    "quality": ("data",),
    "sources": ("data",),
}
"""The pages that a table belongs to: whoever may see one of them may have it."""
TREND_DAYS: Final = 90
RETRY_S: Final = 15


class NotReady(PortalError):
    """What was asked for is still being read, or could not be read."""


class OneQueueWanted(PortalError):
    """Tickets are listed queue by queue."""

    def __init__(self) -> None:
        super().__init__("Tickets are listed for one queue at a time: name it with queue=.")


@dataclass(frozen=True, slots=True)
class Export:
    """A table and what its file is named after: the queue it is about (None: all) and the instant of its numbers.

    `without` are the queues that were asked for and have no numbers, so that nothing of them is in the table.
    """

    table: Table
    queue: str | None
    as_of: int | None
    without: tuple[str, ...] = ()


def export_href(services: Portal, table: TableName, view: View) -> str:
    """The address of a table as the view shows it; on a queue's page it is that queue's."""
    shown = view if view.queue is None else replace(view, queues=(view.queue,))
    if table == "due" and view.page != "at-risk":
        shown = replace(shown, due=DUE_STATES)  # only that page leaves out what does not press when nothing is chosen
    return f"{services.prefix}export/{table}.csv{urls.search(replace(shown, ticket=None, embed=False, kiosk=False))}"


def install(server: Flask, services: Portal) -> None:
    """Answer the addresses of the tables."""
    half_loaded.install()
    server.add_url_rule(f"{services.prefix}export/<name>.csv", "export", _export, methods=["GET"])


def _export(name: str) -> Response:
    services = portal()
    table = next((known for known in _TABLES if known == name), None)
    if table is None:
        return _refused(404, f"There is no table {name!r}. There are: {', '.join(_TABLES)}.")
    services.need(*PAGES_OF[table])
    if not services.policy.queues:
        raise NoQueueYours
    path = services.prefix + ("trends" if name == "trends" else "")
    view = urls.parse(path, request.query_string.decode("utf-8", errors="replace"), services.policy, services.prefix)
    if view.notes:
        return _refused(400, " ".join(view.notes))
    try:
        made = _TABLES[table](view, services)
    except NotReady as reason:
        return _refused(503, str(reason), {"Retry-After": str(RETRY_S)})
    except PortalError as reason:
        return _refused(400, str(reason))
    missing = {"X-Queues-Without-Numbers": ",".join(made.without)} if made.without else {}
    return Response(
        csv_pieces(made.table),
        mimetype="text/csv",
        headers={
            **missing,
            "Content-Disposition": f'attachment; filename="{file_name(name, view, made)}"',
            "X-Row-Count": str(len(made.table.rows)),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def file_name(name: str, view: View, made: Export) -> str:
    """Table, queue, period and instant: `tickets_service-desk_30d_2026-11-23T1200Z.csv`, and whether queues lack."""
    period = view.period
    about = f"{period.days}d" if period.days else f"{period.first}_{period.last}"
    at = "no-data" if made.as_of is None else f"{to_datetime(made.as_of // SECOND_MS * SECOND_MS):%Y-%m-%dT%H%MZ}"
    of_now = name in ("due", "sources")
    parts = [
        name,
        made.queue or "all-queues",
        *([] if of_now else [about]),
        at,
        *(["incomplete"] if made.without else []),
    ]
    return "_".join(re.sub(r"[^A-Za-z0-9.-]", "-", part) for part in parts) + ".csv"


def _refused(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(f"{why}\n", status, {"Cache-Control": "no-store", **(headers or {})}, mimetype="text/plain")


def _asked(view: View, services: Portal) -> Sequence[Queue]:
    every = services.policy.queues
    return [queue for queue in every if queue.id in view.queues] or every


def _served(view: View, services: Portal) -> tuple[Sequence[Served], int | None]:
    """The queues asked for as they are, and the instant of the whole."""
    if len(view.queues) == 1:
        filters = people.filters_of(view, services, view.queues)
        one = services.reports.queue(
            view.queues[0], period=view.period, filters=filters, compared_days=view.compared_days
        )
        return [one], one.freshness.as_of
    filters = people.filters_of(view, services, [queue.id for queue in services.policy.queues])
    seen = services.reports.overview(period=view.period, filters=filters, compared_days=view.compared_days)
    wanted = {queue.id for queue in _asked(view, services)}
    return [served for served in seen.served.values() if served.queue.id in wanted], seen.as_of


def _of_reports(
    view: View, services: Portal, build: Callable[[Sequence[QueueReport]], Table], queue_id: str | None = None
) -> Export:
    """A table of the reports there are.

    Raises:
        PortalError: there is none, for this reason.
    """
    asked = view if queue_id is None else replace(view, queues=(queue_id,))
    served, as_of = _served(asked, services)
    made = [each.report for each in served if each.report is not None]
    if not made:
        raise _why_not(served[0])
    return Export(build(made), _only(asked), as_of, _without(served))


def _without(served: Sequence[Served]) -> tuple[str, ...]:
    return tuple(each.queue.id for each in served if each.report is None)


def _why_not(served: Served) -> PortalError:
    if served.problem is not None:
        return served.problem
    if served.freshness.state == "failed":
        return NotReady(f"{served.queue.name} cannot be read: {served.freshness.reason}")
    return NotReady(f"{served.queue.name} is being read for the first time.")


def _only(view: View) -> str | None:
    return view.queues[0] if len(view.queues) == 1 else None


def _overview(view: View, services: Portal) -> Export:
    served, as_of = _served(view, services)
    return Export(overview_table(served), _only(view), as_of)


def _compare(view: View, services: Portal) -> Export:
    served, as_of = _served(view, services)
    return Export(compare_table(served), _only(view), as_of)


def _due(view: View, services: Portal) -> Export:
    found = clocks(view, services)
    return Export(due_table(found, services.jira_url), _only(view), found.seen.as_of, _without(found.served))


def _tickets(view: View, services: Portal) -> Export:
    marked, mark = (None, None) if view.tickets is None else split_queue(view.tickets)
    queue_id = marked or _only(view)
    if queue_id is None:
        raise OneQueueWanted
    naming, jira_url = services.naming, services.jira_url
    found = services.reports.find(queue_id).id
    return _of_reports(view, services, lambda made: tickets_table(made[0], mark, naming, jira_url), found)


def _analysts(view: View, services: Portal) -> Export:
    return _of_reports(view, services, lambda made: analysts_table(made, services.naming))


def _budgets(view: View, services: Portal) -> Export:
    return _of_reports(view, services, budgets_table)


def _quality(view: View, services: Portal) -> Export:
    return _of_reports(view, services, quality_table)


def _trends(view: View, services: Portal) -> Export:
    queues, now = _asked(view, services), services.now()
    first, last = _dates(view, queues, now)
    try:
        series = services.trends.series([queue.id for queue in queues], first, last, view.scores, for_signals=False)
    except PortalError as problem:
        raise NotReady(f"The history cannot be read: {services.why(problem)}") from problem
    return Export(trends_table(queues, series), _only(view), now)


def _dates(view: View, queues: Sequence[Queue], now: int) -> tuple[date, date]:
    period = view.period
    if period.first is not None and period.last is not None:
        return period.first, period.last
    yesterday = max(queue.calendar.local_date(now) for queue in queues) - timedelta(days=1)
    return yesterday - timedelta(days=(period.days or TREND_DAYS) - 1), yesterday


def _sources(view: View, services: Portal) -> Export:
    queues = {queue.id: queue for queue in _asked(view, services)}
    notes = [note for note in services.reports.source_notes() if note.queue_id in queues]
    if not services.scope.admin:
        notes = [note.outline() for note in notes]
    return Export(sources_table(queues, notes), _only(view), services.now())


_TABLES: Final[Mapping[TableName, Callable[[View, Portal], Export]]] = {
    "overview": _overview,
    "tickets": _tickets,
    "due": _due,
    "compare": _compare,
    "analysts": _analysts,
    "budgets": _budgets,
    "trends": _trends,
    "quality": _quality,
    "sources": _sources,
}
