"""Clocks in the shape that others build on."""

from collections import Counter
from collections.abc import Iterable

from opsportal.json_units import instant
from opsportal.naming import Naming
from opsportal.shapes.fleet import DueCountsJson, QueuedDueJson
from opsportal.shapes.reports import DueJson
from servicelevel.due import DueRow, DueState
from servicelevel.instants import SECOND_MS
from servicelevel.policy import Queue


def due_row(row: DueRow, queue: Queue, naming: Naming, jira_url: str) -> DueJson:
    """One running clock of one ticket."""
    return {
        "key": row.key,
        "url": f"{jira_url}/browse/{row.key}",
        "summary": row.summary,
        "type": row.type,
        "priority": row.priority,
        "status": row.status,
        "analyst": naming.name(row.analyst),
        "sla": row.sla,
        "goal_s": row.goal_ms / SECOND_MS,
        "elapsed_s": row.elapsed_ms / SECOND_MS,
        "remaining_s": row.remaining_ms / SECOND_MS,
        "due": instant(row.due, queue.calendar),
        "state": row.state,
        "ticking": row.ticking,
    }


def queued_due_row(row: DueRow, queue: Queue, naming: Naming, jira_url: str) -> QueuedDueJson:
    """One clock among those of several queues."""
    return {**due_row(row, queue, naming, jira_url), "queue": queue.id}


def due_counts(states: Iterable[DueState]) -> DueCountsJson:
    """How many clocks are in each state."""
    found = Counter(states)
    return {
        "overdue": found["overdue"],
        "lt_1h": found["lt_1h"],
        "lt_4h": found["lt_4h"],
        "today": found["today"],
        "next_day": found["next_day"],
        "later": found["later"],
        "paused": found["paused"],
    }
