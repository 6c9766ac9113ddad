from __future__ import annotations

from typing import Any

from demo.options import Options
from tests.unit.demo.reader import SMALL, Reader, reading, server_reading

_NET = "project in (SD, NET, OPS) ORDER BY id"
_LAG_S = 1800


def _known(reader: Reader) -> dict[str, Any]:
    """What a search says of every ticket."""
    found: dict[str, Any] = {}
    token: str | None = None
    while True:
        more = {"nextPageToken": token} if token else {}
        page = reader.search(_NET, fields=["status", "updated", "resolution", "assignee"], maxResults=100, **more)
        found |= {issue["id"]: issue["fields"] for issue in page["issues"]}
        token = page.get("nextPageToken")
        if token is None:
            return found


def _truth(reader: Reader, ids: list[str]) -> dict[str, Any]:
    """What bulkfetch says of the same."""
    found: dict[str, Any] = {}
    for start in range(0, len(ids), 100):
        body = {"issueIdsOrKeys": ids[start : start + 100], "fields": ["status", "updated", "resolution", "assignee"]}
        issues = reader.post("/rest/api/3/issue/bulkfetch", body).json()["issues"]
        found |= {issue["id"]: issue["fields"] for issue in issues}
    return found


def test_search_is_behind_and_catches_up() -> None:
    """During a working hour some tickets are known as they were; without a lag the same search tells the truth."""
    with reading(Options(clock="stepped:2026-11-24T13:30:00Z", sizes=SMALL, index_lag_s=_LAG_S)) as reader:
        known = _known(reader)
        truth = _truth(reader, list(known))
        behind = [id_ for id_, fields in known.items() if fields != truth[id_]]
        assert behind
        assert all(known[id_]["updated"] < truth[id_]["updated"] for id_ in behind)
        assert reader.post("/demo/index", {"lag_s": 0}).json() == {"lag_s": 0.0}
        caught_up = _known(reader)
        assert caught_up == _truth(reader, list(caught_up))
        assert set(known) <= set(caught_up)


def test_a_change_is_known_at_the_latest_when_the_lag_is_over() -> None:
    """A comment by hand is in the ticket at once, and in the index no later than the lag after it."""
    with reading(Options(clock="stepped:2026-11-24T13:30:00Z", sizes=SMALL, index_lag_s=_LAG_S)) as reader:
        id_ = reader.ids("project = BILL AND statusCategory = Done ORDER BY updated ASC")[0]
        since_ms = reader.demo.clock.now_ms()
        jql = f"project = BILL AND updated >= {since_ms}"
        reader.post(f"/demo/tickets/{id_}/touch", {})
        assert reader.get(f"/rest/api/3/issue/{id_}/comment").json()["comments"][-1]["author"]["active"]
        assert id_ not in reader.ids(jql)
        waited_s = 0
        while id_ not in reader.ids(jql):
            reader.demo.clock.step(60)
            waited_s += 60
            assert waited_s <= _LAG_S
        assert waited_s > 60


def test_deleted_tickets_are_known_for_a_while() -> None:
    """A deleted ticket stays in the index for a while, and bulkfetch does not find it."""
    with reading(Options(clock="stepped:2026-11-24T13:30:00Z", sizes=SMALL, index_lag_s=_LAG_S)) as reader:
        id_ = reader.ids("project = BILL")[5]
        reader.post(f"/demo/tickets/{id_}/delete", {})
        assert id_ in reader.ids("project = BILL")
        assert reader.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [id_]}).json()["issues"] == []
        reader.demo.clock.step(_LAG_S)
        assert id_ not in reader.ids("project = BILL")


def test_new_tickets_are_known_later() -> None:
    """On a working day some new ticket is not in the index yet, and can be read all the same."""
    missing: set[str] = set()
    with reading(Options(clock="stepped:2026-11-24T12:00:00Z", sizes=SMALL | {"service-desk": 1200})) as reader:
        for _ in range(54):
            reader.demo.clock.step(600)
            reader.post("/demo/index", {"lag_s": 3600})
            known = set(reader.ids("project = SD"))
            reader.post("/demo/index", {"lag_s": 0})
            missing = set(reader.ids("project = SD")) - known
            if missing:
                break
        found = reader.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": sorted(missing)}).json()["issues"]
        assert {issue["id"] for issue in found} == missing != set()


def test_lag_depends_on_the_instant_alone() -> None:
    """Stepped and frozen servers that are behind say the same."""
    with reading(Options(clock="frozen:2026-11-24T13:30:00Z", sizes=SMALL, index_lag_s=_LAG_S)) as frozen:
        expected = _known(frozen)
    with reading(Options(clock="stepped:2026-11-24T12:00:00Z", sizes=SMALL, index_lag_s=_LAG_S)) as stepped:
        _known(stepped)
        stepped.demo.clock.step(5400)
        assert _known(stepped) == expected


def test_data_center_is_behind_too() -> None:
    """Its single issue resource tells the truth, its search does not yet."""
    with server_reading(Options(clock="stepped:2026-11-24T13:30:00Z", sizes=SMALL, index_lag_s=_LAG_S)) as reader:
        page = reader.search("project = BILL ORDER BY id", fields=["comment"], maxResults=1)["issues"][0]
        before = page["fields"]["comment"]["total"]
        reader.post(f"/demo/tickets/{page['key']}/touch", {})
        alone = reader.get(f"/rest/api/2/issue/{page['id']}", fields="comment").json()
        later = reader.search("project = BILL ORDER BY id", fields=["comment"], maxResults=1)["issues"][0]
        assert alone["fields"]["comment"]["total"] == before + 1
        assert later["fields"]["comment"]["total"] == before


def test_senseless_lags_are_refused() -> None:
    """And the old one stays."""
    with reading(Options(clock="frozen:2026-11-24T13:30:00Z", sizes=SMALL, index_lag_s=5)) as reader:
        assert reader.post("/demo/index", {"lag_s": -1}).status_code == 400
        assert reader.post("/demo/index", {}).status_code == 400
        assert reader.get("/demo/index").json() == {"lag_s": 5.0}
