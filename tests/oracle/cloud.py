"""Jira Cloud and Tempo Cloud over plain HTTP: one request after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime

import requests

from tests.oracle.upstream import TIMEOUT_S, Booking, Json, Membership, RawTicket, body

_BULK = 100
_TEMPO_PAGE = 1_000


@dataclass(slots=True)
class Cloud:
    """Where the two sources are and what opens them."""

    jira_url: str
    email: str
    jira_token: str
    tempo_url: str
    tempo_token: str
    read_ms: int = 0
    _session: requests.Session = field(default_factory=requests.Session)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def statuses(self) -> list[Json]:
        """Every status that the site lists."""
        return list(self._jira("status"))

    def priorities(self) -> list[Json]:
        """Every priority that the site lists."""
        return list(self._jira("priority/search")["values"])

    def resolutions(self) -> list[Json]:
        """Every resolution that the site lists."""
        return list(self._jira("resolution"))

    def tickets(self, jql: str, fields: Iterable[str]) -> tuple[list[RawTicket], set[str]]:
        """The tickets that a query finds, and the ids of those that it names but that are not shown."""
        ids = self._ids(jql)
        issues = self._issues(ids, fields)
        return [RawTicket(one, self._histories(one["id"])) for one in issues], set(ids) - {one["id"] for one in issues}

    def comments(self, issue_id: str) -> list[Json]:
        """Every comment of a ticket."""
        found: list[Json] = []
        while True:
            page = self._jira(f"issue/{issue_id}/comment", startAt=len(found), maxResults=100)
            found += page["comments"]
            if not page["comments"] or len(found) >= page["total"]:
                return found

    def gone(self, issue_ids: list[str]) -> set[str]:
        """Those of the ids that Jira does not show."""
        return set(issue_ids) - {issue["id"] for issue in self._issues(issue_ids, ("summary",))}

    def people(self, ids: list[str]) -> dict[str, Json]:
        """The users of those accounts that Jira knows."""
        known: dict[str, Json] = {}
        for account_id in ids:
            for user in self._jira("user/bulk", accountId=account_id, maxResults=10)["values"]:
                known[user["accountId"]] = user
        return known

    def worklogs(self, project: str, first: date, last: date) -> list[Booking]:
        """The worklogs on a project's tickets on those dates."""
        project_id = self._jira(f"project/{project}")["id"]
        return self._bookings("worklogs", first, last, projectId=project_id, orderBy="ID")

    def worked_by(self, person: str, first: date, last: date) -> list[Booking]:
        """The worklogs of a person, on whatever, on those dates."""
        return self._bookings(f"worklogs/user/{person}", first, last)

    def owed_by(self, person: str, first: date, last: date) -> list[tuple[date, int]]:
        """Seconds that a person's schedule asks for, by date."""
        days = self._tempo(f"user-schedule/{person}", **_span(first, last))
        return [(date.fromisoformat(day["date"]), day["requiredSeconds"]) for day in days]

    def members(self, team: int) -> list[Membership]:
        """Everybody who belongs or belonged to a Tempo team."""
        spells = self._tempo(f"team-memberships/team/{team}")
        return [Membership(one["member"]["accountId"], one.get("from") or "", one.get("to") or "") for one in spells]

    def _jira(self, path: str, **params: str | int) -> Json:
        url = f"{self.jira_url}/rest/api/3/{path}"
        return body(self._session.get(url, params=params, auth=(self.email, self.jira_token), timeout=TIMEOUT_S))

    def _ids(self, jql: str) -> list[str]:
        found: dict[str, None] = {}
        token: str | None = None
        while True:
            params: dict[str, str | int] = {"jql": jql, "fields": "id", "maxResults": 5_000}
            page = self._jira("search/jql", **params, **({"nextPageToken": token} if token else {}))
            found |= dict.fromkeys(issue["id"] for issue in page["issues"])
            token = page.get("nextPageToken")
            if not token:
                return list(found)

    def _issues(self, ids: list[str], fields: Iterable[str]) -> list[Json]:
        url = f"{self.jira_url}/rest/api/3/issue/bulkfetch"
        shown: list[Json] = []
        for start in range(0, len(ids), _BULK):
            wanted = {"issueIdsOrKeys": ids[start : start + _BULK], "fields": list(fields)}
            answer = self._session.post(url, json=wanted, auth=(self.email, self.jira_token), timeout=TIMEOUT_S)
            shown += body(answer)["issues"]
            self.read_ms = round(parsedate_to_datetime(answer.headers["Date"]).timestamp()) * 1000
        return shown

    def _histories(self, issue_id: str) -> list[Json]:
        found: list[Json] = []
        while True:
            page = self._jira(f"issue/{issue_id}/changelog", startAt=len(found), maxResults=100)
            found += page["values"]
            if not page["values"] or len(found) >= page["total"]:
                return found

    def _bookings(self, path: str, first: date, last: date, **params: str) -> list[Booking]:
        return [
            Booking(
                author=worklog["author"]["accountId"],
                issue_id=str(worklog["issue"]["id"]),
                day=date.fromisoformat(worklog["startDate"]),
                booked_s=worklog["timeSpentSeconds"],
                billable_s=worklog.get("billableSeconds") or 0,
            )
            for worklog in self._tempo(path, **_span(first, last), **params)
        ]

    def _tempo(self, path: str, **params: str) -> Iterator[Json]:
        headers = {"Authorization": f"Bearer {self.tempo_token}"}
        offset = 0
        while True:
            page_params: dict[str, str | int] = {**params, "offset": offset, "limit": _TEMPO_PAGE}
            url = f"{self.tempo_url}/{path}"
            page = body(self._session.get(url, params=page_params, headers=headers, timeout=TIMEOUT_S))
            yield from page["results"]
            offset += len(page["results"])
            if not page["results"] or not page.get("metadata", {}).get("next"):
                return


def _span(first: date, last: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat()}
