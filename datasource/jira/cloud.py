"""Jira Cloud's own calls: search by token, tickets and changes in bulk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from datasource.deadline import Deadline
from datasource.errors import SourceIncomplete, SourceRejected
from datasource.jira import wire
from datasource.jira.parse import label, person
from datasource.jira.site import PAGE_CAP, JiraSite, numbers
from datasource.transport import Answer
from servicelevel.instants import to_ms
from servicelevel.ticket import CHANGED_FIELDS, Label, Person

IDS_PER_PAGE = 5_000
ISSUES_PER_CALL = 100
CHANGELOGS_PER_CALL = 500
"""Jira takes 1,000; half of that keeps the pages small that several threads hold at once."""
HISTORIES_PER_PAGE = 10_000
USERS_PER_CALL = 100
BEGINNINGS = 3
"""How often an answer of many pages is asked for from its first page on, when page tokens expire."""

Page = TypeVar("Page", wire.IdPage, wire.TokenPage, wire.ChangelogPage)


class JiraCloud(JiraSite):
    """Asks one Jira Cloud site. Every method raises SourceError in one of its kinds."""

    api = "/rest/api/3"

    def priorities(self, deadline: Deadline) -> list[Label]:
        """Every priority, in the site's order (most urgent first as sites are set up)."""
        found: list[Label] = []
        for _ in range(PAGE_CAP):
            answer = self._transport.get(
                f"{self.api}/priority/search", deadline, {"startAt": len(found), "maxResults": 50}
            )
            page = self._decode(answer, wire.PriorityPage, "priority/search")
            found.extend(label(item) for item in page.values)
            if page.isLast or not page.values or len(found) == page.total:
                return found
        raise SourceIncomplete("Jira", "the list of priorities does not end")

    def id_pages(self, jql: str, deadline: Deadline) -> Iterator[tuple[int | None, list[int]]]:
        """Ids of all matching tickets, page by page, each once, with when the page was made.

        A search that is begun anew, because a page token has expired, tells only ids that were not told yet.

        Raises:
            SourceIncomplete: a page token came twice, or the pages do not end.
        """
        seen: set[int] = set()
        body = {"jql": jql, "fields": ["id"], "maxResults": IDS_PER_PAGE}
        for answer, page in self._pages("search/jql", body, wire.IdPage, deadline):
            fresh = [number for number in dict.fromkeys(numbers(page.issues, "search/jql")) if number not in seen]
            seen.update(fresh)
            yield answer.made_at, fresh

    def approximate_count(self, jql: str, deadline: Deadline) -> int:
        """About how many tickets match: good for a doubt, wrong as an assertion."""
        query = {"jql": jql.partition(" ORDER BY ")[0]}
        answer = self._transport.post(f"{self.api}/search/approximate-count", deadline, query)
        return self._decode(answer, wire.Count, "search/approximate-count").count

    def issues(self, ids: Sequence[int], fields: Sequence[str], deadline: Deadline) -> Answer:
        """Up to 100 issues with exactly these fields, undecoded; those that cannot be seen are left out."""
        body = {"issueIdsOrKeys": [str(i) for i in ids], "fields": list(fields), "fieldsByKeys": False}
        return self._transport.post(f"{self.api}/issue/bulkfetch", deadline, body)

    def existing(self, ids: Iterable[int], deadline: Deadline) -> set[int]:
        """Which of these tickets the account can still see."""
        wanted, found = sorted(set(ids)), set[int]()
        for start in range(0, len(wanted), ISSUES_PER_CALL):
            answer = self.issues(wanted[start : start + ISSUES_PER_CALL], ["issuetype"], deadline)
            found.update(numbers(self._decode(answer, wire.IdPage, "issue/bulkfetch").issues, "issue/bulkfetch"))
        return found

    def search(self, jql: str, fields: Sequence[str], deadline: Deadline) -> Iterator[Answer]:
        """All matching issues with these fields, page by page, undecoded; again those of a search begun anew.

        Raises:
            SourceIncomplete: a page token came twice, or the pages do not end.
        """
        body = {"jql": jql, "fields": list(fields), "maxResults": ISSUES_PER_CALL}
        for answer, _ in self._pages("search/jql", body, wire.TokenPage, deadline):
            yield answer

    def versions(self, ids: Sequence[int], deadline: Deadline) -> dict[int, int]:
        """When each of up to 100 tickets was last updated, asked by id, so that no index lags behind."""
        page = self._decode(self.issues(ids, ["updated"], deadline), wire.VersionPage, "issue/bulkfetch")
        return {int(issue.id): to_ms(issue.fields.updated) for issue in page.issues if issue.fields}

    def histories(self, ids: Sequence[int], deadline: Deadline) -> Iterator[list[wire.IssueHistories]]:
        """Changes of the fields that the rules follow of up to 1,000 tickets, page by page.

        Those of pages that were asked for anew, because a page token had expired, come again.

        Raises:
            SourceIncomplete: a page token came twice, or the pages do not end.
        """
        body = {
            "issueIdsOrKeys": [str(i) for i in ids],
            "fieldIds": list(CHANGED_FIELDS),
            "maxResults": HISTORIES_PER_PAGE,
        }
        for _, page in self._pages("changelog/bulkfetch", body, wire.ChangelogPage, deadline):
            yield page.issueChangeLogs

    def people(self, account_ids: Iterable[str], deadline: Deadline) -> dict[str, Person]:
        """Accounts by id; those that Jira does not know (any more) are left out."""
        wanted, found = sorted(set(account_ids)), dict[str, Person]()
        for start in range(0, len(wanted), USERS_PER_CALL):
            asked = wanted[start : start + USERS_PER_CALL]
            answer = self._transport.get(
                f"{self.api}/user/bulk", deadline, {"accountId": asked, "maxResults": USERS_PER_CALL}
            )
            users = self._decode(answer, wire.UserPage, "user/bulk").values
            found.update((known.id, known) for known in map(person, users))
        return found

    def _pages(
        self, call: str, body: Mapping[str, object], form: type[Page], deadline: Deadline
    ) -> Iterator[tuple[Answer, Page]]:
        """Every page of an answer. A short page is not the last; a token says so.

        Tokens expire: then all is asked for anew, and what was told is told again.
        """
        asked, begun, tokens = dict(body), 1, set[str]()
        for number in range(1, PAGE_CAP + 1):
            try:
                answer = self._transport.post(f"{self.api}/{call}", deadline, asked)
            except SourceRejected as error:
                if "nextPageToken" not in asked or error.status != 400:
                    raise
                if begun == BEGINNINGS:
                    advice = "Try again; if it stays, read fewer tickets with a smaller WINDOW_DAYS."
                    raise SourceRejected("Jira", error.what, call=error.call, advice=advice, status=400) from None
                begun += 1
                asked = dict(body)
                tokens.clear()
                continue
            page = self._decode(answer, form, call)
            yield answer, page
            if not page.nextPageToken:
                return
            if page.nextPageToken in tokens:
                raise SourceIncomplete("Jira", f"a page token came twice, at last on page {number:,}", call=call)
            tokens.add(page.nextPageToken)
            asked["nextPageToken"] = page.nextPageToken
        raise SourceIncomplete("Jira", f"the answer does not end after {PAGE_CAP:,} pages", call=call)
