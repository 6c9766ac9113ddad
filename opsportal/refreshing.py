"""Renewing what is kept: whose turn it is, one reader at a time, and what is remembered of a read that failed."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from opsportal.head import Account, Failing, Head
from opsportal.ports import Cache, Lease, Leases, Now, Progress
from opsportal.read_progress import ProgressBoard, ReadStopped
from opsportal.reading import Reading, Sources, booked
from opsportal.shelf import Shelf
from opsportal.source_note import ReadKind, ReadProgress, SourceName
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import MISSING, SECOND_MS
from servicelevel.policy import Queue
from servicelevel.worklogs import HoursRead

FIRST_WAIT_S = 60.0
LONGEST_WAIT_S = 900.0
"""After failures the next try comes later each time, up to this: a locked account is not unlocked by asking."""

ASKED_EVERY_S = 60
"""A queue may be asked to be read now once in so many seconds."""

_log = logging.getLogger(__name__)


class Refreshing:
    """Reads queues when it is their turn and puts what came on the shelf. Of several processes one reads a queue."""

    def __init__(self, sources: Sources, shelf: Shelf, cache: Cache, leases: Leases, *, now: Now, ttl_s: float) -> None:
        self._sources, self._shelf, self._cache, self._leases = sources, shelf, cache, leases
        self._now, self._ttl_s = now, ttl_s
        self._not_before: dict[str, float] = {}
        self._lease_s = 2 * sources.budget_s + 60
        self._board = ProgressBoard(cache, int(self._lease_s))

    def progress(self, queue: Queue) -> ReadProgress | None:
        """How far the read of a queue has come, in whatever process; None when none is under way."""
        return self._board.look(self._shelf.key("progress", queue))

    def ask(self, queue: Queue) -> bool:
        """Have a queue read soon though it is not its turn; False when that was asked for less than a minute ago.

        Raises:
            PortalError: it cannot be passed on.
        """
        if not self._cache.add(self._shelf.key("asked", queue), b"asked", timeout_s=ASKED_EVERY_S):
            return False
        self._cache.set(self._shelf.key("wanted", queue), b"wanted", timeout_s=int(self._lease_s))
        return True

    def due(self, queue: Queue) -> bool:
        """Whether it is a queue's turn: it was never read, its reading is a cache time old, or somebody asked."""
        if time.monotonic() < self._not_before.get(queue.id, 0.0):
            return False
        head, now = self._shelf.shared_head(queue), self._now()
        wanted = self._cache.get(self._shelf.key("wanted", queue)) is not None
        failing = head.failing.get("Jira")
        if failing is not None:
            return now >= (failing.quiet_until if wanted else failing.next_try)
        return wanted or head.kept is None or now - head.kept.read_at >= self._ttl_s * SECOND_MS

    def refresh(self, queue: Queue, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Read a queue if it is its turn and nobody else is reading it: whether a new reading was kept.

        A read that fails leaves what was kept and is remembered with its reason. Once `stopped` says so a read ends.
        """
        try:
            lease = self._leases.take(self._shelf.key("read", queue), self._lease_s)
            if lease is None:
                return False
            try:
                return self.due(queue) and self._renew(queue, lease, stopped)
            finally:
                lease.release()
        except ReadStopped:
            return False
        except PortalError as error:  # nothing can be kept now, not even that
            _log.warning("What was read of %s is lost. %s", queue.id, error)
            self._not_before[queue.id] = time.monotonic() + FIRST_WAIT_S
            return False

    def _renew(self, queue: Queue, lease: Lease, stopped: Callable[[], bool]) -> bool:
        self._cache.delete(self._shelf.key("wanted", queue))
        progress_key, started = self._shelf.key("progress", queue), self._now()
        self._board.tell(progress_key, ReadProgress("ids", 0, 0, started))
        try:
            head, previous = self._shelf.current(queue)
            listen = self._board.listener(progress_key, started, stopped)
            head, reading = self._read(queue, head, previous, started, listen)
            if not lease.held():
                return False  # somebody else took over, and what they read is younger
            if reading is None:
                self._shelf.put_head(queue, head)
            else:
                self._shelf.put(head, reading)
            return reading is not None
        finally:
            self._board.clear(progress_key)

    def _read(
        self, queue: Queue, head: Head, previous: Reading | None, started: int, progress: Progress
    ) -> tuple[Head, Reading | None]:
        """What came, None when the tickets did not, and how that went."""
        known = None if previous is None else previous.columns
        at = time.monotonic()
        try:
            columns = self._sources.read_tickets(queue, now=started, previous=known, progress=progress)
        except ReadStopped:
            raise
        except Exception as error:  # noqa: BLE001 - one queue's surprise must not end the reads of the others
            return _failed(head, "Jira", self._failing(queue, head.failing.get("Jira"), error)), None
        head = _went(head, "Jira", _tickets_account(columns, known, time.monotonic() - at))
        progress("hours", 0, 0)
        return self._with_hours(queue, head, previous, columns, started)

    def _with_hours(
        self, queue: Queue, head: Head, previous: Reading | None, columns: TicketColumns, started: int
    ) -> tuple[Head, Reading]:
        known, failing = None if previous is None else previous.hours, head.failing.get("Tempo")
        if failing is not None and started < failing.quiet_until:
            return head, Reading(queue, columns, booked(columns, known, failing.reason), known)
        at = time.monotonic()
        try:
            hours = self._sources.read_hours(queue, columns, now=started, previous=known)
        except Exception as error:  # noqa: BLE001 - without hours the report stands
            failing = self._failing(queue, failing, error)
            head = _failed(head, "Tempo", failing)
            return head, Reading(queue, columns, booked(columns, known, failing.reason), known)
        if hours is not None:
            head = _went(head, "Tempo", _hours_account(hours, known, started, time.monotonic() - at))
        return head, Reading(queue, columns, booked(columns, hours), hours)

    def _failing(self, queue: Queue, before: Failing | None, error: Exception) -> Failing:
        now, code = self._now(), type(error).__name__
        asked_ms = 0
        if isinstance(error, PortalError):
            reason = str(error)
            asked_ms = int((error.retry_after_s or 0) * SECOND_MS)
        else:
            _log.error("Reading %s failed", queue.id, exc_info=error)
            reason = f"The portal failed while reading ({code}); its log says where."
        tries = before.tries + 1 if before else 1
        wait_s = min(FIRST_WAIT_S * 2.0 ** min(tries - 1, 10), LONGEST_WAIT_S)
        return Failing(
            since=before.since if before else now,
            tries=tries,
            next_try=now + max(int(wait_s * SECOND_MS), asked_ms),
            quiet_until=now + asked_ms,
            reason=reason,
            code=code,
        )


def _went(head: Head, source: SourceName, account: Account) -> Head:
    failing = {name: failing for name, failing in head.failing.items() if name != source}
    return replace(head, accounts={**head.accounts, source: account}, failing=failing)


def _failed(head: Head, source: SourceName, failing: Failing) -> Head:
    return replace(head, failing={**head.failing, source: failing})


def _tickets_account(columns: TicketColumns, before: TicketColumns | None, duration_s: float) -> Account:
    if before is None or before.cursor == MISSING or before.covers_from > columns.covers_from:
        kind: ReadKind = "cold"
    else:
        kind = "changed" if columns.swept_at == before.swept_at else "compared"
    left_out = len(columns.missing), len(columns.unreadable)
    return Account(columns.read_at, duration_s, len(columns), *left_out, columns.requests, kind)


def _hours_account(hours: HoursRead, before: HoursRead | None, read_at: int, duration_s: float) -> Account:
    if before is None or before.first > hours.first:
        kind: ReadKind = "cold"
    else:
        kind = "changed" if hours.compared_at == before.compared_at else "compared"
    return Account(read_at, duration_s, len(hours.worklogs), 0, 0, hours.requests, kind)
