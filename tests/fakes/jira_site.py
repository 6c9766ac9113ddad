"""A Jira Cloud of a handful of issues, kept in a dictionary, that a test can bend call by call."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from datasource.jira.client import JiraCloud
from tests.fakes.canned import Call, Canned, CannedTransport, Json
from tests.fakes.jira_json import ANA, FIRST_RESPONSE, PRIORITIES, RESOLUTION, RESOLUTIONS, STATUSES

MYSELF = "/rest/api/3/myself"
SEARCH = "/rest/api/3/search/jql"
BULKFETCH = "/rest/api/3/issue/bulkfetch"
CHANGELOGS = "/rest/api/3/changelog/bulkfetch"
USERS = "/rest/api/3/user/bulk"

Bend: TypeAlias = Callable[[Call, Canned], Canned]
"""Given a call and the answer it would get, the answer it gets."""


class JiraSite:
    """Answers the calls of the portal; `page_ids` and `page_issues` are the tickets of a page of each bulk call.

    A ticket in `hidden` is found by a search and never delivered; `users` are the accounts that it knows.
    """

    def __init__(self, issues: Iterable[Json], histories: Mapping[int, list[Json]] | None = None) -> None:
        self.issues = {int(issue["id"]): issue for issue in issues}
        self.histories = dict(histories or {})
        self.page_ids, self.page_histories = 2, 2
        self.hidden: set[int] = set()
        self.users: list[Json] = [ANA]
        self.transport = CannedTransport("Jira", self._answer)
        self.jira = JiraCloud(self.transport)
        self._bends: dict[str, Bend] = {}

    def bend(self, path: str, how: Bend) -> None:
        """Change the answers of one path."""
        self._bends[path] = how

    def _answer(self, call: Call) -> Canned:
        straight = Canned(self._content(call))
        how = self._bends.get(call.path)
        return how(call, straight) if how else straight

    def _content(self, call: Call) -> object:
        name = call.path.removeprefix("/rest/api/3/")
        if name.startswith("project/"):
            return {"id": "10001", "key": name.removeprefix("project/")}
        lists: dict[str, object] = {
            "/rest/api/2/serverInfo": {"deploymentType": "Cloud", "version": "1001"},
            "myself": {"displayName": "Portal", "accountId": "portal"},
            "status": STATUSES,
            "resolution": RESOLUTIONS,
            "priority/search": {"values": PRIORITIES, "isLast": True, "total": len(PRIORITIES)},
            "field": [
                {"id": id_, "name": id_, "schema": {"custom": "com.atlassian.servicedesk:sd-sla-field"}}
                for id_ in (FIRST_RESPONSE, RESOLUTION)
            ],
        }
        if name in lists:
            return lists[name]
        return {
            "search/jql": self._search,
            "issue/bulkfetch": self._issues,
            "changelog/bulkfetch": self._changes,
            "user/bulk": self._people,
        }[name](call)

    def _search(self, call: Call) -> object:
        start = _start(call)
        ids = [{"id": str(number)} for number in self.issues]
        page: Json = {"issues": ids[start : start + self.page_ids], "isLast": start + self.page_ids >= len(ids)}
        return page if page["isLast"] else {**page, "nextPageToken": str(start + self.page_ids)}

    def _issues(self, call: Call) -> object:
        asked = sorted(int(text) for text in call.body["issueIdsOrKeys"])
        seen = [self.issues[number] for number in asked if number in self.issues and number not in self.hidden]
        return {"issues": seen, "issueErrors": []}

    def _changes(self, call: Call) -> object:
        asked = {int(text) for text in call.body["issueIdsOrKeys"]}
        flat = [(number, each) for number in sorted(asked) for each in self.histories.get(number, [])]
        start = _start(call)
        part = flat[start : start + self.page_histories]
        page: Json = {"issueChangeLogs": [{"issueId": str(number), "changeHistories": [each]} for number, each in part]}
        last = start + self.page_histories >= len(flat)
        return page if last else {**page, "nextPageToken": str(start + self.page_histories)}

    def _people(self, call: Call) -> object:
        return {"values": [user for user in self.users if user["accountId"] in call.params["accountId"]]}


def _start(call: Call) -> int:
    """The token is where its page starts; one that a test made up starts at the beginning."""
    token = call.body.get("nextPageToken", "")
    return int(token) if token.isdecimal() else 0
