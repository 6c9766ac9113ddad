from __future__ import annotations

from demo.burst import Bursts
from demo.options import Options
from tests.unit.demo.reader import NOON, SMALL, reading, server_reading


def test_bucket_empties_and_fills_again() -> None:
    """Four at once, one more each quarter of a second, and never more than four."""
    bursts = Bursts(4)
    assert [bursts.take("GET /a", 10.0) for _ in range(5)] == [3, 2, 1, 0, None]
    assert bursts.take("GET /a", 10.25) == 0
    assert bursts.take("GET /a", 10.375) is None
    assert bursts.take("GET /a", 99.0) == 3


def test_every_route_has_its_own_bucket() -> None:
    """One that is empty leaves the others alone."""
    bursts = Bursts(1)
    assert bursts.take("GET /a", 1.0) == 0
    assert bursts.take("GET /a", 1.0) is None
    assert bursts.take("GET /b", 1.0) == 0


def test_cloud_refuses_with_its_reason_and_counts_it() -> None:
    """429 with Retry-After 1 once the bucket is empty; allowed answers say how many are left."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, burst=1)) as reader:
        first = reader.get("/rest/api/3/myself")
        refused = first
        while refused.status_code == 200:
            refused = reader.get("/rest/api/3/myself")
        assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("1", "0")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
        assert refused.json()["errorMessages"]
        assert reader.get("/demo/stats").json()["statuses"]["429"] == 1


def test_data_center_and_tempo_refuse_in_their_own_way() -> None:
    """Data Center without a body, Tempo Cloud with its own kind of error."""
    with server_reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, burst=1)) as server:
        answer = server.get("/rest/api/2/myself")
        while answer.status_code == 200:
            answer = server.get("/rest/api/2/myself")
        assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "", "1")
        assert answer.headers["X-RateLimit-FillRate"] == "1"
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL, burst=1)) as reader:
        answer = reader.tempo("teams")
        while answer.status_code == 200:
            answer = reader.tempo("teams")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert "message" in answer.json()["errors"]


def test_without_a_limit_nothing_is_refused() -> None:
    """Two hundred requests in a row."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        assert {reader.get("/rest/api/3/serverInfo").status_code for _ in range(200)} == {200}
        assert reader.get("/demo/stats").json()["statuses"] == {"200": 200}
