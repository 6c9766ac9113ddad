"""The history of queues, day by day."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from opsportal.shapes.envelope import FleetEnvelopeJson
from opsportal.shapes.health import Score
from opsportal.shapes.units import BusinessDays, Count, Day, Points, QueueId, Quotient, Ratio, Text
from servicelevel.policy import DimensionName
from servicelevel.signals import Rule, Side, SignalMeasure
from servicelevel.snapshot import Lack, SnapshotSource


class DayOfPromiseJson(TypedDict):
    """One promise over the window that ends with the day; null where an imported day knows no counts."""

    met: Count | None
    breached: Count | None
    attainment: Ratio | None


class PointJson(TypedDict):
    """The end of one day. Measures that were not asked for are left out; null is not known."""

    day: Day
    source: SnapshotSource
    complete: bool
    lacks: list[Lack]
    redrawn: Annotated[bool, Meta(description="The score is today's definition on that day's counts.")]
    definition_hash: str
    score: NotRequired[Score | None]
    contributions: NotRequired[dict[DimensionName, Points]]
    first_response: NotRequired[DayOfPromiseJson]
    resolution: NotRequired[DayOfPromiseJson]
    open: NotRequired[Count | None]
    created: NotRequired[Count | None]
    resolved: NotRequired[Count | None]
    backlog_days: NotRequired[BusinessDays | None]
    net_flow: NotRequired[Quotient | None]
    reopen_rate: NotRequired[Ratio | None]


class SignalJson(TypedDict):
    """A stretch of days unlike the 56 before it, in words."""

    day: Annotated[Day, Meta(description="Its first day.")]
    last_day: Day
    measure: SignalMeasure
    rule: Rule
    side: Side
    good: Annotated[bool, Meta(description="Whether the change is a welcome one.")]
    text: str


class NoteJson(TypedDict):
    """A dated remark of the registry."""

    day: Day
    text: Text


class QueueTrendJson(TypedDict):
    """The days of one queue."""

    queue: QueueId
    begins: Annotated[Day | None, Meta(description="The first day of its history.")]
    points: Annotated[list[PointJson], Meta(description="By day.")]
    gaps: Annotated[list[Day], Meta(description="Days without a snapshot, by day.")]
    signals: Annotated[list[SignalJson], Meta(description="By first day.")]
    notes: Annotated[list[NoteJson], Meta(description="By day.")]


Measure = Literal[
    "score", "first_response", "resolution", "open", "created", "resolved", "backlog_days", "net_flow", "reopen_rate"
]


class TrendsJson(FleetEnvelopeJson):
    """Queues day by day. `state` is partial when days are missing or incomplete."""

    measures: list[Measure]
    queues: Annotated[list[QueueTrendJson], Meta(description="In the order of the registry.")]
