"""What stands at the head of every answer with numbers."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from opsportal.shapes.units import Day, Instant, QueueId, Reason, Text
from servicelevel.freshness import FreshnessState

Lens = Literal["decided", "completed_only", "jsm_goals"]

WindowJson = TypedDict(
    "WindowJson",
    {
        "from": Annotated[Instant, Meta(description="Begin of the period; not in it.")],
        "to": Annotated[Instant, Meta(description="End of the period; in it.")],
        "days": Annotated[float, Meta(description="Length in days of 24 hours.")],
        "first_date": Day,
        "last_date": Day,
        "time_zone": Annotated[str, Meta(description="IANA name.", examples=["America/Sao_Paulo"])],
    },
)
WindowJson.__doc__ = "A period with the local dates it touches."


class FiltersJson(TypedDict):
    """The filters as they were asked for; empty lists are all."""

    priority: list[str]
    type: list[str]
    analyst: list[str]


AgeS = Annotated[
    float, Meta(description="Seconds between the reading that the numbers come from and this answer.", ge=0)
]
State = Annotated[
    FreshnessState,
    Meta(
        description="fresh; partial: tickets or queues are missing; stale: older than twice the time after which it "
        "should have been read again; failed: never read."
    ),
]
Revision = Annotated[str, Meta(description="Another one whenever anything but the age differs.")]
DefinitionHash = Annotated[str, Meta(description="Another one whenever the registry defines the numbers otherwise.")]
UsedLens = Annotated[
    Lens, Meta(description="The way of counting that `shown` of each promise has; all else counts what was decided.")
]


class EnvelopeJson(TypedDict):
    """As of when the numbers of one queue are, how old, how complete, and about what."""

    as_of: Instant
    age_s: AgeS
    state: State
    state_reason: Reason | None
    revision: Revision
    definition_hash: DefinitionHash
    window: WindowJson
    filters: FiltersJson
    lens: UsedLens


class FleetEnvelopeJson(TypedDict):
    """The same for several queues.

    `as_of` is the instant of the oldest reading that is not stale (of the oldest, when all are), `window` that of the
    first queue with numbers. Each queue's own numbers are as of its own reading.
    """

    as_of: Instant | None
    age_s: AgeS | None
    state: State
    state_reason: Reason | None
    revision: Revision
    definition_hash: DefinitionHash
    window: WindowJson | None
    filters: FiltersJson
    lens: UsedLens


class QueueHeadJson(TypedDict):
    """Which queue."""

    id: QueueId
    name: Text
    team: Text
    project: list[str]
    jira_url: Annotated[str, Meta(description="Where its tickets are: the site, without a slash at the end.")]


class ProgressJson(TypedDict):
    """How far a first read is."""

    phase: Annotated[str, Meta(description="waiting, ids, tickets, hours or done.", examples=["tickets"])]
    done: Annotated[int, Meta(ge=0, description="Steps of this phase done.")]
    of: Annotated[int, Meta(ge=0, description="About how many there are; 0 while nobody knows.")]
    started: Annotated[Instant, Meta(description="When the read began.")]


class FirstReadJson(TypedDict):
    """No numbers yet: the first read is under way. Ask again after Retry-After seconds."""

    as_of: None
    age_s: None
    state: Literal["stale"]
    state_reason: Reason
    revision: Revision
    queue: Annotated[QueueId, Meta(description="The queue that is being read.")]
    progress: ProgressJson
