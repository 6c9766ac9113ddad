from __future__ import annotations

from typing import Any

import pytest
import requests

from demo.options import Options
from tests.unit.demo.reader import NOON, SMALL, Reader, ServerReader, server_reading

_SEARCH = "/rest/tempo-timesheets/4/worklogs/search"
_DAYS = {"from": "2026-10-05", "to": "2026-10-30"}


def _found(server: ServerReader, **more: object) -> list[Any]:
    answer = server.post(_SEARCH, _DAYS | more)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def _cloud(small: Reader, path: str = "worklogs") -> list[Any]:
    answer = small.tempo(path, from_=_DAYS["from"], to=_DAYS["to"], limit=1000).json()
    assert "next" not in answer["metadata"]
    return list(answer["results"])


def test_worklogs_are_those_of_tempo_cloud_in_one_bare_list(small: Reader, server: ServerReader) -> None:
    """The same hours of the same people on the same tickets and days; here with keys and summaries."""
    servers, clouds = _found(server), _cloud(small)
    assert len(servers) > 100
    for one, other in zip(servers, clouds, strict=True):
        assert one["tempoWorklogId"] == other["tempoWorklogId"]
        assert one["issue"]["id"] == other["issue"]["id"]
        assert one["workerKey"] == other["author"]["accountId"]
        for name in ("timeSpentSeconds", "billableSeconds", "startDate"):
            assert one[name] == other[name]


def test_filters_narrow_the_list(small: Reader, server: ServerReader) -> None:
    """By worker, project, ticket and team; several at once all hold."""
    everything = _found(server)
    worker = everything[0]["workerKey"]
    ticket = next(held["issue"] for held in everything if held["issue"]["key"].startswith("SD-"))

    assert _found(server, worker=[worker]) == [held for held in everything if held["workerKey"] == worker]
    by_key = [held for held in everything if held["issue"]["projectKey"] == "DEV"]
    assert by_key
    assert _found(server, projectKey=["DEV"]) == _found(server, projectId=[10007]) == by_key
    assert _found(server, taskKey=[ticket["key"]]) == [held for held in everything if held["issue"] == ticket]
    team = [held["tempoWorklogId"] for held in _cloud(small, "worklogs/team/13")]
    assert [held["tempoWorklogId"] for held in _found(server, teamId=[13])] == team
    assert _found(server, worker=[worker], projectKey=["NOPE"]) == []
    assert _found(server, taskKey=["SD-999999"]) == []
    assert _found(server, teamId=[99]) == []


def test_hours_on_deleted_tickets_stay(server: ServerReader) -> None:
    """Their ticket has an id and a key, and nothing that would have to be read from it."""
    everything = server.post(_SEARCH, {"from": "2025-12-01", "to": "2026-11-23"}).json()
    orphans = [held for held in everything if "summary" not in held["issue"]]
    assert orphans
    for held in orphans[:3]:
        assert server.get(f"/rest/api/2/issue/{held['issue']['id']}").status_code == 404


def test_live_names_are_those_of_live_servers(server: ServerReader) -> None:
    """`started` with a time, `worker` and `updater` instead of the published names, and the same otherwise."""
    with server_reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, tempo_live_names=True)) as live:
        named = _found(live)
    for held, published in zip(named, _found(server), strict=True):
        assert not {"startDate", "workerKey", "updaterKey"} & set(held)
        assert held["started"][:10] == published["startDate"]
        assert len(held["started"]) == len("2026-10-05 09:00:00.000")
        assert held["worker"] == held["updater"] == published["workerKey"]
        assert held["timeSpentSeconds"] == published["timeSpentSeconds"]


@pytest.mark.parametrize(
    "body",
    [
        {"from": "2026-10-05"},
        {"to": "2026-10-05"},
        {"from": "5/10/2026", "to": "2026-10-30"},
        {"from": "2026-10-30", "to": "2026-10-05"},
        {**_DAYS, "teamId": ["x"]},
        {**_DAYS, "epicKey": ["SD-1"]},
        {**_DAYS, "colour": 1},
    ],
    ids=["no end", "no begin", "no date", "backwards", "no number", "not offered", "unknown"],
)
def test_searches_without_sense_are_400(server: ServerReader, body: dict[str, object]) -> None:
    """With a reason."""
    answer = server.post(_SEARCH, body)
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]


def test_one_token_opens_both(server: ServerReader) -> None:
    """Without the token Tempo is 401 like Jira."""
    answer = requests.post(server.demo.tempo_base_url + _SEARCH, json=_DAYS, timeout=20)
    assert (answer.status_code, answer.json()["status-code"]) == (401, 401)


def test_members_are_told_with_their_time_in_the_team(small: Reader, server: ServerReader) -> None:
    """The same people as on Cloud, with an empty text where a membership has no end."""
    clouds = small.tempo("team-memberships/team/11").json()["results"]
    members = server.get("/rest/tempo-teams/2/team/11/member").json()
    assert [held["member"]["key"] for held in members] == [held["member"]["accountId"] for held in clouds]
    for held, cloud in zip(members, clouds, strict=True):
        assert held["membership"]["dateFromANSI"] == cloud.get("from", "")
        assert held["membership"]["dateToANSI"] == cloud.get("to", "")
    assert {held["membership"]["status"] for held in members} == {"active", "inactive"}
    assert server.get("/rest/tempo-teams/2/team/99/member").status_code == 404
    assert [team["id"] for team in server.get("/rest/tempo-teams/2/team").json()] == [11, 12, 13, 14, 20]
    assert server.get("/rest/tempo-teams/2/team/20").json()["name"] == "Engineering"


def test_schedules_are_those_of_tempo_cloud(small: Reader, server: ServerReader) -> None:
    """By key or by login name, for one or for several; the sums fit the days."""
    member = server.get("/rest/tempo-teams/2/team/13/member").json()[0]["member"]
    days = {"from_": "2026-09-28", "to": "2026-10-10"}
    path = "/rest/tempo-core/1/user/schedule"
    schedule = server.get(path, user=member["key"], **days).json()
    cloud = small.tempo(f"user-schedule/{member['key']}", **days).json()["results"]
    assert [(day["date"], day["requiredSeconds"], day["type"]) for day in schedule["days"]] == [
        (day["date"], day["requiredSeconds"], day["type"]) for day in cloud
    ]
    assert schedule["requiredSeconds"] == sum(day["requiredSeconds"] for day in schedule["days"]) > 0
    assert schedule["numberOfWorkingDays"] == sum(day["requiredSeconds"] > 0 for day in schedule["days"])
    assert server.get(f"{path}/", user=member["name"], **days).json() == schedule
    body = {"user": [member["key"]], "from": days["from_"], "to": days["to"]}
    assert server.post(path, body).json() == [{"user": {"key": member["key"]}, "schedule": schedule}]
    assert server.get(path, user="nobody", **days).status_code == 404
    assert server.get(path, user=member["key"]).status_code == 400
    assert server.post(path, {**_DAYS}).status_code == 400


def test_one_worklog_is_found_by_its_number(server: ServerReader) -> None:
    """As the search tells it."""
    held = _found(server)[0]
    assert server.get(f"/rest/tempo-timesheets/4/worklogs/{held['tempoWorklogId']}").json() == held
    assert server.get("/rest/tempo-timesheets/4/worklogs/1").status_code == 404
