"""Answers about several queues."""

from typing import Annotated, TypedDict

from msgspec import Meta

from opsportal.shapes.envelope import FleetEnvelopeJson, ProgressJson, QueueHeadJson, State
from opsportal.shapes.health import HealthJson, Score, ScoreJson
from opsportal.shapes.promises import BudgetsJson, PooledSlasJson, SlasJson
from opsportal.shapes.reports import DueJson, FlowJson
from opsportal.shapes.units import BusinessDays, Count, Instant, QueueId, Quotient, Ratio, Reason, Text
from servicelevel.health import Band


class WeightJson(TypedDict):
    """What a queue weighs in the consolidated score."""

    queue: QueueId
    weight: float


class ConsolidatedHealthJson(TypedDict):
    """The mean score of all queues by weight; queues without a score are counted as unscored."""

    score: Score | None
    band: Band
    scored: Count
    unscored: Count
    weights: list[WeightJson]


class WorstJson(TypedDict):
    """The queue with the lowest score."""

    queue: QueueId
    score: Score


class ConsolidatedJson(TypedDict):
    """All queues as one."""

    health: ConsolidatedHealthJson
    sla: PooledSlasJson
    worst: WorstJson | None


class PooledReopenJson(TypedDict):
    """Resolutions of the windows moved back 14 days, and those reopened within 14 days."""

    resolutions: Count
    reopened: Count


class PooledFlowJson(TypedDict):
    """Arrivals and departures of several queues."""

    created: Count
    resolved: Count
    open: Count
    net_flow: Quotient | None
    reopened: Count
    reopen_rate: Ratio | None
    reopen: PooledReopenJson


class PooledBacklogJson(TypedDict):
    """Open work of several queues; the ageing share leaves out queues without a percentile of their own."""

    open: Count
    unassigned: Count
    backlog_days: BusinessDays | None
    resolved_28d: Count
    ageing_share: Ratio | None
    older: Count | None
    stale: Count


class TeamJson(TypedDict):
    """A team: the counts of its queues that have numbers, pooled, and the score of those counts."""

    team: Text
    queues: Annotated[list[QueueId], Meta(description="The queues pooled, in the order of the registry.")]
    sla: PooledSlasJson
    flow: PooledFlowJson
    backlog: PooledBacklogJson
    health: ScoreJson


class DueCountsJson(TypedDict):
    """Clocks by the state of their goal."""

    overdue: Count
    lt_1h: Count
    lt_4h: Count
    today: Count
    next_day: Count
    later: Count
    paused: Count


class QueueOfManyJson(TypedDict):
    """One queue among all; without numbers they are null, and `state_reason` says why."""

    queue: QueueHeadJson
    as_of: Instant | None
    state: State
    state_reason: Reason | None
    progress: ProgressJson | None
    sla: SlasJson | None
    flow: FlowJson | None
    health: HealthJson | None
    due_counts: DueCountsJson | None
    budget: BudgetsJson | None


class QueuedDueJson(DueJson):
    """One clock and the queue it belongs to."""

    queue: QueueId


class OverviewJson(FleetEnvelopeJson):
    """All queues side by side and as one."""

    consolidated: ConsolidatedJson
    teams: Annotated[list[TeamJson], Meta(description="In the order the registry first names them.")]
    queues: Annotated[list[QueueOfManyJson], Meta(description="In the order of the registry.")]
    due: Annotated[list[QueuedDueJson], Meta(max_length=20, description="The first 20 clocks over all queues.")]


class TeamsJson(FleetEnvelopeJson):
    """The teams."""

    teams: Annotated[list[TeamJson], Meta(description="In the order the registry first names them.")]


class AtRiskJson(FleetEnvelopeJson):
    """Running and paused clocks of all queues."""

    counts: Annotated[DueCountsJson, Meta(description="Clocks that pass every filter but `due`, by state.")]
    total: Annotated[Count, Meta(description="Clocks listed.")]
    due: Annotated[list[QueuedDueJson], Meta(description="Overdue first, then by due, paused last, then by key.")]


class TargetsJson(TypedDict):
    """The shares of promises to be kept."""

    first_response: Ratio
    resolution: Ratio


class LinksJson(TypedDict):
    """Where more about a queue is: paths on this host."""

    data: str
    tickets: str
    page: str


class KnownQueueJson(QueueHeadJson):
    """A queue of the registry and how its data stands."""

    time_zone: str
    targets: TargetsJson
    as_of: Instant | None
    state: State
    state_reason: Reason | None
    progress: ProgressJson | None
    links: LinksJson


class QueuesJson(FleetEnvelopeJson):
    """The queues of the registry."""

    queues: Annotated[list[KnownQueueJson], Meta(description="In the order of the registry.")]
