"""The queue registry as it is written: one model a section, with the descriptions that editors show.

Everything that one value can get wrong is refused here; what only several sections together show is in `crosscheck`.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, Strict, ValidationInfo, field_validator

from datasource.registry.anchors import AnchorsSection
from datasource.registry.hours import DayHours, WeekHours
from datasource.registry.places import TimeZone, check_country, check_subdivision
from datasource.registry.refusal import each_once, not_empty, refusal
from datasource.registry.section import Section
from datasource.registry.terms import Amount, Day, FieldId, Filter, GoalMs, Id, Name, Names, Projects, TargetShare


class HolidaysSection(Section):
    """Public holidays of a country or of a part of it. No work is done on them."""

    country: Annotated[Name, AfterValidator(check_country)]
    """Country code, such as `BR`."""
    subdivision: Name | None = None
    """State or region of the country, such as `SP`: its holidays are added to the country's."""

    @field_validator("subdivision", mode="after")
    @classmethod
    def _known(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        country = info.data.get("country")
        return subdivision if subdivision is None or country is None else check_subdivision(country, subdivision)


class CalendarSection(Section):
    """When work is done. An exception wins over a holiday, a holiday over the weekly hours."""

    time_zone: TimeZone
    """IANA time zone in which the hours, holidays and exceptions are meant."""
    hours: WeekHours | None = None
    """Working hours by weekday: `{"mon-fri": ["09:00-12:00", "13:00-18:00"]}`. Days not named are closed; without
    `hours` the calendar is 24/7. A night shift is written as the pieces of its two days."""
    holidays: HolidaysSection | None = None
    """Public holidays, whole days."""
    extra_holidays: Annotated[tuple[Day, ...], Field(max_length=5000), AfterValidator(each_once("each date once"))] = ()
    """Further dates without work."""
    exceptions: Annotated[
        dict[Day, DayHours],
        Field(default_factory=dict, max_length=5000, json_schema_extra={"additionalProperties": False}),
    ]
    """The hours of single dates, whatever weekday or holiday they are: `[]` closes a date."""


class ClockSection(Section):
    """How the clock of a promise is read."""

    field: FieldId | None = None
    """Id of the Jira Service Management SLA field, such as `customfield_10030`."""
    clock: Literal["auto", "jsm", "computed"] = "auto"
    """`jsm` reads the field, `computed` runs the clock by the goals and pauses given here, `auto` takes the field
    where the project has one."""

    @field_validator("clock", mode="after")
    @classmethod
    def _field_to_read(cls, clock: str, info: ValidationInfo) -> str:
        # A field that was refused is not in the values read so far, and has its own problem.
        if clock == "jsm" and info.data.get("field", "") is None:
            raise refusal("a `field` beside the clock `jsm`")
        return clock


class FirstResponseSection(ClockSection):
    """The clock of the first response."""

    judged: Literal["first", "last", "each"] = "first"
    """Which cycle of a ticket counts."""
    stops_at: Literal["comment", "left_new"] = "comment"
    """What ends a computed clock: an analyst's public `comment`, or the ticket having `left_new` statuses."""


class ResolutionSection(ClockSection):
    """The clock of the resolution."""

    judged: Literal["first", "last", "each"] = "last"
    """Which cycle of a ticket counts: a reopened ticket starts another one."""


class SlaSection(Section):
    """The clocks of a queue's promises."""

    first_response: FirstResponseSection = FirstResponseSection()
    """From creation to the first public answer of an analyst."""
    resolution: ResolutionSection = ResolutionSection()
    """From creation until the ticket is resolved for good."""


class TargetsSection(Section):
    """The share of tickets for which a promise is to be kept, from 0.5 to 1.0."""

    first_response: TargetShare | None = None
    """Target for first responses, such as 0.95."""
    resolution: TargetShare | None = None
    """Target for resolutions, such as 0.90."""


class GoalSection(Section):
    """Business time promised to tickets of a priority and type."""

    goal: GoalMs
    """Business time in hours and minutes: `90m`, `4h`, `1h30m`."""
    priority: Name | None = None
    """Name or id of the Jira priority; without it the goal is for every priority."""
    type: Name | None = None
    """Name or id of the Jira issue type; without it the goal is for every type."""
    valid_from: Day | None = None
    """First local date of cycles under this goal; earlier cycles keep the goal they started with."""


def _one_goal_each(goals: tuple[GoalSection, ...]) -> tuple[GoalSection, ...]:
    first: dict[tuple[str, str, date | None], int] = {}
    for i, goal in enumerate(goals):
        earlier = first.setdefault(((goal.priority or "").casefold(), (goal.type or "").casefold(), goal.valid_from), i)
        if earlier != i:
            raise refusal(f"one goal for each priority, type and valid_from (entries {earlier} and {i} collide)")
    return goals


GoalList: TypeAlias = Annotated[
    tuple[GoalSection, ...],
    Field(max_length=500, json_schema_extra={"minItems": 1}),
    BeforeValidator(not_empty("at least one goal, or no list at all")),
    AfterValidator(_one_goal_each),
]


class GoalsSection(Section):
    """Goals of computed clocks."""

    first_response: GoalList | None = None
    """Goals for first responses."""
    resolution: GoalList | None = None
    """Goals for resolutions."""


class WeightsSection(Section):
    """Weights of the six dimensions of the health score. 0 leaves a dimension out; they need not add up to 100."""

    responsiveness: Amount | None = None
    """First-response attainment; 25 unless written."""
    resolution: Amount | None = None
    """Resolution attainment; 25 unless written."""
    backlog: Amount | None = None
    """Backlog days and ageing; 20 unless written."""
    flow: Amount | None = None
    """Resolved over created; 10 unless written."""
    quality: Amount | None = None
    """Reopen rate; 10 unless written."""
    capacity: Amount | None = None
    """Utilisation of the Tempo team; 10 unless written."""


class TempoSection(Section):
    """Where the queue's hours are planned."""

    team: Annotated[int, Strict(), Field(gt=0)]
    """Number of the Tempo team that works the queue."""


class DefaultsSection(Section):
    """What holds for every queue that does not say otherwise."""

    calendar: Name | None = None
    """Name of a calendar; without any a queue is open 24/7 in UTC."""
    targets: TargetsSection = TargetsSection()
    """Targets; a queue replaces them one by one."""
    weights: WeightsSection = WeightsSection()
    """Weights; a queue replaces them one by one."""
    anchors: AnchorsSection = AnchorsSection()
    """Anchors; a queue replaces them measure by measure."""
    goals: GoalsSection = GoalsSection()
    """Goals; a queue's list for a promise replaces the whole list here."""
    pause_statuses: Names | None = None
    """Statuses that stop the computed resolution clock; a queue's list replaces this one."""
    exclude_resolutions: Names | None = None
    """Resolutions whose tickets are not judged; a queue's list replaces this one."""


class QueueSection(Section):
    """One operational queue."""

    id: Id
    """Name of the queue in addresses and files. Never change it: history is kept under it."""
    name: Name
    """Name of the queue on screen."""
    team: Name
    """Team that works the queue; queues of one team are shown together."""
    project: Projects
    """Jira project key, or a list of keys."""
    jql: Filter | None = None
    """Further JQL filter within the projects, without ORDER BY: `labels = onsite`."""
    calendar: Name | None = None
    """Name of one of the calendars."""
    sla: SlaSection = SlaSection()
    """How the clocks are read."""
    targets: TargetsSection = TargetsSection()
    """Targets, where they differ from the defaults."""
    goals: GoalsSection = GoalsSection()
    """Goals of computed clocks."""
    pause_statuses: Names | None = None
    """Names or ids of statuses that stop the computed resolution clock, such as `Waiting for customer`."""
    exclude_resolutions: Names | None = None
    """Names or ids of resolutions whose tickets are not judged, such as `Duplicate`."""
    analysts: Names = ()
    """Account ids of the people who answer for the queue; without any, its Tempo team or every assignee."""
    tempo: TempoSection | None = None
    """The queue's place in Tempo."""
    weights: WeightsSection = WeightsSection()
    """Weights, where they differ from the defaults."""
    anchors: AnchorsSection = AnchorsSection()
    """Anchors, where they differ from the defaults."""
    budget_window: Literal["28d", "month"] = "28d"
    """Window of the error budget: the last 28 days, or the calendar month."""
    share: Amount | None = None
    """Weight in the consolidated score, on every queue or on none; without it queues weigh by their decided cycles."""


class PrivacySection(Section):
    """What may be shown of people."""

    analysts: Literal["names", "pseudonyms", "none"] = "names"
    """How analysts are shown."""


class NoteSection(Section):
    """A dated remark on the trends."""

    day: Day
    """The date it belongs to."""
    text: Name
    """The remark."""
    queues: Annotated[tuple[Name, ...], Field(max_length=500), AfterValidator(each_once("each queue once"))] = ()
    """Ids of the queues it is about; without any it is about all."""


class RegistrySection(Section):
    """Opsportal queue registry: the queues, what was promised for them, and when work is done."""

    schema_address: Annotated[str | None, Field(alias="$schema")] = None
    """Where an editor finds this schema; the portal does not read it."""
    version: Literal[1]
    """Version of the form of this file."""
    calendars: Annotated[dict[Name, CalendarSection], Field(default_factory=dict, max_length=200)]
    """Calendars by name."""
    defaults: DefaultsSection = DefaultsSection()
    """What holds for every queue that does not say otherwise."""
    queues: Annotated[
        tuple[QueueSection, ...],
        Field(max_length=500, json_schema_extra={"minItems": 1}),
        BeforeValidator(not_empty("at least one queue")),
    ]
    """The queues, in the order in which they are shown."""
    revoked_tokens: Names = ()
    """Ids of signed tokens that no longer open anything."""
    privacy: PrivacySection = PrivacySection()
    """What may be shown of people."""
    notes: Annotated[tuple[NoteSection, ...], Field(max_length=5000)] = ()
    """Dated remarks that the trends print."""
