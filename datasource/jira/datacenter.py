"""Jira Data Center's own calls: search by position, tickets by id, people one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from datasource.deadline import Deadline
from datasource.errors import SourceMalformed, SourceRejected
from datasource.jira import wire
from datasource.jira.jql import ids_query
from datasource.jira.parse import label, person
from datasource.jira.site import JiraSite, numbers
from datasource.lanes import Lanes
from datasource.question import Params
from datasource.transport import Answer, Transport
from servicelevel.instants import to_ms
from servicelevel.ticket import Label, Person

IDS_PER_CALL = 100

Asked = TypeVar("Asked")
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search: where it starts and how many it holds, the most a page may hold, how many match in all."""

    answer: Answer
    start: int
    count: int
    cap: int
    total: int


class JiraDataCenter(JiraSite):
    """Asks one Jira Data Center, `lanes` calls side by side. Every method raises SourceError in one of its kinds."""

    api = "/rest/api/2"

    def __init__(self, transport: Transport, *, lanes: int) -> None:
        super().__init__(transport)
        self._lanes = lanes

    def priorities(self, deadline: Deadline) -> list[Label]:
        """Every priority, in the site's order (most urgent first as sites are set up)."""
        answer = self._transport.get(f"{self.api}/priority", deadline)
        return [label(item) for item in self._decode(answer, list[wire.LabelRef], "priority")]

    def search(
        self, jql: str, start: int, size: int, fields: Sequence[str], deadline: Deadline, *, changes: bool = False
    ) -> Found:
        """At most `size` of the matching issues from a position on, undecoded; with all their changes where wanted."""
        body: dict[str, object] = {"jql": jql, "startAt": start, "maxResults": size, "fields": list(fields)}
        if changes:
            body["expand"] = ["changelog"]
        answer = self._transport.post(f"{self.api}/search", deadline, body)
        page = self._decode(answer, wire.SearchPage, "search")
        return Found(answer, page.startAt, len(page.issues), page.maxResults, page.total)

    def count(self, jql: str, deadline: Deadline) -> int:
        """How many tickets match."""
        return self.search(jql, 0, 0, ["id"], deadline).total

    def created_at(self, jql: str, position: int, deadline: Deadline) -> int | None:
        """When the ticket at a position was created (epoch ms); None beyond the last one."""
        answer = self.search(jql, position, 1, ["created"], deadline).answer
        issues = self._decode(answer, wire.CreatedPage, "search").issues
        return self._instant(issues[0].fields.created) if issues else None

    def versions(self, answer: Answer) -> dict[int, int]:
        """When each ticket of a page with the field `updated` was last updated, by id."""
        page = self._decode(answer, wire.VersionPage, "search")
        ids = numbers(page.issues, "search")
        given = zip(ids, page.issues, strict=True)
        return {number: self._instant(issue.fields.updated) for number, issue in given if issue.fields}

    def by_ids(
        self, ids: Sequence[int], fields: Sequence[str], deadline: Deadline, *, changes: bool = False
    ) -> Iterator[Answer]:
        """Pages of the issues with these ids; those that the search does not know are left out.

        It refuses a query that names one unknown id, so what it refuses is asked for in halves.
        """
        start = 0
        try:
            while start < len(ids):
                found = self.search(ids_query(ids), start, len(ids) - start, fields, deadline, changes=changes)
                yield found.answer
                start += found.count
                if not found.count or start >= found.total:
                    return
        except SourceRejected as error:
            if error.status != 400:
                raise
            middle = len(ids) // 2
            for part in (ids[:middle], ids[middle:]) if middle else ():
                yield from self.by_ids(part, fields, deadline, changes=changes)

    def one(self, ticket: int, fields: Sequence[str], deadline: Deadline, *, changes: bool = False) -> Answer | None:
        """A page of one issue as the database has it, whatever the index says; None when it cannot be seen."""
        asked: Params = {"fields": ",".join(fields), **({"expand": "changelog"} if changes else {})}
        try:
            answer = self._transport.get(f"{self.api}/issue/{ticket}", deadline, asked)
        except SourceRejected as error:
            if error.status == 404:
                return None
            raise
        return replace(answer, body=b'{"issues":[' + answer.body + b"]}")

    def existing(self, ids: Iterable[int], deadline: Deadline) -> set[int]:
        """Which of these tickets the account can still see. What the index does not know, the database is asked."""
        wanted = sorted(set(ids))
        parts = [wanted[start : start + IDS_PER_CALL] for start in range(0, len(wanted), IDS_PER_CALL)]
        found: set[int] = set()

        def known(part: Sequence[int]) -> set[int]:
            pages = self.by_ids(part, ["issuetype"], deadline)
            return {
                i for answer in pages for i in numbers(self._decode(answer, wire.IdPage, "search").issues, "search")
            }

        for numbered in self._side_by_side(known, parts):
            found |= numbered
        rest = [ticket for ticket in wanted if ticket not in found]
        seen = self._side_by_side(lambda ticket: self.one(ticket, ["issuetype"], deadline), rest)
        return found | {ticket for ticket, answer in zip(rest, seen, strict=True) if answer is not None}

    def people(self, account_ids: Iterable[str], deadline: Deadline) -> dict[str, Person]:
        """Accounts by key, or by name where no key is known; those that Jira does not know (any more) are left out."""
        wanted = sorted(set(account_ids))
        told = self._side_by_side(lambda account: self._person(account, deadline), wanted)
        return {account: known for account, known in zip(wanted, told, strict=True) if known is not None}

    def _instant(self, at: datetime) -> int:
        try:
            return to_ms(at)
        except ValueError:
            raise SourceMalformed("Jira", f"the instant {at} has no offset", call="search") from None

    def _person(self, account: str, deadline: Deadline) -> Person | None:
        for known_by in ("key", "username"):
            try:
                answer = self._transport.get(f"{self.api}/user", deadline, {known_by: account})
            except SourceRejected as error:
                if error.status != 404:
                    raise
            else:
                return person(self._decode(answer, wire.UserRef, "user"))
        return None

    def _side_by_side(self, ask: Callable[[Asked], Told], each: Sequence[Asked]) -> list[Told]:
        """The answers in the order of the questions; the first failure ends it."""
        if not each:
            return []
        pool = Lanes(min(self._lanes, len(each)), thread_name_prefix="jira")
        try:
            return list(pool.map(ask, each))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
