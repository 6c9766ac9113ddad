"""Reports from what is kept: every answer comes at once, and no source is read for it."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from opsportal.freshness_of import freshness
from opsportal.head import Head
from opsportal.judging import added_up, filled_up, fleet_of, judged_alone, needs_fleet
from opsportal.memo import Memo, Of
from opsportal.ports import NOBODY, Cache, Leases, Now, Observer, Registry
from opsportal.reading import Reading, Sources
from opsportal.refreshing import Refreshing, Timing
from opsportal.reports import Period, check_values, found
from opsportal.served import Served, ServedOverview
from opsportal.shelf import Copy, Shelf
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

TICKETS_HELD = 300_000
"""Reports of each kind are held ready until they are about so many tickets in all: a few hundred MB."""

FOLLOWED_S = 5.0
"""How long after it was last called `follow` is still relied on."""

Added: TypeAlias = tuple[tuple[Pool, ...], Consolidated, tuple[tuple[Queue, DueRow], ...]]


class CachedReports:
    """The reports behind pages and API, renewed as `timing` says.

    Each queue is judged as of its own reading, so that every process that holds a reading says the same of it. And of
    the readings of all queues, whoever asks: a score is no other because fewer queues are seen.
    `refresh` reads the sources, `follow` the cache; both belong in threads of their own. The rest answers from what
    this process has and asks the cache once.
    """

    def __init__(
        self,
        registry: Registry,
        sources: Sources,
        cache: Cache,
        leases: Leases,
        *,
        now: Now,
        timing: Timing,
        scope: str,
        observer: Observer = NOBODY,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry, self._now, self._cache, self._observer = registry, now, cache, observer
        self._ttl_ms, self._clock_s = int(timing.ttl_s * SECOND_MS), clock_s
        self._shelf = Shelf(cache, scope, now, clock_s)
        self._refreshing = Refreshing(
            sources, self._shelf, cache, leases, timing, now=now, observer=observer, clock_s=clock_s
        )
        self._narrow: Callable[[Policy], Policy] | None = None
        self._state = _State()
        self._alone: Memo[QueueReport] = Memo(TICKETS_HELD, lambda made: len(made.columns) + 1)
        self._filled: Memo[QueueReport] = Memo(TICKETS_HELD, lambda made: len(made.columns) + 1)
        self._fleet_evidence: Memo[Trailing] = Memo(64)
        self._added_up: Memo[Added] = Memo(64)

    @property
    def policy(self) -> Policy:
        """The registry in force, as it is seen here; another one as soon as it was changed and is in order."""
        whole = self._whole()
        return whole if self._narrow is None else self._narrow(whole)

    def seen(self, narrow: Callable[[Policy], Policy]) -> "CachedReports":
        """The same reports with no more queues than `narrow` leaves of a registry.

        They share everything that is read and made. What the portal does for itself goes on about all queues.
        """
        seen = copy(self)
        seen._narrow = narrow  # noqa: SLF001 - it is one of our own
        return seen

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
        (seen,) = self._look((queue,))
        self._observer.cache(seen.copy is not None)
        if seen.copy is not None:
            try:
                check_values(seen.copy.columns, asked.filters, names_shown=policy.analyst_names == "names")
            except PortalError as problem:
                return self._without_report(seen, problem)
        return self._served(seen, asked, lambda: self._fleet(self._held_or_looked(self._whole())))

    def overview(
        self, *, period: Period | None = None, filters: Filters | None = None, compared_days: int = COMPARED_DAYS
    ) -> ServedOverview:
        """All queues from what is kept of them. A queue without a report stands in nobody's way."""
        seen = self._overview(_Asked(period or Period(), filters or Filters(), compared_days))
        for served in seen.served.values():
            self._observer.cache(served.freshness.as_of is not None)
        return seen

    def reading(self, queue_id: str) -> Reading | None:
        """What is kept of a queue; None when nothing is yet.

        Raises:
            UnknownQueue: there is no such queue.
        """
        (seen,) = self._look((self.find(queue_id),))
        return seen.reading

    def due(self) -> tuple[str, ...]:
        """The queues whose turn it is to be read, the most urgent first."""
        return tuple(queue.id for queue in self._refreshing.due(self._whole().queues))

    def troubled(self) -> bool:
        """Whether the last thing that became of any read is that it failed: then one queue at a time is enough."""
        return self._refreshing.troubled(self._whole().queues)

    def refresh(self, queue_id: str, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Read a queue if it is its turn and nobody else is reading it: whether a new reading was kept.

        A read that fails is remembered and leaves what was kept. Once `stopped` says so a read ends at its next step.

        Raises:
            UnknownQueue: there is no such queue.
        """
        return self._refreshing.refresh(self.find(queue_id), stopped)

    def follow(self) -> None:
        """Fetch and judge what others have read, before anybody asks for it; share again what the others lack.

        Called about once a second. As long as it is, no answer fetches a newer reading itself.
        """
        policy = self._whole()
        self._shelf.only(policy.queues)
        heads = self._cache.get_many([self._shelf.key("head", queue) for queue in policy.queues])
        for queue, shared in zip(policy.queues, heads, strict=True):
            self._shelf.current(queue, self._shelf.head(queue, shared))
            with suppress(PortalError):
                self._refreshing.share_again(queue, shared)
        self._state.followed_until_s = self._clock_s() + FOLLOWED_S
        copies = [(queue.id, copy.number) for queue in policy.queues if (copy := self._shelf.held(queue)) is not None]
        judged = (policy, *copies)
        if judged != self._state.judged:
            self._overview(_Asked(Period(), Filters(), COMPARED_DAYS))
            newest = max((number for _, number in copies), default=0)
            for queue_id, number in copies:
                self._alone.let_go(Of(queue_id, number))
                self._filled.let_go(Of(queue_id, newest))
            self._state.judged = judged

    def ask_refresh(self, queue_id: str) -> bool:
        """Have a queue read soon; False when that was asked for less than a minute ago, by whomever.

        Raises:
            UnknownQueue: there is no such queue.
            PortalError: it cannot be passed on.
        """
        return self._refreshing.ask(self.find(queue_id))

    def source_notes(self) -> tuple[SourceNote, ...]:
        """What is known of the reads of every queue, source by source."""
        return tuple(
            note for seen in self._look(self.policy.queues) for note in source_notes(seen.queue, seen.head, self._now())
        )

    def standings(self) -> Mapping[str, Freshness]:
        """How fresh what is kept of each queue is, without a report of any."""
        return {seen.queue.id: self._freshness(seen) for seen in self._look(self.policy.queues)}

    def registry_note(self) -> RegistryNote:
        """What is known of the registry itself."""
        reading = self._registry.current()
        return RegistryNote(to_ms(reading.changed_at), tuple(str(problem) for problem in reading.problems))

    def _whole(self) -> Policy:
        policy = self._registry.current().policy
        if policy is not self._state.policy:
            for memo in (self._alone, self._filled, self._fleet_evidence, self._added_up):
                memo.clear()  # a promise may have changed
            self._state.policy = policy
        return policy

    def _followed(self) -> bool:
        return self._clock_s() < self._state.followed_until_s

    def _look(self, queues: Sequence[Queue]) -> "list[_Seen]":
        """What is kept of queues, with one question to the cache."""
        keys = [self._shelf.key(kind, queue) for queue in queues for kind in ("head", "progress")]
        there, followed = self._cache.get_many(keys), self._followed()
        looked = []
        for place, queue in enumerate(queues):
            head, held = self._shelf.head(queue, there[2 * place]), self._shelf.held(queue)
            if followed and held is not None:
                head = replace(head, kept=held.kept)
            else:
                head, held = self._shelf.current(queue, head)
            looked.append(_Seen(queue, head, held, self._refreshing.board.told(there[2 * place + 1])))
        return looked

    def _held_or_looked(self, policy: Policy) -> "list[tuple[Queue, Copy | None]]":
        if self._followed():
            return [(queue, self._shelf.held(queue)) for queue in policy.queues]
        return [(seen.queue, seen.copy) for seen in self._look(policy.queues)]

    def _overview(self, asked: "_Asked") -> ServedOverview:
        everyone = self._look(self._whole().queues)
        fleet = self._fleet([(looked.queue, looked.copy) for looked in everyone])
        mine = {queue.id for queue in self.policy.queues}
        served = {
            looked.queue.id: self._served(looked, asked, lambda: fleet)
            for looked in everyone
            if looked.queue.id in mine
        }

        def add_up() -> Added:
            made = [each.report for each in served.values() if each.report is not None]
            return added_up(made, self._evidence(fleet, fleet.newest))

        pools, whole, due = self._added_up.get((asked, fleet.name, tuple(served)), fleet.of, add_up)
        standings = [each.freshness for each in served.values()]
        revision = _digest(*(each.revision for each in served.values()))
        return ServedOverview(_as_of(standings), served, pools, whole, due, revision)

    def _served(self, seen: "_Seen", asked: "_Asked", fleet: "Callable[[], _Fleet]") -> Served:
        queue, copy, reading = seen.queue, seen.copy, seen.reading
        if copy is None or reading is None:
            return self._without_report(seen, None)
        try:
            window = asked.period.window(queue, copy.kept.read_at)
            name, of = (window, asked.filters, asked.compared_days), Of(queue.id, copy.number)
            made = self._alone.get(name, of, lambda: judged_alone(reading, window, asked.filters, asked.compared_days))
        except PortalError as problem:
            return self._without_report(seen, problem)
        depends_on: tuple[object, ...] = ()
        if needs_fleet(made):
            everyone, alone = fleet(), made
            depends_on = everyone.name
            evidence = partial(self._evidence, everyone)
            # All queues are judged together as of the youngest reading, so that one set of rates serves for all.
            skew = everyone.newest - copy.kept.read_at if window.end == copy.kept.read_at else 0
            made = self._filled.get(
                (name, depends_on),
                Of(queue.id, everyone.of.number),
                lambda: filled_up(reading, alone, lambda instant: evidence(instant + skew)),
            )
        standing = self._freshness(seen)
        revision = _digest(queue.definition_hash, copy.kept.name, depends_on, _told(standing))
        return Served(queue, made, None, standing, None, revision)

    def _without_report(self, seen: "_Seen", problem: PortalError | None) -> Served:
        standing, progress = self._freshness(seen), seen.progress
        if seen.copy is not None:
            progress = None
        elif progress is None and standing.state != "failed":
            progress = ReadProgress("waiting", 0, 0, self._now())
        kept = seen.copy.kept.name if seen.copy is not None else None
        revision = _digest(seen.queue.definition_hash, kept, str(problem), _told(standing), progress)
        return Served(seen.queue, None, problem, standing, progress, revision)

    def _freshness(self, seen: "_Seen") -> Freshness:
        columns = None if seen.copy is None else seen.copy.columns
        return freshness(seen.queue.id, seen.head, columns, seen.progress, self._now(), self._ttl_ms)

    def _fleet(self, everyone: "Sequence[tuple[Queue, Copy | None]]") -> "_Fleet":
        there = [(queue, copy) for queue, copy in everyone if copy is not None]
        return _Fleet(
            readings=tuple(_reading(queue, copy) for queue, copy in there),
            name=tuple((queue.id, copy.kept.name) for queue, copy in there),
            of=Of("", max((copy.number for _, copy in there), default=0)),
            newest=max((copy.kept.read_at for _, copy in there), default=self._now()),
        )

    def _evidence(self, fleet: "_Fleet", instant: int) -> Trailing:
        return self._fleet_evidence.get((fleet.name, instant), fleet.of, lambda: fleet_of(fleet.readings, instant))


@dataclass(slots=True)
class _State:
    """What one process knows of its own work, whoever looks."""

    policy: Policy | None = None
    followed_until_s: float = 0.0
    judged: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every queue is asked for."""

    period: Period
    filters: Filters
    compared_days: int


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is known of one queue at one moment."""

    queue: Queue
    head: Head
    copy: Copy | None
    progress: ReadProgress | None

    @property
    def reading(self) -> Reading | None:
        """The reading itself."""
        return None if self.copy is None else _reading(self.queue, self.copy)


@dataclass(frozen=True, slots=True, eq=False)
class _Fleet:
    """Every kept reading. `name` differs whenever one of them does; `newest` is the youngest (epoch ms)."""

    readings: tuple[Reading, ...]
    name: tuple[object, ...]
    of: Of
    newest: int


def _reading(queue: Queue, copy: Copy) -> Reading:
    return Reading(queue, copy.columns, copy.booked, copy.hours)


def _as_of(standings: Sequence[Freshness]) -> int | None:
    known = [(each.state == "stale", each.as_of) for each in standings if each.as_of is not None]
    return min(known)[1] if known else None


def _told(standing: Freshness) -> tuple[object, ...]:
    """What a reader is told beside the age, and beside that it is being read right now."""
    return standing.state, standing.reason, standing.since, standing.tries, standing.next_try


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()
