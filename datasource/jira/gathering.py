"""Pages from many threads become one set of columns, and what was named and did not come is known."""

from collections.abc import Iterable, Sequence
from threading import Lock

import msgspec

from datasource.errors import SourceMalformed
from datasource.jira import wire
from datasource.jira.parse import Read, TicketReader, Unreadable, changes, comment
from datasource.progress import Progress
from datasource.transport import Answer
from servicelevel.building import ColumnsBuilder
from servicelevel.columns import TicketColumns


class Gathering:
    """What one read has taken so far. Safe to feed from several threads."""

    def __init__(
        self, reader: TicketReader, builder: ColumnsBuilder, projects: Iterable[str], progress: Progress
    ) -> None:
        self.reader = reader
        self._projects = frozenset(projects)
        self._builder, self._progress, self._lock = builder, progress, Lock()
        self._asked: set[int] = set()
        self._came: set[int] = set()
        self._about = 0
        self._cut_comments: dict[int, int] = {}
        self._strangers: set[int] = set()
        self._dropped: set[int] = set()

    @property
    def missing(self) -> list[int]:
        """Tickets that the source named and has not delivered."""
        return sorted(self._asked - self._came)

    @property
    def came(self) -> set[int]:
        """Tickets that were delivered, readable or not."""
        return set(self._came)

    @property
    def cut_comments(self) -> dict[int, int]:
        """Tickets whose comments did not all fit into their answer, with how many did."""
        return dict(self._cut_comments)

    @property
    def expected(self) -> int:
        """How many tickets were named."""
        return len(self._asked)

    @property
    def strangers(self) -> set[int]:
        """Tickets whose key is of no project of the queue: renamed with their project, or moved while we read."""
        return set(self._strangers)

    def unexpected(self, ids: Iterable[int]) -> list[int]:
        """Those of the ids that were not named yet."""
        return [ticket for ticket in ids if ticket not in self._asked]

    def drop(self, ids: Iterable[int]) -> None:
        """These tickets turned out not to belong to the queue, or not to exist any more."""
        self._dropped.update(ids)
        self._asked -= self._dropped

    def expect(self, ids: Iterable[int]) -> None:
        """These tickets were named and must come."""
        self._asked.update(ids)

    def about(self, tickets: int) -> None:
        """About so many tickets are to come."""
        self._about = tickets

    def take_page(self, answer: Answer, read_at: int, call: str) -> list[int]:
        """Take a page of issues; the ids it held. `read_at` stands in where the answer has no date.

        Raises:
            SourceMalformed: it is no page of issues.
        """
        made_at = read_at if answer.made_at is None else answer.made_at
        try:
            found = list(self.reader.page(answer.body))
        except (msgspec.DecodeError, RecursionError) as error:
            raise SourceMalformed("Jira", f"a page of tickets is broken: {error}", call=call) from None
        with self._lock:
            return [number for item in found if (number := self._take(item, made_at)) is not None]

    def take_histories(self, page: Sequence[wire.IssueHistories], call: str) -> None:
        """Take a page of changes.

        Raises:
            SourceMalformed: a change that the rules need has no instant or number.
        """
        parsed = []
        for issue in page:
            try:
                parsed.append((int(issue.issueId), list(changes(issue.changeHistories))))
            except ValueError as error:
                what = f"the changes of ticket {issue.issueId} cannot be read: {error}"
                raise SourceMalformed("Jira", what, call=call) from None
        with self._lock:
            for ticket_id, found in parsed:
                self._builder.add_changes(ticket_id, found)

    def take_comments(self, ticket_id: int, comments: Sequence[wire.CommentRef], call: str) -> None:
        """Take a page of one ticket's comments.

        Raises:
            SourceMalformed: a comment has no instant or number.
        """
        try:
            facts = [comment(ref) for ref in comments]
        except ValueError as error:
            what = f"the comments of ticket {ticket_id} cannot be read: {error}"
            raise SourceMalformed("Jira", what, call=call) from None
        with self._lock:
            self._builder.add_comments(ticket_id, facts)

    def columns(self, covers_from: int, read_at: int, cursor: int, *, swept_at: int) -> TicketColumns:
        """Everything taken, as columns."""
        self._progress("done", len(self._came), max(len(self._asked), len(self._came)))
        return self._builder.build(
            covers_from, read_at, self.missing, cursor=cursor, swept_at=swept_at, without=self._dropped
        )

    def _take(self, item: Read | Unreadable, made_at: int) -> int | None:
        if isinstance(item, Unreadable):
            self._builder.add_unreadable(item.key, item.reason, item.id)
            number = item.id
        else:
            number = item.ticket.id
            self._builder.add_ticket(item.ticket, made_at)
            if item.ticket.key.rpartition("-")[0] not in self._projects:
                self._strangers.add(number)
            self._builder.add_comments(number, item.comments)
            if item.comments_left:
                self._cut_comments[number] = len(item.comments)
            if item.changes is not None:
                self._builder.add_changes(number, item.changes)
        if number is not None:
            self._came.add(number)
        self._progress("tickets", len(self._came), max(len(self._asked), self._about))
        return number
