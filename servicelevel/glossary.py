"""What each number means, in the words that pages show on (i) and docs/definitions.md repeats."""

from collections.abc import Mapping
from dataclasses import dataclass

_DECIDED = "Decided within the period: kept at the stop of the clock, broken at the instant the goal passed."
_NOW = "As of the instant the data was read, whatever the period."
_QUEUE_HOURS = "Working hours of the queue: its zone, holidays and exceptions."
_EXCLUDED = (
    "Tickets closed with a resolution that the queue does not count, and clocks without start, goal or a readable "
    "value. They are counted under their reason, never dropped."
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: how it is calculated, over which time, by which calendar, from how many, and what is left out."""

    title: str
    formula: str
    window: str
    calendar: str
    n: str
    excludes: str

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Everything but the title and the formula, as pairs of a label and a text."""
        return (
            ("Period", self.window),
            ("Calendar", self.calendar),
            ("n", self.n),
            ("Left out", self.excludes),
        )


_PROMISES: Mapping[str, Definition] = {
    "attainment": Definition(
        "Attainment",
        "Promises kept ÷ (kept + broken). A promise that is broken counts on the day its goal passed, open or closed, "
        "and never again. Without a decided promise there is no percentage.",
        _DECIDED,
        _QUEUE_HOURS,
        "Promises decided in the period.",
        _EXCLUDED,
    ),
    "first_response": Definition(
        "First response",
        "Share of tickets answered within their goal: from creation to the first public comment by an analyst, or as "
        "Jira's own clock says. The first run of the clock is judged unless the registry says otherwise.",
        _DECIDED,
        _QUEUE_HOURS,
        "First responses decided in the period.",
        _EXCLUDED,
    ),
    "resolution": Definition(
        "Resolution",
        "Share of tickets resolved within their goal: from creation to Done, without the time in pause statuses, or as "
        "Jira's own clock says. A reopened ticket starts a new run, and the last one is judged unless the registry "
        "says otherwise.",
        _DECIDED,
        _QUEUE_HOURS,
        "Resolutions decided in the period.",
        _EXCLUDED,
    ),
    "interval": Definition(
        "Interval and verdict",
        "Wilson 95 % interval: where the true share lies, given so few or so many promises. Kept: the whole interval "
        "reaches the target. Missed: all of it lies below. Not proven: it holds the target, so neither can be said.",
        "That of the attainment.",
        "None: it counts promises, not time.",
        "Decided promises; below 5 the counts are shown instead of a percentage.",
        "What the attainment leaves out.",
    ),
    "lens": Definition(
        "Ways to count",
        "Decided promises is how the portal counts. Completed only is kept ÷ clocks stopped in the period. Jira goals "
        "adds the clocks that still run and broke in it. The last two exist to reconcile with other reports: both "
        "count a late breach again when it stops.",
        "Clocks stopped in the period, for the two others.",
        _QUEUE_HOURS,
        "Every run of every clock for the two others, only the judged one for decided promises.",
        "Nothing in the two others: excluded tickets are in them.",
    ),
    "due": Definition(
        "Due",
        "The instant at which a running clock reaches its goal, given the pauses so far. Each clock is in the first "
        "that holds: overdue, under 1 h, under 4 h of working time, later today, next business day, later. Paused "
        "clocks have no due instant; one past its goal is overdue, paused or not.",
        _NOW,
        _QUEUE_HOURS + " Time left is working time, due is wall time.",
        "Running and paused clocks: a ticket has up to two.",
        "Clocks that stopped, and those that cannot be judged.",
    ),
    "budget": Definition(
        "Error budget",
        "(1 − target) × promises decided, in tickets: how many may break. Used: those that did. Below zero more broke "
        "than the target allows. A burn level fires at its rate, with at least 3 breaches, and only when chance would "
        "bring as many in fewer than one case of a hundred.",
        "28 days, or the calendar month where the registry says so.",
        "Burn levels look at 1, 3 and 7 business days.",
        "Promises decided in those days.",
        "What the attainment leaves out.",
    ),
}

_HEALTH: Mapping[str, Definition] = {
    "health_score": Definition(
        "Health score",
        "Six dimensions of 0 to 100 points, 80 of them at the target, weighed by the registry: first response, "
        "resolution, backlog, flow, quality, capacity. Healthy from 80, watch from 60, at risk below. The parts are "
        "shown to a tenth and add up exactly.",
        "That of the page; reopened tickets 14 days earlier, backlog 28 days.",
        _QUEUE_HOURS,
        "Each dimension has its own. Under 5 it is left out; under 30 it is filled up with the usual rate of the queue "
        "and marked low sample.",
        "Dimensions without data. Under 60 % of the weight there is no score.",
    ),
    "why_it_moved": Definition(
        "Why it moved",
        "The score now less the score of the same weekday 28 days ago, both under the definitions of today. Inside a "
        "promise, rate is work done better or worse and mix is more or fewer tickets of a hard priority. Coverage is "
        "a dimension that came or went. The steps add up to the difference exactly.",
        "The same length of period on both sides.",
        _QUEUE_HOURS,
        "That of each dimension.",
        "Nothing: when either day has no score there is no comparison.",
    ),
    "consolidated": Definition(
        "Consolidated health",
        "Mean of the queues’ scores by the weights of the registry, else by how many promises each decided. The "
        "promises themselves are pooled: all kept ÷ all decided. The worst queue is always named beside it.",
        "That of the page.",
        "Each queue by its own.",
        "Queues that have a score.",
        "Queues without a score or without data; how many is said.",
    ),
    "signals": Definition(
        "Signals",
        "Days unlike the 56 before: one point beyond the limits (mean ± 2.66 × the mean step from day to day), eight "
        "in a row on one side of the mean, or two of three past two thirds of the way to a limit.",
        "56 days before the day judged, since the last change of the definition or of the rules’ version, or note "
        "that says “new baseline”.",
        "Days of the queue’s zone.",
        "Days with a value; at least 20.",
        "Gaps: a missing day is neither good nor bad.",
    ),
}

_WORK: Mapping[str, Definition] = {
    "backlog": Definition(
        "Backlog",
        "Open tickets ÷ tickets resolved per business day: so many business days of work wait. Nothing open is 0; "
        "open tickets and nothing resolved has no answer.",
        "Open now, resolved in 28 days.",
        "Business days of those 28: working time ÷ the mean working day.",
        "Open tickets and those resolved in 28 days.",
        "Nothing.",
    ),
    "ageing": Definition(
        "Ageing of open work",
        "Age is working time since creation, pauses included. The share is open tickets older than the queue’s own "
        "85th percentile from creation to resolution.",
        "Open now; the percentile is that of tickets created in the last 90 days.",
        _QUEUE_HOURS,
        "Open tickets.",
        "Nothing. There is no share while the percentile is not reached.",
    ),
    "net_flow": Definition(
        "Arrivals and departures",
        "Created, resolved and open by day. Net flow is resolved ÷ created: above 1 the queue shrinks.",
        "That of the page. Days are dates of the queue’s zone; the first and the last may be parts.",
        "Closed days are shaded, and their tickets count.",
        "Tickets created in the period.",
        "Tickets resolved and opened again are not resolved.",
    ),
    "reopen_rate": Definition(
        "Reopened",
        "Of the changes into Done, those followed by a change out of Done within 14 × 24 h.",
        "The period moved back 14 days, so that every one has had its 14.",
        "None: 14 × 24 h of wall time.",
        "Changes into Done in that period.",
        "Nothing.",
    ),
    "percentiles": Definition(
        "Times",
        "p50, p85 and p90 by Kaplan–Meier: clocks that still run count as at least so long, so that old open tickets "
        "are not forgotten. Not reached: too many still run to say.",
        "Clocks started in the period.",
        _QUEUE_HOURS,
        "Clocks started in the period, running ones included.",
        _EXCLUDED,
    ),
    "by_analyst": Definition(
        "By analyst",
        "Tickets belong to whoever holds them now: open, resolved, promises kept and broken, breached ones still held "
        "and the median time to resolve. Hours belong to whoever booked them.",
        "That of the page; open and breached held as of now.",
        _QUEUE_HOURS,
        "Tickets of each analyst.",
        "People, where the registry asks for pseudonyms or for none.",
    ),
    "hours": Definition(
        "Hours",
        "Hours booked in Tempo on tickets of the queue. Per resolved is all hours ÷ tickets resolved.",
        "As many local dates as the period has days, by the date of the booking.",
        "Dates as Tempo gives them.",
        "Bookings; coverage is the share of resolved tickets with any.",
        "Hours on tickets that Jira no longer shows; they are said apart.",
    ),
    "utilisation": Definition(
        "Utilisation",
        "Hours that the members of the Tempo team booked anywhere ÷ the hours they were scheduled.",
        "The dates of the hours.",
        "Schedules of the members on the dates of their membership.",
        "Tickets resolved in the period.",
        "There is none without a team, without schedules, or where under 60 % of the resolved tickets have hours.",
    ),
}

_DATA: Mapping[str, Definition] = {
    "age": Definition(
        "Age of the data",
        "How long ago the source was read. Fresh within twice the time that readings are kept for, stale after it, "
        "partial when tickets could not be read, failed when there is nothing to show.",
        "The last complete reading.",
        "Wall time.",
        "One reading a queue.",
        "Nothing.",
    ),
    "data_quality": Definition(
        "Data quality",
        "What is odd about the tickets read, rule by rule: how many it touches and what it does to the numbers.",
        _NOW,
        "None.",
        "Tickets read; the share is of those.",
        "Tickets that are closed, where the rule is about open ones.",
    ),
    "sources": Definition(
        "Sources",
        "When Jira and Tempo were last read for a queue, how long that took, with how many requests, and what went "
        "wrong since.",
        "The last reading of each source.",
        "Wall time.",
        "Tickets that the reading brought.",
        "Nothing.",
    ),
    "redefinition": Definition(
        "Changes of definition",
        "From this day on days were judged by another definition of the queue or another version of the rules, or "
        "they follow imported ones. Scores can be shown as recorded, or made again from each day’s counts by today’s "
        "targets, weights and anchors; what was counted stays.",
        "That of the page.",
        "Days of the queue’s zone.",
        "Kept days that follow each other, across gaps too.",
        "Imported days: they have a score and no counts to make it again from.",
    ),
    "gaps": Definition(
        "Gaps in the history",
        "Days for which no snapshot is kept. They are drawn as gaps, never bridged.",
        "90 days.",
        "Days of the queue’s zone.",
        "Days between the first snapshot and yesterday.",
        "Days before the first snapshot of the queue.",
    ),
}

GLOSSARY: Mapping[str, Definition] = {**_PROMISES, **_HEALTH, **_WORK, **_DATA}
"""Every term that a page can explain."""
