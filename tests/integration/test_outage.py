"""A Jira or Tempo that is out of order for a quarter of an hour, with several processes before it that all would read.

Intervals are scaled by settings: a quarter of an hour, the longest wait, takes a second and a half.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import requests

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from demo.server import Demo
from opsportal import wiring
from opsportal.cached import CachedReports
from opsportal.ports import RefreshResult
from opsportal.settings import load
from tests.fakes.clock import stop_the_clock
from tests.fakes.small_demo import settings_of, small_demo

Json: TypeAlias = dict[str, Any]

QUARTER_S = 1.5
FIRST_S = QUARTER_S / 15
LONG_S = 60.0
"""A wait that only a defect makes so long."""
MOST = 20

SEARCH, WORKLOGS = "POST /rest/api/3/search/jql", "GET /tempo/4/worklogs"
PROCESSES = 3

OUTAGES: dict[str, Json] = {
    "503": {"route": "*", "kind": "status", "status": 503, "times": None},
    "401": {"route": "*", "kind": "status", "status": 401, "times": None},
    "refused": {"route": "*", "kind": "close", "times": None},
    "hanging": {"route": "*", "kind": "hang", "seconds": 60, "times": None},
    "throttled": {"route": "*", "kind": "throttle", "retry_after_s": 1, "times": None},
    "captive": {"route": "*", "kind": "html", "times": None},
}


class Count:
    """Counts what all processes send, and what becomes of reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent: list[tuple[str, int | None]] = []
        self.results: list[RefreshResult] = []

    def upstream(self, source: str, status: int | None, duration_s: float) -> None:
        """As Observer promises."""
        assert duration_s >= 0
        with self._lock:
            self.sent.append((source, status))

    def refreshed(self, queue_id: str, result: RefreshResult, duration_s: float) -> None:
        """As Observer promises."""
        with self._lock:
            self.results.append(result)

    def cache(self, hit: bool) -> None:
        """As Observer promises."""


class Fleet:
    """Several processes that read whatever is due, over one cache."""

    def __init__(self, demo: Demo, folder: Path) -> None:
        self.demo, self.count = demo, Count()
        intervals = {
            "CACHE_TTL": "1",
            "LOCK_TTL": "5",
            "RETRY_FIRST": str(FIRST_S),
            "RETRY_LONGEST": str(QUARTER_S),
            "REFRESH_BUDGET": "30",
        }
        settings = load({**settings_of(demo), **intervals}, env_file=None)
        self.each = [
            wiring.build_cached(settings, FileCache(folder), FileLeases(folder / "leases"), observer=self.count).reports
            for _ in range(PROCESSES)
        ]

    def arrived(self) -> int:
        """How many requests have reached Jira and Tempo."""
        with closing(requests.Session()) as control:
            return int(control.get(f"{self.demo.jira_base_url}/demo/stats", timeout=20).json()["total"])

    def faults(self, *rules: Json) -> None:
        """The rules in force from now on."""
        with closing(requests.Session()) as control:
            answer = control.post(f"{self.demo.jira_base_url}/demo/faults", data=json.dumps(rules), timeout=20)
            assert answer.status_code == 200, answer.text

    def read_for(self, seconds: float, processes: int = PROCESSES) -> None:
        """So many processes read what is due, side by side, for so long."""
        ends = time.monotonic() + seconds

        def work(reports: CachedReports) -> None:
            while time.monotonic() < ends:
                for queue_id in reports.due():
                    reports.refresh(queue_id)
                time.sleep(0.02)

        threads = [threading.Thread(target=work, args=(reports,)) for reports in self.each[:processes]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def read_until(self, holds: str) -> None:
        """Until every queue is in that state."""
        ends = time.monotonic() + LONG_S
        while {served.freshness.code for served in self.served()} != {None} or holds not in self.states():
            assert time.monotonic() < ends, self.served()
            self.read_for(0.2)

    def served(self) -> Sequence[Any]:
        """Every queue as the last process serves it."""
        return list(self.each[-1].overview().served.values())

    def states(self) -> set[str]:
        """In which states they are."""
        return {served.freshness.state for served in self.served()}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A small Jira with a Tempo."""
    with small_demo() as running:
        yield running


@pytest.fixture
def fleet(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    """Processes that have read nothing; waits within a request take no time, and nobody waits long for an answer."""
    stop_the_clock(monkeypatch)
    monkeypatch.setattr("datasource.sending.READ_TIMEOUT_S", 0.2)
    with ExitStack() as stack:
        fleet = Fleet(demo, tmp_path)
        stack.callback(fleet.faults)
        yield fleet


@pytest.mark.parametrize(
    ("outage", "warm"),
    [*((outage, False) for outage in OUTAGES), ("503", True), ("hanging", True), ("throttled", True)],
)
def test_a_quarter_of_an_hour_costs_twenty_requests(fleet: Fleet, outage: str, warm: bool) -> None:
    """Of all processes together, before the first read and after it; it ends by itself."""
    if warm:
        fleet.read_until("fresh")
    fleet.faults(OUTAGES[outage])
    time.sleep(0.7 if warm else 0)  # until queues become due
    before, arrived = len(fleet.count.sent), fleet.arrived()
    fleet.read_for(QUARTER_S)

    assert 4 <= len(fleet.count.sent) - before <= MOST, fleet.count.sent[before:]
    assert fleet.arrived() - arrived == len(fleet.count.sent) - before
    for served in fleet.served():
        assert served.freshness.code is not None
        assert (served.report is not None) == warm

    fleet.faults()
    fleet.read_until("fresh")
    assert all(served.report is not None for served in fleet.served())


def test_a_search_that_is_out_of_order_alone_costs_as_little(fleet: Fleet) -> None:
    """Though every probe is answered: what follows it fails, and no read is whole."""
    fleet.read_until("fresh")
    fleet.faults({"route": SEARCH, "kind": "status", "status": 503, "times": None})
    time.sleep(0.7)
    before = len(fleet.count.sent)
    fleet.read_for(QUARTER_S, processes=1)

    assert 4 <= len(fleet.count.sent) - before <= MOST
    fleet.faults()
    fleet.read_until("fresh")


def test_tempo_out_of_order_leaves_jira_alone(fleet: Fleet) -> None:
    """Tickets are read on; hours come back by themselves."""
    fleet.faults({"route": WORKLOGS, "kind": "status", "status": 503, "times": None})
    fleet.read_for(QUARTER_S)

    refused = [status for source, status in fleet.count.sent if source == "Tempo" and status == 503]
    assert 4 <= len(refused) <= MOST
    for served in fleet.served():
        assert served.freshness.code is None
        assert served.report.now.hours.state == "failed"

    fleet.faults()
    ends = time.monotonic() + LONG_S
    while {served.report.now.hours.state for served in fleet.served()} - {"ok", "not_configured"}:
        assert time.monotonic() < ends
        fleet.read_for(0.2)


def test_what_one_queue_is_refused_concerns_no_other(fleet: Fleet) -> None:
    """However often it happens: every queue is asked for in its turn."""
    fleet.faults({"route": SEARCH, "kind": "status", "status": 400, "times": None})
    fleet.read_for(FIRST_S)

    refused = [status for source, status in fleet.count.sent if status == 400]
    assert len(refused) >= len(fleet.served()) > 3
    assert {served.freshness.code for served in fleet.served()} == {"SourceRejected"}
