"""One queue at the end of one local day, as counts: what history keeps, and what a score can be made of again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, TypeAlias

from servicelevel.attainment import Kept
from servicelevel.backlog import AgeBucket
from servicelevel.calendars import BusinessCalendar
from servicelevel.policy import DimensionName, SlaName
from servicelevel.worklogs import HoursState, UtilisationReason

SnapshotSource: TypeAlias = Literal["live", "backfill", "import"]
Lack: TypeAlias = Literal["tickets", "hours", "past", "fleet"]
"""What a snapshot had to do without: tickets not delivered, hours not readable, changes before the first one known, or
the rates of all queues (because one of them could not be read) that its small samples are filled up with."""

# A complete rebuilt day and an incomplete live one rank the same, so that neither takes the place of the other.
_RANK: Mapping[SnapshotSource, int] = {"import": 0, "backfill": 2, "live": 3}


@dataclass(frozen=True, slots=True)
class SlaCounts:
    """One promise over the window. The 90-day counts are the evidence that small samples are filled up with."""

    target: float
    met: int
    breached: int
    breached_open: int
    undecided: int
    excluded: Mapping[str, int]
    own_90d: Kept
    fleet_90d: Kept
    p50_s: float | None
    p85_s: float | None

    @property
    def kept(self) -> Kept:
        """Promises kept of those decided."""
        return Kept(self.met, self.met + self.breached)


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """Arrivals and departures in the window, and the reopen rate's counts over the window moved back 14 days."""

    created: int
    resolved: int
    open: int
    reopened: int
    resolutions_moved: int
    reopened_moved: int
    reopens_covered: bool
    own_90d: Kept
    fleet_90d: Kept


@dataclass(frozen=True, slots=True)
class BacklogCounts:
    """Open tickets at the end of the day; `older` than the queue's own p85, None where that is not known."""

    unassigned: int
    resolved_28d: int
    business_days_28d: float
    older: int | None
    stale: int
    age_buckets: tuple[AgeBucket, ...]


@dataclass(frozen=True, slots=True)
class HoursCounts:
    """Seconds booked in the window; None unless `state` is "ok". `covered` are resolved tickets with any hours."""

    state: HoursState
    state_reason: str | None
    total_s: int | None
    billable_s: int | None
    orphan_s: int | None
    covered: int
    team_s: int | None
    scheduled_s: int | None
    utilisation_reason: UtilisationReason | None


@dataclass(frozen=True, slots=True)
class PriorityCounts:
    """The tickets of one priority (id "" for those without one), counted as those of the whole queue are."""

    id: str
    name: str
    created: int
    resolved: int
    open: int
    kept: Mapping[SlaName, Kept]
    undecided: Mapping[SlaName, int]
    hours_s: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything a day is made of, never only ratios."""

    sla: Mapping[SlaName, SlaCounts]
    flow: FlowCounts
    backlog: BacklogCounts
    hours: HoursCounts
    by_priority: tuple[PriorityCounts, ...]

    @property
    def net_flow(self) -> float | None:
        """Resolved / created; None when nothing was created."""
        return self.flow.resolved / self.flow.created if self.flow.created else None

    @property
    def reopen_rate(self) -> float | None:
        """Share of the moved window's resolutions that were reopened; None without one, or when not covered."""
        moved = self.flow
        if not moved.resolutions_moved or not moved.reopens_covered:
            return None
        return moved.reopened_moved / moved.resolutions_moved

    @property
    def backlog_days(self) -> float | None:
        """Business days of open work at the pace of 28 days; None when nothing was resolved."""
        if self.flow.open == 0:
            return 0.0
        resolved = self.backlog.resolved_28d
        return self.flow.open * self.backlog.business_days_28d / resolved if resolved else None

    @property
    def ageing_share(self) -> float | None:
        """Open tickets older than the queue's own p85 / open; None without a p85."""
        if self.flow.open == 0:
            return 0.0
        return None if self.backlog.older is None else self.backlog.older / self.flow.open

    @property
    def utilisation(self) -> float | None:
        """Booked / scheduled seconds of the team; None with a reason."""
        spent = self.hours
        if spent.utilisation_reason or spent.team_s is None or not spent.scheduled_s:
            return None
        return spent.team_s / spent.scheduled_s


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One queue at the end of local day `day`: `score` and `contributions` as shown then, and the counts behind them.

    `taken_at` is in epoch milliseconds. `complete` says that nothing was lacking. Only an imported day, which knows
    nothing but a score, has no counts.
    """

    queue: str
    day: date
    taken_at: int
    source: SnapshotSource
    definition_hash: str
    engine_version: str
    window_days: int
    score: float | None
    coverage: float
    complete: bool
    contributions: Mapping[DimensionName, float] = field(default_factory=dict)
    lacks: tuple[Lack, ...] = ()
    counts: Counts | None = None

    @property
    def rank(self) -> int:
        """A snapshot takes the place of another of its day only with a higher rank.

        Live ranks over rebuilt over imported, and complete over incomplete; an incomplete live day does not take the
        place of a complete rebuilt one, nor the other way round.
        """
        return _RANK[self.source] + self.complete


@dataclass(frozen=True, slots=True)
class SnapshotRange:
    """Days read from history in order, and those whose row could not be read, with the reason."""

    snapshots: tuple[Snapshot, ...]
    unreadable: Mapping[date, str] = field(default_factory=dict)


def full_rank(source: SnapshotSource) -> int:
    """The rank of a complete snapshot from a source: what is kept at this rank needs no other one of the source."""
    return _RANK[source] + 1


def end_of_day(calendar: BusinessCalendar, day: date) -> int:
    """The last millisecond of a local date: the instant its snapshot describes."""
    return calendar.midnight(day + timedelta(days=1)) - 1


def last_ended_day(calendar: BusinessCalendar, now: int) -> date:
    """The last local date that has ended."""
    return calendar.local_date(now) - timedelta(days=1)
