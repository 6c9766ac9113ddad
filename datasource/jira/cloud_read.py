"""How a queue is read from Jira Cloud: ids first, then tickets, changes and comments in bulk and side by side."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from datasource.deadline import Deadline
from datasource.jira.cloud import CHANGELOGS_PER_CALL, ISSUES_PER_CALL, JiraCloud
from datasource.jira.gathering import Gathering
from datasource.jira.jql import ids_query
from datasource.lanes import Lanes
from servicelevel.instants import MISSING


class CloudReads:
    """The ways the portal reads tickets of one Jira Cloud site; `lanes` calls of one read go side by side."""

    def __init__(self, jira: JiraCloud, *, lanes: int) -> None:
        self.site = jira
        self._jira, self._lanes = jira, lanes

    def everything(self, gathering: Gathering, jql: str, read_at: int, deadline: Deadline) -> int:
        """Gather every ticket that matches; the source's own time when the read began.

        A ticket that Jira names and then does not deliver is asked for once more; after that it is missing if the
        search still names it, and else it has left while we read.

        Raises:
            SourceError: any page of the read failed; nothing of it is to be used.
        """
        with Lanes(self._lanes, thread_name_prefix="jira") as pool:
            try:
                began, pending = read_at, set[Future[None]]()
                about = pool.submit(self._jira.approximate_count, jql, deadline)
                for made_at, ids in self._jira.id_pages(jql, deadline):
                    began = began if pending or made_at is None else made_at
                    pending |= self._submit(pool, gathering, ids, read_at, deadline)
                if about.result() > gathering.expected:
                    # The count is an estimate, so a smaller list proves nothing; but a second look costs one request.
                    for _, ids in self._jira.id_pages(jql, deadline):
                        late = gathering.unexpected(ids)
                        pending |= self._submit(pool, gathering, late, read_at, deadline)
                _finish(pending)
                _finish(self._rest(pool, gathering, read_at, deadline))
                doubtful = gathering.strangers.union(gathering.missing)
                if doubtful:
                    gathering.drop(doubtful - self._listed(jql, deadline))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return began

    def changed(self, gathering: Gathering, jql: str, read_at: int, deadline: Deadline) -> int:
        """Gather the few tickets that match, with their fields in the search itself; the source's time at its start.

        Raises:
            SourceError: any page of the read failed; nothing of it is to be used.
        """
        began: int | None = None
        ids: list[int] = []
        for answer in self._jira.search(jql, gathering.reader.field_names, deadline):
            began = began or answer.made_at
            ids += gathering.take_page(answer, read_at, "search/jql")
        for part in evenly(list(dict.fromkeys(ids)), CHANGELOGS_PER_CALL, 1):
            self._changes(gathering, part, deadline)
        self._comments(gathering, deadline)
        return began or read_at

    def some(self, gathering: Gathering, ids: Sequence[int], read_at: int, deadline: Deadline) -> None:
        """Gather tickets by their ids; those that are neither delivered nor found by a search are passed over.

        Raises:
            SourceError: any page of the read failed; nothing of it is to be used.
        """
        with Lanes(self._lanes, thread_name_prefix="jira") as pool:
            _finish(self._submit(pool, gathering, ids, read_at, deadline))
            _finish(self._rest(pool, gathering, read_at, deadline))
        for part in evenly(gathering.missing, ISSUES_PER_CALL, 1):
            gathering.drop(set(part) - self._listed(ids_query(part), deadline))

    def versions(self, jql: str, deadline: Deadline) -> dict[int, int]:
        """When each ticket that matches was last updated, by id; MISSING for one that is named and not delivered.

        Raises:
            SourceError: any page of the read failed.
        """
        ids = sorted(self._listed(jql, deadline))
        found = dict.fromkeys(ids, MISSING)
        with Lanes(self._lanes, thread_name_prefix="jira") as pool:
            parts = evenly(ids, ISSUES_PER_CALL, self._lanes)
            for versions in pool.map(lambda part: self._jira.versions(part, deadline), parts):
                found.update(versions)
        return found

    def _listed(self, jql: str, deadline: Deadline) -> set[int]:
        return {ticket for _, ids in self._jira.id_pages(jql, deadline) for ticket in ids}

    def _submit(
        self, pool: Lanes, gathering: Gathering, ids: Sequence[int], read_at: int, deadline: Deadline
    ) -> set[Future[None]]:
        gathering.expect(ids)
        pending = {
            pool.submit(self._changes, gathering, part, deadline) for part in evenly(ids, CHANGELOGS_PER_CALL, 1)
        }
        return pending | {
            pool.submit(self._tickets, gathering, part, read_at, deadline)
            for part in evenly(ids, ISSUES_PER_CALL, self._lanes)
        }

    def _rest(self, pool: Lanes, gathering: Gathering, read_at: int, deadline: Deadline) -> set[Future[None]]:
        """What the first pass left over: tickets not delivered, and comments that did not fit."""
        for part in evenly(gathering.missing, ISSUES_PER_CALL, 1):
            self._tickets(gathering, part, read_at, deadline)
        cut = gathering.cut_comments
        return {pool.submit(self._more_comments, gathering, ticket, start, deadline) for ticket, start in cut.items()}

    def _comments(self, gathering: Gathering, deadline: Deadline) -> None:
        for ticket, start in gathering.cut_comments.items():
            self._more_comments(gathering, ticket, start, deadline)

    def _tickets(self, gathering: Gathering, ids: Sequence[int], read_at: int, deadline: Deadline) -> None:
        answer = self._jira.issues(ids, gathering.reader.field_names, deadline)
        gathering.take_page(answer, read_at, "issue/bulkfetch")

    def _changes(self, gathering: Gathering, ids: Sequence[int], deadline: Deadline) -> None:
        for page in self._jira.histories(ids, deadline):
            gathering.take_histories(page, "changelog/bulkfetch")

    def _more_comments(self, gathering: Gathering, ticket: int, start: int, deadline: Deadline) -> None:
        while True:
            page = self._jira.comments(ticket, start, deadline)
            gathering.take_comments(ticket, page.comments, "comment")
            start += len(page.comments)
            if not page.comments or start >= page.total:
                return


def _finish(pending: set[Future[None]]) -> None:
    """Wait for all; the first failure ends it."""
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()


def evenly(ids: Sequence[int], at_most: int, lanes: int) -> Iterator[Sequence[int]]:
    """Parts of nearly equal size, as many as keep every lane busy to the end: a last lone part would cost a round."""
    if not ids:
        return
    count = -(-len(ids) // at_most)
    if count > lanes:
        count = -(-count // lanes) * lanes
    for i in range(count):
        yield ids[len(ids) * i // count : len(ids) * (i + 1) // count]
