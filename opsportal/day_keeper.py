"""The days that a portal takes itself: from what it has read already, once over all its workers.

```
PortalError
└── NotReadSince    a queue could not be read since its day ended
```
"""

import logging
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from datetime import time as time_of_day
from functools import partial
from hashlib import blake2b
from typing import Final

from opsportal import snapshot_lines
from opsportal.cached import CachedReports
from opsportal.engine import ENGINE_VERSION
from opsportal.heartbeat import Heartbeat
from opsportal.moved import MovedTickets
from opsportal.ports import History, Leases, Now
from opsportal.read_result import ReadResult
from opsportal.reading import Reading
from opsportal.snapshots import DayEnds
from opsportal.taking import Occasion, kept_days, settled, source_of, take
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS
from servicelevel.policy import Queue
from servicelevel.snapshot import end_of_day, last_ended_day
from servicelevel.snapshot_run import SnapshotRun
from servicelevel.trend import days_between

SOON_S: Final = 2.0
LOOK_EVERY_S: Final = 60.0
RETRY_S: Final = 300.0
"""Seconds until a day that could not be taken as it should is tried again."""
SAME_TRY_S: Final = 240.0
"""Seconds after another worker's try within which one does not follow it."""
MENDED_AT_ONCE: Final = 10
"""Days rebuilt between two looks: each takes some milliseconds, which pages wait for."""

_LEASE: Final = "snapshot"
_RUNS_LOOKED_AT: Final = 5

_log = logging.getLogger(__name__)


class NotReadSince(PortalError):
    """A queue could not be read since its day ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"It could not be read since the day ended. {reason}")


class DayKeeper:
    """Takes each queue's last day once it has ended and the queue's local time is past `at`, then mends earlier gaps.

    Every process may have one: a lease decides who works, and history what is left to do. `look` belongs in a thread of
    its own, and says after how many seconds it is to be called again.
    """

    def __init__(
        self,
        reports: CachedReports,
        moved: MovedTickets,
        history: History,
        leases: Leases,
        *,
        at: time_of_day,
        lock_s: float,
        now: Now,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reports, self._moved, self._history, self._leases = reports, moved, history, leases
        self._at, self._lock_s, self._now, self._clock_s = at, lock_s, now, clock_s
        self._settled: dict[str, date] = {}
        self._mended: dict[str, date] = {}
        self._retry_at_s, self._mend_at_s, self._told = 0.0, 0.0, ""

    def look(self) -> float:
        """Do what is to be done by now; how many seconds until there may be more.

        Raises:
            PortalError: history or leases cannot be used.
        """
        now, queues = self._now(), self._reports.policy.queues
        days = {queue.id: last_ended_day(queue.calendar, now) for queue in queues if self._due(queue, now)}
        due = [queue for queue in queues if queue.id in days]
        waiting = [queue for queue in due if self._settled.get(queue.id) != days[queue.id]]
        if waiting and self._clock_s() >= self._retry_at_s:
            return self._take(queues, due, days)
        whole = [queue for queue in due if queue not in waiting and self._mended.get(queue.id) != days[queue.id]]
        return self._mend(queues, whole, days) if whole and self._clock_s() >= self._mend_at_s else LOOK_EVERY_S

    def _due(self, queue: Queue, now: int) -> bool:
        return datetime.fromtimestamp(now / SECOND_MS, queue.calendar.zone).time() >= self._at

    def _take(self, queues: Sequence[Queue], due: Sequence[Queue], days: Mapping[str, date]) -> float:
        read = self._read_since(queues, max(end_of_day(queue.calendar, days[queue.id]) for queue in due))
        if read is None:
            return SOON_S
        lease = self._leases.take(_LEASE, self._lock_s)
        if lease is None:
            return LOOK_EVERY_S
        with Heartbeat(lease, self._lock_s):
            kept, now, run_id = kept_days(self._history, days), self._now(), _run_id(days)
            whole = [queue for queue in due if settled(kept[queue.id], source_of(queue, days[queue.id], now))]
            self._settled.update({queue.id: days[queue.id] for queue in whole})
            if len(whole) == len(due):
                return SOON_S
            if self._tried_lately(run_id, now):
                return LOOK_EVERY_S
            occasion = Occasion(run_id, "portal", socket.gethostname(), now)
            joined = partial(self._moved.joined, read)
            run = take(due, joined, self._history, occasion, engine_version=ENGINE_VERSION, now=self._now)
        self._settled.update({outcome.queue: outcome.day for outcome in run.outcomes if outcome.complete})
        self._retry_at_s = self._clock_s() + (RETRY_S if run.gaps else 0.0)
        self._tell(run)
        return SOON_S

    def _tried_lately(self, run_id: str, now: int) -> bool:
        """Whether another worker has tried the same days just now."""
        runs = self._history.runs(_RUNS_LOOKED_AT)
        lately = now - SAME_TRY_S * SECOND_MS
        return any(run.id == run_id and run.ended_at is not None and run.ended_at > lately for run in runs)

    def _read_since(self, queues: Sequence[Queue], end: int) -> Mapping[str, ReadResult] | None:
        """Every queue as read after an instant, or why it could not be; None while one of them still is to be read."""
        errors = {note.queue_id: note.error for note in self._reports.source_notes() if note.source == "Jira"}
        read: dict[str, ReadResult] = {}
        for queue in queues:
            reading, error = self._reports.reading(queue.id), errors.get(queue.id)
            if reading is not None and reading.columns.read_at > end:
                read[queue.id] = reading
            elif error is not None:
                read[queue.id] = NotReadSince(error)
            else:
                return None
        return read

    def _tell(self, run: SnapshotRun) -> None:
        """Log a run, but not the same trouble again with every try."""
        told = repr(run.gaps)
        if not run.gaps or told != self._told:
            snapshot_lines.tell(run)
        self._told = told

    def _mend(self, queues: Sequence[Queue], whole: Sequence[Queue], days: Mapping[str, date]) -> float:
        """Rebuild days that history lacks since it began, as far back as what was read reaches."""
        read = {queue.id: reading for queue in queues if (reading := self._reports.reading(queue.id)) is not None}
        if len(read) < len(queues):
            return LOOK_EVERY_S  # without all queues' rates a day would be incomplete for good
        lease = self._leases.take(_LEASE, self._lock_s)
        if lease is None:
            return LOOK_EVERY_S
        with Heartbeat(lease, self._lock_s):
            known, left = DayEnds(list(read.values()), ENGINE_VERSION, self._now), MENDED_AT_ONCE
            known_until = min(reading.columns.read_at for reading in read.values())
            lacking: dict[str, Sequence[date]] = {}
            finished: list[str] = []
            for queue in whole:
                missing = [
                    day
                    for day in self._missing(queue, days[queue.id])
                    if end_of_day(queue.calendar, day) < known_until and known.covers(queue.id, day)
                ]
                lacking[queue.id] = missing[:left]
                if len(missing) <= left:
                    finished.append(queue.id)
                left = max(left - len(missing), 0)
            ends_at = [end_of_day(queue.calendar, day) for queue in whole for day in lacking[queue.id]]
            if ends_at and not self._rebuild(read, lacking, min(ends_at)):
                self._mend_at_s = self._clock_s() + RETRY_S
                return LOOK_EVERY_S
            self._mended.update((queue_id, days[queue_id]) for queue_id in finished)
        return SOON_S if left == 0 else LOOK_EVERY_S

    def _rebuild(self, read: Mapping[str, Reading], lacking: Mapping[str, Sequence[date]], since: int) -> bool:
        """Put in days that are lacking; False when a queue's tickets that were moved could not be had."""
        joined = self._moved.joined(read, since)
        whole = [result for result in joined.values() if isinstance(result, Reading)]
        if len(whole) < len(joined):
            errors = {queue_id: str(error) for queue_id, error in joined.items() if isinstance(error, PortalError)}
            _log.warning("history.unmended", extra={"reasons": errors})
            return False
        ends = DayEnds(whole, ENGINE_VERSION, self._now)
        for queue_id, days in lacking.items():
            for day in days:
                self._history.put(ends.snapshot(queue_id, day, "backfill"))
            if days:
                _log.info("history.mended", extra={"queue": queue_id, "days": [str(day) for day in days]})
        return True

    def _missing(self, queue: Queue, last: date) -> list[date]:
        """Days between the first and the last that history lacks, newest first."""
        there = self._history.days(queue.id)
        return [day for day in reversed(days_between(min(there, default=last), last)) if day not in there]


def _run_id(days: Mapping[str, date]) -> str:
    """The same for every try at the same days, by whichever worker: its record tells how the last one went."""
    return f"portal-{blake2b(repr(sorted(days.items())).encode(), digest_size=8).hexdigest()}"
