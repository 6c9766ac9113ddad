"""Renewing what is kept: whose turn it is, one reader at a time, and what is remembered of a read that failed."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from opsportal import request_ids
from opsportal.head import Account, Failing, Head
from opsportal.heartbeat import Heartbeat
from opsportal.ports import Cache, Lease, Leases, Now, Observer, Progress, RefreshResult
from opsportal.read_progress import ProgressBoard, ReadStopped
from opsportal.reading import Reading, Sources, booked
from opsportal.shelf import Copy, Shelf
from opsportal.source_note import ReadKind, SourceName
from opsportal.turns import Patience, due_at
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.instants import MISSING, SECOND_MS
from servicelevel.policy import Queue
from servicelevel.worklogs import HoursRead

ASKED_EVERY_S = 60
"""A queue may be asked to be read now once in so many seconds."""

WANTED_S = 900
"""How long it is remembered that somebody asked."""

LONGEST_ASKED_S = 86_400.0
"""A source that asks to be left alone for longer is asked after a day all the same."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how old a reading may grow, after what silence a reader is dead, and the waits between failed tries."""

    ttl_s: float
    lock_s: float = 30.0
    first_s: float = 60.0
    longest_s: float = 900.0


class Refreshing:
    """Reads queues when it is their turn and puts what came on the shelf. Of several processes one reads a queue.

    A reader holds the queue's lease and gives signs of life; without it nothing that it read is kept.
    """

    def __init__(
        self,
        sources: Sources,
        shelf: Shelf,
        cache: Cache,
        leases: Leases,
        timing: Timing,
        *,
        now: Now,
        observer: Observer,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources, self._shelf, self._cache, self._leases = sources, shelf, cache, leases
        self._timing, self._now, self._observer, self._clock_s = timing, now, observer, clock_s
        self._patience = Patience(now, clock_s)
        self._not_before_s, self._cannot = 0.0, False
        self.board = ProgressBoard(cache, max(int(2 * timing.lock_s), 1))

    def ask(self, queue: Queue) -> bool:
        """Have a queue read soon though it is not its turn; False when that was asked for less than a minute ago.

        The read is done under the id of the request that this thread works for.

        Raises:
            PortalError: it cannot be passed on.
        """
        if not self._cache.add(self._shelf.key("asked", queue), b"asked", timeout_s=ASKED_EVERY_S):
            return False
        asker = request_ids.current.get() or request_ids.new()
        self._cache.set(self._shelf.key("wanted", queue), asker.encode(), timeout_s=WANTED_S)
        return True

    def due(self, queues: Sequence[Queue]) -> list[Queue]:
        """Those whose turn it is, in this order: never read; asked for; too old soon; failed before."""
        if self._clock_s() < self._not_before_s:
            return []
        keys = [self._shelf.key(kind, queue) for queue in queues for kind in ("head", "wanted")]
        there = self._cache.get_many(keys)
        turns = []
        for place, queue in enumerate(queues):
            head = self._shelf.head(queue, there[2 * place])
            turn = self._turn(queue, head, wanted=there[2 * place + 1] is not None)
            if turn is not None:
                turns.append((*turn, place))
        return [queues[place] for _, _, place in sorted(turns)]

    def troubled(self, queues: Sequence[Queue]) -> bool:
        """Whether the last thing that became of any read is that it failed: then one queue at a time is enough."""
        there = self._cache.get_many([self._shelf.key("head", queue) for queue in queues])
        heads = [self._shelf.head(queue, data) for queue, data in zip(queues, there, strict=True)]
        failed = [head.failing["Jira"].tried_at for head in heads if "Jira" in head.failing]
        return bool(failed) and max(failed) >= max((head.kept.read_at for head in heads if head.kept), default=0)

    def refresh(self, queue: Queue, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Read a queue if it is its turn and nobody else is reading it: whether a new reading was kept.

        A read that fails leaves what was kept and is remembered with its reason. Once `stopped` says so a read ends.
        """
        try:
            lease = self._leases.take(self._shelf.key("read", queue), self._timing.lock_s)
            if lease is None:
                return False
            if not self.due([queue]):
                lease.release()
                return False
        except PortalError as error:
            if not self._cannot:
                _log.warning("No queue can be read now. %s", error)
            self._cannot, self._not_before_s = True, self._clock_s() + self._timing.first_s
            return False
        self._cannot = False
        began_s = self._clock_s()
        result: RefreshResult = "given_up"
        wanted = self._cache.get(self._shelf.key("wanted", queue))
        self._cache.delete(self._shelf.key("wanted", queue))
        before = request_ids.current.set(_asker(wanted))
        try:
            with suppress(ReadStopped):
                result = self._renew(queue, lease, stopped)
        finally:
            if result == "given_up" and wanted is not None:
                self._want(queue, wanted)  # by whoever reads next
            request_ids.current.reset(before)
            self._observer.refreshed(queue.id, result, self._clock_s() - began_s)
        return result == "kept"

    def share_again(self, queue: Queue, shared: bytes | None) -> None:
        """Publish this process's reading where the others lack it and nobody reads the queue just now."""
        if not self._shelf.unshared(queue, shared):
            return
        lease = self._leases.take(self._shelf.key("read", queue), self._timing.lock_s)
        if lease is not None:
            with Heartbeat(lease, self._timing.lock_s) as heart:
                self._shelf.share_again(queue, heart.ours)

    def _turn(self, queue: Queue, head: Head, *, wanted: bool) -> tuple[int, int] | None:
        """Which of the turns it is, and since when; None when it is not."""
        failing = head.failing.get("Jira")
        if failing is not None:
            what, until = ("wanted", failing.quiet_until) if wanted else ("next", failing.next_try)
            over = self._patience.over(f"{what} {queue.id}", failing, until)
            return (1 if wanted else 3, failing.next_try) if over else None
        if head.kept is None:
            return 0, 0
        now, due = self._now(), due_at(queue.id, head.kept, int(self._timing.ttl_s * SECOND_MS))
        # A reading from the future was made before the clock was set back: nobody knows how old it is.
        if wanted:
            return 1, due
        return (2, due) if now >= due or head.kept.read_at > now else None

    def _want(self, queue: Queue, asker: bytes) -> None:
        with suppress(PortalError):
            self._cache.set(self._shelf.key("wanted", queue), asker, timeout_s=WANTED_S)

    def _renew(self, queue: Queue, lease: Lease, stopped: Callable[[], bool]) -> RefreshResult:
        started = self._now()
        listener = self.board.listener(self._shelf.key("progress", queue), started, lambda: stopped() or heart.lost)
        with Heartbeat(lease, self._timing.lock_s, listener.again) as heart:
            try:
                head, copy = self._shelf.current(queue, self._shelf.look(queue))
                head, reading = self._read(queue, head, copy, started, listener)
                # Without the lease somebody else took over, and what they read is younger.
                if reading is not None:
                    return "kept" if self._shelf.put(head, reading, heart.ours) else "given_up"
                if not heart.ours():
                    return "given_up"
                self._shelf.put_head(queue, head)
                return "failed"
            finally:
                listener.end()

    def _read(
        self, queue: Queue, head: Head, previous: Copy | None, started: int, progress: Progress
    ) -> tuple[Head, Reading | None]:
        """What came, None when the tickets did not, and how that went."""
        known = None if previous is None else previous.columns
        at = time.monotonic()
        try:
            columns = self._sources.read_tickets(queue, now=started, previous=known, progress=progress)
        except ReadStopped:
            raise
        except Exception as error:  # noqa: BLE001 - one queue's surprise must not end the reads of the others
            return _failed(head, "Jira", self._failing(queue, "Jira", head.failing.get("Jira"), error)), None
        head = _went(head, "Jira", _tickets_account(columns, known, time.monotonic() - at))
        progress("hours", 0, 0)
        return self._with_hours(queue, head, previous, columns, started)

    def _with_hours(
        self, queue: Queue, head: Head, previous: Copy | None, columns: TicketColumns, started: int
    ) -> tuple[Head, Reading]:
        known, failing = None if previous is None else previous.hours, head.failing.get("Tempo")
        if failing is not None and not self._patience.over(f"hours {queue.id}", failing, failing.quiet_until):
            return head, Reading(queue, columns, booked(columns, known, failing.reason), known)
        at = time.monotonic()
        try:
            hours = self._sources.read_hours(queue, columns, now=started, previous=known)
        except Exception as error:  # noqa: BLE001 - without hours the report stands
            failing = self._failing(queue, "Tempo", failing, error)
            head = _failed(head, "Tempo", failing)
            return head, Reading(queue, columns, booked(columns, known, failing.reason), known)
        if hours is not None:
            head = _went(head, "Tempo", _hours_account(hours, known, started, time.monotonic() - at))
        return head, Reading(queue, columns, booked(columns, hours), hours)

    def _failing(self, queue: Queue, source: SourceName, before: Failing | None, error: Exception) -> Failing:
        now, code, asked_s, held_back = self._now(), type(error).__name__, 0.0, False
        if isinstance(error, PortalError):
            reason, held_back = error.told, error.held_back
            asked_s = min(error.retry_after_s or 0.0, LONGEST_ASKED_S)
        else:
            reason = f"The portal failed while reading ({code}); its log says where."
        if not held_back:
            _log.warning("%s of %s was not read. %s", source, queue.id, error, exc_info=_unforeseen(error))
        # What was not even tried is tried as soon as anything is; only its own failures make its waits longer.
        tries = (before.tries if before else 0) + (0 if held_back and before else 1)
        wait_s = min(self._timing.first_s * 2.0 ** min(tries - 1, 20), self._timing.longest_s)
        return Failing(
            since=before.since if before else now,
            tries=tries,
            tried_at=now,
            next_try=now + int((asked_s if held_back else max(wait_s, asked_s)) * SECOND_MS),
            quiet_until=now + int(asked_s * SECOND_MS),
            reason=reason,
            code=code,
        )


def _asker(wanted: bytes | None) -> str:
    """The id under which a queue is read: that of the request that asked for it, or one of its own."""
    told = "" if wanted is None else wanted.decode("ascii", "replace")
    return told if request_ids.well_formed(told) else request_ids.new()


def _unforeseen(error: Exception) -> Exception | None:
    return None if isinstance(error, PortalError) else error


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
