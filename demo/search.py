"""Running queries: which tickets match at an instant, in which order, one page after the other."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from demo.fleet import ADMIN_PROJECT
from demo.index import Index
from demo.jql_match import Matcher
from demo.jql_text import JqlError, Query, parse
from demo.page_token import page_token, read_token
from demo.people import Person
from demo.states import State
from demo.ticket import Ticket
from demo.world import World

UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_KEPT_RESULTS = 24


@dataclass(frozen=True, slots=True)
class Page:
    """One page of tickets; `token` leads to the next one and is None on the last."""

    tickets: list[Ticket]
    token: str | None


class Search:
    """Searches a world. What a query found is kept for a while, so that paging does not search again."""

    def __init__(
        self, world: World, index: Index, directory: Mapping[str, Person], *, strict_bounds: bool = False
    ) -> None:
        self.world = world
        self.index = index
        self.directory = directory
        self.strict_bounds = strict_bounds
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int, int], list[Ticket]] = OrderedDict()

    def check(self, jql: str, at_ms: int, *, bounded: bool = True) -> Query:
        """The query, if it may be run.

        Raises:
            JqlError: it cannot be read, names what does not exist, or (unless `bounded` is False) restricts nothing.
        """
        query = parse(jql)
        if query.where is None and bounded:
            raise JqlError(UNBOUNDED)
        matcher = self._matcher(at_ms)
        if query.where is not None:
            matcher.test(query.where)
        matcher.check_order(query.order)
        return query

    def page(self, jql: str, at_ms: int, token: str | None, size: int, *, shift: int = 0) -> Page:
        """A page of what matched when the first page was asked for; `shift` begins a later page that much earlier.

        Raises:
            JqlError: the query cannot be run.
            TokenError: the token does not fit.
        """
        first_ms, start = (at_ms, 0) if token is None else read_token(token, jql, at_ms)
        found = self.tickets(jql, first_ms)
        start = shifted(start, shift, size)
        page = found[start : start + size]
        following = start + len(page)
        return Page(page, page_token(jql, first_ms, following) if following < len(found) else None)

    def tickets(self, jql: str, at_ms: int, *, bounded: bool = True) -> list[Ticket]:
        """All tickets that match at the instant, in order.

        Raises:
            JqlError: the query cannot be run.
        """
        key = (jql, at_ms, self.world.edits.revision, self.index.revision)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._run(self.check(jql, at_ms, bounded=bounded), at_ms)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT_RESULTS:
                self._kept.popitem(last=False)
        return found

    def _run(self, query: Query, at_ms: int) -> list[Ticket]:
        matcher = self._matcher(at_ms)
        test = matcher.test(query.where) if query.where is not None else None
        only = matcher.projects(query.where)
        state_at = self.index.state
        found: list[State] = []
        for ticket in {ticket.id: ticket for ticket in self._candidates(only, at_ms)}.values():
            state = state_at(ticket, at_ms)
            if state is not None and (test is None or test(state)):
                found.append(state)
        order = matcher.check_order(query.order) or (("created", True),)
        found.sort(key=lambda state: state.ticket.id)
        for name, descending in reversed(order):
            found.sort(key=self._sort_key(name, at_ms), reverse=descending)
        return [state.ticket for state in found]

    def _candidates(self, only: frozenset[str] | None, at_ms: int) -> list[Ticket]:
        found: list[Ticket] = []
        for key in self.world.projects:
            if only is None or key in only:
                found += self.index.tickets(key, at_ms)
        if only is None or ADMIN_PROJECT[0] in only:
            found += self.world.tasks
        return found

    def _sort_key(self, name: str, at_ms: int) -> Callable[[State], tuple[str | int, ...]]:
        keys: dict[str, Callable[[State], tuple[str | int, ...]]] = {
            "created": lambda state: (state.ticket.created_ms,),
            "updated": lambda state: (self.index.updated_ms(state, at_ms),),
            "key": lambda state: (state.ticket.key.rpartition("-")[0], state.ticket.number),
            "id": lambda state: (state.ticket.id,),
            "priority": lambda state: (-int(state.priority.id),),
            "resolved": lambda state: (state.resolution_ms or 0,),
            "status": lambda state: (state.status.category.id, state.status.name),
        }
        return keys[name]

    def _matcher(self, at_ms: int) -> Matcher:
        return Matcher(self.world, self.index, self.directory, at_ms, self.strict_bounds)


def shifted(start: int, shift: int, size: int) -> int:
    """Where a page begins after `shift` tickets came in before it; the first page does not move, and all move on."""
    return max(0, start - min(shift, size - 1)) if start else 0
