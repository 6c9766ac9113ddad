"""Queues whose sources, clock and registry a test decides, served from a cache in memory."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from opsportal.cached import CachedReports
from opsportal.ports import NOBODY, Observer, Progress
from opsportal.reading import Sources
from opsportal.refreshing import Timing
from servicelevel.columns import TicketColumns
from servicelevel.instants import DAY_MS, MINUTE_MS
from servicelevel.policy import Policy, Queue
from servicelevel.worklogs import HoursRead
from tests.factories import AS_OF, columns, ms, queue, running, stopped, ticket, worklog
from tests.fakes.shared import MemoryCache, MemoryLeases

NOON = ms(AS_OF)
TTL_MIN = 5
CHANGED_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def many(size: int = 40) -> TicketColumns:
    """Tickets answered in time, and one whose clock runs; 40 are enough for no rate to be filled up."""
    answered = stopped("2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00")
    last = ticket(size + 1, resolve=[running("2026-11-23T11:00:00+00:00")])
    return columns(*(ticket(n, first_response=[answered]) for n in range(1, size + 1)), last)


@dataclass(slots=True)
class Registry:
    """States a policy, and problems of a newer one."""

    policy: Policy
    problems: Sequence[object] = ()
    changed_at: datetime = CHANGED_AT

    def read(self) -> Policy:
        """As Registry promises."""
        return self.policy

    def current(self) -> "Registry":
        """As Registry promises."""
        return self


@dataclass(slots=True)
class Tickets:
    """Gives one table for every queue; those in `down` fail. `during` is called in the middle of each read.

    `joined` is the table with the tickets that were moved away, which cannot be had of queues in `lost`.
    """

    table: TicketColumns = field(default_factory=many)
    down: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, TicketColumns | None]] = field(default_factory=list)
    during: Callable[[], None] = lambda: None
    joined: TicketColumns = field(default_factory=lambda: many(41))
    lost: dict[str, Exception] = field(default_factory=dict)
    brought_back: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

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
        """As TicketSource promises."""
        self.asked.append((queue.id, previous))
        progress("tickets", 7, 40)
        self.during()
        if queue.id in self.down:
            raise self.down[queue.id]
        swept_at = read_at if previous is None else previous.swept_at
        return replace(
            self.table, covers_from=updated_since, read_at=read_at, cursor=read_at, swept_at=swept_at, requests=3
        )

    def with_departed(
        self,
        queue: Queue,
        columns: TicketColumns,
        left: Mapping[int, frozenset[str]],
        *,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """As MovedTicketSource promises."""
        self.brought_back.append((queue.id, tuple(sorted(left))))
        progress("tickets", 1, 1)
        if queue.id in self.lost:
            raise self.lost[queue.id]
        return replace(self.joined, covers_from=columns.covers_from, read_at=columns.read_at)


@dataclass(slots=True)
class Hours:
    """Gives an hour on the first ticket, or fails."""

    down: Exception | None = None
    asked: list[HoursRead | None] = field(default_factory=list)

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
        """As HoursSource promises."""
        self.asked.append(previous)
        if self.down is not None:
            raise self.down
        booked = (worklog(1, 1, "2026-11-20", 1),)
        return HoursRead(first, last, (1,), booked, frozenset(), frozenset(), {}, None, read_at, read_at, requests=2)


@dataclass(slots=True)
class World:
    """Everything around the reports. `process()` is a process of its own that shares cache and leases."""

    registry: Registry = field(
        default_factory=lambda: Registry(Policy((queue("desk"), queue("billing"), queue("network"))))
    )
    tickets: Tickets = field(default_factory=Tickets)
    hours: Hours | None = field(default_factory=Hours)
    cache: MemoryCache = field(default_factory=MemoryCache)
    leases: MemoryLeases = field(default_factory=MemoryLeases)
    now: int = NOON
    timing: Timing = field(default_factory=lambda: Timing(TTL_MIN * 60))
    clock_s: Callable[[], float] = time.monotonic
    observer: Observer = NOBODY

    def process(self) -> CachedReports:
        """Reports as one process has them."""
        sources = Sources(self.tickets, self.hours, 120, 60.0)
        return CachedReports(
            self.registry,
            sources,
            self.cache,
            self.leases,
            now=lambda: self.now,
            timing=self.timing,
            scope="https://site.invalid",
            observer=self.observer,
            clock_s=self.clock_s,
        )

    def read(self) -> CachedReports:
        """A process that has just read every queue."""
        reports = self.process()
        refresh_due(reports)
        return reports

    def pass_minutes(self, minutes: float) -> None:
        """Move the clock on."""
        self.now += int(minutes * MINUTE_MS)

    def pass_days(self, days: int) -> None:
        """Move the clock on by days."""
        self.now += days * DAY_MS


def refresh_due(reports: CachedReports) -> int:
    """Read every queue whose turn it is, one after the other; how many new readings were kept."""
    return sum(reports.refresh(queue_id) for queue_id in reports.due())
