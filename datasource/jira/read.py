"""The cold read of a queue: ids first, then tickets and their changes in parallel, every one accounted for."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

import msgspec

from datasource.deadline import Deadline
from datasource.errors import SourceMalformed, SourceRejected
from datasource.jira.client import CHANGELOGS_PER_CALL, ISSUES_PER_CALL, JiraCloud
from datasource.jira.jql import queue_query
from datasource.jira.parse import TicketReader, Unreadable, changes
from servicelevel.building import ColumnsBuilder
from servicelevel.columns import TicketColumns
from servicelevel.policy import SLA_NAMES, Queue, SlaName

Progress = Callable[[str, int, int], None]
"""Told (phase, tickets done, of about how many) as a read goes on, from any thread."""


@dataclass(slots=True)
class _Tally:
    """What was asked for and what came: the read is complete when they are the same."""

    asked: set[int] = field(default_factory=set)
    came: set[int] = field(default_factory=set)


class QueueRead:
    """One cold read of one queue. Used once, then thrown away."""

    def __init__(
        self, jira: JiraCloud, queue: Queue, sla_fields: dict[SlaName, str], deadline: Deadline, lanes: int
    ) -> None:
        self._jira, self._queue, self._deadline, self._lanes = jira, queue, deadline, lanes
        self._reader = TicketReader(sla_fields)
        self._tally, self._lock = _Tally(), Lock()
        self._builder = ColumnsBuilder()
        self._progress: Progress = lambda *_: None

    def columns(self, updated_since: int, read_at: int, progress: Progress) -> TicketColumns:
        """Read every ticket that is open or was updated since an instant; `read_at` stands in where Jira sends no date.

        A ticket that Jira names and then does not deliver is asked for once more, then listed as missing.

        Raises:
            SourceError: any page of the read failed; nothing of it is used.
        """
        self._progress = progress
        with ThreadPoolExecutor(self._lanes, thread_name_prefix="jira") as pool:
            try:
                return self._run(pool, updated_since, read_at)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _run(self, pool: ThreadPoolExecutor, updated_since: int, read_at: int) -> TicketColumns:
        jira, deadline, queue = self._jira, self._deadline, self._queue
        # The search is answered for anonymous visitors too, with less; only `myself` proves that we are known.
        known = pool.submit(jira.myself, deadline)
        lists = pool.submit(jira.statuses, deadline), pool.submit(jira.resolutions, deadline)
        priorities = pool.submit(jira.priorities, deadline)
        pages = jira.id_pages(queue_query(queue.projects, queue.jql, updated_since), deadline)
        first: Future[list[int]] = pool.submit(next, pages, [])
        known.result()
        self._builder = ColumnsBuilder(lists[0].result(), priorities.result(), lists[1].result())
        self._progress("ids", 0, 0)
        pending: set[Future[None]] = set()
        ids = first.result()
        while ids:
            self._tally.asked.update(ids)
            for part in _evenly(ids, CHANGELOGS_PER_CALL, 1):
                pending.add(pool.submit(self._read_changes, part))
            for part in _evenly(ids, ISSUES_PER_CALL, self._lanes):
                pending.add(pool.submit(self._read_tickets, part, read_at))
            ids = next(pages, [])
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
        missing = sorted(self._tally.asked - self._tally.came)
        for part in _evenly(missing, ISSUES_PER_CALL, 1):
            self._read_tickets(part, read_at)
        self._progress("done", len(self._tally.came), len(self._tally.asked))
        return self._builder.build(updated_since, read_at, self._tally.asked - self._tally.came)

    def _read_tickets(self, ids: Sequence[int], read_at: int) -> None:
        answer = self._jira.issues(ids, self._reader.field_names, self._deadline)
        made_at = read_at if answer.made_at is None else answer.made_at
        try:
            tickets = list(self._reader.page(answer.body))
        except (msgspec.DecodeError, RecursionError) as error:
            raise SourceMalformed("Jira", f"a page of tickets is broken: {error}", call="issue/bulkfetch") from None
        with self._lock:
            for ticket in tickets:
                if isinstance(ticket, Unreadable):
                    self._builder.add_unreadable(ticket.key, ticket.reason, ticket.id)
                else:
                    self._builder.add_ticket(ticket, made_at)
                if ticket.id is not None:
                    self._tally.came.add(ticket.id)
            self._progress("tickets", len(self._tally.came), len(self._tally.asked))

    def _read_changes(self, ids: Sequence[int]) -> None:
        for page in self._jira.histories(ids, self._deadline):
            parsed = []
            for issue in page:
                try:
                    parsed.append((int(issue.issueId), list(changes(issue.changeHistories))))
                except ValueError as error:
                    what = f"the changes of ticket {issue.issueId} cannot be read: {error}"
                    raise SourceMalformed("Jira", what, call="changelog/bulkfetch") from None
            with self._lock:
                for ticket_id, found in parsed:
                    self._builder.add_changes(ticket_id, found)


def _evenly(ids: Sequence[int], at_most: int, lanes: int) -> Iterator[Sequence[int]]:
    """Parts of nearly equal size, as many as keep every lane busy to the end: a last lone part would cost a round."""
    if not ids:
        return
    count = -(-len(ids) // at_most)
    if count > lanes:
        count = -(-count // lanes) * lanes
    for i in range(count):
        yield ids[len(ids) * i // count : len(ids) * (i + 1) // count]


class JiraTickets:
    """The portal's source of tickets: reads queues of one Jira Cloud."""

    def __init__(self, jira: JiraCloud, *, lanes: int) -> None:
        self._jira, self._lanes = jira, lanes

    def read(
        self, queue: Queue, updated_since: int, read_at: int, budget_s: float, progress: Progress
    ) -> TicketColumns:
        """A queue's tickets that are open or were updated since an instant, within a budget of seconds.

        Raises:
            SourceError: the read failed; also when a queue names no SLA field, or wants a computed clock.
        """
        deadline = Deadline.after(budget_s)
        return QueueRead(self._jira, queue, sla_fields(queue), deadline, self._lanes).columns(
            updated_since, read_at, progress
        )


def sla_fields(queue: Queue) -> dict[SlaName, str]:
    """The field id of each SLA.

    Raises:
        SourceRejected: a promise names no field.
    """
    fields: dict[SlaName, str] = {}
    for name in SLA_NAMES:
        sla = queue.sla(name)
        if sla.clock == "computed":
            what = f"queue {queue.id!r} wants its {name} clock computed from comments and changes"
            advice = f"Only clocks of Jira Service Management are read: set sla.{name}.clock to jsm and name its field."
            raise SourceRejected("Jira", what, advice=advice)
        if sla.field is None:
            what = f"queue {queue.id!r} names no field for its {name} clock"
            advice = f"Add sla.{name}.field to the queue in the registry; `opsportal check` lists the SLA fields."
            raise SourceRejected("Jira", what, advice=advice)
        fields[name] = sla.field
    return fields
