"""The search index: it learns of each change a little later than the ticket itself."""

from __future__ import annotations

import threading

from demo.options import check_index_lag
from demo.states import State, States
from demo.streams import stable_int
from demo.ticket import Ticket
from demo.world import World


class Index:
    """What a search knows of tickets.

    Every change is known after a delay of its own between nothing and `lag_s` seconds, that depends on the ticket and
    the instant of the change alone. Without a lag the index is never behind.
    """

    def __init__(self, world: World, states: States, lag_s: float) -> None:
        self.world = world
        self.states = states
        self._behind = States(world)
        self._lock = threading.Lock()
        self._lag_ms = 0
        self.revision = 0
        self.set_lag(lag_s)

    @property
    def lag_s(self) -> float:
        """The longest delay, in seconds."""
        return self._lag_ms / 1000

    def set_lag(self, lag_s: float) -> None:
        """Change the longest delay.

        Raises:
            OptionError: it is negative, or more than an hour.
        """
        check_index_lag(lag_s)
        with self._lock:
            self._lag_ms = round(lag_s * 1000)
            self.revision += 1

    def tickets(self, project: str, at_ms: int) -> list[Ticket]:
        """The tickets of a project that the index may know at the instant."""
        return self.world.tickets(project, at_ms, gone_after_ms=at_ms - self._lag_ms)

    def state(self, ticket: Ticket, at_ms: int) -> State | None:
        """The ticket as the index knows it at the instant; None where it knows no such ticket (yet, or any more)."""
        lag_ms = self._lag_ms
        if not lag_ms:
            return self.states.at(ticket, at_ms)
        gone_ms = ticket.deleted_ms
        if gone_ms is not None and gone_ms + self._delay_ms(ticket, gone_ms) <= at_ms:
            return None
        state = self.states.at(ticket, at_ms)
        if state.since_ms <= at_ms - lag_ms:
            return state
        seen = [when for when in self._changes(ticket, at_ms) if when + self._delay_ms(ticket, when) <= at_ms]
        if not seen:
            return None
        return self._behind.at(self.world.edits.version(ticket, max(seen)), max(seen))

    def updated_ms(self, state: State, at_ms: int) -> int:
        """When the ticket was last touched, as the index knows."""
        late_ms = self._delay_ms(state.ticket, 0) if self._lag_ms else 0
        return self.states.updated_ms(state, at_ms - late_ms)

    def _delay_ms(self, ticket: Ticket, change_ms: int) -> int:
        return stable_int("index", ticket.id, change_ms) % (self._lag_ms + 1)

    def _changes(self, ticket: Ticket, at_ms: int) -> list[int]:
        """Every instant up to now at which the ticket was touched by somebody."""
        found = [ticket.created_ms]
        found += [history.at_ms for history in ticket.histories]
        for comment in ticket.comments:
            found += [comment.at_ms] if comment.edited_ms is None else [comment.at_ms, comment.edited_ms]
        return [when for when in found if when <= at_ms]
