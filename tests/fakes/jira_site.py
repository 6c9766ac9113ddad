"""A Jira Cloud of a handful of issues, kept in a dictionary, that a test can bend call by call."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from datasource.jira.cloud import JiraCloud
from datasource.jira.dialect import Dialect
from servicelevel.instants import to_ms
from tests.fakes.canned import DATE, Call, Canned, CannedTransport, Json
from tests.fakes.jira_json import ANA, FIRST_RESPONSE, PRIORITIES, RESOLUTION, RESOLUTIONS, STATUSES

MYSELF = "/rest/api/3/myself"
SERVER_INFO = "/rest/api/2/serverInfo"
SEARCH = "/rest/api/3/search/jql"
COUNT = "/rest/api/3/search/approximate-count"
BULKFETCH = "/rest/api/3/issue/bulkfetch"
CHANGELOGS = "/rest/api/3/changelog/bulkfetch"
USERS = "/rest/api/3/user/bulk"

Bend: TypeAlias = Callable[[Call, Canned], Canned]
"""Given a call and the answer it would get, the answer it gets."""


class JiraSite:
    """Answers the calls of the portal; `page_ids` and `page_issues` are the tickets of a page of each bulk call.

    A search finds the tickets that its bound on `updated` lets in, and the open ones where it asks for them. A ticket
    in `hidden` is found and never delivered; of `comments`, `page_comments` fit into a ticket or a page; `users` are
    the accounts that it knows; `date` is when its answers are made.
    """

    def __init__(self, issues: Iterable[Json], histories: Mapping[int, list[Json]] | None = None) -> None:
        self.issues = {int(issue["id"]): issue for issue in issues}
        self.histories = dict(histories or {})
        self.comments: dict[int, list[Json]] = {}
        self.page_ids, self.page_histories, self.page_comments = 2, 2, 2
        self.hidden: set[int] = set()
        self.users: list[Json] = [ANA]
        self.date = DATE
        self.transport = CannedTransport("Jira", self._answer)
        self.jira = JiraCloud(self.transport)
        self._bends: dict[str, Bend] = {}

    def dialect(self, *, lanes: int = 3) -> Dialect:
        """The way that the portal finds to this Jira."""
        return Dialect(self.transport, lanes=lanes)

    def bend(self, path: str, how: Bend) -> None:
        """Change the answers of one path."""
        self._bends[path] = how

    def unbend(self, path: str) -> None:
        """Let one path answer as it would."""
        del self._bends[path]

    def _answer(self, call: Call) -> Canned:
        straight = Canned(self._content(call), date=self.date)
        how = self._bends.get(call.path)
        return how(call, straight) if how else straight

    def _content(self, call: Call) -> object:
        name = call.path.removeprefix("/rest/api/3/")
        if name.startswith("project/"):
            return {"id": "10001", "key": name.removeprefix("project/")}
        if re.fullmatch(r"issue/\d+/comment", name):
            return self._comments(int(name.split("/")[1]), int(call.params["startAt"]))
        lists: dict[str, object] = {
            SERVER_INFO: {"deploymentType": "Cloud", "version": "1001"},
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
            "search/approximate-count": lambda call: {"count": len(self._found(call))},
            "issue/bulkfetch": self._issues,
            "changelog/bulkfetch": self._changes,
            "user/bulk": self._people,
        }[name](call)

    def _found(self, call: Call) -> list[int]:
        jql = call.body["jql"]
        bounds = re.findall(r"updated >= (\d+)", jql)
        since, open_too = int(bounds[-1]) if bounds else 0, "statusCategory != Done" in jql
        return [
            number
            for number, issue in self.issues.items()
            if to_ms(datetime.fromisoformat(issue["fields"]["updated"])) >= since
            or (open_too and issue["fields"]["status"]["statusCategory"]["key"] != "done")
        ]

    def _search(self, call: Call) -> object:
        start, found = _start(call), self._found(call)
        bare = call.body["fields"] == ["id"]
        part = found[start : start + self.page_ids]
        shown = [{"id": str(n)} for n in part] if bare else [self._shown(n, call) for n in part if n not in self.hidden]
        page: Json = {"issues": shown, "isLast": start + self.page_ids >= len(found)}
        return page if page["isLast"] else {**page, "nextPageToken": str(start + self.page_ids)}

    def _issues(self, call: Call) -> object:
        asked = sorted(int(text) for text in call.body["issueIdsOrKeys"])
        seen = [self._shown(n, call) for n in asked if n in self.issues and n not in self.hidden]
        return {"issues": seen, "issueErrors": []}

    def _shown(self, number: int, call: Call) -> Json:
        shown = self.issues[number]
        if "comment" not in call.body["fields"]:
            return shown
        return {**shown, "fields": {**shown["fields"], "comment": self._comments(number, 0)}}

    def _comments(self, number: int, start: int) -> Json:
        held = self.comments.get(number, [])
        return {"comments": held[start : start + self.page_comments], "startAt": start, "total": len(held)}

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
