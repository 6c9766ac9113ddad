from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from demo.fault_rules import KINDS
from demo.options import Options
from tests.unit.demo.reader import NOON, SMALL, Reader, ServerReader, reading, server_reading

_SEARCH = "POST /rest/api/3/search/jql"
_BULK = "POST /rest/api/3/issue/bulkfetch"
_MYSELF = "GET /rest/api/3/myself"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Reader]:
    """A demo in which things go wrong."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        yield reader


@pytest.fixture
def reader(cloud: Reader) -> Iterator[Reader]:
    """The same, mended after each test."""
    yield cloud
    _delete(cloud)


@pytest.fixture(scope="module")
def data_center() -> Iterator[ServerReader]:
    """A Data Center demo in which things go wrong."""
    with server_reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as running:
        yield running


@pytest.fixture
def server(data_center: ServerReader) -> Iterator[ServerReader]:
    """The same, mended after each test."""
    yield data_center
    data_center.post("/demo/faults", [])


def _delete(reader: Reader) -> requests.Response:
    return reader.session.delete(f"{reader.demo.jira_base_url}/demo/faults")


def _break(reader: Reader | ServerReader, *rules: dict[str, Any]) -> list[dict[str, Any]]:
    answer = reader.post("/demo/faults", list(rules))
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def _ids(reader: Reader, jql: str, size: int) -> tuple[list[str], list[int]]:
    """The ids of everything that matches page by page, and the sizes of the pages."""
    found: list[str] = []
    sizes: list[int] = []
    token: str | None = None
    while True:
        page = reader.search(jql, maxResults=size, **({"nextPageToken": token} if token else {}))
        found += [issue["id"] for issue in page["issues"]]
        sizes.append(len(page["issues"]))
        token = page.get("nextPageToken")
        if token is None:
            return found, sizes


def test_rules_are_replaced_listed_and_taken_away(reader: Reader) -> None:
    """With the counts of the requests that each was offered and hit."""
    _break(reader, {"route": _MYSELF, "kind": "status", "status": 503, "times": 2, "after": 1})
    statuses = [reader.get("/rest/api/3/myself").status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    (rule,) = reader.get("/demo/faults").json()
    assert (rule["seen"], rule["fired"], rule["times"], rule["after"]) == (5, 2, 2, 1)
    assert len(_break(reader, {"route": "*", "kind": "close"}, {"route": "*", "kind": "html"})) == 2
    assert _delete(reader).json() == []
    assert reader.get("/rest/api/3/myself").status_code == 200


def test_first_rule_that_is_due_takes_a_request(reader: Reader) -> None:
    """Those below it do not even see it."""
    _break(
        reader,
        {"route": _MYSELF, "kind": "status", "status": 500, "times": 1},
        {"route": "GET /rest/api/3/m", "kind": "status", "status": 502, "times": 1},
        {"route": "*", "kind": "status", "status": 504},
    )
    assert [reader.get("/rest/api/3/myself").status_code for _ in range(4)] == [500, 502, 504, 504]
    assert reader.get("/rest/api/3/status").status_code == 504
    assert reader.tempo("teams").status_code == 504
    assert [rule["seen"] for rule in reader.get("/demo/faults").json()] == [4, 3, 4]


def test_the_whole_name_of_a_route_means_that_route_alone(reader: Reader) -> None:
    """Although others begin with it; a mere beginning means them all."""
    id_ = reader.ids("project = SD")[0]
    paths = [f"/rest/api/3/issue/{id_}", f"/rest/api/3/issue/{id_}/changelog"]
    _break(reader, {"route": "GET /rest/api/3/issue/{issue}", "kind": "status", "status": 500})
    assert [reader.get(path).status_code for path in paths] == [500, 200]
    _break(reader, {"route": "GET /rest/api/3/issue/", "kind": "status", "status": 500})
    assert [reader.get(path).status_code for path in paths] == [500, 500]


@pytest.mark.parametrize(
    ("name", "kind", "piece"),
    [
        ("jira", "application/json", "errorMessages"),
        ("message", "application/json", "status-code"),
        ("gateway", "application/json", '"code":502'),
        ("desk", "application/json", "i18nErrorMessage"),
        ("tempo", "application/json", '"errors":{"message"'),
        ("html", "text/html", "<h1>"),
        ("xml", "application/xml", "<message>"),
        ("empty", "text/plain", ""),
    ],
)
def test_failures_have_bodies_of_many_kinds(reader: Reader, name: str, kind: str, piece: str) -> None:
    """By name, as different parts of Jira and Tempo write them."""
    _break(reader, {"route": _MYSELF, "kind": "status", "status": 502, "body": name, "headers": {"Retry-After": "7"}})
    answer = reader.get("/rest/api/3/myself")
    assert (answer.status_code, answer.headers["Retry-After"]) == (502, "7")
    assert answer.headers["Content-Type"].startswith(kind)
    assert piece in answer.text
    assert bool(answer.text) is (name != "empty")


def test_failures_have_the_body_that_was_given(reader: Reader) -> None:
    """JSON or text."""
    _break(
        reader,
        {"route": "*", "kind": "status", "status": 418, "json": {"a": [1]}, "times": 1},
        {"route": "*", "kind": "status", "status": 200, "text": "{", "times": 1},
    )
    assert reader.get("/rest/api/3/myself").json() == {"a": [1]}
    assert reader.get("/rest/api/3/myself").text == "{"


def test_throttling_says_how_long_or_does_not(reader: Reader, server: ServerReader) -> None:
    """In the headers of each product; the reason and further headers can be chosen."""
    _break(
        reader,
        {"route": "*", "kind": "throttle", "retry_after_s": 1847, "reason": "jira-quota-global-based", "times": 1},
        {"route": "*", "kind": "throttle", "headers": {"X-RateLimit-Reset": "2026-11-23T16:00Z"}, "times": 1},
        {"route": "*", "kind": "throttle", "retry_after": "Mon, 23 Nov 2026 12:00:30 GMT", "times": 1},
        {"route": "*", "kind": "throttle", "retry_after_s": 3},
    )
    first, second, third = (reader.get("/rest/api/3/myself") for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (429, "1847")
    assert first.headers["RateLimit-Reason"] == "jira-quota-global-based"
    assert "Retry-After" not in second.headers
    assert second.headers["X-RateLimit-Reset"] == "2026-11-23T16:00Z"
    assert third.headers["Retry-After"].endswith("GMT")
    tempo = reader.tempo("teams")
    assert (tempo.status_code, tempo.headers["Retry-After"]) == (429, "3")
    assert "RateLimit-Reason" not in tempo.headers
    _break(server, {"route": "*", "kind": "throttle", "retry_after_s": 42, "times": 1})
    answer = server.get("/rest/api/2/myself")
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "", "42")
    assert answer.headers["X-RateLimit-Interval-Seconds"]


def test_hanging_answer_comes_after_all(reader: Reader) -> None:
    """Held back for as long as the rule says."""
    _break(reader, {"route": _MYSELF, "kind": "hang", "seconds": 0.3, "times": 1})
    began_s = time.monotonic()
    assert reader.get("/rest/api/3/myself").status_code == 200
    assert time.monotonic() - began_s >= 0.3


def test_hang_ends_when_the_other_side_leaves(reader: Reader) -> None:
    """The request is under way until then, and no longer."""
    _break(reader, {"route": _MYSELF, "kind": "hang", "seconds": 120, "times": 1})
    connection = HTTPConnection(urlsplit(reader.demo.jira_base_url).netloc)
    connection.request("GET", "/rest/api/3/myself")
    while reader.get("/demo/stats").json()["in_flight"] == 0:
        continue
    connection.close()
    while reader.get("/demo/stats").json()["in_flight"] > 0:
        continue
    assert reader.get("/rest/api/3/myself").status_code == 200


def test_hang_ends_with_the_demo() -> None:
    """Nobody waits for two minutes."""

    def ask(url: str) -> None:
        with contextlib.suppress(requests.ConnectionError):  # whichever is quicker: the answer or the end
            requests.get(url, timeout=100)

    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as running:
        _break(running, {"route": "*", "kind": "hang"})
        thread = threading.Thread(target=ask, args=(f"{running.demo.jira_base_url}/rest/api/3/serverInfo",))
        thread.start()
        while running.get("/demo/stats").json()["in_flight"] == 0:
            continue
    thread.join(20)
    assert not thread.is_alive()


def test_cut_body_promises_more_than_it_sends(reader: Reader) -> None:
    """Packed or not; the connection ends there."""
    _break(reader, {"route": "GET /rest/api/3/field", "kind": "cut", "share": 0.25})
    connection = HTTPConnection(urlsplit(reader.demo.jira_base_url).netloc)
    for encoding in ("identity", "gzip"):
        connection.request("GET", "/rest/api/3/field", headers={"Accept-Encoding": encoding})
        answer = connection.getresponse()
        with pytest.raises(IncompleteRead) as caught:
            answer.read()
        promised = int(answer.headers["Content-Length"])
        assert len(caught.value.partial) == promised // 4
        connection.close()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        reader.get("/rest/api/3/field")


def test_slow_body_arrives_whole(reader: Reader) -> None:
    """In pieces, over the time given."""
    whole = reader.get("/rest/api/3/field").content
    _break(reader, {"route": "GET /rest/api/3/field", "kind": "slow_body", "seconds": 0.4})
    began_s = time.monotonic()
    assert reader.get("/rest/api/3/field").content == whole
    assert time.monotonic() - began_s >= 0.3


def test_closed_connection_gives_no_answer(reader: Reader) -> None:
    """Not even a status line."""
    _break(reader, {"route": _MYSELF, "kind": "close", "times": 1})
    connection = HTTPConnection(urlsplit(reader.demo.jira_base_url).netloc)
    connection.request("GET", "/rest/api/3/myself")
    with pytest.raises(RemoteDisconnected):
        connection.getresponse()
    connection.close()
    assert reader.get("/rest/api/3/myself").status_code == 200
    assert reader.get("/demo/stats").json()["statuses"]["0"] >= 1


def test_login_page_and_gateway(reader: Reader) -> None:
    """A page of HTML with status 200; a 401 about scopes."""
    _break(
        reader,
        {"route": "*", "kind": "html", "times": 1},
        {"route": "*", "kind": "gateway_401_scope", "times": 1},
    )
    page = reader.get("/rest/api/3/myself")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    assert "password" in page.text
    scope = reader.get("/rest/api/3/myself")
    assert (scope.status_code, scope.json()["code"]) == (401, 401)


def test_latency_of_a_route_grows(reader: Reader) -> None:
    """By the seconds given, and only there."""
    _break(reader, {"route": _MYSELF, "kind": "latency", "seconds": 0.2, "times": 1})
    began_s = time.monotonic()
    assert reader.get("/rest/api/3/myself").status_code == 200
    assert time.monotonic() - began_s >= 0.2


def test_expired_login_looks_like_an_empty_site(reader: Reader, server: ServerReader) -> None:
    """Searches are 200 and empty with the header that tells; everything else is 401; on Data Center all is."""
    _break(reader, {"route": "*", "kind": "expired_login"})
    answer = reader.post("/rest/api/3/search/jql", {"jql": "project = SD"})
    assert answer.json() == {"issues": [], "isLast": True}
    assert answer.headers["X-Seraph-Loginreason"] == "AUTHENTICATED_FAILED"
    assert reader.get("/rest/api/3/myself").status_code == 401
    assert reader.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["SD-1"]}).status_code == 401
    assert reader.tempo("teams").status_code == 401
    _break(server, {"route": "*", "kind": "expired_login"})
    assert server.get("/rest/api/2/search", jql="project = SD").status_code == 401


def test_expired_token_spares_first_pages(reader: Reader) -> None:
    """Later pages are 400 once; asking anew works."""
    _break(reader, {"route": _SEARCH, "kind": "expired_token", "times": 1})
    first = reader.search("project = SD", maxResults=10)
    body = {"jql": "project = SD", "maxResults": 10, "nextPageToken": first["nextPageToken"]}
    assert reader.post("/rest/api/3/search/jql", body).status_code == 400
    assert reader.post("/rest/api/3/search/jql", body).status_code == 200
    _break(reader, {"route": "*", "kind": "expired_token"})
    ids = reader.ids("project = SD")
    changes = {"issueIdsOrKeys": ids[:20], "maxResults": 5}
    token = reader.post("/rest/api/3/changelog/bulkfetch", changes).json()["nextPageToken"]
    refused = reader.post("/rest/api/3/changelog/bulkfetch", changes | {"nextPageToken": token})
    assert refused.status_code == 400


def test_repeated_token_leads_nowhere(reader: Reader) -> None:
    """The token that was sent comes back, on the last page too; even one page of all never ends."""
    _break(reader, {"route": _SEARCH, "kind": "repeat_token", "after": 1})
    token = reader.search("project = SD", maxResults=10)["nextPageToken"]
    for _ in range(2):
        page = reader.search("project = SD", maxResults=10, nextPageToken=token)
        assert (page["nextPageToken"], page["isLast"]) == (token, False)
    _break(reader, {"route": _SEARCH, "kind": "repeat_token"})
    everything = reader.search("project = SD", maxResults=5000)
    again = reader.search("project = SD", maxResults=5000, nextPageToken=everything["nextPageToken"])
    assert (again["issues"], again["nextPageToken"]) == (everything["issues"], everything["nextPageToken"])


def test_dropped_tickets_are_missing_silently(reader: Reader) -> None:
    """From a page of a search and from a bulkfetch, with nothing that says so."""
    whole, sizes = _ids(reader, "project = SD", 50)
    _break(reader, {"route": _SEARCH, "kind": "drop_issues", "n": 3, "times": 1})
    found, dropped = _ids(reader, "project = SD", 50)
    assert (found, dropped) == (whole[3:], [sizes[0] - 3, *sizes[1:]])
    _break(reader, {"route": "*", "kind": "drop_issues", "n": 2, "times": 1})
    fetched = reader.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": whole[:10]}).json()
    assert ([issue["id"] for issue in fetched["issues"]], fetched["issueErrors"]) == (sorted(whole[:10])[2:], [])


def test_duplicates_cross_the_borders_of_pages(reader: Reader) -> None:
    """Each later page begins with the end of the one before; nothing is lost, and the walk ends."""
    whole, _ = _ids(reader, "project = SD", 50)
    _break(reader, {"route": _SEARCH, "kind": "duplicate_issues", "n": 4})
    found, _ = _ids(reader, "project = SD", 50)
    assert found[46:50] == found[50:54]
    assert len(found) > len(whole)
    assert list(dict.fromkeys(found)) == whole


def test_short_pages_lead_on(reader: Reader) -> None:
    """A page of one is not the last one."""
    whole, _ = _ids(reader, "project = HR", 100)
    _break(reader, {"route": _SEARCH, "kind": "short_page", "n": 7})
    found, sizes = _ids(reader, "project = HR", 100)
    assert found == whole
    assert set(sizes[:-1]) == {7}


def test_pages_of_data_center_go_wrong_as_well(server: ServerReader) -> None:
    """Short pages, silent gaps, and tickets that seem to come in between two pages."""
    total = server.search("project = SD", maxResults=0)["total"]
    whole = [issue["id"] for issue in server.search("project = SD", maxResults=1000)["issues"]]
    _break(
        server,
        {"route": "*", "kind": "short_page", "n": 5, "times": 1},
        {"route": "*", "kind": "drop_issues", "n": 2, "times": 1},
        {"route": "*", "kind": "duplicate_issues", "n": 3},
    )
    short = server.search("project = SD", maxResults=50)
    assert (len(short["issues"]), short["maxResults"], short["total"]) == (5, 50, total)
    gap = server.search("project = SD", maxResults=50)
    assert ([issue["id"] for issue in gap["issues"]], gap["total"]) == (whole[2:50], total)
    assert [issue["id"] for issue in server.search("project = SD", maxResults=50)["issues"]] == whole[:50]
    later = server.search("project = SD", startAt=50, maxResults=50)
    assert ([issue["id"] for issue in later["issues"]], later["total"]) == (whole[47:97], total + 3)


def test_faulty_requests_are_counted_and_control_is_spared(reader: Reader) -> None:
    """Under the name of their route and their status."""
    reader.post("/demo/stats/reset", {})
    _break(reader, {"route": "*", "kind": "status", "status": 503})
    reader.get("/rest/api/3/myself")
    counted = reader.get("/demo/stats").json()
    assert (counted["requests"], counted["statuses"]) == ({_MYSELF: 1}, {"503": 1})


@pytest.mark.parametrize(
    "rule",
    [
        "close",
        {},
        {"route": "*"},
        {"route": "*", "kind": "earthquake"},
        {"route": "GET /nowhere", "kind": "close"},
        {"route": "POST /rest/api/2/search", "kind": "close"},
        {"route": "*", "kind": "close", "times": 0},
        {"route": "*", "kind": "close", "times": True},
        {"route": "*", "kind": "close", "after": -1},
        {"route": "*", "kind": "close", "seconds": 1},
        {"route": "*", "kind": "hang", "seconds": 121},
        {"route": "*", "kind": "cut", "share": 1},
        {"route": "*", "kind": "status", "status": 99},
        {"route": "*", "kind": "status", "status": 204},
        {"route": "*", "kind": "status", "status": 500, "body": "unknown"},
        {"route": "*", "kind": "status", "status": 500, "headers": {"A": "b\r\nC: d"}},
        {"route": "*", "kind": "status", "status": 500, "headers": {"A:\n": "b"}},
        {"route": "*", "kind": "throttle", "retry_after_s": -1},
        {"route": "*", "kind": "drop_issues", "n": 0},
        {"route": _BULK, "kind": "short_page", "n": 5},
    ],
)
def test_rules_without_sense_are_refused_and_the_old_ones_stay(reader: Reader, rule: object) -> None:
    """The answer says what is wrong."""
    _break(reader, {"route": "GET /rest/api/3/status", "kind": "close"})
    answer = reader.post("/demo/faults", [{"route": "*", "kind": "html"}, rule])
    assert answer.status_code == 400
    assert answer.json()["errorMessages"][0]
    assert [held["route"] for held in reader.get("/demo/faults").json()] == ["GET /rest/api/3/status"]


def test_faults_are_a_list(reader: Reader) -> None:
    """Neither an object nor anything else, and no more than a hundred."""
    for body in ({"route": "*", "kind": "close"}, None, "x", [{"route": "*", "kind": "close"}] * 101):
        assert reader.post("/demo/faults", body).status_code == 400
    broken = reader.session.post(f"{reader.demo.jira_base_url}/demo/faults", data=b"[{")
    assert broken.status_code == 400


def test_every_kind_can_be_switched_on(reader: Reader) -> None:
    """With its defaults, everywhere."""
    rules = [{"route": "*", "kind": kind} for kind in KINDS]
    assert [rule["kind"] for rule in _break(reader, *rules)] == list(KINDS)
