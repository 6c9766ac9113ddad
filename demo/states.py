"""What a ticket looks like at an instant: its history folded up to then, kept until something happens to it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from demo.numbering import place_of
from demo.people import Person
from demo.ticket import Ticket
from demo.workflow import CLOSED, COMPLETED, Priority, Resolution, Status
from demo.world import World
from demo.zones import DAY_MS, MINUTE_MS

FOREVER_MS = 1 << 62
_TOUCH_MS = 16 * MINUTE_MS
_WATCHED_MS = 21 * DAY_MS
_JITTER_MS = 29


@dataclass(frozen=True, slots=True)
class State:
    """A ticket between two events: from `since_ms` until before `until_ms`.

    `rendered` keeps what has been written of it, by field.
    """

    ticket: Ticket
    since_ms: int
    until_ms: int
    status: Status
    priority: Priority
    assignee: Person | None
    resolution: Resolution | None
    resolution_ms: int | None
    category_ms: int
    updated_ms: int
    history_count: int
    comment_count: int
    rendered: dict[object, str] = field(default_factory=dict, compare=False, repr=False)


class States:
    """The states of tickets of a world; the latest one of each is kept."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._kept: dict[int, State] = {}

    def at(self, ticket: Ticket, at_ms: int) -> State:
        """The state of a ticket at an instant not before its creation."""
        kept = self._kept.get(ticket.id)
        if kept is not None and kept.ticket is ticket and kept.since_ms <= at_ms < kept.until_ms:
            return kept
        state = _fold(ticket, at_ms)
        self._kept[ticket.id] = state
        return state

    def updated_ms(self, state: State, at_ms: int) -> int:
        """When the ticket was last touched: in the queue that never sleeps timers touch it until it is closed.

        A resolved ticket that nobody closes is left alone after three weeks.
        """
        project = self.world.of_lane(state.ticket.lane)
        if project is None or not project.plan.round_the_clock or state.status in {CLOSED, COMPLETED}:
            return state.updated_ms
        if state.status.is_done and at_ms - state.category_ms > _WATCHED_MS:
            return state.updated_ms
        phase = place_of(state.ticket.id)[1] * 137_000 % _TOUCH_MS
        return max(state.updated_ms, (at_ms - phase) // _TOUCH_MS * _TOUCH_MS + phase)


def _fold(ticket: Ticket, at_ms: int) -> State:
    histories, comments = ticket.histories, ticket.comments
    history_count = bisect_right(histories, at_ms, key=lambda history: history.at_ms)
    comment_count = bisect_right(comments, at_ms, key=lambda comment: comment.at_ms)
    status, priority, assignee = ticket.first_status, ticket.first_priority, ticket.first_assignee
    resolution: Resolution | None = None
    resolution_ms: int | None = None
    category_ms = ticket.created_ms
    drawn_number = place_of(ticket.id)[1]  # a moved ticket has another number, and keeps its dates
    for history in histories[:history_count]:
        for item in history.items:
            match item.value:
                case Status() as entered:
                    if entered.category is not status.category:
                        category_ms = history.at_ms
                    status = entered
                case Priority() as given:
                    priority = given
                case Resolution() as decided:
                    resolution, resolution_ms = decided, history.at_ms - drawn_number % _JITTER_MS
                case Person() as taken:
                    assignee = taken
                case None if item.field == "resolution":
                    resolution, resolution_ms = None, None
                case None if item.field == "assignee":
                    assignee = None
                case _:
                    pass
    events = [ticket.created_ms]
    events += [histories[history_count - 1].at_ms] if history_count else []
    events += [comments[comment_count - 1].at_ms] if comment_count else []
    edits = [comment.edited_ms for comment in comments[:comment_count] if comment.edited_ms is not None]
    events += [edited_ms for edited_ms in edits if edited_ms <= at_ms]
    following = [FOREVER_MS]
    following += [histories[history_count].at_ms] if history_count < len(histories) else []
    following += [comments[comment_count].at_ms] if comment_count < len(comments) else []
    following += [edited_ms for edited_ms in edits if edited_ms > at_ms]
    return State(
        ticket=ticket,
        since_ms=max(events),
        until_ms=min(following),
        status=status,
        priority=priority,
        assignee=assignee,
        resolution=resolution,
        resolution_ms=resolution_ms,
        category_ms=category_ms,
        updated_ms=max(events),
        history_count=history_count,
        comment_count=comment_count,
    )
