"""One ticket told in time: what each clock did, and every event with what it cost, as of the report's instant."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from servicelevel.columns import NONE_CODE, codes_of
from servicelevel.instants import MINUTE_MS, MISSING
from servicelevel.policy import SLA_NAMES, Goal, Queue, SlaName
from servicelevel.report import QueueReport
from servicelevel.standing import status_spans
from servicelevel.ticket import CHANGED_FIELDS, Person
from servicelevel.verdicts import EXCLUSIONS, Verdict, Verdicts

StretchKind: TypeAlias = Literal["running", "paused", "over"]
EventKind: TypeAlias = Literal[
    "opened", "assigned", "handed_over", "put_back", "paused", "resumed", "moved", "priority", "resolved", "reopened",
    "answered",
]  # fmt: skip

DIFFERS_MS = MINUTE_MS
"""A retold clock this far from what Jira says it used is shown as the portal's own reconstruction."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a clock's life: running within its goal, paused, or running past its goal; `used_ms` business time."""

    kind: StretchKind
    start: int
    end: int
    used_ms: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The judged run of one clock. `goal_at` is the instant its goal runs out given the pauses so far (None: paused).

    `stop` is None while it runs. `reconstructed` says that the stretches, retold from the status history, do not add
    up to what Jira says was used. `goal` is the registry's row in force, None where Jira set the goal.
    """

    sla: SlaName
    start: int
    stop: int | None
    goal_ms: int
    elapsed_ms: int
    goal_at: int | None
    verdict: Verdict
    decided_at: int | None
    paused: bool
    unanswered: bool
    stretches: tuple[Stretch, ...]
    source: Literal["jira", "computed"]
    reconstructed: bool
    goal: Goal | None
    runs: int

    @property
    def left_ms(self) -> int:
        """Business time left of the goal; negative past it."""
        return self.goal_ms - self.elapsed_ms

    @property
    def paused_ms(self) -> int:
        """Business time that passed while the clock stood still."""
        return sum(part.used_ms for part in self.stretches if part.kind == "paused")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the ticket. `cost_ms` is business time: how long the state it ends had lasted.

    For hand-offs it is what the one before held the ticket for, pauses left out; for a resumption how long it was
    paused; for an answer how much too late it came (None: in time).
    """

    at: int
    kind: EventKind
    before: str | None = None
    after: str | None = None
    person: Person | None = None
    to: Person | None = None
    cost_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A ticket's clocks in the order of the promises, and its events by time. `excluded` says why one is not judged."""

    row: int
    as_of: int
    strips: tuple[Strip, ...]
    excluded: tuple[tuple[SlaName, str], ...]
    events: tuple[Event, ...]

    @property
    def analysts(self) -> int:
        """How many people have held the ticket."""
        holders = {person.id for event in self.events for person in (event.to,) if person}
        return len(holders)

    @property
    def hand_offs(self) -> int:
        """How often it went from one to another."""
        return sum(event.kind == "handed_over" for event in self.events)


def timeline(made: QueueReport, row: int) -> Timeline:
    """The ticket in a row of the report's columns."""
    strips, excluded = [], []
    for name in SLA_NAMES:
        judged = made.now.judged[name]
        theirs = np.flatnonzero((judged.row == row) & judged.judged)
        if len(theirs):
            strips.append(_strip(made, row, name, judged, int(theirs[-1])))
        elif judged.exclusion[row]:
            excluded.append((name, EXCLUSIONS[judged.exclusion[row]]))
    events = sorted([*_events(made, row), *_answers(strips)], key=lambda event: event.at)
    return Timeline(row, made.as_of, tuple(strips), tuple(excluded), tuple(events))


def _strip(made: QueueReport, row: int, name: SlaName, judged: Verdicts, i: int) -> Strip:
    queue, as_of = made.queue, made.as_of
    computed = queue.sla(name).computed
    start, stop = int(judged.start[i]), None if judged.stop[i] == MISSING else int(judged.stop[i])
    goal_ms, elapsed_ms = int(judged.goal_ms[i]), int(judged.elapsed_ms[i])
    goal_at = _goal_at(queue, judged, i)
    spans = _spans(made, row, start, as_of if stop is None else stop, pausing=name == "resolution")
    stretches = tuple(_split(made, spans, goal_at if elapsed_ms > goal_ms else None))
    told_ms = sum(part.used_ms for part in stretches if part.kind != "paused")
    return Strip(
        sla=name,
        start=start,
        stop=stop,
        goal_ms=goal_ms,
        elapsed_ms=elapsed_ms,
        goal_at=goal_at,
        verdict=Verdict(int(judged.verdict[i])),
        decided_at=None if judged.decided_at[i] == MISSING else int(judged.decided_at[i]),
        paused=bool(judged.paused[i]),
        unanswered=bool(judged.unanswered[i]),
        stretches=stretches,
        source="computed" if computed else "jira",
        reconstructed=not computed and abs(told_ms - elapsed_ms) > DIFFERS_MS,
        goal=_goal_in_force(made, row, name, start, goal_ms) if computed else None,
        runs=int((judged.row == row).sum()),
    )


def _goal_at(queue: Queue, judged: Verdicts, i: int) -> int | None:
    """When the goal runs out: as judged; of a promise kept, when it would have run out had the clock gone on."""
    for known in (judged.goal_passed_at[i], judged.due[i]):
        if known != MISSING:
            return int(known)
    if judged.stop[i] == MISSING:
        return None
    at = queue.calendar.after(int(judged.stop[i]), int(judged.goal_ms[i] - judged.elapsed_ms[i]))
    return None if at == MISSING else at


def _goal_in_force(made: QueueReport, row: int, name: SlaName, start: int, goal_ms: int) -> Goal | None:
    """The registry's goal that a computed clock is held to: of those that fit and say so long, the most particular."""
    columns, day = made.columns, made.queue.calendar.local_date(start)
    priority, type_ = int(made.now.stood.priority[row]), int(columns.type[row])
    fitting = [
        goal
        for goal in made.queue.sla(name).goals
        if goal.goal_ms == goal_ms
        and (goal.valid_from is None or goal.valid_from <= day)
        and (goal.priority is None or priority in codes_of(columns.priorities, [goal.priority]))
        and (goal.type is None or type_ in codes_of(columns.types, [goal.type]))
    ]
    return max(
        fitting, key=lambda g: (g.priority is not None, g.type is not None, str(g.valid_from or "")), default=None
    )


def _spans(made: QueueReport, row: int, start: int, end: int, *, pausing: bool) -> list[tuple[bool, int, int]]:
    """Stretches from start to end as (paused, start, end); a first response is paused by no status."""
    if not pausing:
        return [(False, start, end)] if end > start else []
    pauses = codes_of(made.columns.statuses, made.queue.pause_statuses)
    spans: list[tuple[bool, int, int]] = []
    rows, begins, ends, statuses = status_spans(made.columns)
    low, high = np.searchsorted(rows, (row, row + 1))
    for begin, finish, status in zip(begins[low:high], ends[low:high], statuses[low:high], strict=True):
        first, last = max(int(begin), start), min(int(finish), end)
        if last <= first:
            continue
        paused = int(status) in pauses
        if spans and spans[-1][0] == paused and spans[-1][2] == first:
            first = spans.pop()[1]
        spans.append((paused, first, last))
    return spans


def _split(made: QueueReport, spans: list[tuple[bool, int, int]], passed_at: int | None) -> list[Stretch]:
    """Running stretches cut where the goal passed."""
    used = made.queue.calendar.elapsed_ms
    result = []
    for paused, start, end in spans:
        cut = end if paused or passed_at is None else min(max(passed_at, start), end)
        if cut > start:
            result.append(Stretch("paused" if paused else "running", start, cut, used(start, cut)))
        if end > cut:
            result.append(Stretch("over", cut, end, used(cut, end)))
    return result


def _answers(strips: list[Strip]) -> list[Event]:
    """The first response as an event, with how late it came."""
    return [
        Event(strip.stop, "answered", cost_ms=-strip.left_ms if strip.verdict == Verdict.BREACHED else None)
        for strip in strips
        if strip.sla == "first_response" and strip.stop is not None and not strip.unanswered
    ]


def _events(made: QueueReport, row: int) -> list[Event]:
    columns, as_of = made.columns, made.as_of
    people, changes = columns.people, columns.changes
    created, creator = int(columns.created[row]), int(columns.creator[row])
    events = [Event(created, "opened", person=None if creator == NONE_CODE else people[creator])]
    low, high = np.searchsorted(changes.row, (row, row + 1))
    held_since = paused_since = created
    pauses = codes_of(columns.statuses, made.queue.pause_statuses)
    for i in range(int(low), int(high)):
        at, before, after = int(changes.at[i]), int(changes.before[i]), int(changes.after[i])
        if at > as_of:
            break
        field = CHANGED_FIELDS[changes.field[i]]
        if field == "assignee":
            events.append(_handed(made, row, at, before, after, held_since))
            held_since = at
        elif field == "status":
            event = _moved(made, at, before, after, pauses, paused_since)
            events.append(event)
            if event.kind == "paused":
                paused_since = at
        elif field == "priority":
            was, now = (None if code == NONE_CODE else columns.priorities[code].name for code in (before, after))
            events.append(Event(at, "priority", was, now))
    return _first_holder(made, row, events)


def _first_holder(made: QueueReport, row: int, events: list[Event]) -> list[Event]:
    """Who held the ticket when it was opened belongs to its opening."""
    handed = [event for event in events if event.kind in ("assigned", "handed_over", "put_back")]
    code = int(made.now.stood.assignee[row])
    holder = handed[0].person if handed else None if code == NONE_CODE else made.columns.people[code]
    opened = events[0]
    return [Event(opened.at, "opened", person=opened.person, to=holder), *events[1:]]


def _handed(made: QueueReport, row: int, at: int, before: int, after: int, since: int) -> Event:
    """A change of assignee, with the unpaused business time that the one before had it."""
    people, used = made.columns.people, made.queue.calendar.elapsed_ms
    worked = [used(a, b) for paused, a, b in _spans(made, row, since, at, pausing=True) if not paused]
    who, to = (None if code == NONE_CODE else people[code] for code in (before, after))
    kind: EventKind = "assigned" if who is None else "put_back" if to is None else "handed_over"
    return Event(at, kind, person=who, to=to, cost_ms=sum(worked))


def _moved(made: QueueReport, at: int, before: int, after: int, pauses: frozenset[int], paused_since: int) -> Event:
    """A change of status, named after what it means for the clocks."""
    statuses = made.columns.statuses
    was, now = (None if code == NONE_CODE else statuses[code].name for code in (before, after))
    done = [code != NONE_CODE and bool(made.columns.done[code]) for code in (before, after)]
    if done[1] and not done[0]:
        return Event(at, "resolved", was, now)
    if done[0] and not done[1]:
        return Event(at, "reopened", was, now)
    if after in pauses and before not in pauses:
        return Event(at, "paused", was, now)
    if before in pauses and after not in pauses:
        return Event(at, "resumed", was, now, cost_ms=made.queue.calendar.elapsed_ms(paused_since, at))
    return Event(at, "moved", was, now)
