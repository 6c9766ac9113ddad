"""The report of one queue."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from opsportal.shapes.envelope import EnvelopeJson, QueueHeadJson
from opsportal.shapes.health import HealthJson
from opsportal.shapes.promises import BudgetsJson, SlasJson
from opsportal.shapes.units import (
    BusinessDays,
    BusinessHours,
    Count,
    Day,
    Hours,
    Instant,
    Quotient,
    Ratio,
    Reason,
    Seconds,
    Text,
)
from servicelevel.due import DueState
from servicelevel.policy import SlaName
from servicelevel.worklogs import HoursState, UtilisationReason


class FlowDayJson(TypedDict):
    """Tickets created and resolved on one local date, and open at its end."""

    day: Day
    created: Count
    resolved: Count
    open: Count
    partial: bool


ReopenJson = TypedDict("ReopenJson", {"resolutions": Count, "reopened": Count, "from": Instant, "to": Instant})
ReopenJson.__doc__ = "Resolutions in the window moved back 14 days, and those of them reopened within 14 days."


class FlowJson(TypedDict):
    """Arrivals, departures, reopens."""

    created: Count
    resolved: Count
    open: Count
    net_flow: Annotated[Quotient | None, Meta(description="resolved / created; null when nothing was created.")]
    reopened: Count
    reopen_rate: Ratio | None
    reopen_reason: Literal["no_data", "not_covered"] | None
    reopen: ReopenJson
    by_day: Annotated[list[FlowDayJson], Meta(description="By day.")]


class AgeBucketJson(TypedDict):
    """Open tickets aged from `from_bd` (in it) to `to_bd` (not in it; null: no end) business days."""

    label: str
    from_bd: BusinessDays
    to_bd: BusinessDays | None
    tickets: Count


class BacklogJson(TypedDict):
    """Open work and its age."""

    open: Count
    unassigned: Count
    backlog_days: BusinessDays | None
    backlog_reason: Literal["nothing_resolved"] | None
    resolved_28d: Count
    business_days_28d: BusinessDays
    ageing_share: Ratio | None
    older: Annotated[Count | None, Meta(description="Open tickets older than the queue's own 85th percentile.")]
    age_buckets: Annotated[list[AgeBucketJson], Meta(description="Youngest first.")]
    stale: Annotated[Count, Meta(description="Open tickets that nobody touched for 5 business days.")]
    own_p85_h: BusinessHours | None
    own_p85_reason: Literal["not_reached", "no_data"] | None
    business_day_h: BusinessHours


class BySlaJson(TypedDict):
    """A count for each promise."""

    first_response: Count
    resolution: Count


class AnalystJson(TypedDict):
    """Work of one person; id null: nobody's. Names are as the registry's privacy rule says."""

    id: str | None
    name: Text | None
    active: bool | None
    open: Count
    resolved: Count
    met: BySlaJson
    breached: BySlaJson
    breached_held: Annotated[Count, Meta(description="Open tickets with a broken promise that the person holds.")]
    p50_resolution_h: BusinessHours | None
    hours: Hours | None


class BookedByJson(TypedDict):
    """Hours that one person booked."""

    id: str | None
    name: Text | None
    hours: Hours
    billable_h: Hours


class BookedOnJson(TypedDict):
    """Hours booked on tickets of one type."""

    type: Text
    hours: Hours


class HoursJson(TypedDict):
    """Hours booked in the window; null unless `state` is ok."""

    total_h: Hours | None
    billable_h: Hours | None
    per_resolved_h: Hours | None
    orphan_h: Annotated[Hours | None, Meta(description="Hours on tickets that Jira shows to nobody.")]
    coverage: Annotated[Ratio | None, Meta(description="Share of the tickets resolved that have any hours.")]
    by_analyst: Annotated[list[BookedByJson], Meta(description="Most hours first.")]
    by_type: Annotated[list[BookedOnJson], Meta(description="Most hours first.")]
    utilisation: Quotient | None
    team_h: Hours | None
    scheduled_h: Hours | None
    state: HoursState
    state_reason: Reason | None
    utilisation_reason: UtilisationReason | None


class DueJson(TypedDict):
    """One running or paused clock of one ticket."""

    key: str
    url: Annotated[str, Meta(description="The ticket in Jira.")]
    summary: Text
    type: Text
    priority: Text | None
    status: Text
    analyst: Text | None
    sla: SlaName
    goal_s: Seconds
    elapsed_s: Seconds
    remaining_s: Annotated[Seconds, Meta(description="goal_s − elapsed_s; negative when overdue.")]
    due: Annotated[Instant | None, Meta(description="When the goal runs out; null while paused within it.")]
    state: DueState
    ticking: Annotated[bool, Meta(description="Running, and the calendar open at as_of.")]


class LikelyJson(TypedDict):
    """How likely one ticket breaks its promise."""

    key: str
    probability: Ratio
    basis: Literal["queue_priority", "queue", "fleet"]


class ForecastJson(TypedDict):
    """What will break; shown only while the forecasts made so far came true as often as they said."""

    state: Literal["shown", "not_calibrated", "no_data"]
    business_hours: BusinessHours | None
    expected_breaches: float | None
    brier: float | None
    n: Count
    by_ticket: list[LikelyJson]


class ForecastsJson(TypedDict):
    """Forecasts of both promises."""

    first_response: ForecastJson
    resolution: ForecastJson


class QualityJson(TypedDict):
    """One rule about the data: how many tickets it touches, the first hundred, and what it changes."""

    rule: str
    tickets: Count | None
    share: Ratio | None
    keys: Annotated[list[str], Meta(max_length=100)]
    effect: str
    reason: Reason | None


class QueueReportJson(EnvelopeJson):
    """Everything about one queue."""

    queue: QueueHeadJson
    sla: SlasJson
    flow: FlowJson
    backlog: BacklogJson
    analysts: Annotated[list[AnalystJson], Meta(description="Most open tickets first; empty where nobody is shown.")]
    hours: HoursJson
    health: HealthJson
    due: Annotated[list[DueJson], Meta(description="Overdue first, then by due, paused last, then by key.")]
    budget: BudgetsJson
    forecast: ForecastsJson
    quality: list[QualityJson]
