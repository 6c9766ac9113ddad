"""A queue's hours: Tempo says how much, Jira says which tickets still exist and what their people are called."""

from collections.abc import Iterable
from datetime import date, timedelta

from datasource.deadline import Deadline
from datasource.jira.dialect import Dialect
from datasource.jira.reads import Site
from datasource.shared_changes import SharedChanges, Wanted
from datasource.tempo.cloud import TempoCloud
from datasource.tempo.site import Tempo
from servicelevel.columns import TicketColumns
from servicelevel.instants import HOUR_MS, MINUTE_MS, to_datetime
from servicelevel.policy import Queue
from servicelevel.ticket import Person, Worklog
from servicelevel.worklogs import HoursRead

OVERLAP_MS = 10 * MINUTE_MS
COMPARE_EVERY_MS = HOUR_MS
COMPARED_DAYS = 35
"""Deleted worklogs show in no list of changes, so the last days are read whole once an hour."""


class TempoHours:
    """The portal's source of hours.

    What changed is asked for all queues at once where Tempo tells changes; the answer serves for `shared_s` seconds.
    """

    def __init__(self, tempo: Tempo, jira: Dialect, *, shared_s: float = 0.0) -> None:
        self._tempo, self._jira = tempo, jira
        self._changes = SharedChanges(tempo, shared_s) if shared_s and isinstance(tempo, TempoCloud) else None

    def read(
        self,
        queue: Queue,
        tickets: TicketColumns,
        previous: HoursRead | None,
        *,
        first: date,
        last: date,
        read_at: int,
        budget_s: float,
    ) -> HoursRead:
        """Hours with start dates from first to last on all tickets of a queue's projects, and its Tempo team's load.

        From `previous` on only what changed is asked, and once an hour, and on dates that are new, the last 35 days
        anew. Hours on tickets outside the queue are told apart: tickets that Jira still shows belong elsewhere, the
        others are gone, as are those that could not be read.

        Raises:
            SourceError: Tempo, or Jira about the people and tickets behind the hours, gave no usable answer.
        """
        deadline = Deadline.after(budget_s)
        if previous is not None and previous.first > first:
            previous = None
        compare = previous is None or last > previous.last or not 0 <= read_at - previous.compared_at < COMPARE_EVERY_MS
        if previous is None:
            site = self._jira.reads(deadline).site
            projects = tuple(int(site.project(key, deadline).id) for key in queue.projects)
            worklogs: Iterable[Worklog] = self._tempo.project_worklogs(projects, first, last, deadline)
            told_at = deadline.sent.since(read_at)
        else:
            projects = previous.projects
            worklogs, told_at = self._changed(queue, tickets, previous, first, last, read_at, deadline, compare=compare)
        team = previous.team if previous else None
        if compare and queue.tempo_team is not None:
            team = self._tempo.team_hours(queue.tempo_team, first, last, deadline)
        kept = tuple(sorted((item for item in worklogs if first <= item.day <= last), key=lambda item: item.id))
        gone, elsewhere = self._outside(tickets, None if compare else previous, kept, deadline)
        people = self._people(tickets, previous, kept, deadline)
        self._tempo.proved()
        return HoursRead(
            first=first,
            last=last,
            projects=projects,
            worklogs=kept,
            gone=gone,
            elsewhere=elsewhere,
            people=people,
            team=team,
            cursor=told_at,
            compared_at=read_at if previous is None or compare else previous.compared_at,
            requests=deadline.sent.count,
        )

    def _changed(
        self,
        queue: Queue,
        tickets: TicketColumns,
        previous: HoursRead,
        first: date,
        last: date,
        read_at: int,
        deadline: Deadline,
        *,
        compare: bool,
    ) -> tuple[Iterable[Worklog], int]:
        """The hours as they are now, and the instant as of which that is so."""
        by_id, told_at = {item.id: item for item in previous.worklogs}, None
        if compare:
            # Hours may be booked ahead: a date that was not asked for before is read whole, however long ago they were.
            unseen = previous.last + timedelta(days=1)
            since = max(first, min(unseen, last - timedelta(days=COMPARED_DAYS - 1)))
            by_id = {number: item for number, item in by_id.items() if item.day < since}
            found: Iterable[Worklog] = self._tempo.project_worklogs(previous.projects, since, last, deadline)
        elif self._changes is None:
            since_at = to_datetime(previous.cursor - OVERLAP_MS)
            found = self._tempo.project_worklogs(previous.projects, first, last, deadline, since_at)
        else:
            projects, known = frozenset(previous.projects), previous.gone.union(previous.elsewhere, tickets.id.tolist())
            since_ms = previous.cursor - OVERLAP_MS
            wanted = Wanted(queue.id, projects, first, last, since_ms, previous.cursor, known)
            found, told_at = self._changes.read(wanted, read_at, deadline)
        by_id.update((item.id, item) for item in found)
        return by_id.values(), deadline.sent.since(read_at) if told_at is None else told_at

    def _outside(
        self, tickets: TicketColumns, previous: HoursRead | None, worklogs: Iterable[Worklog], deadline: Deadline
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Tickets with hours outside the queue: those that are gone, and those that belong elsewhere."""
        outside = {item.ticket_id for item in worklogs}.difference(tickets.id.tolist())
        left_out = outside & (tickets.unreadable_ids | set(tickets.missing))
        elsewhere = previous.elsewhere & outside - left_out if previous else frozenset[int]()
        gone = previous.gone & outside - left_out if previous else frozenset[int]()
        asked = outside - left_out - elsewhere - gone
        there = self._site(deadline).existing(asked, deadline) if asked else set[int]()
        return frozenset(gone | left_out | (asked - there)), frozenset(elsewhere | there)

    def _people(
        self, tickets: TicketColumns, previous: HoursRead | None, worklogs: Iterable[Worklog], deadline: Deadline
    ) -> dict[str, Person]:
        known: dict[str, Person] = dict(previous.people) if previous else {}
        known.update((person.id, person) for person in tickets.people)
        authors = {item.author_id for item in worklogs}
        unknown = authors - known.keys()
        if unknown:
            known.update(self._site(deadline).people(unknown, deadline))
            known.update((author, Person(author, author)) for author in unknown - known.keys())
        return {author: known[author] for author in authors}

    def _site(self, deadline: Deadline) -> Site:
        return self._jira.reads(deadline).site
