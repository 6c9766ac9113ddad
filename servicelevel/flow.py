"""Arrivals, departures and reopens in a window."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import ChangeColumns, TicketColumns
from servicelevel.days import Days
from servicelevel.instants import DAY_MS, MISSING, Mask, Millis
from servicelevel.standing import Standing, done_changes, open_spans
from servicelevel.window import Window

REOPEN_DAYS = 14
"""A reopen counts when it comes within so many days, and rates look at a window moved back by as many."""


@dataclass(frozen=True, slots=True)
class FlowDay:
    """Tickets created and resolved on one local date, and open at its end (or at as_of)."""

    day: date
    created: int
    resolved: int
    open: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Reopens:
    """Changes into Done in a window, and those of them followed by a change out of Done within 14 days.

    `covered` is false when the window reaches further back than every change is known.
    """

    window: Window
    resolutions: int
    reopened: int
    covered: bool

    @property
    def rate(self) -> float | None:
        """Share reopened; None without a resolution, or when the window is not covered."""
        return self.reopened / self.resolutions if self.resolutions and self.covered else None


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of tickets in the window; `open` at its end. `reopened` are tickets with a change out of Done in it."""

    created: int
    resolved: int
    open: int
    reopened: int
    reopens: Reopens
    by_day: tuple[FlowDay, ...]

    @property
    def net_flow(self) -> float | None:
        """Resolved / created; None when nothing was created."""
        return self.resolved / self.created if self.created else None


def flow(columns: TicketColumns, stood: Standing, window: Window, calendar: BusinessCalendar, rows: Mask) -> Flow:
    """Arrivals and departures of the chosen tickets."""
    created = rows & window.holds(columns.created)
    resolved = rows & window.holds(stood.resolved_at)
    _, out = done_changes(columns)
    left_done = out.row[window.holds(out.at) & rows[out.row]]
    return Flow(
        created=int(created.sum()),
        resolved=int(resolved.sum()),
        open=int((rows & stood.open).sum()),
        reopened=len(np.unique(left_done)),
        reopens=reopens(columns, window, rows),
        by_day=_by_day(columns, stood, window, calendar, rows),
    )


def reopens(columns: TicketColumns, window: Window, rows: Mask) -> Reopens:
    """The reopen rate's counts for a window, which is moved back 14 days so that every resolution has had its time."""
    moved = window.moved(-REOPEN_DAYS * DAY_MS)
    counted, again = reopened_changes(columns, window, rows)
    return Reopens(moved, len(counted.row), int(again.sum()), covered=moved.start >= columns.covers_from)


def reopened_changes(columns: TicketColumns, window: Window, rows: Mask) -> tuple[ChangeColumns, Mask]:
    """Changes into Done in the window moved back 14 days, and which of them came back within 14 days."""
    moved = window.moved(-REOPEN_DAYS * DAY_MS)
    into, out = done_changes(columns)
    into = into.only(moved.holds(into.at) & rows[into.row])
    next_out = _next(into, out)
    again = (next_out != MISSING) & (next_out - into.at <= REOPEN_DAYS * DAY_MS) & (next_out <= window.end)
    return into, again


def _next(into: ChangeColumns, out: ChangeColumns) -> Millis:
    """For each change into Done the ticket's next change out of it, or MISSING."""
    if len(out.row) == 0:
        return np.full(len(into.row), MISSING)
    span = np.int64(1) << 44  # more milliseconds than the calendars cover: ticket and instant in one sortable number
    place = np.searchsorted(out.row * span + out.at, into.row * span + into.at, side="left")
    at = np.minimum(place, len(out.row) - 1)
    same = (place < len(out.row)) & (out.row[at] == into.row)
    return np.where(same, out.at[at], MISSING)


def _by_day(
    columns: TicketColumns, stood: Standing, window: Window, calendar: BusinessCalendar, rows: Mask
) -> tuple[FlowDay, ...]:
    days = Days(window, calendar)
    created = days.count(columns.created[rows & window.holds(columns.created)])
    resolved = days.count(stood.resolved_at[rows & window.holds(stood.resolved_at)])
    _, starts, ends = open_spans(columns, rows)
    at_end = np.searchsorted(np.sort(starts), days.ends, "right") - np.searchsorted(np.sort(ends), days.ends, "right")
    return tuple(
        FlowDay(day, int(c), int(r), int(o), partial)
        for day, partial, c, r, o in zip(days.dates, days.partial, created, resolved, at_end, strict=True)
    )
