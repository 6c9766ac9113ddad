"""What was promised: queues, their SLAs, targets, calendars and how they are judged. Values, parsed elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from servicelevel.calendars import BusinessCalendar

SlaName: TypeAlias = Literal["first_response", "resolution"]
SLA_NAMES: tuple[SlaName, ...] = ("first_response", "resolution")
JudgedCycle: TypeAlias = Literal["first", "last", "each"]
DimensionName: TypeAlias = Literal["responsiveness", "resolution", "backlog", "flow", "quality", "capacity"]
DIMENSIONS: tuple[DimensionName, ...] = ("responsiveness", "resolution", "backlog", "flow", "quality", "capacity")
DEFAULT_WEIGHTS: Mapping[DimensionName, float] = {
    "responsiveness": 25,
    "resolution": 25,
    "backlog": 20,
    "flow": 10,
    "quality": 10,
    "capacity": 10,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """Business time promised for a priority and type (None: any) to cycles that start on or after `valid_from`."""

    goal_ms: int
    priority: str | None = None
    type: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Sla:
    """One promise of a queue: its clock, the share to keep, and which of a ticket's cycles is judged.

    `stops_at` says what ends a computed first response: an analyst's public comment, or leaving the new statuses.
    """

    name: SlaName
    target: float
    field: str | None = None
    clock: Literal["auto", "jsm", "computed"] = "auto"
    judged: JudgedCycle = "last"
    goals: tuple[Goal, ...] = ()
    stops_at: Literal["comment", "left_new"] = "comment"

    @property
    def computed(self) -> bool:
        """Whether the portal runs the clock itself, for want of a field that does."""
        return self.clock == "computed" or (self.clock == "auto" and self.field is None)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Inputs of a utility at 0, at 80 (the target) and at 100 points, in the unit of the measure."""

    at_0: float
    at_80: float
    at_100: float


@dataclass(frozen=True, slots=True)
class Queue:
    """One operational queue: which tickets it holds, what it promised, and how its health is weighed.

    Statuses and resolutions are written as Jira's ids or names. `anchors` replaces the default anchors of a measure:
    `net_flow`, `backlog_days`, `ageing_share`, `reopen_rate`, `utilisation`, or an SLA's name (then in percentage
    points from its target). `share` weighs the queue in the consolidated score; None: by its decided cycles.
    """

    id: str
    name: str
    team: str
    projects: tuple[str, ...]
    calendar: BusinessCalendar
    first_response: Sla
    resolution: Sla
    jql: str | None = None
    pause_statuses: tuple[str, ...] = ()
    exclude_resolutions: tuple[str, ...] = ()
    analysts: tuple[str, ...] = ()
    weights: Mapping[DimensionName, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    anchors: Mapping[str, Anchors] = field(default_factory=dict)
    tempo_team: int | None = None
    budget_window: Literal["rolling_28d", "calendar_month"] = "rolling_28d"
    share: float | None = None
    definition_hash: str = ""

    def sla(self, name: SlaName) -> Sla:
        """The promise of that name."""
        return self.first_response if name == "first_response" else self.resolution


@dataclass(frozen=True, slots=True)
class Note:
    """A dated remark that trends print, for all queues when `queues` is empty."""

    day: date
    text: str
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole registry as values: the queues in their order and what holds for all of them."""

    queues: tuple[Queue, ...]
    notes: tuple[Note, ...] = ()
    analyst_names: Literal["names", "pseudonyms", "none"] = "names"
    revoked_tokens: tuple[str, ...] = ()
