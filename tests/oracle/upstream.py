"""Jira Cloud and Tempo Cloud over plain HTTP: one request after the other, answers left as they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

import requests

Json: TypeAlias = Any

_TIMEOUT_S = 60
_BULK = 100
_TEMPO_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where the two sources are and what opens them."""

    jira_url: str
    email: str
    jira_token: str
    tempo_url: str
    tempo_token: str


@dataclass(slots=True)
class Upstream:
    """Both sources. `read_ms` is the instant that the latest answer with tickets was dated."""

    credentials: Credentials
    read_ms: int = 0
    _session: requests.Session = field(default_factory=requests.Session)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def jira(self, path: str, **params: str | int) -> Json:
        """What Jira answers to a GET under its API root."""
        login = (self.credentials.email, self.credentials.jira_token)
        url = f"{self.credentials.jira_url}/rest/api/3/{path}"
        return _body(self._session.get(url, params=params, auth=login, timeout=_TIMEOUT_S))

    def ids(self, jql: str) -> list[str]:
        """The ids of every ticket that a query finds, in the order found."""
        found: dict[str, None] = {}
        token: str | None = None
        while True:
            params: dict[str, str | int] = {"jql": jql, "fields": "id", "maxResults": 5_000}
            page = self.jira("search/jql", **params, **({"nextPageToken": token} if token else {}))
            found |= dict.fromkeys(issue["id"] for issue in page["issues"])
            token = page.get("nextPageToken")
            if not token:
                return list(found)

    def issues(self, ids: list[str], fields: Iterable[str]) -> list[Json]:
        """The tickets of those ids that Jira still shows."""
        login = (self.credentials.email, self.credentials.jira_token)
        url = f"{self.credentials.jira_url}/rest/api/3/issue/bulkfetch"
        shown: list[Json] = []
        for start in range(0, len(ids), _BULK):
            body = {"issueIdsOrKeys": ids[start : start + _BULK], "fields": list(fields)}
            answer = self._session.post(url, json=body, auth=login, timeout=_TIMEOUT_S)
            shown += _body(answer)["issues"]
            self.read_ms = round(parsedate_to_datetime(answer.headers["Date"]).timestamp()) * 1000
        return shown

    def histories(self, issue_id: str) -> list[Json]:
        """The whole changelog of one ticket."""
        found: list[Json] = []
        while True:
            page = self.jira(f"issue/{issue_id}/changelog", startAt=len(found), maxResults=100)
            found += page["values"]
            if not page["values"] or len(found) >= page["total"]:
                return found

    def names(self, account_ids: list[str]) -> dict[str, Json]:
        """The users of those accounts that Jira knows, by account."""
        known: dict[str, Json] = {}
        for account_id in account_ids:
            for user in self.jira("user/bulk", accountId=account_id, maxResults=10)["values"]:
                known[user["accountId"]] = user
        return known

    def tempo(self, path: str, **params: str | int) -> Iterator[Json]:
        """Every result of a Tempo list, page by page."""
        headers = {"Authorization": f"Bearer {self.credentials.tempo_token}"}
        offset = 0
        while True:
            page_params = {**params, "offset": offset, "limit": _TEMPO_PAGE}
            url = f"{self.credentials.tempo_url}/{path}"
            page = _body(self._session.get(url, params=page_params, headers=headers, timeout=_TIMEOUT_S))
            yield from page["results"]
            offset += len(page["results"])
            if not page["results"] or not page.get("metadata", {}).get("next"):
                return

    def worklogs(self, first: date, last: date, *, project_id: str) -> list[Json]:
        """The worklogs of a project on those dates."""
        span = {"from": first.isoformat(), "to": last.isoformat()}
        return list(self.tempo("worklogs", projectId=project_id, orderBy="ID", **span))


def _body(answer: requests.Response) -> Json:
    answer.raise_for_status()
    return answer.json()
