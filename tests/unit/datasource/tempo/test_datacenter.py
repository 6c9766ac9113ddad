"""Tempo on Data Center: months in the place of pages, the names of its releases, teams by key, and failures."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, NotPermitted, SourceError, SourceMalformed, SourceRejected
from datasource.login import Login
from datasource.tempo.datacenter import SEARCH, TempoDataCenter, months
from datasource.tempo.site import IN_FLIGHT
from servicelevel.instants import day_of_date
from servicelevel.ticket import Worklog
from tests.fakes.canned import Json
from tests.fakes.local_server import Asked, LocalServer, Reply
from tests.unit.datasource.conftest import SECRET, Connect, Serve

SOON = Deadline.after(3600)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
MEMBERS, SCHEDULE = "/rest/tempo-teams/2/team/7/member", "/rest/tempo-core/1/user/schedule"


def worklog(number: int, day: str, worker: str = "JIRAUSER1", spent_s: int = 3600) -> Json:
    """One worklog with the names of the interface."""
    return {
        "tempoWorklogId": number,
        "issue": {"id": 100 + number, "key": f"SD-{number}"},
        "timeSpentSeconds": spent_s,
        "startDate": day,
        "workerKey": worker,
    }


class TempoServer:
    """Answers with the worklogs of the dates and workers asked for; everybody works eight hours every date."""

    def __init__(self, worklogs: Iterable[Json] = (), members: Iterable[Json] = ()) -> None:
        self.worklogs, self.members = list(worklogs), list(members)
        self.scheduled_by = {"ana", "bruno"}

    def __call__(self, asked: Asked) -> Reply:
        """The answer to a request."""
        if asked.path == MEMBERS:
            return _json(self.members)
        if asked.path == SCHEDULE:
            (user,), (first,), (last,) = (asked.query[name] for name in ("user", "from", "to"))
            return _json(_schedule(first, last)) if user in self.scheduled_by else Reply(b"{}", 404)
        body = json.loads(asked.body)
        found = [each for each in self.worklogs if body["from"] <= each["startDate"][:10] <= body["to"]]
        return _json([each for each in found if each["workerKey"] in body.get("worker", [each["workerKey"]])])


def _json(content: object) -> Reply:
    return Reply(json.dumps(content).encode())


def _schedule(first: str, last: str) -> Json:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [start + timedelta(days=i) for i in range((end - start).days + 1)]
    return {"days": [{"date": day.isoformat(), "requiredSeconds": 28_800, "type": "WORKING_DAY"} for day in days]}


def _member(key: str, name: str, first: str = "", last: str = "") -> Json:
    person = {"key": key, "name": name, "type": "USER"}
    return {"id": 1, "member": person, "membership": {"dateFromANSI": first, "dateToANSI": last}}


@pytest.fixture
def open_tempo(serve: Serve, connect: Connect) -> "Open":
    """Serves a Tempo and asks it with a personal access token."""
    return Open(serve, connect)


class Open:
    """Serves a Tempo; `server` is the last one."""

    def __init__(self, serve: Serve, connect: Connect) -> None:
        self._serve, self._connect = serve, connect
        self.server: LocalServer

    def __call__(self, *worklogs: Json, members: Iterable[Json] = (), reply: Reply | None = None) -> TempoDataCenter:
        """A Tempo of these worklogs and members, or one that always gives the same reply."""
        self.site = TempoServer(worklogs, members)
        self.server = self._serve(self.site if reply is None else lambda _: reply)
        return TempoDataCenter(self._connect(self.server.url, login=Login.bearer(SecretStr(SECRET))))

    def bodies(self) -> list[Json]:
        """What was searched for, in the order of its dates."""
        found = [json.loads(asked.body) for asked in self.server.asked if asked.path == SEARCH]
        return sorted(found, key=lambda body: str(body["from"]))


def test_worklogs_are_read_month_by_month(open_tempo: Open) -> None:
    """An answer has no pages; every date is asked for once, a few months at a time."""
    days = ["2026-07-26", "2026-07-31", "2026-08-01", "2026-10-31", "2026-11-01", "2026-11-23"]
    tempo = open_tempo(*(worklog(number, day) for number, day in enumerate(days)))

    found = tempo.project_worklogs([10002, 10001, 10002], date(2026, 7, 26), date(2026, 11, 23), SOON)

    assert [str(item.day) for item in found] == days
    assert [(body["from"], body["to"]) for body in open_tempo.bodies()] == [
        ("2026-07-26", "2026-07-31"),
        ("2026-08-01", "2026-08-31"),
        ("2026-09-01", "2026-09-30"),
        ("2026-10-01", "2026-10-31"),
        ("2026-11-01", "2026-11-23"),
    ]
    assert all(body["projectId"] == [10001, 10002] for body in open_tempo.bodies())
    assert {asked.headers["authorization"] for asked in open_tempo.server.asked} == {f"Bearer {SECRET}"}
    assert open_tempo.server.peak <= IN_FLIGHT


def test_a_refresh_asks_once(open_tempo: Open) -> None:
    """This Tempo tells no changes: everything comes again, in one request and not in one a month."""
    tempo = open_tempo(worklog(1, "2026-07-26"), worklog(2, "2026-11-23"))
    since = datetime(2026, 11, 23, 12, tzinfo=UTC)

    found = tempo.project_worklogs([10001], date(2026, 7, 26), date(2026, 11, 23), SOON, since)

    assert [item.id for item in found] == [1, 2]
    assert [(body["from"], body["to"]) for body in open_tempo.bodies()] == [("2026-07-26", "2026-11-23")]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [("2026-11-05", "2026-11-05", 1), ("2026-12-31", "2027-01-01", 2), ("2024-02-01", "2024-02-29", 1)],
)
def test_months_join_without_gap_or_overlap(first: str, last: str, count: int) -> None:
    """Whatever the first and the last date are."""
    spans = list(months(date.fromisoformat(first), date.fromisoformat(last)))

    assert len(spans) == count
    assert (str(spans[0][0]), str(spans[-1][1])) == (first, last)
    for (_, end), (start, _) in pairwise(spans):
        assert start - end == timedelta(days=1)


def test_dates_the_wrong_way_round_hold_nothing(open_tempo: Open) -> None:
    """And ask nothing."""
    assert open_tempo().project_worklogs([1], LAST, FIRST, SOON) == []
    assert open_tempo.server.asked == []


def test_the_names_of_every_release_are_read(open_tempo: Open) -> None:
    """As the interface is written, as live servers answer, and as its version 3 did; the date is the worker's own."""
    common: Json = {"timeSpentSeconds": 5400}
    written = {**common, "tempoWorklogId": 1, "issue": {"id": 101}, "startDate": "2026-11-02", "workerKey": "K1"}
    live = {**common, "tempoWorklogId": 2, "issue": {"id": 102}, "started": "2026-11-02 23:30:00.000", "worker": "K2"}
    third = {**common, "id": 3, "issue": {"id": 103}, "dateStarted": "2026-11-30T00:00:00.000", "author": {"key": "K3"}}
    flat = {**common, "tempoWorklogId": 4, "issueId": 104, "startDate": "2026-11-03", "billableSeconds": 1800}
    tempo = open_tempo(reply=_json([written, live, third, flat]))

    assert tempo.project_worklogs([1], FIRST, LAST, SOON) == [
        Worklog(1, 101, "K1", date(2026, 11, 2), 5400, 0),
        Worklog(2, 102, "K2", date(2026, 11, 2), 5400, 0),
        Worklog(3, 103, "K3", date(2026, 11, 30), 5400, 0),
        Worklog(4, 104, "unknown", date(2026, 11, 3), 5400, 1800),
    ]


def test_what_changed_since_cannot_be_asked_so_everything_comes(open_tempo: Open) -> None:
    """Whoever adds it to what is known loses nothing by that."""
    tempo = open_tempo(worklog(1, "2026-11-02"), worklog(2, "2026-11-20"))
    since = datetime(2026, 11, 19, tzinfo=UTC)

    assert len(tempo.project_worklogs([1], FIRST, LAST, SOON, since)) == 2
    assert open_tempo.bodies() == [{"projectId": [1], "from": "2026-11-01", "to": "2026-11-30"}]


def test_a_token_is_proven_by_a_small_question(open_tempo: Open) -> None:
    """A date of long ago, on which nobody booked anything."""
    open_tempo().prove(SOON)

    assert open_tempo.bodies() == [{"from": "2000-01-01", "to": "2000-01-01"}]


def _day(number: int) -> int:
    return day_of_date(date(2026, 11, number))


def test_a_teams_hours_are_those_of_its_members_on_their_dates(open_tempo: Open) -> None:
    """Hours before joining, after leaving, or of others do not count; who left long ago is asked for nothing."""
    tempo = open_tempo(
        worklog(1, "2026-11-09"),
        worklog(2, "2026-11-10", spent_s=7200),
        worklog(3, "2026-11-21"),
        worklog(4, "2026-11-10", "JIRAUSER2", 600),
        worklog(5, "2026-11-10", "stranger", 60),
        members=[
            _member("JIRAUSER1", "ana", "2026-11-10", "2026-11-20"),
            _member("JIRAUSER2", "bruno"),
            _member("JIRAUSER3", "carl", "2020-01-01", "2026-10-31"),
        ],
    )

    hours = tempo.team_hours(7, FIRST, LAST, SOON)

    assert hours.booked_s == {_day(10): 7800}
    assert [hours.scheduled_s[_day(n)] // 3600 for n in (1, 9, 10, 20, 21, 30)] == [8, 8, 16, 16, 8, 8]
    asked = [asked.query["user"] for asked in open_tempo.server.asked if asked.path == SCHEDULE]
    assert sorted(asked) == [["ana"], ["bruno"]]
    assert "stranger" not in open_tempo.bodies()[0]["worker"]


def test_a_schedule_that_knows_people_by_key_is_asked_by_key(open_tempo: Open) -> None:
    """Releases differ; nobody drops out of a team's capacity for that."""
    tempo = open_tempo(worklog(1, "2026-11-02"), members=[_member("JIRAUSER1", "ana")])
    open_tempo.site.scheduled_by = {"JIRAUSER1"}

    hours = tempo.team_hours(7, FIRST, LAST, SOON)

    assert hours.booked_s == {_day(2): 3600}
    assert len(hours.scheduled_s) == 30


def test_somebody_without_a_schedule_counts_on_neither_side(open_tempo: Open) -> None:
    """The account is gone: its hours alone would make the team look overworked."""
    gone = [_member("JIRAUSER8", "gone"), _member("JIRAUSER1", "ana")]
    tempo = open_tempo(worklog(1, "2026-11-02", "JIRAUSER8"), worklog(2, "2026-11-03"), members=gone)

    hours = tempo.team_hours(7, FIRST, LAST, SOON)

    assert hours.booked_s == {_day(3): 3600}
    assert set(hours.scheduled_s.values()) == {28_800}


def test_a_team_of_nobody_has_no_hours(open_tempo: Open) -> None:
    """A search for no worker would bring everybody's."""
    hours = open_tempo(worklog(1, "2026-11-02")).team_hours(7, FIRST, LAST, SOON)

    assert (hours.booked_s, hours.scheduled_s) == ({}, {})
    assert open_tempo.bodies() == []


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(b"<html><body>Unauthorized</body></html>", 401, {"Content-Type": "text/html"}), LoginFailed, "HTTP 401"),
        (Reply(b"", 403), NotPermitted, "HTTP 403"),
        (Reply(b'{"errorMessages":["no such project"]}', 400), SourceRejected, "no such project"),
        (Reply(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"}), SourceMalformed, "a web page"),
        (Reply(b'{"results":[]}'), SourceMalformed, "promised form"),
        (_json([{**worklog(1, "2026-13-01")}]), SourceMalformed, "cannot be read"),
        (_json([{"timeSpentSeconds": 1, "tempoWorklogId": 1, "issueId": 1}]), SourceMalformed, "lacks its number"),
        (_json([{"timeSpentSeconds": 1, "startDate": "2026-11-02", "issueId": 1}]), SourceMalformed, "lacks"),
        (_json([{"timeSpentSeconds": 1, "startDate": "2026-11-02", "id": 1}]), SourceMalformed, "lacks"),
    ],
)
def test_an_answer_that_is_no_list_of_worklogs_is_named(
    open_tempo: Open, reply: Reply, kind: type[SourceError], words: str
) -> None:
    """Hours that cannot be told are no hours of zero."""
    with pytest.raises(kind, match=words):
        open_tempo(reply=reply).project_worklogs([1], FIRST, LAST, SOON)


def test_a_membership_without_a_readable_date_is_named(open_tempo: Open) -> None:
    """Guessing it would move hours in or out of the team."""
    tempo = open_tempo(members=[_member("JIRAUSER1", "ana", "31/Dec/25")])

    with pytest.raises(SourceMalformed, match="a membership's date cannot be read: '31/Dec/25'"):
        tempo.team_hours(7, FIRST, LAST, SOON)
