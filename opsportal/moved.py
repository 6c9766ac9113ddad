"""Tickets that were moved between queues: who had them, what is known of their clocks, and their hours."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import numpy as np

from opsportal.ports import MovedTicketSource, Now, Progress
from opsportal.read_result import ReadResult, attempted
from opsportal.reading import Reading
from servicelevel.columns import TicketColumns
from servicelevel.membership import came_from, departed, moved_after, own_ids
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.worklogs import HoursRead


@dataclass(frozen=True, slots=True)
class Moved:
    """Tickets of a queue that other queues have by now.

    Of `recomputed` ones the clocks were computed by the queue's own rules, where Jira had run them; `as_elsewhere` ones
    are judged, for want of goals in the registry, by the clocks of the project that they are in.
    """

    tickets: int = 0
    recomputed: int = 0
    as_elsewhere: int = 0

    @classmethod
    def of(cls, queue: Queue, columns: TicketColumns) -> "Moved":
        """Those among a queue's tickets."""
        count = int(departed(columns).sum())
        by_jira = [queue.sla(name) for name in SLA_NAMES if not queue.sla(name).computed]
        ruled = bool(by_jira) and all(sla.goals for sla in by_jira)
        return cls(count, count if ruled else 0, count if by_jira and not ruled else 0)


NOTHING_MOVED = Moved()


def _ever() -> float:
    return inf


@dataclass(frozen=True, slots=True)
class MovedTickets:
    """Brings back, to the queues that had them, tickets that were moved; within a budget of seconds for each queue."""

    tickets: MovedTicketSource
    now: Now
    budget_s: float

    def joined(
        self,
        read: Mapping[str, ReadResult],
        since: int,
        progress: Callable[[str], Progress] = lambda _: lambda *_: None,
        left_s: Callable[[], float] = _ever,
    ) -> dict[str, ReadResult]:
        """What was read of each queue, with its tickets of the instant `since` or later that others have by now.

        A moved ticket is told by the queue that has it now, so every queue of the registry has to be among what was
        read. The hours on it come back with it. A queue that lost none costs no request. One whose tickets cannot be
        had has the reason in place of its reading. `left_s` says how many seconds there are for all queues together; it
        may raise a PortalError once they are over.
        """
        everything = [result for result in read.values() if isinstance(result, Reading)]
        moves = _Moves.of(everything, since)

        def join(reading: Reading) -> Reading:
            left = moves.left_by(reading)
            if not left:
                return reading
            budget_s = min(self.budget_s, left_s())
            return self._brought_back(reading, left, everything, budget_s, progress(reading.queue.id))

        return {
            queue_id: attempted(result.queue, partial(join, result)) if isinstance(result, Reading) else result
            for queue_id, result in read.items()
        }

    def _brought_back(
        self,
        reading: Reading,
        left: Mapping[int, frozenset[str]],
        everything: Iterable[Reading],
        budget_s: float,
        progress: Progress,
    ) -> Reading:
        queue = reading.queue
        columns = self.tickets.with_departed(
            queue, reading.columns, left, read_at=self.now(), budget_s=budget_s, progress=progress
        )
        if reading.hours is None:
            return Reading(queue, columns, reading.booked)
        hours = with_hours_of(reading.hours, columns, [read.hours for read in everything if read.hours is not None])
        laid = hours.columns(columns) if reading.booked.state == "ok" else reading.booked
        return Reading(queue, columns, laid, hours)


@dataclass(frozen=True, slots=True)
class _Moves:
    """Every moved ticket: the ids of the projects that it left, which queues tell so, and whether after the instant."""

    left: Mapping[int, frozenset[str]]
    told_by: Mapping[int, frozenset[str]]
    late: frozenset[int]

    @classmethod
    def of(cls, readings: Iterable[Reading], since: int) -> "_Moves":
        left: dict[int, frozenset[str]] = {}
        told_by: dict[int, frozenset[str]] = {}
        late: set[int] = set()
        for reading in readings:
            for ticket, projects in came_from(reading.columns).items():
                left[ticket] = left.get(ticket, frozenset()) | projects
                told_by[ticket] = told_by.get(ticket, frozenset()) | {reading.queue.id}
            late |= moved_after(reading.columns, since)
        return cls(left, told_by, frozenset(late))

    def left_by(self, reading: Reading) -> dict[int, frozenset[str]]:
        """Those that may have left a queue after the instant, or that it does not know yet to have left it."""
        held = frozenset(reading.columns.id.tolist())
        # A queue looks for what has left it once a day or so: until then another one tells where a ticket is.
        unseen = {ticket for ticket, queues in self.told_by.items() if ticket in held and queues - {reading.queue.id}}
        own = own_ids(reading.columns)
        if reading.hours is not None:
            own |= {str(project) for project in reading.hours.projects}
        known = len(own) == len(reading.queue.projects)  # else the source has to ask for the ids of the projects
        return {
            ticket: self.left[ticket]
            for ticket in self.late | unseen
            if not known or not own.isdisjoint(self.left[ticket])
        }


def with_hours_of(own: HoursRead, columns: TicketColumns, others: Iterable[HoursRead]) -> HoursRead:
    """A queue's hours and those on tickets that were moved away, which are read with the queues that have them."""
    away = frozenset(columns.id[np.flatnonzero(departed(columns))].tolist())
    found = {item.id: item for item in own.worklogs}
    people = dict(own.people)
    for read in others:
        here = [item for item in read.worklogs if item.ticket_id in away and own.first <= item.day <= own.last]
        found.update((item.id, item) for item in here)
        people.update((item.author_id, read.people[item.author_id]) for item in here)
    return replace(own, worklogs=tuple(sorted(found.values(), key=lambda item: item.id)), people=people)
