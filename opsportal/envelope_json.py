"""The head of every answer with numbers: as of when, how old, how complete, about what."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from opsportal.cached import ReadProgress, Served
from opsportal.freshness_of import left_out
from opsportal.json_units import instant
from opsportal.shapes.envelope import (
    EnvelopeJson,
    FiltersJson,
    FleetEnvelopeJson,
    Lens,
    ProgressJson,
    QueueHeadJson,
    WindowJson,
)
from servicelevel.calendars import BusinessCalendar
from servicelevel.freshness import Freshness, FreshnessState
from servicelevel.instants import SECOND_MS
from servicelevel.measures import Filters
from servicelevel.policy import Queue
from servicelevel.report import QueueReport
from servicelevel.window import Window


@dataclass(frozen=True, slots=True)
class Standing:
    """How numbers are served: how fresh, under which revision, through which lens, and with the filters as asked for.

    What was asked for may name people by other words than the report does: it is what the answer repeats.
    """

    freshness: Freshness
    revision: str
    filters: Filters
    lens: Lens = "decided"


def own_read(made: QueueReport) -> Standing:
    """The standing of a report whose reading was made for it alone."""
    columns, gaps = made.columns, left_out(made.columns)
    return Standing(Freshness("partial" if gaps else "fresh", columns.read_at, gaps), columns.revision, made.filters)


def envelope(made: QueueReport, told: Standing, now: int) -> EnvelopeJson:
    """The head of an answer about one queue."""
    queue, fresh = made.queue, told.freshness
    return {
        "as_of": instant(made.as_of, queue.calendar),
        "age_s": age_s(made.columns.read_at, now),
        "state": fresh.state,
        "state_reason": _why(fresh),
        "revision": told.revision,
        "definition_hash": queue.definition_hash,
        "window": window(made.now.window, queue.calendar),
        "filters": filters(told.filters),
        "lens": told.lens,
    }


def fleet_envelope(
    served: Sequence[Served], as_of: int | None, revision: str, asked: Filters, lens: Lens, now: int
) -> FleetEnvelopeJson:
    """The head of an answer about these queues, of which at least one is known to the registry."""
    state, reason = fleet_state(served)
    made = next((each.report for each in served if each.report is not None), None)
    calendar = served[0].queue.calendar if made is None else made.queue.calendar
    return {
        "as_of": instant(as_of, calendar),
        "age_s": None if as_of is None else age_s(as_of, now),
        "state": state,
        "state_reason": reason,
        "revision": revision,
        "definition_hash": fleet_definition([each.queue for each in served]),
        "window": None if made is None else window(made.now.window, calendar),
        "filters": filters(asked),
        "lens": lens,
    }


def fleet_state(served: Sequence[Served]) -> tuple[FreshnessState, str | None]:
    """The state of several queues together, and why it is not fresh, queue by queue.

    They are what all of them are; where they differ, the whole is partial.
    """
    reasons = [f"{each.queue.id}: {why}" for each in served if (why := why_not_whole(each)) is not None]
    told = " ".join(reasons) or None
    if any(each.problem is not None for each in served):
        return "partial", told
    states = {each.freshness.state for each in served}
    return states.pop() if len(states) == 1 else "partial", told


def why_not_whole(served: Served) -> str | None:
    """What is wrong with a queue's numbers, in words; None when nothing is."""
    return _why(served.freshness) if served.problem is None else str(served.problem)


def _why(fresh: Freshness) -> str | None:
    if fresh.reason is not None:
        return fresh.reason
    if fresh.as_of is None:
        return "It is being read for the first time."
    return "It has not been read for long." if fresh.state == "stale" else None


def fleet_definition(queues: Sequence[Queue]) -> str:
    """One hash for the definitions of several queues."""
    return hashlib.blake2b(repr([queue.definition_hash for queue in queues]).encode(), digest_size=8).hexdigest()


def age_s(read_at: int, now: int) -> float:
    """Whole seconds since a reading; a clock that was set back makes nothing younger than now."""
    return max(now - read_at, 0) // SECOND_MS


def window(span: Window, calendar: BusinessCalendar) -> WindowJson:
    """A period with the local dates it touches."""
    return {
        "from": instant(span.start, calendar),
        "to": instant(span.end, calendar),
        "days": span.days,
        "first_date": calendar.local_date(span.start + 1).isoformat(),
        "last_date": calendar.local_date(span.end).isoformat(),
        "time_zone": calendar.time_zone,
    }


def filters(chosen: Filters) -> FiltersJson:
    """The filters a report was made with."""
    return {"priority": list(chosen.priority), "type": list(chosen.type), "analyst": list(chosen.analyst)}


def queue_head(queue: Queue, jira_url: str) -> QueueHeadJson:
    """Which queue."""
    return {
        "id": queue.id,
        "name": queue.name,
        "team": queue.team,
        "project": list(queue.projects),
        "jira_url": jira_url,
    }


def progress(read: ReadProgress | None, calendar: BusinessCalendar) -> ProgressJson | None:
    """How far a first read is; None when none is under way."""
    if read is None:
        return None
    return {"phase": read.phase, "done": read.done, "of": read.of, "started": instant(read.started, calendar)}
