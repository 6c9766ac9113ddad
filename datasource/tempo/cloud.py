"""Tempo Cloud: worklogs page by page, teams, schedules."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from urllib.parse import quote

from datasource.deadline import Deadline
from datasource.errors import SourceIncomplete, SourceRejected
from datasource.question import Params
from datasource.tempo import wire
from datasource.tempo.site import Tempo
from servicelevel.ticket import Worklog

WORKLOGS_PER_PAGE = 1_000
PAGE_CAP = 1_000


class TempoCloud(Tempo):
    """Asks one Tempo Cloud. Every method raises SourceError in one of its kinds."""

    def prove(self, deadline: Deadline) -> None:
        """One small question that only a valid token answers."""
        self._decode(self._transport.get("/teams", deadline, {"limit": 1}), wire.AnyPage, "teams")

    def project_worklogs(
        self,
        project_ids: Iterable[int],
        first: date,
        last: date,
        deadline: Deadline,
        updated_from: datetime | None = None,
    ) -> list[Worklog]:
        """Worklogs on all tickets of these projects, by start date, both dates included.

        With `updated_from` only those written or changed since. A deleted one shows in no such answer.
        """
        params: dict[str, str | list[int]] = {"projectId": sorted(set(project_ids))}
        if updated_from is not None:
            params["updatedFrom"] = f"{updated_from:%Y-%m-%dT%H:%M:%SZ}"
        return list(self._worklogs("/worklogs", params, first, last, deadline))

    def _memberships(self, team: int, deadline: Deadline) -> Iterator[tuple[str, date | None, date | None]]:
        answer = self._transport.get(f"/team-memberships/team/{team}", deadline)
        for membership in self._decode(answer, wire.MembershipList, "team-memberships").results:
            yield membership.member.accountId, membership.from_, membership.to

    def _team_worklogs(
        self,
        team: int,
        members: Collection[str],  # noqa: ARG002 - the team stands for them
        first: date,
        last: date,
        deadline: Deadline,
    ) -> Iterator[Worklog]:
        return self._worklogs(f"/worklogs/team/{team}", {}, first, last, deadline)

    def _schedule(self, member: str, first: date, last: date, deadline: Deadline) -> list[wire.ScheduledDay] | None:
        dates: Params = {"from": first.isoformat(), "to": last.isoformat()}
        try:
            answer = self._transport.get(f"/user-schedule/{quote(member, safe='')}", deadline, dates)
        except SourceRejected as error:
            if error.status == 404:
                return None
            raise
        return self._decode(answer, wire.Schedule, "user-schedule").results

    def _worklogs(self, path: str, params: Params, first: date, last: date, deadline: Deadline) -> Iterator[Worklog]:
        """All pages. The next one is asked for by offset: a `next` link would choose the host that gets the token."""
        offset = 0
        for _ in range(PAGE_CAP):
            asked: Params = {
                **params,
                "from": first.isoformat(),
                "to": last.isoformat(),
                "offset": offset,
                "limit": WORKLOGS_PER_PAGE,
            }
            page = self._decode(self._transport.get(path, deadline, asked), wire.WorklogPage, path.strip("/"))
            if page.metadata.offset != offset:
                what = f"asked for worklogs from {offset:,} on, it sent those from {page.metadata.offset:,}"
                raise SourceIncomplete("Tempo", what)
            yield from (worklog(item) for item in page.results)
            if page.metadata.next is None:
                return
            if not page.results:
                raise SourceIncomplete("Tempo", "an empty page announces another one")
            offset += len(page.results)
        raise SourceIncomplete("Tempo", f"the worklogs do not end after {PAGE_CAP:,} pages")


def worklog(ref: wire.WorklogRef) -> Worklog:
    """A worklog as a fact; without a billable figure nothing of it is billable."""
    return Worklog(
        id=ref.tempoWorklogId,
        ticket_id=ref.issue.id,
        author_id=ref.author.accountId,
        day=ref.startDate,
        spent_s=ref.timeSpentSeconds,
        billable_s=ref.billableSeconds or 0,
    )
