"""The service-level clocks of a ticket: cycles that start, pause and stop, and what they read at an instant."""

from __future__ import annotations

from dataclasses import dataclass

from demo.effort import Desk
from demo.people import Person
from demo.states import State
from demo.ticket import Ticket
from demo.workflow import Priority, Status
from demo.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of a clock. `spans_ms` are the unpaused stretches; the last one of a running clock has no end."""

    start_ms: int
    stop_ms: int | None
    goal_ms: int
    spans_ms: tuple[tuple[int, int | None], ...]

    @property
    def paused(self) -> bool:
        """Whether the clock stands because of the ticket's status."""
        return self.stop_ms is None and (not self.spans_ms or self.spans_ms[-1][1] is not None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cycle shows at an instant, in business milliseconds; `breach_ms` is an instant or None."""

    elapsed_ms: int
    breach_ms: int | None
    breached: bool


def read(cycle: Cycle, calendar: WorkCalendar, at_ms: int) -> Reading:
    """Read a cycle at an instant (a stopped one at its stop).

    The breach instant is the first at which the goal is used up: found in the past if it was, projected from the
    instant if the clock could still run, and none while it is paused within the goal.
    """
    end_ms = at_ms if cycle.stop_ms is None else cycle.stop_ms
    elapsed_ms = 0
    breach_ms: int | None = None
    for start_ms, stop_ms in cycle.spans_ms:
        from_ms = calendar.passed_ms(start_ms)
        used_ms = calendar.passed_ms(end_ms if stop_ms is None else stop_ms) - from_ms
        if breach_ms is None and elapsed_ms + used_ms >= cycle.goal_ms:
            breach_ms = calendar.reached_ms(from_ms + cycle.goal_ms - elapsed_ms)
        elapsed_ms += used_ms
    if breach_ms is None and not cycle.paused:
        breach_ms = calendar.reached_ms(calendar.passed_ms(end_ms) + cycle.goal_ms - elapsed_ms)
    return Reading(elapsed_ms, breach_ms, elapsed_ms > cycle.goal_ms)


def response_cycles(state: State, desk: Desk) -> tuple[Cycle, ...]:
    """First response: from the creation to the first public comment of an analyst, or to the solution."""
    ticket = state.ticket
    analysts = desk.team.accounts
    cycles: list[Cycle] = []
    start_ms: int | None = ticket.created_ms
    priority = ticket.first_priority
    for at_ms, event in _events(state, analysts):
        if isinstance(event, Priority):
            priority = event
        elif start_ms is not None and (event is None or event.is_done):
            cycles.append(_stopped(desk, priority if cycles else ticket.first_priority, start_ms, at_ms))
            start_ms = None
        elif isinstance(event, Status) and not event.is_done and start_ms is None and desk.plan.response_restarts:
            start_ms = at_ms if _was_done(state, at_ms) else None
    if start_ms is not None:
        goal_ms = desk.goal_ms(0, priority if cycles else ticket.first_priority, start_ms)
        cycles.append(Cycle(start_ms, None, goal_ms, ((start_ms, None),)))
    return tuple(cycles)


def resolution_cycles(state: State, desk: Desk) -> tuple[Cycle, ...]:
    """Resolution: from the creation, or the reopening, to a finished status; pause statuses do not count."""
    ticket = state.ticket
    cycles: list[Cycle] = []
    priority = ticket.first_priority
    start_ms: int | None = ticket.created_ms
    goal_ms = desk.goal_ms(1, priority, ticket.created_ms)
    spans: list[tuple[int, int | None]] = []
    open_ms: int | None = ticket.created_ms
    for at_ms, event in _events(state, frozenset()):
        if isinstance(event, Priority):
            priority = event
        if not isinstance(event, Status):
            continue
        if open_ms is not None and (event.is_done or event in desk.plan.pauses):
            spans.append((open_ms, at_ms))
            open_ms = None
        if event.is_done:
            if start_ms is not None:
                cycles.append(Cycle(start_ms, at_ms, goal_ms, tuple(spans)))
                start_ms, spans = None, []
            continue
        if start_ms is None:
            start_ms, goal_ms = at_ms, desk.goal_ms(1, priority, at_ms)
        if open_ms is None and event not in desk.plan.pauses:
            open_ms = at_ms
    if start_ms is not None:
        if open_ms is not None:
            spans.append((open_ms, None))
        cycles.append(Cycle(start_ms, None, goal_ms, tuple(spans)))
    return tuple(cycles)


def _stopped(desk: Desk, priority: Priority, start_ms: int, stop_ms: int) -> Cycle:
    return Cycle(start_ms, stop_ms, desk.goal_ms(0, priority, start_ms), ((start_ms, stop_ms),))


def _was_done(state: State, at_ms: int) -> bool:
    status = state.ticket.first_status
    for history in state.ticket.histories[: state.history_count]:
        if history.at_ms >= at_ms:
            break
        for item in history.items:
            if isinstance(item.value, Status):
                status = item.value
    return status.is_done


def _events(state: State, analysts: frozenset[str]) -> list[tuple[int, Status | Priority | None]]:
    """Changes of status and priority in order; None stands for a public answer of an analyst."""
    ticket: Ticket = state.ticket
    found: list[tuple[int, Status | Priority | None]] = []
    found += [
        (history.at_ms, item.value)
        for history in ticket.histories[: state.history_count]
        for item in history.items
        if isinstance(item.value, Status | Priority)
    ]
    if analysts:
        found += [
            (comment.at_ms, None)
            for comment in ticket.comments[: state.comment_count]
            if comment.public and comment.at_ms > ticket.created_ms and _answers(comment.author, ticket, analysts)
        ]
    return sorted(found, key=lambda event: event[0])


def _answers(author: Person, ticket: Ticket, analysts: frozenset[str]) -> bool:
    return author is not ticket.creator and author is not ticket.reporter and author.account_id in analysts
