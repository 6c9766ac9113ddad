"""The portal's source of tickets: a cold read of a queue, and from then on only what changed."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from datasource.deadline import Deadline
from datasource.errors import SourceRejected
from datasource.jira.dialect import Dialect
from datasource.jira.gathering import Gathering
from datasource.jira.jql import changed_query, queue_query
from datasource.jira.moved import departed_ids, own_projects, owning
from datasource.jira.parse import TicketReader
from datasource.jira.reads import Reads, Site
from datasource.lanes import Lanes
from datasource.progress import Progress
from servicelevel.building import ColumnsBuilder, merged
from servicelevel.columns import TicketColumns
from servicelevel.instants import HOUR_MS, MINUTE_MS, MISSING, Mask
from servicelevel.policy import SLA_NAMES, Queue, SlaName

OVERLAP_MS = 10 * MINUTE_MS
"""How far a warm read looks back behind its cursor: the search index lags behind by seconds, at times by minutes."""


class JiraTickets:
    """Reads queues of one Jira, whichever it is. A full comparison of every ticket comes once in `sweep_hours`."""

    def __init__(self, dialect: Dialect, *, sweep_hours: float) -> None:
        self._dialect, self._sweep_ms = dialect, sweep_hours * HOUR_MS

    def read(
        self,
        queue: Queue,
        previous: TicketColumns | None,
        *,
        updated_since: int,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """A queue's tickets that are open or were updated since an instant, from `previous` on where there is one.

        Deleted and moved tickets, and changes that the index showed later than the overlap, come to light with the next
        full comparison.

        Raises:
            SourceError: the read failed; `previous` still stands. Also when a queue names no SLA field.
        """
        deadline = Deadline.after(budget_s)
        columns = self._read(queue, previous, updated_since, read_at, deadline, progress)
        known = frozenset[str]() if previous is None else {project.id for project in previous.projects}
        if any(project.id not in known for project in columns.projects):
            columns = owning(columns, own_projects(self._dialect.reads(deadline).site, queue, deadline))
        self._dialect.proved()
        return replace(columns, requests=deadline.sent.count)

    def with_departed(
        self,
        queue: Queue,
        columns: TicketColumns,
        left: Mapping[int, frozenset[str]],
        *,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """A queue's tickets and those that it had and other projects have now, read as the queue reads its own.

        `left` names the candidates: tickets with the ids of the projects that they were moved out of.

        Raises:
            SourceError: the read failed.
        """
        deadline = Deadline.after(budget_s)
        reads = self._dialect.reads(deadline)
        own = own_projects(reads.site, queue, deadline)
        # Those still among the queue's are read too: it may not have noticed yet that they have left.
        ids = departed_ids(reads, queue, own, left, deadline)
        # Their clocks may have to be computed, where Jira would show those of another project.
        reader = TicketReader(sla_fields(queue), comments=queue.first_response.stops_at == "comment")
        fresh = Gathering(reader, ColumnsBuilder(), queue.projects, progress)
        if ids:
            reads.some(fresh, ids, read_at, deadline)
        newer = fresh.columns(columns.covers_from, columns.read_at, columns.cursor, swept_at=columns.swept_at)
        every, taken = np.ones(len(columns), bool), np.ones(len(newer), bool)
        joined = merged(columns, every, newer, taken, with_unreadable=True)
        missing = tuple(sorted({*columns.missing, *newer.missing}))
        return owning(replace(joined, missing=missing, requests=columns.requests + deadline.sent.count), own)

    def _read(
        self,
        queue: Queue,
        previous: TicketColumns | None,
        updated_since: int,
        read_at: int,
        deadline: Deadline,
        progress: Progress,
    ) -> TicketColumns:
        fields = sla_fields(queue)
        reads = self._dialect.reads(deadline)
        comments = queue.first_response.computed and queue.first_response.stops_at == "comment"
        reader = TicketReader(fields, comments=comments)
        everything = queue_query(queue.projects, queue.jql, updated_since)
        # The search is answered for anonymous visitors too, with less; only `myself` proves that we are known.
        if previous is None or previous.cursor == MISSING:
            builder = _builder(reads.site, deadline)
            gathering = Gathering(reader, builder, queue.projects, progress)
            progress("ids", 0, 0)
            cursor = reads.everything(gathering, everything, read_at, deadline)
            return gathering.columns(updated_since, read_at, cursor, swept_at=cursor)
        reads.site.myself(deadline)
        # Jira's clock may be ahead of ours by a little; by much only if one of them has been set back since.
        if not -HOUR_MS < read_at - previous.swept_at < self._sweep_ms:
            return self._sweep(queue, reads, reader, previous, everything, updated_since, read_at, deadline, progress)
        fresh = Gathering(reader, ColumnsBuilder(), queue.projects, progress)
        changed = changed_query(queue.projects, queue.jql, previous.cursor - OVERLAP_MS)
        cursor = reads.changed(fresh, changed, read_at, deadline)
        if previous.missing:
            reads.some(fresh, previous.missing, read_at, deadline)
        newer = fresh.columns(updated_since, read_at, cursor, swept_at=previous.swept_at)
        keep = _in_window(previous, updated_since) & _still_true(previous, newer)
        return merged(previous, keep, newer, _not_behind(newer, previous), with_unreadable=True)

    def _sweep(
        self,
        queue: Queue,
        reads: Reads,
        reader: TicketReader,
        previous: TicketColumns,
        everything: str,
        updated_since: int,
        read_at: int,
        deadline: Deadline,
        progress: Progress,
    ) -> TicketColumns:
        """Compare every ticket with Jira: drop what is gone, read what is new or differs."""
        progress("ids", 0, 0)
        versions = reads.versions(everything, deadline)
        known = dict(zip(previous.id.tolist(), previous.updated.tolist(), strict=True))
        stale = sorted(ticket for ticket, updated in versions.items() if known.get(ticket) != updated)
        fresh = Gathering(reader, _builder(reads.site, deadline), queue.projects, progress)
        reads.some(fresh, stale, read_at, deadline)
        newer = fresh.columns(updated_since, read_at, previous.cursor, swept_at=read_at)
        there = np.isin(previous.id, np.fromiter(versions, np.int64, len(versions)))
        left = np.isin(previous.id, np.array(sorted(set(stale) - fresh.came), np.int64))
        keep, take = there & ~left & _still_true(previous, newer), np.ones(len(newer), bool)
        return merged(previous, keep, newer, take, with_unreadable=False)


def _builder(site: Site, deadline: Deadline) -> ColumnsBuilder:
    """An empty builder that knows Jira's lists."""
    with Lanes(4, thread_name_prefix="jira") as pool:
        known = pool.submit(site.myself, deadline)
        statuses, resolutions = pool.submit(site.statuses, deadline), pool.submit(site.resolutions, deadline)
        priorities = pool.submit(site.priorities, deadline)
        known.result()
        return ColumnsBuilder(statuses.result(), priorities.result(), resolutions.result())


def _in_window(columns: TicketColumns, updated_since: int) -> Mask:
    """Tickets that a full read would still find: open now, or updated since."""
    result: Mask = ~columns.done[columns.status] | (columns.updated >= updated_since)
    return result


def _still_true(previous: TicketColumns, newer: TicketColumns) -> Mask:
    """Tickets of an earlier read that the newer one did not find changed and then unreadable, or not delivered."""
    result: Mask = ~np.isin(previous.id, np.array([*newer.unreadable_ids, *newer.missing], np.int64))
    return result


def _not_behind(newer: TicketColumns, previous: TicketColumns) -> Mask:
    """Tickets that are not older than they were known to be: a search answers from its index, which may lag behind."""
    known = dict(zip(previous.id.tolist(), previous.updated.tolist(), strict=True))
    pairs = zip(newer.id.tolist(), newer.updated.tolist(), strict=True)
    return np.fromiter((updated >= known.get(ticket, updated) for ticket, updated in pairs), bool, len(newer))


def sla_fields(queue: Queue) -> dict[SlaName, str]:
    """The field id of each promise whose clock Jira runs.

    Raises:
        SourceRejected: a promise wants Jira's clock and names no field.
    """
    fields: dict[SlaName, str] = {}
    for name in SLA_NAMES:
        sla = queue.sla(name)
        if sla.computed:
            continue
        if sla.field is None:
            what = f"queue {queue.id!r} names no field for its {name} clock"
            advice = f"Add sla.{name}.field to the queue in the registry; `opsportal check` lists the SLA fields."
            raise SourceRejected("Jira", what, advice=advice)
        fields[name] = sla.field
    return fields
