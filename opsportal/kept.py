"""Sources that go on from what was read before: the same reads, kept as bytes between them."""

import hashlib
import json
from datetime import date
from typing import Protocol

from opsportal import encoding
from opsportal.ports import HoursSource, Progress, TicketSource
from opsportal.reading import covering
from servicelevel.columns import TicketColumns
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.worklogs import HoursRead


class Store(Protocol):
    """Keeps bytes by key; a write is whole or not there."""

    def get(self, key: str) -> bytes | None:
        """The value, or None."""

    def put(self, key: str, value: bytes) -> None:
        """Keep a value in place of the one before.

        Raises:
            PortalError: it cannot be kept; the one before still stands.
        """


class KeptTickets:
    """A source of tickets that begins where its last read ended. `scope` names the Jira it reads."""

    def __init__(self, source: TicketSource, store: Store, scope: str) -> None:
        self._source, self._store, self._scope = source, store, scope

    def read(
        self,
        queue: Queue,
        previous: TicketColumns | None,
        *,
        updated_since: int,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """As the source reads; what it reads is kept when, and only when, the read is whole."""
        key = kept_key("tickets", self._scope, queue)
        held = covering(previous or self._held(key), updated_since)
        columns = self._source.read(
            queue, held, updated_since=updated_since, read_at=read_at, budget_s=budget_s, progress=progress
        )
        self._store.put(key, encoding.tickets_to_bytes(columns))
        return columns

    def _held(self, key: str) -> TicketColumns | None:
        data = self._store.get(key)
        try:
            return None if data is None else encoding.tickets_from_bytes(data)
        except encoding.NotOurs:
            return None


class KeptHours:
    """A source of hours that begins where its last read ended."""

    def __init__(self, source: HoursSource, store: Store, scope: str) -> None:
        self._source, self._store, self._scope = source, store, scope

    def read(
        self,
        queue: Queue,
        tickets: TicketColumns,
        previous: HoursRead | None,
        *,
        first: date,
        last: date,
        read_at: int,
        budget_s: float,
    ) -> HoursRead:
        """As the source reads; what it reads is kept when, and only when, the read is whole."""
        key = kept_key("hours", self._scope, queue)
        held = previous or self._held(key)
        read = self._source.read(queue, tickets, held, first=first, last=last, read_at=read_at, budget_s=budget_s)
        self._store.put(key, encoding.hours_to_bytes(read))
        return read

    def _held(self, key: str) -> HoursRead | None:
        data = self._store.get(key)
        try:
            return None if data is None else encoding.hours_from_bytes(data)
        except encoding.NotOurs:
            return None


def kept_key(kind: str, scope: str, queue: Queue) -> str:
    """Everything that decides what is read; with any of it changed, nothing kept fits."""
    slas = [(name, queue.sla(name).field, queue.sla(name).computed, queue.sla(name).stops_at) for name in SLA_NAMES]
    parts = [kind, scope, queue.id, list(queue.projects), queue.jql, slas, queue.tempo_team]
    return f"{kind}:{queue.id}:{hashlib.blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()}"
