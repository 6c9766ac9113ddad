"""Hours as columns, and what a queue's hours and its team's load are in a window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import Codes, Mask, Millis, day_of_date
from servicelevel.standing import Standing
from servicelevel.ticket import Person, Worklog
from servicelevel.window import Window

COVERAGE_NEEDED = 0.6
"""Utilisation says nothing when fewer of the resolved tickets carry any hours."""

HoursState: TypeAlias = Literal["ok", "not_configured", "failed"]
UtilisationReason: TypeAlias = Literal["no_team", "no_schedule", "low_coverage", "not_configured", "failed"]


@dataclass(frozen=True, slots=True, eq=False)
class TeamHours:
    """What one Tempo team booked and was scheduled for, by day number from 1970-01-01, in seconds."""

    booked_s: Mapping[int, int]
    scheduled_s: Mapping[int, int]

    def between(self, first: date, last: date) -> tuple[int, int]:
        """Seconds booked and scheduled from the first date to the last, both included."""
        days = range(day_of_date(first), day_of_date(last) + 1)
        return sum(self.booked_s.get(day, 0) for day in days), sum(self.scheduled_s.get(day, 0) for day in days)


@dataclass(frozen=True, slots=True, eq=False)
class WorklogColumns:
    """Hours on tickets the queue has, one row a worklog, and hours on tickets that Jira no longer shows.

    `state` other than "ok" says why there are none; everything else of a report stands without them.
    """

    row: Codes
    author: Codes
    day: Millis
    spent_s: Millis
    billable_s: Millis
    orphan_ticket: Millis
    orphan_day: Millis
    orphan_s: Millis
    authors: tuple[Person, ...]
    team: TeamHours | None = None
    state: HoursState = "ok"
    state_reason: str | None = None

    def spent_on(self, row: int) -> int | None:
        """Seconds booked on the ticket of this row by anybody; None unless hours are known."""
        return int(self.spent_s[self.row == row].sum()) if self.state == "ok" else None


def worklog_columns(
    columns: TicketColumns,
    worklogs: Iterable[Worklog],
    orphans: Iterable[Worklog],
    people: Mapping[str, Person],
    team: TeamHours | None,
) -> WorklogColumns:
    """Worklogs laid beside a queue's tickets; those on tickets the queue does not have are left out.

    `orphans` are worklogs whose ticket Jira no longer shows to anyone; they are counted apart.
    """
    unique = sorted({item.id: item for item in worklogs}.values(), key=lambda item: item.id)
    ids = np.array([item.ticket_id for item in unique], np.int64)
    row = columns.rows_of(ids)
    author_ids = sorted({item.author_id for item in unique})
    code = {author: i for i, author in enumerate(author_ids)}
    values = np.array(
        [(code[item.author_id], day_of_date(item.day), item.spent_s, item.billable_s) for item in unique], np.int64
    ).reshape(-1, 4)[row != NONE_CODE]
    lost = sorted({item.id: item for item in orphans}.values(), key=lambda item: item.id)
    return WorklogColumns(
        row=row[row != NONE_CODE],
        author=values[:, 0].astype(np.int32),
        day=values[:, 1],
        spent_s=values[:, 2],
        billable_s=values[:, 3],
        orphan_ticket=np.array([item.ticket_id for item in lost], np.int64),
        orphan_day=np.array([day_of_date(item.day) for item in lost], np.int64),
        orphan_s=np.array([item.spent_s for item in lost], np.int64),
        authors=tuple(people.get(author, Person(author, author)) for author in author_ids),
        team=team,
    )


def no_worklogs(state: HoursState, reason: str) -> WorklogColumns:
    """No hours, and why."""
    none, no_code = np.empty(0, np.int64), np.empty(0, np.int32)
    return WorklogColumns(no_code, no_code, none, none, none, none, none, none, (), None, state, reason)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a window, in seconds. Every value is None unless `state` is "ok"."""

    state: HoursState
    state_reason: str | None
    total_s: int | None
    billable_s: int | None
    orphan_s: int | None
    orphan_tickets: tuple[int, ...]
    resolved: int
    coverage: float | None
    covered: int
    by_analyst: tuple[tuple[Person, int, int], ...]
    by_type: tuple[tuple[str, int], ...]
    team_s: int | None
    scheduled_s: int | None
    utilisation_reason: UtilisationReason | None

    @property
    def per_resolved_s(self) -> float | None:
        """Seconds booked in the window per ticket resolved in it."""
        return self.total_s / self.resolved if self.total_s is not None and self.resolved else None

    @property
    def utilisation(self) -> float | None:
        """Booked / scheduled seconds of the team; None with a reason."""
        if self.utilisation_reason or self.team_s is None or not self.scheduled_s:
            return None
        return self.team_s / self.scheduled_s


def hours(
    columns: TicketColumns,
    booked: WorklogColumns,
    stood: Standing,
    window: Window,
    dates: tuple[date, date],
    rows: Mask,
) -> Hours:
    """Hours on the chosen tickets with a start date from the first to the last of `dates`."""
    resolved = rows & window.holds(stood.resolved_at)
    n = int(resolved.sum())
    if booked.state != "ok":
        reason = booked.state
        return Hours(reason, booked.state_reason, None, None, None, (), n, None, 0, (), (), None, None, reason)
    first, last = day_of_date(dates[0]), day_of_date(dates[1])
    here = (booked.day >= first) & (booked.day <= last) & rows[booked.row]
    lost = (booked.orphan_day >= first) & (booked.orphan_day <= last)
    worked_on = np.zeros(len(columns), bool)
    worked_on[booked.row[booked.day <= last]] = True  # what is dated later was not there yet
    covered = int((resolved & worked_on).sum())
    team_s, scheduled_s = booked.team.between(*dates) if booked.team else (None, None)
    return Hours(
        state="ok",
        state_reason=None,
        total_s=int(booked.spent_s[here].sum()),
        billable_s=int(booked.billable_s[here].sum()),
        orphan_s=int(booked.orphan_s[lost].sum()),
        orphan_tickets=tuple(int(i) for i in np.unique(booked.orphan_ticket[lost])),
        resolved=n,
        coverage=covered / n if n else None,
        covered=covered,
        by_analyst=_by_analyst(booked, here),
        by_type=_by_type(columns, booked, here),
        team_s=team_s,
        scheduled_s=scheduled_s,
        utilisation_reason=_utilisation_reason(scheduled_s, covered, n),
    )


def _utilisation_reason(scheduled_s: int | None, covered: int, resolved: int) -> UtilisationReason | None:
    if scheduled_s is None:
        return "no_team"
    if scheduled_s <= 0:
        return "no_schedule"
    return None if resolved and covered / resolved >= COVERAGE_NEEDED else "low_coverage"


def _by_analyst(booked: WorklogColumns, here: Mask) -> tuple[tuple[Person, int, int], ...]:
    spent = np.bincount(booked.author[here], booked.spent_s[here], minlength=len(booked.authors))
    billable = np.bincount(booked.author[here], booked.billable_s[here], minlength=len(booked.authors))
    rows = [(person, int(s), int(b)) for person, s, b in zip(booked.authors, spent, billable, strict=True) if s]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0].id)))


def _by_type(columns: TicketColumns, booked: WorklogColumns, here: Mask) -> tuple[tuple[str, int], ...]:
    spent = np.bincount(columns.type[booked.row[here]], booked.spent_s[here], minlength=len(columns.types))
    rows = [(label.name, int(s)) for label, s in zip(columns.types, spent, strict=True) if s]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0])))


@dataclass(frozen=True, slots=True, eq=False)
class HoursRead:
    """Worklogs as read for one queue, from which the next read goes on.

    `gone` are tickets with hours that Jira no longer shows, `elsewhere` those that belong to other queues. `cursor` is
    when the last read began, `compared_at` when deleted worklogs were last looked for (epoch ms). `requests` is how
    many the read took.
    """

    first: date
    last: date
    projects: tuple[int, ...]
    worklogs: tuple[Worklog, ...]
    gone: frozenset[int]
    elsewhere: frozenset[int]
    people: Mapping[str, Person]
    team: TeamHours | None
    cursor: int
    compared_at: int
    requests: int = 0

    def columns(self, tickets: TicketColumns) -> WorklogColumns:
        """The worklogs beside a queue's tickets."""
        orphans = [item for item in self.worklogs if item.ticket_id in self.gone]
        return worklog_columns(tickets, self.worklogs, orphans, self.people, self.team)
