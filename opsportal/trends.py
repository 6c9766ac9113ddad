"""Trends: the kept days of queues as lines. What cannot be read is told, and never breaks a page that shows more."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, TypeAlias

from opsportal.engine import ENGINE_VERSION
from opsportal.ports import History, Now
from servicelevel.policy import Note, Policy, Queue
from servicelevel.redefinition import ScoresUnder
from servicelevel.signals import BASELINE_DAYS
from servicelevel.snapshot import SnapshotRange, last_ended_day
from servicelevel.snapshot_run import SnapshotRun
from servicelevel.trend import Trend, trend

BEGINS_KEPT_S: Final = 300.0
"""How long the first day of a queue is remembered: it moves only when older days are rebuilt or imported."""

_Stretch: TypeAlias = tuple[int, str, date, date]
_at_hand: ContextVar[dict[_Stretch, SnapshotRange] | None] = ContextVar("days at hand", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """What is asked of history while the block runs, in its own thread, is asked once: one answer, one set of days."""
    token = _at_hand.set({})
    try:
        yield
    finally:
        _at_hand.reset(token)


@dataclass(frozen=True, slots=True)
class KeptDay:
    """What one queue has of the days asked for. `expected` are the first and last day that could have a snapshot."""

    queue: Queue
    days: SnapshotRange
    expected: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class KeptDays:
    """Days of queues from first to last, read at one time, with those before that baselines of signals need."""

    first: date
    last: date
    queues: tuple[KeptDay, ...]
    notes: tuple[Note, ...]

    @property
    def revision(self) -> str:
        """A short name of what was read; another one whenever a day came, went, or was kept anew."""
        digest = hashlib.blake2b(digest_size=8)
        for kept in self.queues:
            rows = [(s.day, s.source, s.complete, s.taken_at, s.definition_hash) for s in kept.days.snapshots]
            said = (kept.queue.id, kept.queue.definition_hash, kept.expected, rows, [*kept.days.unreadable])
            digest.update(repr(said).encode())
        return digest.hexdigest()

    def series(self, scores: ScoresUnder = "today") -> Mapping[str, Trend]:
        """A trend of each queue, in the order of the registry."""
        return {
            kept.queue.id: trend(
                kept.queue,
                kept.days,
                self.first,
                self.last,
                expected=kept.expected,
                engine_version=ENGINE_VERSION,
                notes=self.notes,
                scores=scores,
            )
            for kept in self.queues
        }


class Trends:
    """Reads history for pages and answers. `policy` gives the registry as it stands, so that a change is seen."""

    def __init__(
        self, history: History, policy: Callable[[], Policy], now: Now, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._history, self._policy, self._now, self._clock_s = history, policy, now, clock_s
        self._begun: dict[str, tuple[float, date]] = {}
        self._narrowed = False

    def seen(self, policy: Callable[[], Policy]) -> "Trends":
        """The same history with no queue that a narrower registry does not have."""
        seen = copy(self)
        seen._policy, seen._narrowed = policy, True  # noqa: SLF001 - it is one of our own
        return seen

    def read(self, queue_ids: Sequence[str], first: date, last: date, *, for_signals: bool = True) -> KeptDays:
        """What history has of these queues from first to last local day, both included.

        Queues that the registry does not have are left out. Each is one question of history, and one more where its
        first day is not known. Who asks for no signals saves the 56 days before the first.

        Raises:
            PortalError: history could not be read.
        """
        policy, wanted = self._policy(), set(queue_ids)
        chosen = [queue for queue in policy.queues if queue.id in wanted]
        earlier = first - timedelta(days=BASELINE_DAYS if for_signals else 0)
        ranges = self._ranges([queue.id for queue in chosen], earlier, last)
        kept = []
        for queue in chosen:
            begins = self._begins(queue.id, ranges[queue.id])
            expected = None if begins is None else (begins, last_ended_day(queue.calendar, self._now()))
            kept.append(KeptDay(queue, ranges[queue.id], expected))
        return KeptDays(first, last, tuple(kept), tuple(policy.notes))

    def series(
        self,
        queue_ids: Sequence[str],
        first: date,
        last: date,
        scores: ScoresUnder = "today",
        *,
        for_signals: bool = True,
    ) -> Mapping[str, Trend]:
        """A trend for each of these queues that the registry has, from first to last local day, both included.

        Raises:
            PortalError: history could not be read.
        """
        return self.read(queue_ids, first, last, for_signals=for_signals).series(scores)

    def revision(self, queue_ids: Sequence[str], first: date, last: date, *, for_signals: bool = True) -> str:
        """A short name of the same days; another one whenever one came, went, or was kept anew.

        Raises:
            PortalError: history could not be read.
        """
        return self.read(queue_ids, first, last, for_signals=for_signals).revision

    def last_run(self) -> SnapshotRun | None:
        """The run of snapshots that began last, as far as it is about queues that are seen; None before the first one.

        Raises:
            PortalError: history could not be read.
        """
        run = next(iter(self._history.runs(1)), None)
        if run is None or not self._narrowed:
            return run
        seen = {queue.id for queue in self._policy().queues}
        return replace(run, outcomes=tuple(outcome for outcome in run.outcomes if outcome.queue in seen))

    def _ranges(self, queue_ids: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        at_hand = _at_hand.get()
        known: dict[_Stretch, SnapshotRange] = {} if at_hand is None else at_hand
        keys = {queue_id: (id(self), queue_id, first, last) for queue_id in queue_ids}
        lacking = [queue_id for queue_id, key in keys.items() if key not in known]
        if lacking:
            read = self._history.ranges(lacking, first, last)
            known.update({keys[queue_id]: read[queue_id] for queue_id in lacking})
        return {queue_id: known[key] for queue_id, key in keys.items()}

    def _begins(self, queue_id: str, read: SnapshotRange) -> date | None:
        """The first day of a queue: as remembered, unless what was just read knows an earlier one."""
        at, begins = self._begun.get(queue_id, (0.0, None))
        if begins is None or self._clock_s() - at >= BEGINS_KEPT_S:
            begins = self._history.begins(queue_id)
            if begins is not None:
                self._begun[queue_id] = self._clock_s(), begins
        return min((day for day in (begins, *(s.day for s in read.snapshots[:1])) if day is not None), default=None)
