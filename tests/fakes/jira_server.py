"""A Jira Data Center of a few issues that answers over HTTP, and that a test can bend."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from servicelevel.instants import to_datetime
from tests.factories import ms
from tests.fakes.canned import Json
from tests.fakes.jira_json import PRIORITIES, RESOLUTIONS, STATUSES, issue
from tests.fakes.local_server import Asked, Reply

SEARCH = "/rest/api/2/search"
ANA: Json = {"key": "JIRAUSER1", "name": "ana", "displayName": "Ana Souza", "active": True, "timeZone": "GMT"}
BRUNO: Json = {"key": "JIRAUSER2", "name": "bruno", "displayName": "Bruno Lima", "active": True, "timeZone": "GMT"}
FIRST_MS = ms("2026-11-02T12:00:00+00:00")


def ticket(number: int, *, created_ms: int | None = None, histories: Iterable[Json] = (), **fields: Any) -> Json:
    """An open issue with its histories, created one minute after the one before unless told otherwise."""
    at = FIRST_MS + number * 60_000 if created_ms is None else created_ms
    stamps = {"created": stamp(at), "updated": stamp(at + 1_000), "assignee": ANA}
    listed = list(histories)
    log = {"startAt": 0, "maxResults": len(listed), "total": len(listed), "histories": listed}
    return {**issue(number, **{**stamps, **fields}), "changelog": log}


def edit(number: int, at_ms: int, field: str, before: str | None, after: str | None, **more: str) -> Json:
    """One edit of an issue, as Data Center writes it: without an id of the field."""
    item = {"field": field, "fieldtype": "jira", "from": before, "fromString": before, "to": after, "toString": after}
    return {"id": str(number), "created": stamp(at_ms), "author": ANA, "items": [{**item, **more}]}


def stamp(at_ms: int) -> str:
    """An instant as Data Center writes it."""
    return f"{to_datetime(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}+0000"


class JiraServer:
    """Answers the calls of the portal. A page holds at most `cap` tickets, a search ends at `window`.

    Tickets of `unindexed` are known to the database alone. `before` is called with the body of each search before it
    is answered, `after` with its answer as well. Positions may be ignored, and all logins but `token` are refused.
    """

    def __init__(self, issues: Iterable[Json]) -> None:
        self.issues = {int(each["id"]): each for each in issues}
        self.comments: dict[int, list[Json]] = {}
        self.users: list[Json] = [ANA, BRUNO]
        self.kind = "Server"
        self.cap, self.window, self.page_comments = 1_000, 10_000, 2
        self.unindexed: set[int] = set()
        self.before: Callable[[Json], None] = lambda _: None
        self.after: Callable[[Json, Json], None] = lambda *_: None

    def __call__(self, asked: Asked) -> Reply:
        """The answer to a request."""
        parts = asked.path.removeprefix("/rest/api/2/").split("/")
        lists: dict[str, object] = {
            "serverInfo": {"deploymentType": self.kind, "version": "9.12.4"},
            "myself": {"displayName": "Portal", "name": "portal", "key": "JIRAUSER9"},
            "status": STATUSES,
            "resolution": RESOLUTIONS,
            "priority": PRIORITIES,
        }
        match parts:
            case ["search"]:
                return self._search(json.loads(asked.body))
            case ["issue", number, "comment"]:
                return _reply(self._comments(int(number), int(asked.query["startAt"][0])))
            case ["issue", number]:
                found = self.issues.get(int(number))
                return _refused(404) if found is None else _reply(found)
            case ["user"]:
                (known_by, value), *_ = asked.query.items()
                field = {"key": "key", "username": "name"}[known_by]
                who = [user for user in self.users if user[field] == value[0]]
                return _reply(who[0]) if who else _refused(404)
            case [name] if name in lists:
                return _reply(lists[name])
        return _refused(404)

    def _search(self, body: Json) -> Reply:
        self.before(body)
        start, size = body["startAt"], min(body["maxResults"], self.cap)
        if start + size > self.window:
            return Reply(b"<message>Search limit exceeded.</message>", 500, {"Content-Type": "application/xml"})
        found = self._matching(body["jql"])
        if found is None:
            return _refused(400)
        shown = [self._shown(each, body) for each in found[start : start + size]]
        page: Json = {"startAt": start, "maxResults": size, "total": len(found), "issues": shown}
        self.after(body, page)
        return _reply(page)

    def _matching(self, jql: str) -> list[Json] | None:
        indexed = {number: each for number, each in self.issues.items() if number not in self.unindexed}
        if named := re.search(r"\bid in \(([\d, ]+)\)", jql):
            ids = [int(text) for text in named[1].split(",")]
            if any(number not in self.issues for number in ids):
                return None
            return [indexed[number] for number in ids if number in indexed]
        since = max((int(text) for text in re.findall(r"created >= (\d+)", jql)), default=0)
        until = min((int(text) for text in re.findall(r"created < (\d+)", jql)), default=1 << 60)
        updated = max((int(text) for text in re.findall(r"AND updated >= (\d+)", jql)), default=0)
        found = [
            each
            for each in indexed.values()
            if since <= ms(each["fields"]["created"]) < until and ms(each["fields"]["updated"]) >= updated
        ]
        return sorted(found, key=lambda each: (ms(each["fields"]["created"]), int(each["id"])))

    def _shown(self, each: Json, body: Json) -> Json:
        fields = {name: value for name, value in each["fields"].items() if name in body["fields"]}
        shown = {"id": each["id"], "key": each["key"], "fields": fields}
        if "comment" in body["fields"]:
            fields["comment"] = self._comments(int(each["id"]), 0)
        return {**shown, "changelog": each["changelog"]} if "changelog" in body.get("expand", ()) else shown

    def _comments(self, number: int, start: int) -> Json:
        said = self.comments.get(number, [])
        part = said[start : start + self.page_comments]
        return {"comments": part, "startAt": start, "maxResults": self.page_comments, "total": len(said)}


def searches(asked: Sequence[Asked]) -> list[Json]:
    """The bodies of the searches among the requests."""
    return [json.loads(each.body) for each in asked if each.path == SEARCH]


def _reply(content: object) -> Reply:
    return Reply(json.dumps(content).encode())


def _refused(status: int) -> Reply:
    return Reply(b'{"errorMessages":["refused"],"errors":{}}', status)
