"""Answers about one queue: its report, and its tickets."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from components.frames import Table
from dashboard.api.asked import Asked
from dashboard.api.cursors import Place, place_of, question, written
from dashboard.api.found import Found
from dashboard.api.narrowing import filters_of, without_paging
from dashboard.api.parameters import USUAL_TICKETS
from dashboard.api.problems import UNKNOWN_QUEUE, BadParameters, Problem, Wrong
from dashboard.api.standing import numbers_of
from dashboard.api.tables import tickets_table
from dashboard.portal import Portal
from dashboard.tables_of_queues import compare_table
from opsportal.cached import Served
from opsportal.envelope_json import Standing, envelope
from opsportal.report_json import queue_report
from opsportal.reports import UnknownQueue
from opsportal.shapes.reports import QueueReportJson
from opsportal.shapes.tickets import TicketsJson
from opsportal.tickets_json import TicketRows, hours_of_reading
from servicelevel.marks import UnknownMark
from servicelevel.report import QueueReport
from servicelevel.selection import tickets as tickets_behind
from servicelevel.worklogs import WorklogColumns

LONGEST_ID = 64


def data(services: Portal, asked: Asked, queue_id: str) -> Found:
    """The whole report of a queue; as a table its one row of measures."""
    served, made, standing = _served(services, asked, queue_id)

    def shaped() -> QueueReportJson:
        return queue_report(made, services.naming, services.jira_url, services.now(), standing)

    return Found(served.revision, made.columns.read_at, shaped, partial(compare_table, [served]))


def tickets(services: Portal, asked: Asked, queue_id: str) -> Found:
    """The tickets of a queue: as JSON page by page, as a table all of them."""
    served, made, standing = _served(services, asked, queue_id)
    asked_question = question(queue_id, without_paging(asked))
    place = None if asked.cursor is None else place_of(asked_question, asked.cursor)
    booked = hours_of_reading(made, services.reports.reading(queue_id))
    rows = _rows(made, asked, services)

    def shaped() -> TicketsJson:
        limit = asked.limit or USUAL_TICKETS
        left = rows if place is None else [row for row in rows if made.columns.id[row] > place.after]
        page = left[:limit]
        following = None
        if len(left) > limit:
            following = written(asked_question, Place(served.revision, int(made.columns.id[page[-1]])))
        makes = TicketRows(made, booked, services.naming, services.jira_url)
        return {
            **envelope(made, standing, services.now()),
            "queue": queue_id,
            "total": len(rows),
            "limit": limit,
            "cursor": asked.cursor,
            "next_cursor": following,
            "moved_on": place is not None and place.revision != served.revision,
            "hours_state": made.now.hours.state if booked is None else booked.state,
            "hours_reason": made.now.hours.state_reason if booked is None else booked.state_reason,
            "tickets": [makes.row(row) for row in page],
        }

    def table() -> Table:
        _refuse_paging(asked)
        return _table(made, rows, booked, services)

    return Found(served.revision, made.columns.read_at, shaped, table)


def _table(made: QueueReport, rows: Sequence[int], booked: WorklogColumns | None, services: Portal) -> Table:
    makes = TicketRows(made, booked, services.naming, services.jira_url)
    return tickets_table(made.queue.id, [makes.row(row) for row in rows])


def _refuse_paging(asked: Asked) -> None:
    given = {"limit": asked.limit, "cursor": asked.cursor}
    wrong = [Wrong(name, str(value), "A table has no pages: leave it out.") for name, value in given.items() if value]
    if wrong:
        raise BadParameters(wrong)


def _served(services: Portal, asked: Asked, queue_id: str) -> tuple[Served, QueueReport, Standing]:
    try:
        services.reports.find(queue_id)
    except UnknownQueue as unknown:
        detail = str(unknown) if len(queue_id) <= LONGEST_ID and queue_id.isprintable() else "There is no such queue."
        raise Problem(UNKNOWN_QUEUE, detail) from None
    filters = filters_of(asked, services, [queue_id])
    served = services.reports.queue(queue_id, period=asked.period, filters=filters, compared_days=asked.compared_days)
    made = numbers_of(served, asked, services.now())
    return served, made, Standing(served.freshness, served.revision, asked.filters, asked.lens)


def _rows(made: QueueReport, asked: Asked, services: Portal) -> list[int]:
    """Rows of the tickets asked for, in the order of their ids."""
    chosen = made.now.rows
    if asked.mark is not None:
        try:
            behind = tickets_behind(made, asked.mark, services.naming.id)
        except UnknownMark as unknown:
            raise BadParameters([Wrong("mark", asked.mark, str(unknown))]) from None
        chosen = chosen & np.isin(np.arange(len(chosen)), behind)
    if asked.due or asked.promise:
        ids = [
            row.ticket_id
            for row in made.due
            if (not asked.due or row.state in asked.due) and asked.promise in (None, row.sla)
        ]
        chosen = chosen & np.isin(made.columns.id, ids)
    return [int(row) for row in np.flatnonzero(chosen)]
