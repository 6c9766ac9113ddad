"""Reports from what is kept: every answer comes at once, and no source is read for it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from opsportal.freshness_of import freshness
from opsportal.head import Head
from opsportal.judging import added_up, filled_up, fleet_of, judged_alone, needs_fleet
from opsportal.memo import Memo
from opsportal.ports import Cache, Leases, Now, Registry
from opsportal.reading import Reading, Sources
from opsportal.refreshing import Refreshing
from opsportal.reports import Period, check_values, found
from opsportal.shelf import Shelf
from opsportal.source_note import ReadProgress, RegistryNote, SourceNote
from opsportal.source_notes import source_notes
from servicelevel.due import DueRow
from servicelevel.errors import PortalError
from servicelevel.freshness import Freshness
from servicelevel.instants import SECOND_MS, to_ms
from servicelevel.measures import Filters, Trailing
from servicelevel.policy import Policy, Queue
from servicelevel.report import COMPARED_DAYS, QueueReport
from servicelevel.rollup import Consolidated, Pool

__all__ = ["CachedReports", "ReadProgress", "RegistryNote", "Served", "ServedOverview", "SourceNote"]

TICKETS_HELD = 600_000
"""Reports are held ready until they are about so many tickets in all: a few hundred MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """One queue as it is now.

    Without a report: with `problem` what was asked for cannot be had (PeriodNotCovered, EmptyPeriod, UnknownValue);
    else the queue was not read yet, and `progress` says how far its first read is, unless `freshness` has failed.
    `revision` differs whenever anything but the age does.
    """

    queue: Queue
    report: QueueReport | None
    problem: PortalError | None
    freshness: Freshness
    progress: ReadProgress | None
    revision: str


@dataclass(frozen=True, slots=True, eq=False)
class ServedOverview:
    """All queues as they are now, in the order of the registry, and what those with a report add up to.

    `as_of` is the instant of the oldest reading that is not stale, else of the oldest; None without any.
    """

    as_of: int | None
    served: Mapping[str, Served]
    teams: tuple[Pool, ...]
    consolidated: Consolidated
    due: tuple[tuple[Queue, DueRow], ...]
    revision: str


class CachedReports:
    """The reports behind pages and API. `ttl_s` is how old a reading may grow before it is renewed.

    Each queue is judged as of its own reading, so that every process that holds a reading says the same of it.
    `refresh` and `refresh_due` read the sources and belong in a thread of their own; the rest never does.
    """

    def __init__(
        self,
        registry: Registry,
        sources: Sources,
        cache: Cache,
        leases: Leases,
        *,
        now: Now,
        ttl_s: float,
        scope: str,
    ) -> None:
        self._registry, self._now, self._ttl_ms = registry, now, int(ttl_s * SECOND_MS)
        self._shelf = Shelf(cache, scope)
        self._refreshing = Refreshing(sources, self._shelf, cache, leases, now=now, ttl_s=ttl_s)
        self._policy: Policy | None = None
        self._reports: Memo[QueueReport] = Memo(TICKETS_HELD, lambda made: len(made.columns) + 1)
        self._fleet_evidence: Memo[Trailing] = Memo(64)

    @property
    def policy(self) -> Policy:
        """The registry in force; another one as soon as it was changed and is in order."""
        policy = self._registry.current().policy
        if policy is not self._policy:
            self._reports.clear()  # a promise may have changed
            self._fleet_evidence.clear()
            self._policy = policy
        return policy

    def find(self, queue_id: str) -> Queue:
        """The queue of that id.

        Raises:
            UnknownQueue: there is none.
        """
        return found(self.policy, queue_id)

    def queue(
        self,
        queue_id: str,
        *,
        period: Period | None = None,
        filters: Filters | None = None,
        compared_days: int = COMPARED_DAYS,
    ) -> Served:
        """One queue from what is kept of it.

        Raises:
            UnknownQueue: there is no such queue.
        """
        policy = self.policy
        queue = found(policy, queue_id)
        asked = _Asked(period or Period(), filters or Filters(), compared_days)
        head, reading = self._shelf.current(queue)
        if reading is not None:
            try:
                check_values(reading.columns, asked.filters, names_shown=policy.analyst_names == "names")
            except PortalError as problem:
                return self._without_report(queue, head, reading, problem)
        return self._served(queue, head, reading, asked, lambda: self._fleet(self._current(policy)))

    def overview(
        self, *, period: Period | None = None, filters: Filters | None = None, compared_days: int = COMPARED_DAYS
    ) -> ServedOverview:
        """All queues from what is kept of them. A queue without a report stands in nobody's way."""
        asked = _Asked(period or Period(), filters or Filters(), compared_days)
        current = self._current(self.policy)
        fleet = self._fleet(current)
        served = {
            queue.id: self._served(queue, head, reading, asked, lambda: fleet) for queue, head, reading in current
        }
        made = [each.report for each in served.values() if each.report is not None]
        revision = _digest(*(each.revision for each in served.values()))
        standings = [each.freshness for each in served.values()]
        return ServedOverview(_as_of(standings), served, *added_up(made, self._evidence(fleet, fleet.newest)), revision)

    def reading(self, queue_id: str) -> Reading | None:
        """What is kept of a queue; None when nothing is yet.

        Raises:
            UnknownQueue: there is no such queue.
        """
        return self._shelf.current(self.find(queue_id))[1]

    def due(self) -> tuple[str, ...]:
        """The queues whose turn it is to be read, in the order of the registry."""
        return tuple(queue.id for queue in self.policy.queues if self._refreshing.due(queue))

    def refresh(self, queue_id: str, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Read a queue if it is its turn and nobody else is reading it: whether a new reading was kept.

        A read that fails is remembered and leaves what was kept. Once `stopped` says so a read ends at its next step.

        Raises:
            UnknownQueue: there is no such queue.
        """
        return self._refreshing.refresh(self.find(queue_id), stopped)

    def refresh_due(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Read every queue whose turn it is, one after the other; how many new readings were kept."""
        return sum(self._refreshing.refresh(queue, stopped) for queue in self.policy.queues if not stopped())

    def ask_refresh(self, queue_id: str) -> bool:
        """Have a queue read soon; False when that was asked for less than a minute ago, by whomever.

        Raises:
            UnknownQueue: there is no such queue.
            PortalError: it cannot be passed on.
        """
        return self._refreshing.ask(self.find(queue_id))

    def source_notes(self) -> tuple[SourceNote, ...]:
        """What is known of the reads of every queue, source by source."""
        return tuple(note for queue in self.policy.queues for note in source_notes(queue, self._shelf.head(queue)))

    def registry_note(self) -> RegistryNote:
        """What is known of the registry itself."""
        reading = self._registry.current()
        return RegistryNote(to_ms(reading.changed_at), tuple(str(problem) for problem in reading.problems))

    def _current(self, policy: Policy) -> "list[_Current]":
        return [(queue, *self._shelf.current(queue)) for queue in policy.queues]

    def _served(
        self, queue: Queue, head: Head, reading: Reading | None, asked: "_Asked", fleet: "Callable[[], _Fleet]"
    ) -> Served:
        if reading is None or head.kept is None:
            return self._without_report(queue, head, reading, None)
        try:
            window = asked.period.window(queue, head.kept.read_at)
            name = (queue.id, head.kept, head.hours_error, window, asked.filters, asked.compared_days)
            made = self._reports.get(name, lambda: judged_alone(reading, window, asked.filters, asked.compared_days))
        except PortalError as problem:
            return self._without_report(queue, head, reading, problem)
        depends_on: tuple[object, ...] = ()
        if needs_fleet(made):
            everyone, alone = fleet(), made
            depends_on = everyone.name
            evidence = partial(self._evidence, everyone)
            # All queues are judged together as of the youngest reading, so that one set of rates serves for all.
            skew = everyone.newest - head.kept.read_at if window.end == head.kept.read_at else 0
            made = self._reports.get(
                (*name, depends_on), lambda: filled_up(reading, alone, lambda instant: evidence(instant + skew))
            )
        standing = self._freshness(head, reading, self._refreshing.progress(queue))
        revision = _digest(queue.definition_hash, head.kept, head.hours_error, depends_on, _told(standing))
        return Served(queue, made, None, standing, None, revision)

    def _without_report(self, queue: Queue, head: Head, reading: Reading | None, problem: PortalError | None) -> Served:
        progress = self._refreshing.progress(queue)
        standing = self._freshness(head, reading, progress)
        if reading is not None:
            progress = None
        elif progress is None and standing.state != "failed":
            progress = ReadProgress("waiting", 0, 0, self._now())
        revision = _digest(queue.definition_hash, head.kept, str(problem), _told(standing), progress)
        return Served(queue, None, problem, standing, progress, revision)

    def _freshness(self, head: Head, reading: Reading | None, progress: ReadProgress | None) -> Freshness:
        columns = None if reading is None else reading.columns
        return freshness(head, columns, progress, self._now(), self._ttl_ms)

    def _fleet(self, current: "Sequence[_Current]") -> "_Fleet":
        there = [(queue.id, head.kept, reading) for queue, head, reading in current if reading is not None]
        newest = max((kept.read_at for _, kept, _ in there if kept is not None), default=self._now())
        return _Fleet(tuple(r for _, _, r in there), tuple((each, kept) for each, kept, _ in there), newest)

    def _evidence(self, fleet: "_Fleet", instant: int) -> Trailing:
        return self._fleet_evidence.get((fleet.name, instant), lambda: fleet_of(fleet.readings, instant))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every queue is asked for."""

    period: Period
    filters: Filters
    compared_days: int


@dataclass(frozen=True, slots=True, eq=False)
class _Fleet:
    """Every kept reading. `name` differs whenever one of them does; `newest` is the youngest (epoch ms)."""

    readings: tuple[Reading, ...]
    name: tuple[object, ...]
    newest: int


_Current: TypeAlias = tuple[Queue, Head, Reading | None]


def _as_of(standings: Sequence[Freshness]) -> int | None:
    known = [(each.state == "stale", each.as_of) for each in standings if each.as_of is not None]
    return min(known)[1] if known else None


def _told(standing: Freshness) -> tuple[object, ...]:
    """What a reader is told beside the age, and beside that it is being read right now."""
    return standing.state, standing.reason, standing.since, standing.tries, standing.next_try


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()
