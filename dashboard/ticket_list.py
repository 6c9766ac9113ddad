"""The list of the tickets behind a mark: one row for each thing counted there."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from components import words
from components.due_grid import PROMISES
from dashboard.portal import Portal
from dashboard.urls import View
from servicelevel.columns import NONE_CODE
from servicelevel.instants import MISSING
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.report import QueueReport
from servicelevel.selection import Counted
from servicelevel.verdicts import EXCLUSIONS, Verdict, Verdicts

MOST_ROWS: Final = 2_000
"""Rows that are sent to the page; whatever is beyond is in the CSV."""

_VERDICTS: Final[Mapping[int, str]] = {
    Verdict.UNDECIDED: "running",
    Verdict.MET: "✓ met",
    Verdict.BREACHED: "✕ breached",
    Verdict.EXCLUDED: "excluded",
}


def definitions(*, with_promise: bool) -> list[dict[str, Any]]:
    """The grid's columns; the promise takes the status's place where clocks are listed."""
    columns: list[dict[str, Any]] = [
        {"headerName": "Key", "field": "key", "cellRenderer": "TicketLink", "width": 92, "comparator": "byKey"},
        {"headerName": "Summary", "field": "summary", "flex": 1, "minWidth": 140, "tooltipField": "summary"},
        {
            "headerName": "Prio",
            "field": "priority_place",
            "cellRenderer": "Priority",
            "width": 78,
            "comparator": "nothingLast",
        },
        {"headerName": "Analyst", "field": "analyst", "cellRenderer": "Analyst", "width": 112},
        {"headerName": "Status", "field": "status", "width": 98, "tooltipField": "status"},
        {"headerName": "Age, bd", "field": "age_bd", "width": 70, "type": "rightAligned"},
        {"headerName": "First response", "field": "first_response", "width": 106},
        {"headerName": "Resolution", "field": "resolution", "width": 104},
        {"headerName": "Due", "field": "due_ms", "cellRenderer": "Due", "width": 92, "comparator": "nothingLast"},
    ]
    if with_promise:
        columns[4] = {"headerName": "Promise", "field": "promise", "width": 108}
    return columns


def rows(made: QueueReport, found: Sequence[Counted], view: View, portal: Portal) -> list[dict[str, Any]]:
    """The grid's rows in the order counted."""
    judged = {name: _last(made.now.judged[name]) for name in SLA_NAMES}
    ages = made.queue.calendar.elapsed(made.columns.created, _ends(made)) / made.queue.calendar.business_day_ms
    return [
        _row(made, place, item, float(ages[item.row]), judged, view, portal)
        for place, item in enumerate(found[:MOST_ROWS])
    ]


def _row(
    made: QueueReport,
    place: int,
    item: Counted,
    age_bd: float,
    judged: Mapping[SlaName, Mapping[int, int]],
    view: View,
    portal: Portal,
) -> dict[str, Any]:
    columns, stood, row = made.columns, made.now.stood, item.row
    priority, assignee = int(stood.priority[row]), int(stood.assignee[row])
    key, due = columns.key[row], _due(made, item, judged)
    zone = made.queue.calendar.zone
    return {
        "id": f"{place}/{columns.id[row]}",
        "href": portal.href(view.with_(ticket=key, tickets=view.tickets)),
        "key": key,
        "summary": columns.summary[row],
        "priority": None if priority == NONE_CODE else columns.priorities[priority].name,
        "priority_place": None if priority == NONE_CODE else priority,
        "analyst": None if assignee == NONE_CODE else portal.naming.name(columns.people[assignee]),
        "assigned": assignee != NONE_CODE,
        "status": columns.statuses[stood.status[row]].name,
        "age_bd": round(age_bd, 1),
        "promise": "" if item.sla is None else PROMISES[item.sla],
        **{name: _verdict(made, name, row, judged[name]) for name in SLA_NAMES},
        "due_ms": due,
        "due": "" if due is None else words.instant(due, made.as_of, zone),
        "due_in_full": "" if due is None else f"{words.instant(due, made.as_of, zone)}, {zone.key}",
    }


def _last(judged: Verdicts) -> dict[int, int]:
    """The judged cycle of each ticket, the last one where several are, by the ticket's row."""
    return {int(judged.row[i]): int(i) for i in np.flatnonzero(judged.judged)}


def _verdict(made: QueueReport, name: SlaName, row: int, cycles: Mapping[int, int]) -> str:
    judged = made.now.judged[name]
    if row not in cycles:
        reason = EXCLUSIONS[judged.exclusion[row]]
        return reason.replace("_", " ") or "not judged"
    i = cycles[row]
    if judged.undecided[i] and judged.paused[i]:
        return "paused"
    return "✕ overdue" if judged.breached[i] and judged.running[i] else _VERDICTS[int(judged.verdict[i])]


def _due(made: QueueReport, item: Counted, judged: Mapping[SlaName, Mapping[int, int]]) -> int | None:
    """When the clock listed, or the first of the ticket's running clocks, runs out."""
    names = SLA_NAMES if item.sla is None else (item.sla,)
    found = []
    for name in names:
        i = judged[name].get(item.row)
        if i is not None and made.now.judged[name].due[i] != MISSING:
            found.append(int(made.now.judged[name].due[i]))
    return min(found, default=None)


def _ends(made: QueueReport) -> Any:
    """Until when each ticket aged: its resolution, else the instant of the report."""
    resolved = made.now.stood.resolved_at
    ends = np.where(resolved == MISSING, made.as_of, resolved)
    return np.maximum(ends, made.columns.created)
