"""Tempo Cloud: worklogs page by page, teams, schedules."""

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TypeVar
from urllib.parse import quote

import msgspec

from datasource.deadline import Deadline
from datasource.errors import SourceIncomplete, SourceMalformed, SourceRejected
from datasource.tempo import wire
from datasource.transport import Answer, Params, Transport
from servicelevel.instants import day_of_date
from servicelevel.ticket import Worklog
from servicelevel.worklogs import TeamHours

WORKLOGS_PER_PAGE = 1_000
PAGE_CAP = 1_000
IN_FLIGHT = 3
"""Tempo publishes no limits; so few requests at once have not been seen refused."""

Form = TypeVar("Form")


class TempoCloud:
    """Asks one Tempo. Every method raises SourceError in one of its kinds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def prove(self, deadline: Deadline) -> None:
        """One small question that only a valid token answers."""
        self._decode(self._transport.get("/teams", deadline, {"limit": 1}), wire.AnyPage, "teams")

    def project_worklogs(
        self, project_ids: Iterable[int], first: date, last: date, deadline: Deadline
    ) -> list[Worklog]:
        """Worklogs on all tickets of these projects, by start date, both dates included."""
        params: Params = {"projectId": sorted(set(project_ids))}
        return list(self._worklogs("/worklogs", params, first, last, deadline))

    def team_hours(self, team: int, first: date, last: date, deadline: Deadline) -> TeamHours:
        """What a team's members booked anywhere and were scheduled for, on the dates they belonged to it.

        Somebody Tempo has no schedule for (the account is gone) counts on neither side.
        """
        answer = self._transport.get(f"/team-memberships/team/{team}", deadline)
        members: dict[str, set[int]] = {}
        for membership in self._decode(answer, wire.MembershipList, "team-memberships").results:
            start, end = max(membership.from_ or first, first), min(membership.to or last, last)
            days = range(day_of_date(start), day_of_date(end) + 1)
            members.setdefault(membership.member.accountId, set()).update(days)
        scheduled: Counter[int] = Counter()
        asked = [member for member, days in members.items() if days]
        with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="tempo") as pool:
            plans = pool.map(lambda member: self._schedule(member, first, last, deadline), asked)
            for member, plan in zip(asked, plans, strict=True):
                if plan is None:
                    del members[member]
                    continue
                for entry in plan.results:
                    if day_of_date(entry.date) in members[member]:
                        scheduled[day_of_date(entry.date)] += entry.requiredSeconds
        booked: Counter[int] = Counter()
        for item in self._worklogs(f"/worklogs/team/{team}", {}, first, last, deadline):
            day = day_of_date(item.day)
            if day in members.get(item.author_id, ()):
                booked[day] += item.spent_s
        return TeamHours(dict(booked), dict(scheduled))

    def _schedule(self, member: str, first: date, last: date, deadline: Deadline) -> wire.Schedule | None:
        dates: Params = {"from": first.isoformat(), "to": last.isoformat()}
        try:
            answer = self._transport.get(f"/user-schedule/{quote(member, safe='')}", deadline, dates)
        except SourceRejected as error:
            if error.status == 404:
                return None
            raise
        return self._decode(answer, wire.Schedule, "user-schedule")

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

    def _decode(self, answer: Answer, form: type[Form], call: str) -> Form:
        try:
            return msgspec.json.decode(answer.body, type=form)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise SourceMalformed("Tempo", f"the answer is not in the promised form: {error}", call=call) from None


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
