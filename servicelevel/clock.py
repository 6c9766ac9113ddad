"""Clocks that the portal runs itself, from creation, changes and comments, where no service desk runs them.

When a run began and stopped does not depend on the instant it is looked at, but for who answered for the queue by then:
what had happened is decided when it is judged.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from servicelevel.columns import TicketColumns, codes_of
from servicelevel.instants import LATEST_MS, MISSING, Codes, Mask, Millis, day_of_date
from servicelevel.policy import Queue, Sla, SlaName
from servicelevel.standing import Standing, done_changes, status_spans

_ROW_SPAN = np.int64(1) << 44
"""More milliseconds than calendars cover: ticket and instant fit one sortable number."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of one clock ordered by ticket and start; `stop` is MISSING while it runs.

    `span_*` are the stretches that count, unpaused, ordered by run and start; one that goes on ends far in the future.
    `unanswered` marks first responses that ended with the resolution, for want of an answer.
    """

    row: Codes
    start: Millis
    stop: Millis
    unanswered: Mask
    span_run: Codes
    span_start: Millis
    span_end: Millis


def runs(columns: TicketColumns, queue: Queue, name: SlaName, stood: Standing) -> Runs:
    """Every run of one clock of a queue, whenever it happened; who answers for the queue is told as of `stood`."""
    if name == "first_response":
        return _first_response(columns, queue, stood)
    return _resolution(columns, queue)


def goals_ms(columns: TicketColumns, queue: Queue, sla: Sla, row: Codes, start: Millis, stood: Standing) -> Millis:
    """The goal in force for each run: the one valid at its start for the ticket's priority and type, else MISSING.

    The more it says the more it counts (priority and type, priority, type, neither), then the later `valid_from`.
    """
    day = queue.calendar.local_days(start)
    priority, type_ = stood.priority[row], columns.type[row]
    goal = np.full(len(row), MISSING)
    for item in sorted(sla.goals, key=lambda g: (g.priority is not None, g.type is not None, _first_day(g.valid_from))):
        fits = day >= _first_day(item.valid_from)
        if item.priority is not None:
            fits &= np.isin(priority, list(codes_of(columns.priorities, [item.priority])))
        if item.type is not None:
            fits &= np.isin(type_, list(codes_of(columns.types, [item.type])))
        goal[fits] = item.goal_ms
    return goal


def _first_day(valid_from: date | None) -> int:
    return day_of_date(date.min if valid_from is None else valid_from)


def _first_response(columns: TicketColumns, queue: Queue, stood: Standing) -> Runs:
    """From creation to the first answer, or to the first change into Done when there was none before it."""
    n = len(columns)
    if queue.first_response.stops_at == "left_new":
        answered = _first_left_new(columns)
    else:
        answered = _first_answer(columns, queue, stood)
    done = _first_done(columns)
    unanswered = (done != MISSING) & ((answered == MISSING) | (done < answered))
    stop = np.where(unanswered, done, answered)
    run = np.arange(n, dtype=np.int32)
    ends = np.where(stop == MISSING, LATEST_MS, stop)
    return Runs(run, columns.created, stop, unanswered, run, columns.created, ends)


def _first_answer(columns: TicketColumns, queue: Queue, stood: Standing) -> Millis:
    """The first public comment after creation by an analyst who neither created the ticket nor is a program."""
    comments = columns.comments
    author = comments.author
    fits = comments.public & (comments.at > columns.created[comments.row]) & _analysts(columns, queue, stood)[author]
    fits &= author != columns.creator[comments.row]
    return _first_per_row(len(columns), comments.row[fits], comments.at[fits])


def _analysts(columns: TicketColumns, queue: Queue, stood: Standing) -> Mask:
    """Who answers for the queue, by code of person (last: nobody): as listed, else who had held a ticket by then."""
    people = columns.people
    flags = np.zeros(len(people) + 1, bool)
    if queue.analysts:
        wanted = {text.casefold() for text in queue.analysts}
        flags[:-1] = [person.id.casefold() in wanted or person.name.casefold() in wanted for person in people]
    else:
        held = columns.changes.of("assignee")
        held = held.only(held.at <= stood.as_of)
        flags[np.concatenate((stood.assignee[stood.exists], held.before, held.after))] = True
    flags[:-1] &= [not person.automation for person in people]
    flags[-1] = False
    return flags


def _first_left_new(columns: TicketColumns) -> Millis:
    changes = columns.changes.of("status")
    new = np.array([*(status.category == "new" for status in columns.statuses), False], bool)
    left = new[changes.before] & ~new[changes.after]
    return _first_per_row(len(columns), changes.row[left], changes.at[left])


def _first_done(columns: TicketColumns) -> Millis:
    """The first change into Done; where the history has none, the resolution date of a ticket that is Done."""
    into, _ = done_changes(columns)
    first = _first_per_row(len(columns), into.row, into.at)
    dated = columns.done[columns.status] & (first == MISSING)
    return np.where(dated, columns.resolved_on, first)


def _first_per_row(n: int, row: Codes, at: Millis) -> Millis:
    """The earliest instant of each ticket, MISSING where it has none; rows come in order of ticket and time."""
    first = np.full(n, MISSING)
    first[row[::-1]] = at[::-1]
    return first


def _resolution(columns: TicketColumns, queue: Queue) -> Runs:
    """From creation to Done; a change out of Done starts the next run. A closure of what is Done moves nothing."""
    into, out = done_changes(columns)
    row = np.concatenate((into.row, out.row))
    at = np.concatenate((into.at, out.at))
    closes = np.concatenate((np.ones(len(into.row), bool), np.zeros(len(out.row), bool)))
    order = np.lexsort((closes, at, row))
    row, at, closes = row[order], at[order], closes[order]
    # A ticket runs from its creation unless it was created Done; then runs and stops take turns.
    born_done = _born_done(columns)
    first = np.ones(len(row), bool)
    first[1:] = row[1:] != row[:-1]
    before = np.where(first, born_done[row], np.concatenate(([False], closes[:-1])))
    turn = closes != before
    row, at, closes = row[turn], at[turn], closes[turn]

    starts = np.concatenate((columns.created[~born_done], at[~closes]))
    start_row = np.concatenate((np.flatnonzero(~born_done), row[~closes]))
    order = np.lexsort((starts, start_row))
    start_row, starts = start_row[order].astype(np.int32), starts[order]
    stops = _following(start_row, starts, row[closes], at[closes])
    last = np.append(start_row[1:] != start_row[:-1], True)[: len(start_row)]
    dated = columns.resolved_on[start_row]
    final = last & columns.done[columns.status[start_row]] & (dated != MISSING) & (dated >= starts)
    stops = np.where(final, dated, stops)
    return Runs(
        start_row, starts, stops, np.zeros(len(starts), bool), *_unpaused(columns, queue, start_row, starts, stops)
    )


def _born_done(columns: TicketColumns) -> Mask:
    changes = columns.changes.of("status")
    status = columns.status.copy()
    rows, first = np.unique(changes.row, return_index=True)
    status[rows] = changes.before[first]
    result: Mask = np.append(columns.done, False)[status]
    return result


def _following(row: Codes, at: Millis, event_row: Codes, event_at: Millis) -> Millis:
    """For each (ticket, instant) the ticket's first event at or after it, MISSING when there is none."""
    if len(event_row) == 0:
        return np.full(len(row), MISSING)
    place = np.searchsorted(event_row * _ROW_SPAN + event_at, row * _ROW_SPAN + at, side="left")
    inside = np.minimum(place, len(event_row) - 1)
    found = (place < len(event_row)) & (event_row[inside] == row)
    return np.where(found, event_at[inside], MISSING)


def _unpaused(
    columns: TicketColumns, queue: Queue, row: Codes, starts: Millis, stops: Millis
) -> tuple[Codes, Millis, Millis]:
    """The stretches of each run in which its ticket stood in no pause status."""
    pauses = list(codes_of(columns.statuses, queue.pause_statuses))
    span_row, begin, end, status = status_spans(columns)
    counts = ~np.isin(status, pauses)
    span_row, begin, end = span_row[counts], begin[counts], end[counts]
    # Runs begin and end with changes of status, so a stretch of one status lies in one run, but for rounding at a stop.
    run = np.searchsorted(row * _ROW_SPAN + starts, span_row * _ROW_SPAN + begin, side="right") - 1
    inside = np.maximum(run, 0)
    mine = (run >= 0) & (row[inside] == span_row) if len(row) else np.zeros(len(span_row), bool)
    run, begin, end = run[mine], begin[mine], end[mine]
    end = np.minimum(end, np.where(stops[run] == MISSING, LATEST_MS, stops[run]))
    keep = end > begin
    return run[keep].astype(np.int32), begin[keep], end[keep]
