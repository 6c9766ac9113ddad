"""Promises: attainment over the window, and error budgets."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from opsportal.shapes.envelope import Lens
from opsportal.shapes.units import BusinessDays, BusinessHours, Count, Day, Instant, Quotient, Ratio, Text
from servicelevel.attainment import Proof
from servicelevel.budget import ExhaustedReason
from servicelevel.policy import JudgedCycle


class LensedJson(TypedDict):
    """Promises counted in one way. `attainment` is null when nothing was counted."""

    met: Count
    breached: Count
    attainment: Ratio | None


class ShownJson(LensedJson):
    """Promises counted in the way that was asked for with `lens`."""

    lens: Lens
    n: Count


class LensesJson(TypedDict):
    """The same promises counted as other reports count them, for reconciliation only."""

    completed_only: LensedJson
    jsm_goals: LensedJson


class PriorityJson(LensedJson):
    """Promises decided on tickets of one priority; null: of none."""

    priority: Text | None
    n: Count
    interval: tuple[Ratio, Ratio] | None


class PromiseDayJson(TypedDict):
    """Promises decided on one local date; `partial` when the window cuts the day."""

    day: Day
    met: Count
    breached: Count
    partial: bool


class TrailingJson(TypedDict):
    """Promises decided in the last 90 days: what a small sample is filled up with."""

    met: Count
    n: Count


class ExcludedJson(TypedDict):
    """Tickets created in the window whose clock nobody judges, by reason."""

    no_goal: Count
    no_start: Count
    excluded_resolution: Count
    unreadable: Count


class PooledSlaJson(TypedDict):
    """One promise over several queues. met and breached are those decided in the window; n = met + breached."""

    target: Annotated[Ratio, Meta(description="Mean of the queues' targets by number decided.")]
    attainment: Ratio | None
    reason: Literal["no_data"] | None
    interval: Annotated[tuple[Ratio, Ratio] | None, Meta(description="Wilson's 95 % interval of the attainment.")]
    verdict: Proof
    met: Count
    breached: Count
    breached_closed: Count
    breached_open: Annotated[Count, Meta(description="Of those breached, the ones that still run.")]
    undecided: Annotated[Count, Meta(description="Clocks that run within their goal at as_of.")]
    excluded: ExcludedJson
    n: Count


class SlaJson(PooledSlaJson):
    """One promise of one queue over the window."""

    source: Annotated[Literal["jsm", "computed"], Meta(description="Whose clock it is: Jira's or the portal's.")]
    policy: Annotated[JudgedCycle, Meta(description="Which of a ticket's cycles is judged.")]
    p50_h: BusinessHours | None
    p85_h: BusinessHours | None
    p90_h: BusinessHours | None
    percentiles_n: Count
    censored: Annotated[Count, Meta(description="Of percentiles_n, clocks that had not stopped at as_of.")]
    percentiles_reason: Annotated[
        Annotated[str, Meta(extra_json_schema={"enum": ["not_reached", "no_data"]})] | None,
        Meta(description="Why a percentile is null."),
    ]
    mean_h: BusinessHours | None
    no_response: Annotated[
        Count | None, Meta(description="First responses that ended with the resolution; null unless computed.")
    ]
    lenses: LensesJson
    shown: ShownJson
    by_priority: Annotated[list[PriorityJson], Meta(description="In Jira's order of priorities, none last.")]
    by_day: Annotated[list[PromiseDayJson], Meta(description="By day.")]
    trailing_90d: TrailingJson
    business_day_h: BusinessHours


class SlasJson(TypedDict):
    """Both promises."""

    first_response: SlaJson
    resolution: SlaJson


class PooledSlasJson(TypedDict):
    """Both promises of several queues."""

    first_response: PooledSlaJson
    resolution: PooledSlaJson


SpanJson = TypedDict("SpanJson", {"from": Instant, "to": Instant})
SpanJson.__doc__ = "From an instant (not in it) to another (in it)."


class RecentJson(TypedDict):
    """The pace of the last business days. `rate` is the share breached; null when nothing was decided."""

    business_days: BusinessDays
    decided: Count
    breaches: Count
    rate: Ratio | None


class BurnJson(TypedDict):
    """How fast the budget was spent over one look-back, as a multiple of what the target allows."""

    level: Annotated[str, Meta(extra_json_schema={"enum": ["1bd", "3bd", "7bd", "window"]})]
    business_days: BusinessDays
    rate: Quotient | None
    threshold: Quotient
    breaches: Count
    decided: Count
    tail: Annotated[Ratio | None, Meta(description="Chance of as many breaches if the target were just kept.")]
    firing: bool
    urgency: Annotated[str, Meta(extra_json_schema={"enum": ["urgent", "today", "week", "policy"]})]


class BudgetJson(TypedDict):
    """The error budget of one promise, in tickets."""

    target: Ratio
    window: SpanJson
    decided: Count
    allowed: Annotated[float, Meta(ge=0, description="Breaches that the target allows among those decided.")]
    used: Count
    remaining: Annotated[float, Meta(description="allowed − used; negative once overspent.")]
    remaining_share: Quotient | None
    reason: Literal["no_budget", "no_data"] | None
    recent: RecentJson
    exhausted_on: Instant | None
    exhausted_band: Annotated[tuple[Instant | None, Instant | None], Meta(description="Earliest and latest.")]
    exhausted_reason: ExhaustedReason | None
    exhausted_business_days: BusinessDays | None
    burn: list[BurnJson]


class BudgetsJson(TypedDict):
    """The error budgets of both promises."""

    first_response: BudgetJson
    resolution: BudgetJson
