"""A Tempo Cloud of a few worklogs that a test can bend call by call."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeAlias

from datasource.tempo.cloud import TempoCloud
from tests.fakes.canned import Call, Canned, CannedTransport, Json

BASE_URL = "https://api.tempo.invalid/4"
WORKLOGS = "/worklogs"

Bend: TypeAlias = Callable[[Call, Canned], Canned]


LONG_AGO = "2026-01-01T00:00:00Z"


def worklog(
    number: int, ticket: int, day: str, spent_s: int = 3600, author: str = "ana", *, updated: str = LONG_AGO
) -> Json:
    """One worklog as Tempo writes it."""
    return {
        "tempoWorklogId": number,
        "issue": {"self": f"https://site.invalid/rest/api/2/issue/{ticket}", "id": ticket},
        "timeSpentSeconds": spent_s,
        "billableSeconds": 0,
        "startDate": day,
        "startTime": "08:00:00",
        "updatedAt": updated,
        "author": {"accountId": author},
    }


class TempoSite:
    """Answers pages of at most `page` worklogs, whatever limit is asked for; schedules have eight hours every date.

    `date` is what its clock says in every answer; as it is to begin with, ours is never ahead of it.
    """

    def __init__(self, worklogs: Iterable[Json] = (), memberships: Iterable[Json] = ()) -> None:
        self.worklogs, self.memberships = list(worklogs), list(memberships)
        self.page, self.date = 2, "Thu, 31 Dec 2026 12:00:00 GMT"
        self.transport = CannedTransport("Tempo", self._answer, BASE_URL)
        self.tempo = TempoCloud(self.transport)
        self._bends: dict[str, Bend] = {}

    def bend(self, path: str, how: Bend) -> None:
        """Change the answers of one path."""
        self._bends[path] = how

    def _answer(self, call: Call) -> Canned:
        straight = Canned(self.content(call))
        how = self._bends.get(call.path)
        return replace(how(call, straight) if how else straight, date=self.date)

    def content(self, call: Call) -> object:
        """What a call is answered with."""
        if call.path.startswith("/team-memberships/team/"):
            return {"metadata": {"count": len(self.memberships)}, "results": self.memberships}
        if call.path.startswith("/user-schedule/"):
            return _schedule(call.params)
        if call.path == "/teams":
            return {"metadata": {"count": 0, "offset": 0, "limit": 1}, "results": []}
        return self._worklogs(call)

    def _worklogs(self, call: Call) -> Json:
        first, last, since = call.params["from"], call.params["to"], call.params.get("updatedFrom", "")
        found = [each for each in self.worklogs if first <= each["startDate"] <= last and each["updatedAt"] >= since]
        start = int(call.params["offset"])
        part = found[start : start + self.page]
        metadata: Json = {"count": len(part), "offset": start, "limit": self.page}
        if start + self.page < len(found):
            metadata["next"] = f"https://elsewhere.invalid/4/worklogs?offset={start + self.page}"
        return {"metadata": metadata, "results": part}


def _schedule(params: Mapping[str, str]) -> Json:
    first, last = date.fromisoformat(params["from"]), date.fromisoformat(params["to"])
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return {"results": [{"date": day.isoformat(), "requiredSeconds": 8 * 3600} for day in days]}
