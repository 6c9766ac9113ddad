"""Jira Data Center and its Tempo over plain HTTP: one request after the other, one token for both."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests

from tests.oracle.upstream import TIMEOUT_S, Booking, Json, Membership, RawTicket, body

_PAGE = 500


@dataclass(slots=True)
class DataCenter:
    """Where the server is and what opens it."""

    url: str
    token: str
    read_ms: int = 0
    _session: requests.Session = field(default_factory=requests.Session)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def statuses(self) -> list[Json]:
        """Every status that the site lists."""
        return list(body(self._get("api/2/status")))

    def priorities(self) -> list[Json]:
        """Every priority that the site lists."""
        return list(body(self._get("api/2/priority")))

    def resolutions(self) -> list[Json]:
        """Every resolution that the site lists."""
        return list(body(self._get("api/2/resolution")))

    def tickets(self, jql: str, fields: Iterable[str]) -> tuple[list[RawTicket], set[str]]:
        """The tickets that a query finds; what it finds is shown at once."""
        found: dict[str, RawTicket] = {}
        start, total = 0, 1
        while start < total:
            page_of = {"startAt": start, "maxResults": _PAGE, "expand": ["changelog"]}
            wanted = {"jql": jql, "fields": list(fields), **page_of}
            answer = self._post("api/2/search", wanted)
            page = body(answer)
            found |= {one["id"]: RawTicket(one, one["changelog"]["histories"]) for one in page["issues"]}
            start, total = start + len(page["issues"]), page["total"] if page["issues"] else 0
            self.read_ms = round(parsedate_to_datetime(answer.headers["Date"]).timestamp()) * 1000
        return list(found.values()), set()

    def comments(self, issue_id: str) -> list[Json]:
        """Every comment of a ticket, which come in one answer."""
        page = body(self._get(f"api/2/issue/{issue_id}/comment"))
        assert len(page["comments"]) == page["total"]
        return list(page["comments"])

    def gone(self, issue_ids: list[str]) -> set[str]:
        """Those of the ids that Jira does not show."""
        return {one for one in issue_ids if self._is_gone(self._get(f"api/2/issue/{one}", fields="summary"))}

    def people(self, ids: list[str]) -> dict[str, Json]:
        """The users of those keys that Jira knows."""
        answers = {key: self._get("api/2/user", key=key) for key in ids}
        return {key: body(answer) for key, answer in answers.items() if not self._is_gone(answer)}

    def worklogs(self, project: str, first: date, last: date) -> list[Booking]:
        """The worklogs on a project's tickets on those dates."""
        return self._bookings(first, last, projectKey=project)

    def worked_by(self, person: str, first: date, last: date) -> list[Booking]:
        """The worklogs of a person, on whatever, on those dates."""
        return self._bookings(first, last, worker=person)

    def owed_by(self, person: str, first: date, last: date) -> list[tuple[date, int]]:
        """Seconds that a person's schedule asks for, by date."""
        span = {"from": first.isoformat(), "to": last.isoformat()}
        days = body(self._get("tempo-core/1/user/schedule", user=person, **span))["days"]
        return [(date.fromisoformat(day["date"]), day["requiredSeconds"]) for day in days]

    def members(self, team: int) -> list[Membership]:
        """Everybody who belongs or belonged to a Tempo team."""
        spells = body(self._get(f"tempo-teams/2/team/{team}/member"))
        return [
            Membership(one["member"]["key"], one["membership"]["dateFromANSI"], one["membership"]["dateToANSI"])
            for one in spells
        ]

    def _bookings(self, first: date, last: date, **lists: str) -> list[Booking]:
        wanted = {"from": first.isoformat(), "to": last.isoformat(), **{name: [one] for name, one in lists.items()}}
        return [
            Booking(
                author=worklog["workerKey"],
                issue_id=str(worklog["issue"]["id"]),
                day=date.fromisoformat(worklog["startDate"]),
                booked_s=worklog["timeSpentSeconds"],
                billable_s=worklog.get("billableSeconds") or 0,
            )
            for worklog in body(self._post("tempo-timesheets/4/worklogs/search", wanted))
        ]

    def _get(self, path: str, **params: str) -> requests.Response:
        return self._session.get(f"{self.url}/rest/{path}", params=params, headers=self._login, timeout=TIMEOUT_S)

    def _post(self, path: str, wanted: Json) -> requests.Response:
        return self._session.post(f"{self.url}/rest/{path}", json=wanted, headers=self._login, timeout=TIMEOUT_S)

    @property
    def _login(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @staticmethod
    def _is_gone(answer: requests.Response) -> bool:
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return True
        answer.raise_for_status()
        return False
