"""Tables with a row a ticket, a clock or a finding."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from components.frames import Cell, Kind, Table
from dashboard.clocks import Clocks
from opsportal.json_units import SECONDS_PER_HOUR, hours_of, instant
from opsportal.naming import Naming
from servicelevel.columns import NONE_CODE
from servicelevel.instants import MISSING
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.report import QueueReport
from servicelevel.selection import Counted, counted
from servicelevel.verdicts import Verdict, Verdicts

_CLOCK: Final[Mapping[str, Kind]] = {
    "queue": "text", "key": "text", "url": "text", "summary": "text", "type": "text", "priority": "text",
    "status": "text", "analyst": "text", "promise": "text", "state": "text", "goal_h": "float", "elapsed_h": "float",
    "remaining_h": "float", "goal_used": "float", "due": "text", "ticking": "text",
}  # fmt: skip
_TICKET: Final[Mapping[str, Kind]] = {
    "queue": "text", "key": "text", "url": "text", "summary": "text", "type": "text", "priority": "text",
    "status": "text", "analyst": "text", "resolution": "text", "created": "text", "updated": "text",
    "resolved": "text", "open": "text", "age_bd": "float", "counted_for": "text",
}  # fmt: skip
_PROMISE: Final[Mapping[str, Kind]] = {
    "verdict": "text", "goal_h": "float", "elapsed_h": "float", "due": "text", "decided_at": "text",
}  # fmt: skip
_VERDICTS: Final = {Verdict.UNDECIDED: "undecided", Verdict.MET: "met", Verdict.BREACHED: "breached"}


def due_table(found: Clocks, jira_url: str) -> Table:
    """Every listed clock, overdue first, then by due, paused last."""
    rows: list[Sequence[Cell]] = []
    for clock in found.listed:
        row, calendar = clock.row, clock.queue.calendar
        rows.append(
            (
                clock.queue.name, row.key, f"{jira_url}/browse/{row.key}", row.summary, row.type, row.priority,
                row.status, found.naming.name(row.analyst), row.sla, row.state, hours_of(row.goal_ms),
                hours_of(row.elapsed_ms), hours_of(row.remaining_ms),
                row.elapsed_ms / row.goal_ms if row.goal_ms else None, instant(row.due, calendar), _yes(row.ticking),
            )
        )  # fmt: skip
    return Table(_CLOCK, rows)


def tickets_table(made: QueueReport, mark: str | None, naming: Naming, jira_url: str) -> Table:
    """The tickets behind a mark, one row for each thing counted there; without a mark all tickets of the report.

    Raises:
        UnknownMark: the mark names nothing that the queue counts.
    """
    if mark is None:
        chosen: Sequence[Counted] = [Counted(int(row)) for row in np.flatnonzero(made.now.rows)]
    else:
        chosen = counted(made, mark, naming.id)
    cycles = {name: _last_judged(made.now.judged[name]) for name in SLA_NAMES}
    columns = {**_TICKET, **{f"{name}_{part}": kind for name in SLA_NAMES for part, kind in _PROMISE.items()}}
    rows = [
        (*_ticket(made, item, naming, jira_url), *(c for name in SLA_NAMES for c in _promise(made, name, item, cycles)))
        for item in chosen
    ]
    return Table(columns, rows)


def _ticket(made: QueueReport, item: Counted, naming: Naming, jira_url: str) -> tuple[Cell, ...]:
    columns, stood, calendar, row = made.columns, made.now.stood, made.queue.calendar, item.row
    key, resolved = columns.key[row], int(stood.resolved_at[row])
    end = made.as_of if resolved == MISSING else resolved
    age_ms = calendar.elapsed_ms(int(columns.created[row]), end)
    priority, assignee, resolution = stood.priority[row], stood.assignee[row], stood.resolution[row]
    return (
        made.queue.name,
        key,
        f"{jira_url}/browse/{key}",
        columns.summary[row],
        columns.types[columns.type[row]].name,
        None if priority == NONE_CODE else columns.priorities[priority].name,
        columns.statuses[stood.status[row]].name,
        None if assignee == NONE_CODE else naming.name(columns.people[assignee]),
        None if resolution == NONE_CODE else columns.resolutions[resolution].name,
        instant(int(columns.created[row]), calendar),
        instant(int(columns.updated[row]), calendar),
        None if resolved == MISSING else instant(resolved, calendar),
        _yes(bool(stood.open[row])),
        age_ms / calendar.business_day_ms,
        item.sla,
    )


def _promise(
    made: QueueReport, name: SlaName, item: Counted, cycles: Mapping[SlaName, Mapping[int, int]]
) -> tuple[Cell, ...]:
    judged, calendar, i = made.now.judged[name], made.queue.calendar, cycles[name].get(item.row)
    if i is None:
        return (None,) * len(_PROMISE)
    due, decided = int(judged.due[i]), int(judged.decided_at[i])
    return (
        _VERDICTS.get(Verdict(int(judged.verdict[i]))),
        hours_of(int(judged.goal_ms[i])),
        hours_of(int(judged.elapsed_ms[i])),
        None if due == MISSING else instant(due, calendar),
        None if decided == MISSING else instant(decided, calendar),
    )


def _last_judged(judged: Verdicts) -> dict[int, int]:
    """The place of each ticket's last judged cycle; cycles are in order of ticket and start."""
    return {int(judged.row[i]): int(i) for i in np.flatnonzero(judged.judged)}


def analysts_table(reports: Sequence[QueueReport], naming: Naming) -> Table:
    """Work by analyst, queue by queue; no rows where people are not shown."""
    columns: Mapping[str, Kind] = {
        "queue": "text", "analyst": "text", "open": "int", "breached_held": "int", "resolved": "int",
        **{f"{name}_{part}": "int" for name in SLA_NAMES for part in ("met", "breached")},
        "p50_resolution_h": "float", "hours": "float",
    }  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for made in reports if naming.shows_people else ():
        for row in made.analysts:
            promises = [counts[name] for name in SLA_NAMES for counts in (row.met, row.breached)]
            rows.append(
                (
                    made.queue.name,
                    naming.name(row.person) or "Unassigned",
                    row.open,
                    row.breached_held,
                    row.resolved,
                    *promises,
                    hours_of(row.p50_resolution_ms),
                    None if row.booked_s is None else row.booked_s / SECONDS_PER_HOUR,
                )
            )
    return Table(columns, rows)


def quality_table(reports: Sequence[QueueReport]) -> Table:
    """Every rule of the ledger, queue by queue, with the first keys it touches."""
    columns: Mapping[str, Kind] = {
        "queue": "text", "rule": "text", "tickets": "int", "share": "float", "keys": "text", "effect": "text",
        "not_known_because": "text",
    }  # fmt: skip
    rows = [
        (made.queue.name, row.rule, row.tickets, row.share, " ".join(row.keys), row.effect, row.reason)
        for made in reports
        for row in made.quality
    ]
    return Table(columns, rows)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
