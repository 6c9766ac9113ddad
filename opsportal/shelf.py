"""The last good reading of each queue: kept for all processes as bytes, and once in this one ready for use."""

from dataclasses import dataclass, field
from threading import Lock

from opsportal import encoding
from opsportal.head import Head, Kept, Slot, head_from_bytes, head_to_bytes
from opsportal.kept import kept_key
from opsportal.ports import Cache
from opsportal.reading import Reading, booked
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue
from servicelevel.worklogs import HoursRead, WorklogColumns

KEPT_S = 7 * 86_400
"""How long a reading outlives the last process that renewed it."""

LOOKS = 3
"""A reading may be replaced while it is fetched: then its head names another one, which is fetched instead."""


@dataclass(slots=True)
class _Own:
    """This process's copy of one queue."""

    lock: Lock = field(default_factory=Lock)
    head: Head = field(default_factory=Head)
    facts: tuple[TicketColumns, WorklogColumns, HoursRead | None] | None = None


class Shelf:
    """Keeps readings in a cache; `scope` names the Jira they come from. What the cache lost is served from here.

    Two places a queue take turns and a small head says which one counts, so that no reader ever sees half a reading.
    """

    def __init__(self, cache: Cache, scope: str) -> None:
        self._cache, self._scope = cache, scope
        self._lock, self._own = Lock(), dict[str, _Own]()

    def key(self, kind: str, queue: Queue) -> str:
        """Where something about a queue is kept; another place once the registry asks for other tickets."""
        return kept_key(kind, self._scope, queue)

    def shared_head(self, queue: Queue) -> Head:
        """What all processes know of a queue's reads; empty when that is nothing."""
        data = self._cache.get(self.key("head", queue))
        try:
            return Head() if data is None else head_from_bytes(data)
        except encoding.NotOurs:
            return Head()

    def head(self, queue: Queue) -> Head:
        """What is known of a queue's reads, in this process if the others know nothing."""
        shared = self.shared_head(queue)
        return self._own_of(queue).head if shared == Head() else shared

    def current(self, queue: Queue) -> tuple[Head, Reading | None]:
        """The head and the reading it names, or a head that names none and None."""
        own = self._own_of(queue)
        head = Head()
        for _ in range(LOOKS):
            head = self.head(queue)
            if head.kept is None:
                return head, None
            with own.lock:
                facts = own.facts if _same(own.head, head) else self._fetched(queue, head, head.kept)
                if facts is not None:
                    own.head, own.facts = head, facts
                    return head, Reading(queue, *facts)
        self._cache.delete(self.key("head", queue))  # it names what is lost, and nobody would read the queue again
        with own.lock:
            lost = Head(own.head.kept, own.head.hours_error, head.accounts, head.failing)
            return lost, None if own.facts is None else Reading(queue, *own.facts)

    def put(self, head: Head, reading: Reading) -> Head:
        """Keep a reading in place of the one that `head` names; the head that names it.

        Raises:
            PortalError: it cannot be kept; what was kept before still stands.
        """
        queue, columns, hours = reading.queue, reading.columns, reading.hours
        slot: Slot = "b" if head.kept is not None and head.kept.slot == "a" else "a"
        packed = encoding.tickets_to_bytes(columns)
        self._cache.set(self.key(f"tickets-{slot}", queue), packed, timeout_s=KEPT_S)
        hours_mark = None
        if hours is not None:
            packed_hours = encoding.hours_to_bytes(hours)
            self._cache.set(self.key(f"hours-{slot}", queue), packed_hours, timeout_s=KEPT_S)
            hours_mark = encoding.mark(packed_hours)
        kept = Kept(columns.read_at, columns.revision, slot, encoding.mark(packed), hours_mark)
        error = reading.booked.state_reason if reading.booked.state == "failed" else None
        named = Head(kept, error, head.accounts, head.failing)
        self.put_head(queue, named)
        own = self._own_of(queue)
        with own.lock:
            own.head, own.facts = named, (columns, reading.booked, hours)
        return named

    def put_head(self, queue: Queue, head: Head) -> None:
        """Keep what is known of a queue's reads.

        Raises:
            PortalError: it cannot be kept.
        """
        own = self._own_of(queue)
        with own.lock:
            if _same(own.head, head):
                own.head = head
        self._cache.set(self.key("head", queue), head_to_bytes(head), timeout_s=KEPT_S)

    def _own_of(self, queue: Queue) -> _Own:
        with self._lock:
            return self._own.setdefault(self.key("own", queue), _Own())

    def _fetched(
        self, queue: Queue, head: Head, kept: Kept
    ) -> tuple[TicketColumns, WorklogColumns, HoursRead | None] | None:
        packed = self._cache.get(self.key(f"tickets-{kept.slot}", queue))
        packed_hours = None if kept.hours is None else self._cache.get(self.key(f"hours-{kept.slot}", queue))
        if packed is None or encoding.mark(packed) != kept.tickets:
            return None
        if kept.hours is not None and (packed_hours is None or encoding.mark(packed_hours) != kept.hours):
            return None
        try:
            columns = encoding.tickets_from_bytes(packed)
            hours = None if packed_hours is None else encoding.hours_from_bytes(packed_hours)
        except encoding.NotOurs:
            return None
        return columns, booked(columns, hours, head.hours_error), hours


def _same(one: Head, other: Head) -> bool:
    """Whether both name the same reading."""
    return one.kept == other.kept and one.hours_error == other.hours_error
