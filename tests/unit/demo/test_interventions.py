from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from demo.options import Options
from tests.unit.demo.reader import NOON, SMALL, Reader, reading, server_reading


@pytest.fixture(scope="module")
def shared() -> Iterator[Reader]:
    """A demo whose tickets may be changed."""
    with reading(Options(clock=f"stepped:{NOON}", sizes=SMALL)) as reader:
        yield reader


@pytest.fixture
def live(shared: Reader) -> Iterator[Reader]:
    """The same, put right after each test; its clock moves by minutes at most."""
    yield shared
    shared.post("/demo/tickets/reset", {})


def _one(reader: Reader, jql: str) -> Any:
    return reader.search(f"{jql} ORDER BY id", fields=["*all"], maxResults=1)["issues"][0]


def _do(reader: Reader, key: str, action: str, body: object | None = None) -> Any:
    answer = reader.post(f"/demo/tickets/{key}/{action}", body or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_deleted_ticket_is_gone_and_its_hours_stay(live: Reader) -> None:
    """No search and no read finds it; Tempo still has what was booked on it."""
    worked = live.tempo("worklogs/project/10001", limit=50).json()["results"]
    id_ = next(held["issue"]["id"] for held in worked if live.get(f"/rest/api/3/issue/{held['issue']['id']}").ok)
    before = live.tempo("worklogs", issueId=id_).json()["results"]
    key = live.get(f"/rest/api/3/issue/{id_}").json()["key"]
    assert _do(live, key, "delete") == {"id": str(id_), "key": key, "action": "delete"}
    assert live.get(f"/rest/api/3/issue/{id_}").status_code == 404
    assert live.get(f"/rest/api/3/issue/{key}").status_code == 404
    assert str(id_) not in live.ids("project = SD")
    assert live.tempo("worklogs", issueId=id_).json()["results"] == before != []
    assert live.post(f"/demo/tickets/{key}/delete", {}).status_code == 404


def test_moved_ticket_keeps_its_id_and_loses_its_key(live: Reader) -> None:
    """It is found under its new key and in its new project only; what happened to it stays."""
    issue = _one(live, "project = SD AND resolution is not EMPTY")
    booked = live.tempo("worklogs", projectId=10003, limit=1000).json()["metadata"]["count"]
    moved = _do(live, issue["key"], "move", {"project": "OPS"})
    assert (moved["id"], moved["key"].split("-")[0]) == (issue["id"], "OPS")
    assert live.get(f"/rest/api/3/issue/{issue['key']}").status_code == 404
    found = live.get(f"/rest/api/3/issue/{moved['key']}").json()
    assert found["id"] == issue["id"]
    assert live.get(f"/rest/api/3/issue/{issue['id']}").json()["key"] == moved["key"]
    assert found["fields"]["project"]["key"] == "OPS"
    for name in ("created", "resolutiondate", "status", "reporter"):
        assert found["fields"][name] == issue["fields"][name]
    assert issue["id"] in live.ids("project = OPS")
    assert issue["id"] not in live.ids("project = SD")
    items = live.get(f"/rest/api/3/issue/{moved['key']}/changelog").json()["values"][-1]["items"]
    assert [(item["field"], item["toString"]) for item in items] == [
        ("project", "Platform Ops"),
        ("Key", moved["key"]),
    ]
    hours = live.tempo("worklogs", issueId=issue["id"]).json()["metadata"]["count"]
    assert live.tempo("worklogs", projectId=10003, limit=1000).json()["metadata"]["count"] == booked + hours
    second = _do(live, _one(live, "project = SD")["key"], "move", {"project": "OPS"})
    assert second["key"] != moved["key"]


def test_ticket_can_be_moved_out_of_service_management(live: Reader) -> None:
    """Its service levels go with its project."""
    issue = _one(live, "project = SD")
    moved = _do(live, issue["key"], "move", {"project": "dev"})
    fields = live.get(f"/rest/api/3/issue/{moved['key']}").json()["fields"]
    assert "customfield_10030" in issue["fields"]
    assert "customfield_10030" not in fields


def test_touched_ticket_is_updated_now(live: Reader) -> None:
    """A comment, an assignee, both or nobody; by somebody named or by the team."""
    issue = _one(live, "project = HR AND assignee is not EMPTY AND statusCategory = Done")
    live.demo.clock.step(60)
    since_ms = live.demo.clock.now_ms()
    _do(live, issue["key"], "touch", {"comment": "Called back.", "public": False})
    assert live.ids(f"project = HR AND updated >= {since_ms}") == [issue["id"]]
    last = live.get(f"/rest/api/3/issue/{issue['id']}/comment").json()["comments"][-1]
    assert (last["body"]["content"][0]["content"][0]["text"], last["jsdPublic"]) == ("Called back.", False)
    reporter = issue["fields"]["reporter"]["accountId"]
    _do(live, issue["key"], "touch", {"assignee": reporter, "author": reporter})
    history = live.get(f"/rest/api/3/issue/{issue['id']}/changelog").json()["values"][-1]
    assert history["author"]["accountId"] == history["items"][0]["to"] == reporter
    _do(live, issue["key"], "touch", {"assignee": None})
    assert live.get(f"/rest/api/3/issue/{issue['id']}").json()["fields"]["assignee"] is None


def test_reopened_ticket_is_back_in_work_and_stays_there() -> None:
    """Its resolution is gone, its clock runs again, and what was drawn for later does not come."""
    with reading(Options(clock=f"stepped:{NOON}", sizes=SMALL)) as live:
        issue = _one(live, "project = SD AND status = Resolved AND resolution is not EMPTY AND created > -90d")
        _do(live, issue["key"], "reopen")
        fields = live.get(f"/rest/api/3/issue/{issue['id']}").json()["fields"]
        assert (fields["resolution"], fields["resolutiondate"]) == (None, None)
        assert fields["status"]["statusCategory"]["key"] == "indeterminate"
        assert fields["customfield_10031"]["ongoingCycle"]["startTime"]["epochMillis"] == live.demo.clock.now_ms()
        assert live.post(f"/demo/tickets/{issue['key']}/reopen", {}).status_code == 400
        live.demo.clock.step(20 * 86_400)
        assert issue["id"] in live.ids("project = SD AND statusCategory != Done")


def test_reset_brings_back_what_was_drawn(live: Reader) -> None:
    """Every byte of it."""
    everything = {"jql": "project in (SD, OPS, BILL)", "fields": ["*all"], "maxResults": 100, "expand": "changelog"}
    before = live.post("/rest/api/3/search/jql", everything).content
    keys = [issue["key"] for issue in live.search("project = BILL", fields=["status"], maxResults=4)["issues"]]
    for key, action, body in zip(
        keys, ("delete", "move", "touch", "touch"), ({}, {"project": "OPS"}, {}, {}), strict=True
    ):
        _do(live, key, action, body)
    assert live.post("/rest/api/3/search/jql", everything).content != before
    assert live.post("/demo/tickets/reset", {}).json() == {"reset": 4}
    assert live.post("/rest/api/3/search/jql", everything).content == before


def test_pages_begun_before_a_change_end_as_they_began(live: Reader) -> None:
    """A page token stands for the instant of its first page: what is deleted meanwhile is still counted."""
    first = live.search("project = SD", maxResults=20)
    live.demo.clock.step(1)
    ids = live.ids("project = SD")
    _do(live, ids[30], "delete")
    second = live.search("project = SD", maxResults=20, nextPageToken=first["nextPageToken"])
    assert [issue["id"] for issue in second["issues"]] == ids[20:40]


def test_what_follows_goes_on_from_what_was_done_by_hand(live: Reader) -> None:
    """The next change of a priority begins with the one that was given; the same one again is refused."""
    found = live.search("project = SD AND statusCategory != Done", fields=["priority"], maxResults=100)["issues"]
    for issue in found:
        wanted = "Lowest" if issue["fields"]["priority"]["name"] != "Lowest" else "1"
        _do(live, issue["key"], "prioritise", {"priority": wanted})
        assert live.post(f"/demo/tickets/{issue['key']}/prioritise", {"priority": wanted}).status_code == 400
        given = live.get(f"/rest/api/3/issue/{issue['id']}").json()["fields"]["priority"]
        assert wanted in (given["name"], given["id"])
    later = 0
    for ticket in live.demo.site.world.edits.all_at(live.demo.clock.now_ms()).values():
        items = [json.loads(item.json) for history in ticket.histories for item in history.items]
        changes = [item for item in items if item["field"] == "priority"]
        assert all(before["to"] == after["from"] for before, after in pairwise(changes))
        later += changes[-1] is not changes[0]
    assert later


def test_an_edited_ticket_is_archived_like_any_other() -> None:
    """A year later no search names it, and no read by its id finds it."""
    with reading(Options(clock=f"stepped:{NOON}", sizes=SMALL)) as live:
        issue = _one(live, "project = DEV AND statusCategory = Done")
        moved = _do(live, issue["key"], "move", {"project": "SD"})
        assert live.ids(f"key = {moved['key']}") == [issue["id"]]
        live.demo.clock.step(40 * 86_400)
        assert live.get(f"/rest/api/3/issue/{issue['id']}").status_code == 404
        assert issue["id"] not in live.ids("project = SD")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("SD-999999/delete", {}, 404),
        ("ADM-1/delete", {}, 404),
        ("{key}/burn", {}, 404),
        ("{key}/move", {}, 400),
        ("{key}/move", {"project": "SD"}, 400),
        ("{key}/move", {"project": "NOPE"}, 400),
        ("{key}/touch", {"assignee": "nobody"}, 400),
        ("{key}/touch", {"comment": 5}, 400),
        ("{key}/prioritise", {}, 400),
        ("{key}/prioritise", {"priority": "Urgent"}, 400),
    ],
)
def test_impossible_interventions_are_refused(live: Reader, path: str, body: object, status: int) -> None:
    """Nothing changes."""
    key = _one(live, "project = SD")["key"]
    assert live.post(f"/demo/tickets/{path.format(key=key)}", body).status_code == status
    assert live.post("/demo/tickets/reset", {}).json() == {"reset": 0}


def test_data_center_sees_interventions_too() -> None:
    """In searches, and in the hours of a deleted ticket."""
    with server_reading(Options(clock=f"stepped:{NOON}", sizes=SMALL)) as reader:
        days = {"from": "2026-06-01", "to": "2026-11-23", "projectKey": ["SD"]}
        worked = reader.post("/rest/tempo-timesheets/4/worklogs/search", days).json()
        issue = next(held["issue"] for held in worked if "summary" in held["issue"])
        total = reader.search("project = SD", maxResults=0)["total"]
        assert reader.post(f"/demo/tickets/{issue['key']}/delete", {}).status_code == 200
        assert reader.search("project = SD", maxResults=0)["total"] == total - 1
        after = reader.post("/rest/tempo-timesheets/4/worklogs/search", days).json()
        assert [held["tempoWorklogId"] for held in after] == [held["tempoWorklogId"] for held in worked]
        assert reader.get("/rest/api/2/search", jql=f"key = {issue['key']}").status_code == 400
