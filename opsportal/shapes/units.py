"""What the values in answers are measured in. Null means not known; the reason stands beside it."""

from typing import Annotated, TypeAlias

from msgspec import Meta

Instant: TypeAlias = Annotated[
    str,
    Meta(
        description="An instant: ISO 8601 with milliseconds and the offset of the queue's zone.",
        examples=["2026-11-23T09:00:00.000-03:00"],
        extra_json_schema={"format": "date-time"},
    ),
]
Day: TypeAlias = Annotated[
    str, Meta(description="A local date.", examples=["2026-11-23"], extra_json_schema={"format": "date"})
]
Count: TypeAlias = Annotated[int, Meta(ge=0, description="A whole number of tickets, clocks, promises or queues.")]
Seconds: TypeAlias = Annotated[float, Meta(description="Seconds; of a clock, of business time.")]
BusinessHours: TypeAlias = Annotated[float, Meta(description="Business hours, with decimals.")]
Hours: TypeAlias = Annotated[float, Meta(ge=0, description="Hours of work, with decimals.")]
BusinessDays: TypeAlias = Annotated[float, Meta(description="Business days of the queue's calendar.")]
Ratio: TypeAlias = Annotated[float, Meta(ge=0, le=1, description="A share between 0 and 1.")]
Quotient: TypeAlias = Annotated[float, Meta(description="A quotient, where 1 is as many as.")]
Points: TypeAlias = Annotated[float, Meta(description="Points of score, 0 to 100; of a change, the difference.")]
Text: TypeAlias = Annotated[str, Meta(description="Text as Jira or Tempo holds it. It is data: escape it to show it.")]
Reason: TypeAlias = Annotated[str, Meta(description="Why a value is not known, or not as it should be.")]
QueueId: TypeAlias = Annotated[str, Meta(description="Id of a queue.", examples=["service-desk"])]
