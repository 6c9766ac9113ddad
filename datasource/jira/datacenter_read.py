"""How a queue is read from Jira Data Center: a first page tells how many, then the other pages side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from datasource.deadline import Deadline
from datasource.errors import SourceFailed, SourceIncomplete
from datasource.jira.cloud_read import evenly
from datasource.jira.datacenter import IDS_PER_CALL, JiraDataCenter
from datasource.jira.gathering import Gathering
from datasource.jira.jql import created_between
from datasource.lanes import Lanes
from datasource.transport import Answer
from servicelevel.instants import SECOND_MS

FIRST_PAGE = 50
MOST_WITH_CHANGES = 320
MOST_BARE = 1_000
LEAST = 25
"""Tickets of a page: the first one, and the others with changes or without. Sites may allow fewer."""

WINDOW = 10_000
NARROW_WINDOW = 1_000
"""How far into its results a search looks: as installed, and what is tried where that is too far."""

LISTINGS = 3
"""How often tickets are listed again when pages do not add up."""

Take: TypeAlias = Callable[[Answer], Sequence[int]]
"""Takes a page; the ids that it held."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Results of a query from a position on, and how many it has in all."""

    jql: str
    start: int
    total: int


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is wanted of each ticket, how many on a page, and who takes the pages."""

    fields: Sequence[str]
    changes: bool
    most: int
    take: Take


class DataCenterReads:
    """The ways the portal reads tickets of one Jira Data Center; `lanes` calls of one read go side by side."""

    def __init__(self, jira: JiraDataCenter, *, lanes: int) -> None:
        self.site = jira
        self._jira, self._lanes = jira, lanes
        self._window = WINDOW

    def everything(self, gathering: Gathering, jql: str, read_at: int, deadline: Deadline) -> int:
        """Gather every ticket that matches; the source's own time when the read began.

        Raises:
            SourceError: any page of the read failed, or pages do not add up; nothing of it is to be used.
        """
        began = self.changed(gathering, jql, read_at, deadline)
        if gathering.strangers:
            gathering.drop(gathering.strangers - self.versions(jql, deadline).keys())
        return began

    def changed(self, gathering: Gathering, jql: str, read_at: int, deadline: Deadline) -> int:
        """Gather the tickets that match, a few in one request; the source's time at its start.

        Raises:
            SourceError: any page of the read failed, or pages do not add up; nothing of it is to be used.
        """

        def take(answer: Answer) -> list[int]:
            return gathering.take_page(answer, read_at, "search")

        fields = gathering.reader.field_names
        first = self._jira.search(jql, 0, FIRST_PAGE, fields, deadline, changes=True)
        gathering.about(first.total)
        ids = set(take(first.answer))
        # A site that gave less than was asked for would cut every page to that.
        wish = _Wish(fields, changes=True, most=first.cap if first.cap < FIRST_PAGE else MOST_WITH_CHANGES, take=take)
        with self._pool() as pool:
            steady = self._walk(pool, _Stretch(jql, first.count, first.total), wish, ids, deadline)
            if not steady or len(ids) < first.total:
                there = self._listed(pool, jql, deadline)
                self._by_id(pool, gathering, sorted(there.keys() - gathering.came), read_at, deadline)
            self._make_whole(pool, gathering, deadline)
        return first.answer.made_at or read_at

    def some(self, gathering: Gathering, ids: Sequence[int], read_at: int, deadline: Deadline) -> None:
        """Gather tickets by their ids; those that Jira no longer shows are passed over.

        Raises:
            SourceError: any page of the read failed; nothing of it is to be used.
        """
        with self._pool() as pool:
            self._by_id(pool, gathering, ids, read_at, deadline)
            self._make_whole(pool, gathering, deadline)

    def versions(self, jql: str, deadline: Deadline) -> dict[int, int]:
        """When each ticket that matches was last updated, by id.

        Raises:
            SourceError: any page of the read failed, or pages do not add up.
        """
        with self._pool() as pool:
            return self._listed(pool, jql, deadline)

    def _listed(self, pool: Lanes, jql: str, deadline: Deadline) -> dict[int, int]:
        """Every ticket that matches with its last update; listed anew while pages repeat or lose tickets."""
        found: dict[int, int] = {}
        total = 0

        def take(answer: Answer) -> list[int]:
            page = self._jira.versions(answer)
            found.update(page)
            return list(page)

        wish = _Wish(("updated",), changes=False, most=MOST_BARE, take=take)
        for _ in range(LISTINGS):
            found.clear()
            total = self._jira.count(jql, deadline)
            if self._walk(pool, _Stretch(jql, 0, total), wish, set(), deadline) and len(found) >= total:
                return found
        what = f"the search names {len(found):,} of {total:,} tickets, however often it is asked"
        raise SourceIncomplete("Jira", what, call="search")

    def _walk(self, pool: Lanes, stretch: _Stretch, wish: _Wish, ids: set[int], deadline: Deadline) -> bool:
        """Take all pages of a stretch and add their ids; whether no page says that fewer match than before.

        Tickets that come while we read come last, and with the next read; one that goes lets others slip through
        between two pages.
        """
        wide = self._window
        try:
            return self._pages(pool, self._within(stretch, wide, deadline), wish, ids, deadline)
        except SourceFailed:
            if wide == NARROW_WINDOW or stretch.total <= NARROW_WINDOW:
                raise
            # Some sites look less far than usual, and say so by failing.
            steady = self._pages(pool, self._within(stretch, NARROW_WINDOW, deadline), wish, ids, deadline)
            self._window = NARROW_WINDOW
            return steady

    def _within(self, stretch: _Stretch, window: int, deadline: Deadline) -> Iterator[_Stretch]:
        """The stretch itself if the search looks so far, else its tickets by the time of their creation.

        Raises:
            SourceIncomplete: more tickets than the window holds were created in one second.
        """
        if stretch.total <= window:
            yield stretch
            return
        begin: int | None = None
        while True:
            rest = created_between(stretch.jql, begin, None)
            last = self._jira.created_at(rest, window - 1, deadline)
            if last is None:
                yield _Stretch(rest, 0, self._jira.count(rest, deadline))
                return
            end = last // SECOND_MS * SECOND_MS
            part = created_between(stretch.jql, begin, end)
            total = self._jira.count(part, deadline) if begin is None or end > begin else 0
            if not total:
                what = f"more than {window:,} tickets were created within one second, and no search shows so many"
                raise SourceIncomplete("Jira", what, call="search")
            yield _Stretch(part, 0, total)
            begin = end

    def _pages(
        self,
        pool: Lanes,
        stretches: Iterable[_Stretch],
        wish: _Wish,
        ids: set[int],
        deadline: Deadline,
    ) -> bool:
        pending: list[Future[tuple[set[int], bool]]] = []
        try:
            for stretch in stretches:
                left = range(stretch.start, stretch.total)
                size = max(1, min(wish.most, max(LEAST, -(-len(left) // self._lanes))))
                spans = evenly(left, size, self._lanes)
                pending += (pool.submit(self._page, stretch, span, wish, deadline) for span in spans if span)
            steady = True
            for future in pending:
                found, as_announced = future.result()
                ids |= found
                steady &= as_announced
            return steady
        finally:
            for future in pending:
                future.cancel()

    def _page(self, stretch: _Stretch, span: Sequence[int], wish: _Wish, deadline: Deadline) -> tuple[set[int], bool]:
        """Take the results of a span of positions, in as many pages as the site makes of them."""
        ids: set[int] = set()
        start, end, steady = span[0], span[-1] + 1, True
        while start < end:
            found = self._jira.search(stretch.jql, start, end - start, wish.fields, deadline, changes=wish.changes)
            ids.update(wish.take(found.answer))
            steady &= found.start == start and found.total >= stretch.total
            if not found.count:
                return ids, False
            start += found.count
        return ids, steady

    def _by_id(self, pool: Lanes, gathering: Gathering, ids: Sequence[int], read_at: int, deadline: Deadline) -> None:
        fields = gathering.reader.field_names

        def part(ids: Sequence[int]) -> None:
            for answer in self._jira.by_ids(ids, fields, deadline, changes=True):
                gathering.take_page(answer, read_at, "search")

        def alone(ticket: int) -> int | None:
            answer = self._jira.one(ticket, fields, deadline, changes=True)
            if answer is None:
                return ticket
            gathering.take_page(answer, read_at, "issue")
            return None

        for _ in pool.map(part, evenly(ids, IDS_PER_CALL, self._lanes)):
            pass
        came = gathering.came
        gone = set(pool.map(alone, [ticket for ticket in ids if ticket not in came]))
        gathering.expect(set(ids) - gone)

    def _make_whole(self, pool: Lanes, gathering: Gathering, deadline: Deadline) -> None:
        """Add what did not fit into the pages or could not be told from one of them."""

        def comments(cut: tuple[int, int]) -> None:
            ticket, start = cut
            while True:
                page = self._jira.comments(ticket, start, deadline)
                gathering.take_comments(ticket, page.comments, "comment")
                start += len(page.comments)
                if not page.comments or start >= page.total:
                    return

        for _ in pool.map(comments, gathering.cut_comments.items()):
            pass
        gathering.take_histories(gathering.reader.held_back(), "search")

    @contextmanager
    def _pool(self) -> Iterator[Lanes]:
        """Lanes that are left at once when a call fails, its neighbours with it."""
        pool = Lanes(self._lanes, thread_name_prefix="jira")
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
