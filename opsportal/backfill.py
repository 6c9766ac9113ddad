"""Days that history lacks, rebuilt from changelogs: read far enough back, then judged as of each day's end.

Every queue of the registry is read, whichever are rebuilt: small samples are filled up with the rates of all, and a
ticket that was moved is told by the queue that has it now.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from opsportal.moved import NOTHING_MOVED, Moved, MovedTickets
from opsportal.ports import History, HoursSource, MovedTicketSource, Now, Progress
from opsportal.read_result import ReadResult
from opsportal.reading import Reading, booked
from opsportal.reports import READS_AT_ONCE, found
from opsportal.snapshots import WINDOW_DAYS, DayEnds
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.measures import EVIDENCE_DAYS
from servicelevel.policy import Policy, Queue
from servicelevel.snapshot import Snapshot, end_of_day, last_ended_day
from servicelevel.trend import days_between

READ_BUDGET_S: Final = 3600.0
"""Seconds for the read of one queue. Nobody waits for it, and it reaches far back."""

READ_DAYS: Final = max(EVIDENCE_DAYS, WINDOW_DAYS)
"""How far before the end of a day that is judged by it everything is read."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of the days of one queue.

    `put` days were rebuilt, `incomplete` of them with something lacking; `there` stayed as they were. The others stay
    gaps: `not_ended` days, days `before_tickets`, that is before the first ticket that Jira still has, and all of them
    when `failed` says why the queue could not be read.
    """

    queue: str
    put: int = 0
    there: int = 0
    incomplete: int = 0
    not_ended: int = 0
    before_tickets: int = 0
    failed: str | None = None
    moved: Moved = NOTHING_MOVED


@dataclass(frozen=True, slots=True)
class Backfill:
    """Rebuilds days of a registry's queues from its sources into history."""

    policy: Policy
    tickets: MovedTicketSource
    hours: HoursSource | None
    history: History
    now: Now
    engine_version: str

    def run(
        self,
        first: date,
        last: date,
        queue_ids: Sequence[str] = (),
        progress: Callable[[str], Progress] = lambda _: lambda *_: None,
    ) -> tuple[Rebuilt, ...]:
        """Rebuild what history lacks of these queues, or of all, from first to last local day, newest first.

        Days that history has complete, or from a live taking, stay as they are, and each day is kept by itself: a run
        that was broken off goes on where it ended. Nothing is read when nothing is lacking.

        Raises:
            UnknownQueue: the registry has no queue of one of the ids.
            PortalError: history cannot be read or written.
        """
        chosen = [found(self.policy, queue_id) for queue_id in dict.fromkeys(queue_ids)] or list(self.policy.queues)
        lacking = {queue.id: lacking_days(queue, self.history, first, last, self.now()) for queue in chosen}
        wanted = [(queue, day) for queue in chosen for day in lacking[queue.id]]
        if not wanted:
            return rebuild((), chosen, self.history, first, last, engine_version=self.engine_version, now=self.now)
        begin = min(end_of_day(queue.calendar, day) for queue, day in wanted)
        read = self._read_all(begin, max(day for _, day in wanted), progress)
        joined = MovedTickets(self.tickets, self.now, READ_BUDGET_S).joined(read, begin, progress)
        good = [result for result in joined.values() if isinstance(result, Reading)]
        moves = {reading.queue.id: Moved.of(reading.queue, reading.columns) for reading in good}
        made = rebuild(
            good,
            chosen,
            self.history,
            first,
            last,
            engine_version=self.engine_version,
            now=self.now,
            failures={queue_id: str(error) for queue_id, error in joined.items() if isinstance(error, PortalError)},
            progress=progress,
        )
        return tuple(replace(each, moved=moves.get(each.queue, NOTHING_MOVED)) for each in made)

    def _read_all(self, begin: int, last: date, progress: Callable[[str], Progress]) -> dict[str, ReadResult]:
        """Every queue of the registry, with all that the days from the one that ends at `begin` on are judged by."""

        def attempt(queue: Queue) -> ReadResult:
            try:
                return self._read(queue, begin, last, progress(queue.id))
            except PortalError as error:
                return error

        with ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="queue") as pool:
            made = pool.map(attempt, self.policy.queues)
            return {queue.id: read for queue, read in zip(self.policy.queues, made, strict=True)}

    def _read(self, queue: Queue, begin: int, last: date, progress: Progress) -> Reading:
        columns = self.tickets.read(
            queue,
            None,
            updated_since=begin - READ_DAYS * DAY_MS,
            read_at=self.now(),
            budget_s=READ_BUDGET_S,
            progress=progress,
        )
        if self.hours is None:
            return Reading(queue, columns, booked(columns, None))
        progress("hours", 0, 0)
        # Which tickets have any hours at all is told by those from before the 30 days too.
        first = queue.calendar.local_date(begin) - timedelta(days=READ_DAYS)
        try:
            hours = self.hours.read(
                queue, columns, None, first=first, last=last, read_at=self.now(), budget_s=READ_BUDGET_S
            )
        except PortalError as error:
            return Reading(queue, columns, booked(columns, None, str(error)))
        return Reading(queue, columns, booked(columns, hours), hours)


def rebuild(
    readings: Sequence[Reading],
    chosen: Sequence[Queue],
    history: History,
    first: date,
    last: date,
    *,
    engine_version: str,
    now: Now,
    failures: Mapping[str, str] | None = None,
    progress: Callable[[str], Progress] = lambda _: lambda *_: None,
) -> tuple[Rebuilt, ...]:
    """Put in what history lacks of the chosen queues from first to last local day, newest first, as read.

    `failures` are queues of the registry that could not be read: what moved there is unknown, so that every day is kept
    as lacking tickets, for a later run to take its place.

    Raises:
        PortalError: history cannot be read or written.
    """
    ends, at = DayEnds(readings, engine_version, now), now()
    read = {reading.queue.id: reading for reading in readings}
    made = []
    for queue in chosen:
        lacking = lacking_days(queue, history, first, last, at)
        not_ended = max((last - max(last_ended_day(queue.calendar, at), first - timedelta(days=1))).days, 0)
        told = Rebuilt(queue.id, there=len(days_between(first, last)) - not_ended - len(lacking), not_ended=not_ended)
        if not lacking:
            made.append(told)
            continue
        if queue.id not in read:
            made.append(replace(told, failed=(failures or {}).get(queue.id, "It was not read.")))
            continue
        created = read[queue.id].columns.created
        coverable = [day for day in lacking if len(created) and created.min() <= end_of_day(queue.calendar, day)]
        coverable = [day for day in coverable if ends.covers(queue.id, day)]
        put = incomplete = 0
        for done, day in enumerate(reversed(coverable), 1):
            snapshot = ends.snapshot(queue.id, day, "backfill")
            snapshot = _without_what_moved(snapshot) if failures else snapshot
            put += history.put(snapshot)
            incomplete += not snapshot.complete
            progress(queue.id)("days", done, len(coverable))
        made.append(
            replace(
                told,
                put=put,
                there=told.there + len(coverable) - put,
                incomplete=incomplete,
                before_tickets=len(lacking) - len(coverable),
            )
        )
    return tuple(made)


def lacking_days(queue: Queue, history: History, first: date, last: date, now: int) -> tuple[date, ...]:
    """The ended days that a rebuilt one would take the place of, or that have none, in order.

    Raises:
        PortalError: history cannot be read.
    """
    last = min(last, last_ended_day(queue.calendar, now))
    settled = {snapshot.day for snapshot in history.range(queue.id, first, last).snapshots if _stays(snapshot)}
    return tuple(day for day in days_between(first, last) if day not in settled)


def _without_what_moved(snapshot: Snapshot) -> Snapshot:
    """The same, lacking the tickets that a queue which could not be read may have from it."""
    return replace(snapshot, complete=False, lacks=tuple(dict.fromkeys(("tickets", *snapshot.lacks))))


def _stays(snapshot: Snapshot) -> bool:
    return snapshot.source == "live" or (snapshot.source == "backfill" and snapshot.complete)
