"""The tickets of a queue in the shape that others build on, one row a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from opsportal.json_units import SECONDS_PER_HOUR, instant
from opsportal.naming import Naming
from opsportal.reading import Reading
from opsportal.shapes.tickets import TicketClockJson, TicketJson
from servicelevel.columns import NONE_CODE
from servicelevel.due import DueRow
from servicelevel.instants import MISSING, SECOND_MS, day_of_date
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.report import QueueReport
from servicelevel.standing import done_changes
from servicelevel.verdicts import EXCLUSIONS, Verdict, Verdicts
from servicelevel.worklogs import WorklogColumns

_VERDICTS: Mapping[Verdict, Literal["undecided", "met", "breached"]] = {
    Verdict.UNDECIDED: "undecided",
    Verdict.MET: "met",
    Verdict.BREACHED: "breached",
}


@dataclass(frozen=True, slots=True)
class _Clocks:
    """Of one promise: each ticket's last judged cycle, which of its cycles that is, and what is due."""

    judged: Verdicts
    last: Mapping[int, int]
    ordinal: Sequence[int]
    due: Mapping[int, DueRow]


class TicketRows:
    """Makes the rows of one report's tickets. `booked` are the hours of its reading, None if not at hand."""

    def __init__(self, made: QueueReport, booked: WorklogColumns | None, naming: Naming, jira_url: str) -> None:
        self._made, self._naming, self._jira_url = made, naming, jira_url
        self._hours = None if booked is None or booked.state != "ok" else _hours(made, booked)
        out = done_changes(made.columns)[1]
        self._reopened = np.bincount(out.row[out.at <= made.as_of], minlength=len(made.columns))
        self._clocks = {name: _clocks(made, name) for name in SLA_NAMES}

    def row(self, row: int) -> TicketJson:
        """The ticket in that row of the columns."""
        made = self._made
        columns, stood, calendar = made.columns, made.now.stood, made.queue.calendar
        key, created, resolved = columns.key[row], int(columns.created[row]), int(stood.resolved_at[row])
        priority, assignee, resolution = stood.priority[row], stood.assignee[row], stood.resolution[row]
        age_ms = calendar.elapsed_ms(created, made.as_of if resolved == MISSING else resolved)
        return {
            "key": key,
            "url": f"{self._jira_url}/browse/{key}",
            "summary": columns.summary[row],
            "type": columns.types[columns.type[row]].name,
            "priority": None if priority == NONE_CODE else columns.priorities[priority].name,
            "status": columns.statuses[stood.status[row]].name,
            "resolved_as": None if resolution == NONE_CODE else columns.resolutions[resolution].name,
            "analyst": None if assignee == NONE_CODE else self._naming.name(columns.people[assignee]),
            "open": bool(stood.open[row]),
            "created": instant(created, calendar),
            "updated": instant(int(columns.updated[row]), calendar),
            "resolved": None if resolved == MISSING else instant(resolved, calendar),
            "reopened": int(self._reopened[row]),
            "age_bd": age_ms / calendar.business_day_ms,
            "hours": None if self._hours is None else float(self._hours[row]) / SECONDS_PER_HOUR,
            "first_response": self._clock("first_response", row),
            "resolution": self._clock("resolution", row),
        }

    def _clock(self, name: SlaName, row: int) -> TicketClockJson:
        clocks, calendar = self._clocks[name], self._made.queue.calendar
        judged, at = clocks.judged, clocks.last.get(row)
        if at is None:
            return _not_judged(judged, row)
        due, decided, running = int(judged.due[at]), int(judged.decided_at[at]), clocks.due.get(row)
        goal_ms, elapsed_ms = int(judged.goal_ms[at]), int(judged.elapsed_ms[at])
        return {
            "verdict": _VERDICTS[Verdict(int(judged.verdict[at]))],
            "exclusion": None,
            "cycle": clocks.ordinal[at],
            "goal_s": goal_ms / SECOND_MS,
            "elapsed_s": elapsed_ms / SECOND_MS,
            "remaining_s": (goal_ms - elapsed_ms) / SECOND_MS,
            "due": None if due == MISSING else instant(due, calendar),
            "decided_at": None if decided == MISSING else instant(decided, calendar),
            "state": None if running is None else running.state,
            "ticking": None if running is None else running.ticking,
        }


def hours_of_reading(made: QueueReport, reading: Reading | None) -> WorklogColumns | None:
    """The hours that belong to a report; None when the reading is another one by now."""
    return None if reading is None or reading.columns.read_at != made.columns.read_at else reading.booked


def _not_judged(judged: Verdicts, row: int) -> TicketClockJson:
    return {
        "verdict": "excluded",
        "exclusion": EXCLUSIONS[int(judged.exclusion[row])] or "no_start",
        "cycle": None,
        "goal_s": None,
        "elapsed_s": None,
        "remaining_s": None,
        "due": None,
        "decided_at": None,
        "state": None,
        "ticking": None,
    }


def _hours(made: QueueReport, booked: WorklogColumns) -> "np.ndarray[Any, np.dtype[np.number[Any]]]":
    first, last = (day_of_date(day) for day in made.now.dates)
    here = (booked.day >= first) & (booked.day <= last)
    return np.bincount(booked.row[here], booked.spent_s[here], minlength=len(made.columns))


def _clocks(made: QueueReport, name: SlaName) -> _Clocks:
    judged = made.now.judged[name]
    # Cycles are in order of ticket and start, so that a ticket's first one is where its row begins.
    begin = np.searchsorted(judged.row, judged.row, side="left")
    ordinal = (np.arange(len(judged.row)) - begin + 1).tolist()
    last = {int(judged.row[i]): int(i) for i in np.flatnonzero(judged.judged)}
    rows = [row for row in made.due if row.sla == name]
    places = made.columns.rows_of(np.array([row.ticket_id for row in rows], np.int64))
    return _Clocks(judged, last, ordinal, {int(place): row for place, row in zip(places, rows, strict=True)})
