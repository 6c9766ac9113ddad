"""Tempo on Jira Data Center: it lives below Jira's own address, answers without pages, and knows people by key."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from datasource.deadline import Deadline
from datasource.errors import SourceMalformed, SourceRejected
from datasource.lanes import Lanes
from datasource.tempo import wire
from datasource.tempo.site import IN_FLIGHT, Tempo
from datasource.transport import Transport
from servicelevel.ticket import Worklog

SEARCH = "/rest/tempo-timesheets/4/worklogs/search"
LONG_AGO = date(2000, 1, 1)
"""A date without worklogs: asking for it proves a token and costs nothing."""


class TempoDataCenter(Tempo):
    """Asks the Tempo of one Jira Data Center. Every method raises SourceError in one of its kinds."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._names: dict[str, str] = {}

    def prove(self, deadline: Deadline) -> None:
        """One small question that only a valid token answers."""
        self._between({}, LONG_AGO, LONG_AGO, deadline)

    def project_worklogs(
        self,
        project_ids: Iterable[int],
        first: date,
        last: date,
        deadline: Deadline,
        updated_from: datetime | None = None,
    ) -> list[Worklog]:
        """Worklogs on all tickets of these projects, by start date, both dates included.

        This Tempo cannot tell what changed since, so all of them come whatever `updated_from` says: then in one
        request, because somebody asks again every few minutes.
        """
        chosen = {"projectId": sorted(set(project_ids))}
        if updated_from is not None:
            return self._between(chosen, first, last, deadline)
        return list(self._worklogs(chosen, first, last, deadline))

    def _memberships(self, team: int, deadline: Deadline) -> Iterator[tuple[str, date | None, date | None]]:
        answer = self._transport.get(f"/rest/tempo-teams/2/team/{team}/member", deadline)
        for entry in self._decode(answer, list[wire.TeamMember], "team/member"):
            member, span = wire.user_key(entry.member), entry.membership
            self._names[member] = entry.member.name or member
            yield member, _date(span.dateFromANSI), _date(span.dateToANSI)

    def _schedule(self, member: str, first: date, last: date, deadline: Deadline) -> list[wire.ScheduledDay] | None:
        # Servers know a user by name here, some by key; somebody's old name may be the key of somebody else.
        for user in dict.fromkeys((self._names.get(member, member), member)):
            asked = {"user": user, "from": first.isoformat(), "to": last.isoformat()}
            try:
                answer = self._transport.get("/rest/tempo-core/1/user/schedule", deadline, asked)
            except SourceRejected as error:
                if error.status != 404:
                    raise
            else:
                return self._decode(answer, wire.UserSchedule, "user/schedule").days
        return None

    def _team_worklogs(
        self,
        team: int,  # noqa: ARG002 - its members of all times are named instead
        members: Collection[str],
        first: date,
        last: date,
        deadline: Deadline,
    ) -> Iterator[Worklog]:
        # An empty list of workers would ask for everybody's hours.
        return self._worklogs({"worker": sorted(members)}, first, last, deadline) if members else iter(())

    def _worklogs(self, chosen: Mapping[str, object], first: date, last: date, deadline: Deadline) -> Iterator[Worklog]:
        """Month by month, because an answer is never cut into pages."""
        with Lanes(IN_FLIGHT, thread_name_prefix="tempo") as pool:
            parts = pool.map(lambda span: self._between(chosen, span[0], span[1], deadline), months(first, last))
            for part in parts:
                yield from part

    def _between(self, chosen: Mapping[str, object], first: date, last: date, deadline: Deadline) -> list[Worklog]:
        body = {**chosen, "from": first.isoformat(), "to": last.isoformat()}
        refs = self._decode(
            self._transport.post(SEARCH, deadline, body), list[wire.ServerWorklogRef], "worklogs/search"
        )
        try:
            return [worklog(ref) for ref in refs]
        except ValueError as error:
            raise SourceMalformed("Tempo", f"a worklog cannot be read: {error}", call="worklogs/search") from None


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The spans of dates, both included, that each month has from the first date to the last."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(following - timedelta(days=1), last)
        first = following


def worklog(ref: wire.ServerWorklogRef) -> Worklog:
    """A worklog as a fact, under the names of the interface, of live servers, or of its version 3.

    Raises:
        ValueError: it has no number, no ticket or no date.
    """
    number = ref.tempoWorklogId if ref.tempoWorklogId is not None else ref.id
    ticket = ref.issue.id if ref.issue is not None else ref.issueId
    started = ref.startDate or ref.started or ref.dateStarted
    if number is None or ticket is None or started is None:
        raise ValueError(f"worklog {number} lacks its number, its ticket or its date")
    # The time of day and the offset, where there is one, are dropped: the date is the worker's own.
    day = date.fromisoformat(started[:10])
    author = ref.workerKey or ref.worker or wire.user_key(ref.author)
    return Worklog(number, ticket, author, day, ref.timeSpentSeconds, ref.billableSeconds or 0)


def _date(text: str | None) -> date | None:
    """The date of a membership; an empty text is no end.

    Raises:
        SourceMalformed: it is no date.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise SourceMalformed(
            "Tempo", f"a membership's date cannot be read: {text[:20]!r}", call="team/member"
        ) from None
