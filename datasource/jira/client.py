"""Jira Cloud's calls that the portal makes, one method each, decoded into their wire forms."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from datasource.deadline import Deadline
from datasource.errors import SourceIncomplete, SourceMalformed, SourceRejected
from datasource.jira import wire
from datasource.jira.parse import label, person, status
from datasource.transport import Answer, Transport
from servicelevel.ticket import CHANGED_FIELDS, Label, Person, Status

API = "/rest/api/3"
IDS_PER_PAGE = 5_000
ISSUES_PER_CALL = 100
CHANGELOGS_PER_CALL = 500
"""Jira takes 1,000; half of that keeps the pages small that several threads hold at once."""
HISTORIES_PER_PAGE = 10_000
USERS_PER_CALL = 100
PAGE_CAP = 1_000
"""No site has so many pages of anything asked here: more of them is a loop."""

SLA_FIELD_KIND = "sd-sla-field"

Form = TypeVar("Form")


class JiraCloud:
    """Asks one Jira Cloud site. Every method raises SourceError in one of its kinds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.base_url = transport.base_url

    def server_info(self, deadline: Deadline) -> wire.ServerInfo:
        """Which Jira answers.

        Raises:
            SourceRejected: it is no Jira Cloud.
        """
        answer = self._transport.get("/rest/api/2/serverInfo", deadline)
        info = self._decode(answer, wire.ServerInfo, "serverInfo")
        if info.deploymentType != "Cloud":
            kind = info.deploymentType or "something else"
            advice = "Point JIRA_BASE_URL at a Jira Cloud site; Jira Data Center is not read."
            raise SourceRejected("Jira", f"{self.base_url} is no Jira Cloud but {kind!r}", advice=advice)
        return info

    def myself(self, deadline: Deadline) -> wire.Myself:
        """The account behind the credentials; the one call that proves them."""
        return self._decode(self._transport.get(f"{API}/myself", deadline), wire.Myself, "myself")

    def statuses(self, deadline: Deadline) -> list[Status]:
        """Every status the account can see, with its category."""
        answer = self._transport.get(f"{API}/status", deadline)
        return [status(item) for item in self._decode(answer, list[wire.StatusRef], "status")]

    def resolutions(self, deadline: Deadline) -> list[Label]:
        """Every resolution of the site."""
        answer = self._transport.get(f"{API}/resolution", deadline)
        return [label(item) for item in self._decode(answer, list[wire.LabelRef], "resolution")]

    def priorities(self, deadline: Deadline) -> list[Label]:
        """Every priority, in the site's order (most urgent first as sites are set up)."""
        found: list[Label] = []
        for _ in range(PAGE_CAP):
            answer = self._transport.get(f"{API}/priority/search", deadline, {"startAt": len(found), "maxResults": 50})
            page = self._decode(answer, wire.PriorityPage, "priority/search")
            found.extend(label(item) for item in page.values)
            if page.isLast or not page.values or len(found) == page.total:
                return found
        raise SourceIncomplete("Jira", "the list of priorities does not end")

    def sla_fields(self, deadline: Deadline) -> dict[str, str]:
        """Names of the SLA fields that the account can see, by field id."""
        answer = self._transport.get(f"{API}/field", deadline)
        fields = self._decode(answer, list[wire.FieldRef], "field")
        return {f.id: f.name for f in fields if f.schema and (f.schema.custom or "").endswith(SLA_FIELD_KIND)}

    def project(self, key: str, deadline: Deadline) -> wire.ProjectRef:
        """A project by its key."""
        return self._decode(self._transport.get(f"{API}/project/{key}", deadline), wire.ProjectRef, "project")

    def id_pages(self, jql: str, deadline: Deadline) -> Iterator[list[int]]:
        """Ids of all matching tickets, page by page, each once. A short page is not the last; a token says so.

        Raises:
            SourceIncomplete: a page token came twice, or the pages do not end.
        """
        seen: set[int] = set()
        tokens: set[str] = set()
        body: dict[str, object] = {"jql": jql, "fields": ["id"], "maxResults": IDS_PER_PAGE}
        for _ in range(PAGE_CAP):
            page = self._decode(self._transport.post(f"{API}/search/jql", deadline, body), wire.IdPage, "search/jql")
            fresh = [number for number in dict.fromkeys(_ids(page, "search/jql")) if number not in seen]
            seen.update(fresh)
            yield fresh
            if not page.nextPageToken:
                return
            if page.nextPageToken in tokens:
                raise SourceIncomplete(
                    "Jira", f"a page token came twice after {len(seen):,} tickets", call="search/jql"
                )
            tokens.add(page.nextPageToken)
            body["nextPageToken"] = page.nextPageToken
        raise SourceIncomplete("Jira", f"the search does not end after {PAGE_CAP:,} pages", call="search/jql")

    def issues(self, ids: Sequence[int], fields: Sequence[str], deadline: Deadline) -> Answer:
        """Up to 100 issues with exactly these fields, undecoded; those that cannot be seen are left out."""
        body = {"issueIdsOrKeys": [str(i) for i in ids], "fields": list(fields), "fieldsByKeys": False}
        return self._transport.post(f"{API}/issue/bulkfetch", deadline, body)

    def existing(self, ids: Iterable[int], deadline: Deadline) -> set[int]:
        """Which of these tickets the account can still see."""
        wanted, found = sorted(set(ids)), set[int]()
        for start in range(0, len(wanted), ISSUES_PER_CALL):
            answer = self.issues(wanted[start : start + ISSUES_PER_CALL], ["issuetype"], deadline)
            found.update(_ids(self._decode(answer, wire.IdPage, "issue/bulkfetch"), "issue/bulkfetch"))
        return found

    def histories(self, ids: Sequence[int], deadline: Deadline) -> Iterator[list[wire.IssueHistories]]:
        """Changes of status, resolution, assignee and priority of up to 1,000 tickets, page by page.

        Raises:
            SourceIncomplete: a page token came twice, or the pages do not end.
        """
        body: dict[str, object] = {
            "issueIdsOrKeys": [str(i) for i in ids],
            "fieldIds": list(CHANGED_FIELDS),
            "maxResults": HISTORIES_PER_PAGE,
        }
        tokens: set[str] = set()
        for _ in range(PAGE_CAP):
            answer = self._transport.post(f"{API}/changelog/bulkfetch", deadline, body)
            page = self._decode(answer, wire.ChangelogPage, "changelog/bulkfetch")
            yield page.issueChangeLogs
            if not page.nextPageToken:
                return
            if page.nextPageToken in tokens:
                raise SourceIncomplete("Jira", "a page token came twice", call="changelog/bulkfetch")
            tokens.add(page.nextPageToken)
            body["nextPageToken"] = page.nextPageToken
        raise SourceIncomplete("Jira", f"the changes do not end after {PAGE_CAP:,} pages", call="changelog/bulkfetch")

    def people(self, account_ids: Iterable[str], deadline: Deadline) -> dict[str, Person]:
        """Accounts by id; those that Jira does not know (any more) are left out."""
        wanted, found = sorted(set(account_ids)), dict[str, Person]()
        for start in range(0, len(wanted), USERS_PER_CALL):
            asked = wanted[start : start + USERS_PER_CALL]
            answer = self._transport.get(
                f"{API}/user/bulk", deadline, {"accountId": asked, "maxResults": USERS_PER_CALL}
            )
            found.update((u.accountId, person(u)) for u in self._decode(answer, wire.UserPage, "user/bulk").values)
        return found

    def _decode(self, answer: Answer, form: type[Form], call: str) -> Form:
        try:
            return msgspec.json.decode(answer.body, type=form)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise SourceMalformed("Jira", f"the answer is not in the promised form: {error}", call=call) from None


def _ids(page: wire.IdPage, call: str) -> list[int]:
    try:
        return [int(issue.id) for issue in page.issues]
    except ValueError:
        raise SourceMalformed("Jira", "a ticket's id is no number", call=call) from None
