"""What the oracle asks of Jira and Tempo, whichever of the two editions answers; tickets are left as they came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeAlias

import requests

Json: TypeAlias = Any

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class RawTicket:
    """A ticket as Jira answered it, with its whole changelog."""

    issue: Json
    histories: list[Json]


@dataclass(frozen=True, slots=True)
class Booking:
    """One worklog: who, on which ticket, on which date of their own."""

    author: str
    issue_id: str
    day: date
    booked_s: int
    billable_s: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A time in a team, as ISO dates, both included; an empty text is an open end."""

    person: str
    first: str
    last: str

    def holds_on(self, day: date) -> bool:
        """Whether the person belongs to the team on a date."""
        at = day.isoformat()
        return (self.first or at) <= at <= (self.last or at)


class Upstream(Protocol):
    """Both sources, asked one question after the other."""

    @property
    def read_ms(self) -> int:
        """The instant that the latest answer with tickets was dated."""

    def statuses(self) -> list[Json]:
        """Every status that the site lists."""

    def priorities(self) -> list[Json]:
        """Every priority that the site lists."""

    def resolutions(self) -> list[Json]:
        """Every resolution that the site lists."""

    def tickets(self, jql: str, fields: Iterable[str]) -> tuple[list[RawTicket], set[str]]:
        """The tickets that a query finds, and the ids of those that it names but that are not shown."""

    def comments(self, issue_id: str) -> list[Json]:
        """Every comment of a ticket."""

    def gone(self, issue_ids: list[str]) -> set[str]:
        """Those of the ids that Jira does not show."""

    def people(self, ids: list[str]) -> dict[str, Json]:
        """The users of those ids that Jira knows."""

    def worklogs(self, project: str, first: date, last: date) -> list[Booking]:
        """The worklogs on a project's tickets on those dates."""

    def worked_by(self, person: str, first: date, last: date) -> list[Booking]:
        """The worklogs of a person, on whatever, on those dates."""

    def owed_by(self, person: str, first: date, last: date) -> list[tuple[date, int]]:
        """Seconds that a person's schedule asks for, by date."""

    def members(self, team: int) -> list[Membership]:
        """Everybody who belongs or belonged to a Tempo team."""


def identity(user: Json) -> str | None:
    """What a user is known by: the account on Cloud, the key on Data Center; nobody is None."""
    return None if not user else user.get("accountId", user.get("key"))


def body(answer: requests.Response) -> Json:
    """The JSON of an answer that has to be a good one."""
    answer.raise_for_status()
    return answer.json()
