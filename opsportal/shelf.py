"""The last good reading of each queue: kept for all processes as bytes, and once in this one ready for use."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Lock

from opsportal import encoding
from opsportal.head import Head, Kept, head_from_bytes, head_to_bytes, newest, next_order
from opsportal.kept import kept_key
from opsportal.ports import Cache, Now
from opsportal.reading import Reading, booked
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.policy import Queue
from servicelevel.worklogs import HoursRead, WorklogColumns

KEPT_S = 7 * 86_400
"""How long a reading outlives the last process that renewed it."""

LOOKS = 3
"""A reading may be replaced while it is fetched: then its head names another one, which is fetched instead."""

LOST_S = 10.0
"""How long bytes that were not there are not looked for again: the place they lie in may only have been slow."""

SHARED_AGAIN_S = 30.0
"""How long what could not be shared is not tried again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """A reading of this process. `number` grows with every one that this process has had, of whatever queue."""

    kept: Kept
    columns: TicketColumns
    booked: WorklogColumns
    hours: HoursRead | None
    number: int


@dataclass(slots=True)
class _Own:
    """What this process knows of one queue by itself."""

    lock: Lock = field(default_factory=Lock)
    head: Head = field(default_factory=Head)
    copy: Copy | None = None
    lost: Kept | None = None
    lost_until_s: float = 0.0
    share_at_s: float = 0.0


class Shelf:
    """Keeps readings in a cache; `scope` names the Jira they come from. The newer of own and shared reading counts.

    A reading lies under its own mark and a small head says which one counts, so that no reader ever sees half of one
    and none overwrites another. What the cache lost, or does not take, is served from here.
    """

    def __init__(self, cache: Cache, scope: str, now: Now, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._cache, self._scope, self._now, self._clock_s = cache, scope, now, clock_s
        self._lock, self._own = Lock(), dict[str, _Own]()
        self._numbers = count(1)
        self._unshared = False

    def key(self, kind: str, queue: Queue) -> str:
        """Where something about a queue is kept; another place once the registry asks for other tickets."""
        return kept_key(kind, self._scope, queue)

    def head(self, queue: Queue, shared: bytes | None) -> Head:
        """What is known of a queue's reads: by all, as its bytes say, and by this process."""
        own, told = self._own_of(queue), _head(shared)
        if told.kept is not None and told.kept == own.lost and self._clock_s() < own.lost_until_s:
            told = replace(told, kept=None)
        return newest(own.head, told)

    def look(self, queue: Queue) -> Head:
        """The same, with the shared bytes fetched."""
        return self.head(queue, self._cache.get(self.key("head", queue)))

    def held(self, queue: Queue) -> Copy | None:
        """The reading that this process has."""
        return self._own_of(queue).copy

    def current(self, queue: Queue, head: Head) -> tuple[Head, Copy | None]:
        """The head and the reading it names, which is fetched if this process has an older one or none.

        When it is lost: the newest that is left, and a head that names that.
        """
        own = self._own_of(queue)
        for _ in range(LOOKS):
            kept = head.kept
            if kept is None:
                return head, None
            with own.lock:
                if own.copy is not None and own.copy.kept == kept:
                    return head, own.copy
                if own.copy is not None and own.copy.kept.order > kept.order:
                    return replace(head, kept=own.copy.kept), own.copy
                fetched = self._fetched(queue, kept)
                if fetched is not None:
                    own.copy, own.lost = fetched, None
                    own.head = newest(own.head, head)
                    return head, fetched
            again = self.look(queue)
            if again.kept == kept:
                break
            head = again
        with own.lock:
            own.lost, own.lost_until_s = head.kept, self._clock_s() + LOST_S
            left = own.copy
        # It names what is lost: without it whoever still has a copy shares that, and else the queue is read anew.
        self._cache.delete(self.key("head", queue))
        return replace(head, kept=left.kept if left else None), left

    def put(self, head: Head, reading: Reading, ours: Callable[[], bool]) -> bool:
        """Keep a reading in place of the one that `head` names; False when, before all is done, it is `ours` no more.

        A reading that cannot be shared is kept in this process alone.
        """
        queue, columns, hours = reading.queue, reading.columns, reading.hours
        packed = encoding.tickets_to_bytes(columns)
        packed_hours = None if hours is None else encoding.hours_to_bytes(hours)
        order = next_order(head, self._now())
        kept = Kept(
            order=order,
            read_at=columns.read_at,
            revision=columns.revision,
            tickets=encoding.mark(packed),
            hours=None if packed_hours is None else encoding.mark(packed_hours),
            hours_error=reading.booked.state_reason if reading.booked.state == "failed" else None,
        )
        named = replace(head, kept=kept, order=order)
        if not self._share(queue, named, head.kept, packed, packed_hours, ours):
            return False
        own = self._own_of(queue)
        with own.lock:
            own.head, own.lost = named, None
            own.copy = Copy(kept, columns, reading.booked, hours, next(self._numbers))
        return True

    def put_head(self, queue: Queue, head: Head) -> None:
        """Keep what is known of a queue's reads; in this process alone where it cannot be shared."""
        own = self._own_of(queue)
        with own.lock:
            own.head = head = replace(head, order=next_order(head, self._now()))
        try:
            self._cache.set(self.key("head", queue), head_to_bytes(head), timeout_s=KEPT_S)
        except PortalError as error:
            self._says(error)

    def unshared(self, queue: Queue, shared: bytes | None) -> bool:
        """Whether the others lack a reading that this process has, and it is time to try to share it."""
        own, told = self._own_of(queue), _head(shared)
        if own.copy is None or self._clock_s() < own.share_at_s:
            return False
        lost = told.kept is not None and told.kept == own.lost
        return told.kept is None or lost or told.kept.order < own.copy.kept.order

    def share_again(self, queue: Queue, ours: Callable[[], bool]) -> None:
        """Publish this process's reading, should the others still lack it."""
        shared = self._cache.get(self.key("head", queue))
        if not self.unshared(queue, shared):
            return
        own = self._own_of(queue)
        own.share_at_s = self._clock_s() + SHARED_AGAIN_S
        copy, head = own.copy, self.head(queue, shared)
        if copy is not None:
            packed = encoding.tickets_to_bytes(copy.columns)
            hours = None if copy.kept.hours is None or copy.hours is None else encoding.hours_to_bytes(copy.hours)
            self._share(queue, replace(head, kept=copy.kept), _head(shared).kept, packed, hours, ours)

    def only(self, queues: Collection[Queue]) -> None:
        """Let go of queues that are not served any more."""
        wanted = {self.key("own", queue) for queue in queues}
        with self._lock:
            for key in self._own.keys() - wanted:
                del self._own[key]

    def _share(
        self,
        queue: Queue,
        named: Head,
        before: Kept | None,
        packed: bytes,
        packed_hours: bytes | None,
        ours: Callable[[], bool],
    ) -> bool:
        """Put the bytes of a reading and then its head before all others; False when it is not ours to do so."""
        now_there = [(kind, data) for kind, data in (("tickets", packed), ("hours", packed_hours)) if data is not None]
        stays = {encoding.mark(data) for _, data in now_there}
        marks = tuple(mark for mark in ((before.tickets, before.hours) if before else ()) if mark and mark not in stays)
        if not ours():
            return False
        try:
            for kind, data in now_there:
                self._cache.set(self._place(kind, queue, encoding.mark(data)), data, timeout_s=KEPT_S)
            if not ours():
                self._forget(queue, stays - self._named(queue))
                return False
            named_on = replace(named, leftover=marks)
            self._cache.set(self.key("head", queue), head_to_bytes(named_on), timeout_s=KEPT_S)
        except PortalError as error:
            self._says(error)
            return True
        self._forget(queue, set(named.leftover) - stays - set(marks))
        if self._unshared:
            self._unshared = False
            _log.info("What is read is shared with the other processes again")
        return True

    def _named(self, queue: Queue) -> set[str | None]:
        """The marks that are in use just now."""
        head = _head(self._cache.get(self.key("head", queue)))
        return {*head.leftover, *((head.kept.tickets, head.kept.hours) if head.kept else ())}

    def _says(self, error: PortalError) -> None:
        if not self._unshared:
            self._unshared = True
            _log.warning("What is read cannot be shared, and each process serves what it has itself. %s", error)

    def _forget(self, queue: Queue, marks: Collection[str]) -> None:
        for mark in marks:
            for kind in ("tickets", "hours"):
                self._cache.delete(self._place(kind, queue, mark))

    def _place(self, kind: str, queue: Queue, mark: str) -> str:
        return f"{self.key(kind, queue)}:{mark}"

    def _own_of(self, queue: Queue) -> _Own:
        with self._lock:
            return self._own.setdefault(self.key("own", queue), _Own())

    def _fetched(self, queue: Queue, kept: Kept) -> Copy | None:
        wanted = [self._place("tickets", queue, kept.tickets)]
        if kept.hours is not None:
            wanted.append(self._place("hours", queue, kept.hours))
        packed, *rest = self._cache.get_many(wanted)
        packed_hours = rest[0] if rest else None
        if packed is None or encoding.mark(packed) != kept.tickets:
            return None
        if kept.hours is not None and (packed_hours is None or encoding.mark(packed_hours) != kept.hours):
            return None
        try:
            columns = encoding.tickets_from_bytes(packed)
            hours = None if packed_hours is None else encoding.hours_from_bytes(packed_hours)
        except encoding.NotOurs:
            return None
        return Copy(kept, columns, booked(columns, hours, kept.hours_error), hours, next(self._numbers))


def _head(data: bytes | None) -> Head:
    """A head from bytes; an empty one where they are none that can be read."""
    try:
        return Head() if data is None else head_from_bytes(data)
    except encoding.NotOurs:
        return Head()
