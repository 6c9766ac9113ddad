"""The history of queues, day by day."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from opsportal.shapes.envelope import FleetEnvelopeJson
from opsportal.shapes.health import Score
from opsportal.shapes.units import BusinessDays, Count, Day, Points, QueueId, Quotient, Ratio, Text
from servicelevel.policy import DimensionName
from servicelevel.redefinition import ScoresUnder, WhatChanged
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
    redrawn: Annotated[bool, Meta(description="The score was made again from that day's counts.")]
    definition_hash: Annotated[str, Meta(description="What the day was kept under; empty where it was imported.")]
    engine_version: Annotated[str, Meta(description="By which version of the rules; empty where it was imported.")]
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


class ChangeJson(TypedDict):
    """From this day on days were judged otherwise; signals compare with no day before it."""

    day: Annotated[Day, Meta(description="The first of them.")]
    before: Annotated[Day, Meta(description="The last kept day ahead of it.")]
    what: list[WhatChanged]
    text: str


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
    changes: Annotated[list[ChangeJson], Meta(description="By day.")]
    signals: Annotated[list[SignalJson], Meta(description="By first day.")]
    notes: Annotated[list[NoteJson], Meta(description="By day.")]


Measure = Literal[
    "score", "first_response", "resolution", "open", "created", "resolved", "backlog_days", "net_flow", "reopen_rate"
]


class TrendsJson(FleetEnvelopeJson):
    """Queues day by day. `state` is partial when days are missing or incomplete."""

    measures: list[Measure]
    scores: Annotated[ScoresUnder, Meta(description="Made again under today's definition, or as recorded.")]
    queues: Annotated[list[QueueTrendJson], Meta(description="In the order of the registry.")]
