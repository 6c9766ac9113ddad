"""What was done to single tickets by hand: their life from an instant on differs from the one that was drawn."""

from __future__ import annotations

import threading

from demo.ticket import Ticket

_BEGINNING_MS = -1


class Edits:
    """The versions of edited tickets, by the instant from which each holds. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions: dict[int, tuple[tuple[int, Ticket], ...]] = {}
        self.revision = 0

    def keep(self, before: Ticket, after: Ticket, at_ms: int) -> None:
        """From the instant on the ticket is another one."""
        with self._lock:
            known = self._versions.get(before.id, ((_BEGINNING_MS, before),))
            # A new mapping each time, so that readers need no lock.
            self._versions = self._versions | {before.id: (*known, (at_ms, after))}
            self.revision += 1

    def reset(self) -> int:
        """Forget every edit; returns how many tickets were edited."""
        with self._lock:
            count = len(self._versions)
            self._versions = {}
            self.revision += 1
            return count

    def version(self, ticket: Ticket, at_ms: int) -> Ticket:
        """The ticket as it was drawn, or as it was edited last before the instant."""
        versions = self._versions.get(ticket.id)
        return ticket if versions is None else _latest(versions, at_ms)

    def all_at(self, at_ms: int) -> dict[int, Ticket]:
        """Every edited ticket at the instant, by id."""
        return {id_: _latest(versions, at_ms) for id_, versions in self._versions.items()}


def _latest(versions: tuple[tuple[int, Ticket], ...], at_ms: int) -> Ticket:
    return next(ticket for from_ms, ticket in reversed(versions) if from_ms <= at_ms or from_ms == _BEGINNING_MS)
