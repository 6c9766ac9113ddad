"""The tickets of a queue, page by page."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from opsportal.shapes.envelope import EnvelopeJson
from opsportal.shapes.units import BusinessDays, Count, Hours, Instant, QueueId, Reason, Seconds, Text
from servicelevel.due import DueState
from servicelevel.verdicts import EXCLUSIONS
from servicelevel.worklogs import HoursState


class TicketClockJson(TypedDict):
    """The judged clock of one promise on one ticket, the last one of several; null but for the verdict without one."""

    verdict: Literal["undecided", "met", "breached", "excluded"]
    exclusion: Annotated[
        Annotated[str, Meta(extra_json_schema={"enum": list(EXCLUSIONS[1:])})] | None,
        Meta(description="Why the clock is not judged."),
    ]
    cycle: Annotated[int | None, Meta(description="Which of the ticket's cycles it is, from 1.")]
    goal_s: Seconds | None
    elapsed_s: Seconds | None
    remaining_s: Seconds | None
    due: Annotated[Instant | None, Meta(description="When the goal runs out; null once stopped, or paused within it.")]
    decided_at: Instant | None
    state: Annotated[DueState | None, Meta(description="Null once stopped.")]
    ticking: bool | None


class TicketJson(TypedDict):
    """One ticket as of as_of."""

    key: str
    url: Annotated[str, Meta(description="The ticket in Jira.")]
    summary: Text
    type: Text
    priority: Text | None
    status: Text
    resolved_as: Annotated[Text | None, Meta(description="Jira's resolution.")]
    analyst: Text | None
    open: bool
    created: Instant
    updated: Instant
    resolved: Instant | None
    reopened: Annotated[Count, Meta(description="How often it left Done.")]
    age_bd: Annotated[BusinessDays, Meta(description="From created to resolved, or to as_of.")]
    hours: Annotated[Hours | None, Meta(description="Booked on it in the window; null unless hours_state is ok.")]
    first_response: TicketClockJson
    resolution: TicketClockJson


class TicketsJson(EnvelopeJson):
    """One page of tickets."""

    queue: QueueId
    total: Annotated[Count, Meta(description="Tickets that pass the filters, over all pages.")]
    limit: Annotated[int, Meta(ge=1, le=1000)]
    cursor: Annotated[str | None, Meta(description="The cursor that this page was asked for with.")]
    next_cursor: Annotated[str | None, Meta(description="The next page's cursor; null on the last page.")]
    moved_on: Annotated[
        bool,
        Meta(description="Whether the numbers are of a later revision than the page before; the place holds."),
    ]
    hours_state: HoursState
    hours_reason: Reason | None
    tickets: Annotated[list[TicketJson], Meta(description="In the order of Jira's ids, oldest first.")]
