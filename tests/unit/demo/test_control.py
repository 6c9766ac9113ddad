from __future__ import annotations

import gzip
import json
import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from demo.clock import ClockError
from demo.credentials import FIRST
from demo.options import Latency, OptionError, Options
from demo.world import SizeError
from tests.unit.demo.reader import NOON, SMALL, Reader, reading


def test_clock_is_moved_over_http() -> None:
    """POST /demo/clock moves a stepped clock; the Date header and the answers follow."""
    with reading(Options(clock=f"stepped:{NOON}", sizes=SMALL)) as reader:
        moved = reader.post("/demo/clock", {"advance_s": 3600})
        server = reader.get("/rest/api/3/serverInfo")

        assert moved.json() == {"kind": "stepped", "now": "2026-11-23T13:00:00.000Z"}
        assert reader.get("/demo/clock").json() == moved.json()
        assert server.headers["Date"] == "Mon, 23 Nov 2026 13:00:00 GMT"
        assert server.json()["serverTime"] == "2026-11-23T10:00:00.000-0300"
        assert reader.post("/demo/clock", {"advance_s": -1}).status_code == 400
        assert reader.post("/demo/clock", {}).status_code == 400


def test_standing_clock_refuses_to_be_moved(small: Reader) -> None:
    """A frozen clock says so."""
    assert small.post("/demo/clock", {"advance_s": 1}).status_code == 400


def test_latency_is_set_while_running_and_refused_when_senseless() -> None:
    """Parts not named stay as they were; negative or unknown parts are 400."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, latency=Latency(bare_id_s=0.000001))) as reader:
        answer = reader.post("/demo/latency", {"call_s": 0.001, "ticket_s": 0.00001})

        assert answer.json() == {"call_s": 0.001, "ticket_s": 0.00001, "bare_id_s": 0.000001}
        assert reader.demo.application.latency == Latency(0.001, 0.00001, 0.000001)
        assert reader.ids("project = SD")
        assert reader.post("/demo/latency", {"call_s": -1}).status_code == 400
        assert reader.post("/demo/latency", {"colour": 1}).status_code == 400


def test_latency_grows_with_the_tickets() -> None:
    """Per call, per ticket with fields, per bare id."""
    assert Latency(0.1, 0.01, 0.001).of(100, 5000) == pytest.approx(0.1 + 1.0 + 5.0)


def test_answers_of_parallel_calls_overlap() -> None:
    """While one call waits, others are under way: the counts show how many at once."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, latency=Latency(call_s=30))) as reader:
        address = urlsplit(reader.demo.jira_base_url).netloc
        connections = [HTTPConnection(address) for _ in range(4)]
        for connection in connections:
            connection.request("GET", "/rest/api/3/serverInfo")
        while reader.get("/demo/stats").json()["in_flight"] < 4:
            continue
        reader.demo.application.stop()  # lets the waiting answers go
        statuses = [connection.getresponse().status for connection in connections]
        for connection in connections:
            connection.close()

        assert statuses == [200] * 4
        assert reader.get("/demo/stats").json()["peak_in_flight"] == 4


def test_requests_are_counted_by_method_and_route(small: Reader) -> None:
    """The control resource is not counted; a reset starts over."""
    small.post("/demo/stats/reset", {})
    id_ = small.ids("project = SD")[0]
    small.get(f"/rest/api/3/issue/{id_}/changelog")
    small.get(f"/rest/api/3/issue/{id_}/changelog")
    small.get("/nowhere")
    counted = small.get("/demo/stats").json()

    assert counted["requests"] == {
        "GET (unknown)": 1,
        "GET /rest/api/3/issue/{issue}/changelog": 2,
        "POST /rest/api/3/search/jql": 1,
    }
    assert (counted["total"], counted["peak_in_flight"]) == (4, 1)
    assert small.post("/demo/stats/reset", {}).json()["total"] == 0


def test_answers_are_packed_for_those_who_can_unpack(small: Reader) -> None:
    """Packed when the reader accepts it, plain otherwise, the same content; one connection serves many requests."""
    connection = HTTPConnection(urlsplit(small.demo.jira_base_url).netloc)
    path = "/rest/api/3/serverInfo", "/rest/api/3/field"
    shown = []
    for encoding in ("identity", "gzip"):
        connection.request("GET", path[1], headers={"Accept-Encoding": encoding})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.headers["Content-Length"] == str(len(body))
        shown.append((answer.headers.get("Content-Encoding"), body))
    connection.close()

    assert [encoding for encoding, _ in shown] == [None, "gzip"]
    assert json.loads(gzip.decompress(shown[1][1])) == json.loads(shown[0][1])


def test_wrong_ways_are_told_apart(small: Reader) -> None:
    """Unknown paths are 404, known ones with another method 405, bodies that are no JSON object 400."""
    assert small.get("/rest/api/3/nothing").status_code == 404
    assert small.get("/demo/nothing").status_code == 404
    assert small.get("/rest/api/3/issue/bulkfetch/x/y").status_code == 404
    assert small.post("/rest/api/3/myself", {}).status_code == 405
    assert small.post("/rest/api/3/search/jql", ["project = SD"]).status_code == 400
    assert small.post("/rest/api/3/search/jql", {"jql": 1}).status_code == 400
    assert small.post("/rest/api/3/search/jql", {"jql": "project = SD", "maxResults": "many"}).status_code == 400


def test_threads_end_with_the_block() -> None:
    """Nothing of a demo is left running after its block."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        assert reader.demo.email == FIRST.email
        assert any(thread.name == "demo" for thread in threading.enumerate())
        others = sum(thread.name == "demo" for thread in threading.enumerate())

    assert sum(thread.name == "demo" for thread in threading.enumerate()) == others - 1


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Options(port=70_000), OptionError),
        (lambda: Options(lifetime_s=0), OptionError),
        (lambda: Latency(call_s=-1), OptionError),
        (lambda: reading(Options(clock="sundial")).__enter__(), ClockError),
        (lambda: reading(Options(sizes={"nobody": 5})).__enter__(), SizeError),
        (lambda: reading(Options(sizes={"people": 0})).__enter__(), SizeError),
    ],
    ids=["port", "lifetime", "latency", "clock", "queue", "size"],
)
def test_senseless_options_are_refused(make: object, error: type[Exception]) -> None:
    """Before anything listens."""
    assert callable(make)
    with pytest.raises(error):
        make()
