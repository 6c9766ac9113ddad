"""What breaks next: one row per running or paused clock, by the instant its goal runs out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import HOUR_MS, MISSING, Mask
from servicelevel.policy import SlaName
from servicelevel.standing import Standing
from servicelevel.ticket import Person
from servicelevel.verdicts import Verdict, Verdicts

DueState: TypeAlias = Literal["overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused"]
DUE_STATES: tuple[DueState, ...] = ("overdue", "lt_1h", "lt_4h", "today", "next_day", "later", "paused")

LONGEST_NUMBER = 18
"""Digits of a number that a key may end in and be ordered by."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """One clock of one ticket. Durations are business milliseconds; `due` is None while paused within the goal.

    `remaining_ms` is negative when overdue. `ticking` says that time passes right now: running, and within hours.
    """

    ticket_id: int
    key: str
    summary: str
    type: str
    priority: str | None
    status: str
    analyst: Person | None
    sla: SlaName
    goal_ms: int
    elapsed_ms: int
    due: int | None
    state: DueState
    ticking: bool

    @property
    def remaining_ms(self) -> int:
        """Business time left of the goal."""
        return self.goal_ms - self.elapsed_ms


def due_list(
    columns: TicketColumns,
    judged: Mapping[SlaName, Verdicts],
    stood: Standing,
    calendar: BusinessCalendar,
    rows: Mask,
) -> tuple[DueRow, ...]:
    """Every running or paused judged clock of the chosen tickets: overdue first, then by due, paused last, then key."""
    as_of = stood.as_of
    is_open = calendar.is_open(as_of)
    today = calendar.local_date(as_of)
    next_date = calendar.next_working_date(today)
    borders = _Borders(
        int(calendar.local_days(np.array([as_of]))[0]), next_date.toordinal() - today.toordinal() if next_date else 0
    )
    result = []
    for name, verdicts in judged.items():
        live = np.flatnonzero(verdicts.running & (verdicts.undecided | verdicts.breached) & rows[verdicts.row])
        due_days = calendar.local_days(np.where(verdicts.due == MISSING, as_of, verdicts.due))
        for i in live:
            row = verdicts.row[i]
            left = int(verdicts.goal_ms[i] - verdicts.elapsed_ms[i])
            overdue = bool(verdicts.verdict[i] == Verdict.BREACHED)
            paused = bool(verdicts.paused[i])
            priority, assignee = stood.priority[row], stood.assignee[row]
            result.append(
                DueRow(
                    ticket_id=int(columns.id[row]),
                    key=columns.key[row],
                    summary=columns.summary[row],
                    type=columns.types[columns.type[row]].name,
                    priority=None if priority == NONE_CODE else columns.priorities[priority].name,
                    status=columns.statuses[stood.status[row]].name,
                    analyst=None if assignee == NONE_CODE else columns.people[assignee],
                    sla=name,
                    goal_ms=int(verdicts.goal_ms[i]),
                    elapsed_ms=int(verdicts.elapsed_ms[i]),
                    due=None if verdicts.due[i] == MISSING else int(verdicts.due[i]),
                    state="overdue"
                    if overdue
                    else "paused"
                    if paused
                    else borders.state(left, int(due_days[i]), verdicts.due[i] == MISSING),
                    ticking=is_open and not paused,
                )
            )
    return tuple(sorted(result, key=due_order))


def due_order(row: DueRow) -> tuple[int, float, tuple[str, int], str]:
    """Overdue first, paused last, between them by due; then by key as people count (SD-9 before SD-10), then SLA."""
    group = 0 if row.state == "overdue" else 2 if row.state == "paused" else 1
    project, dash, number = row.key.rpartition("-")
    key = (project, int(number)) if dash and number.isdecimal() and len(number) <= LONGEST_NUMBER else (row.key, 0)
    return group, float("inf") if row.due is None else row.due, key, row.sla


@dataclass(frozen=True, slots=True)
class _Borders:
    today: int
    days_to_next: int

    def state(self, left_ms: int, due_day: int, never: bool) -> DueState:
        """The first bucket that holds for a clock that runs within its goal."""
        if left_ms < HOUR_MS:
            return "lt_1h"
        if left_ms < 4 * HOUR_MS:
            return "lt_4h"
        if never:
            return "later"
        if due_day <= self.today:
            return "today"
        return "next_day" if due_day <= self.today + self.days_to_next else "later"
