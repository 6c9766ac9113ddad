"""The cache with everything real: files, processes, and a Jira that fails over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import requests

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from demo.server import Demo
from opsportal import wiring
from opsportal.cached import CachedReports, Served
from opsportal.settings import load
from servicelevel.instants import HOUR_MS, MINUTE_MS
from tests.factories import ms
from tests.fakes.clock import stop_the_clock
from tests.fakes.small_demo import NOON, settings_of, small_demo

Json: TypeAlias = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
NOON_MS = ms(NOON)
KEPT_QUEUES = ("service-desk", "billing", "platform-ops")
SEARCH, BULKFETCH = "POST /rest/api/3/search/jql", "POST /rest/api/3/issue/bulkfetch"
WORKLOGS = "GET /tempo/4/worklogs"

PROCESS = """
import sys, time
from pathlib import Path
from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from opsportal import wiring
from opsportal.settings import load

folder = Path(sys.argv[1])
reports = wiring.build_cached(load(env_file=None), FileCache(folder), FileLeases(folder / "leases")).reports
for line in sys.stdin:
    if line == "read\\n":
        while due := reports.due():
            for queue_id in due:
                reports.refresh(queue_id)
            time.sleep(0.05)
        seen = reports.overview()
        print(seen.as_of, seen.revision, *(each.report.now.health.score for each in seen.served.values()), flush=True)
"""


@dataclass(slots=True)
class Around:
    """A demo with a registry of three of its queues, and its control."""

    demo: Demo
    control: requests.Session
    settings: Mapping[str, str]

    def faults(self, *rules: Json) -> None:
        """The rules in force from now on; counting begins anew."""
        self._tell("faults", list(rules))
        self._tell("stats/reset", {})

    def sent(self, route: str | None = None) -> int:
        """How many requests were sent, to one route or in all."""
        answer = self.control.get(f"{self.demo.jira_base_url}/demo/stats", timeout=20).json()
        return int(answer["total"] if route is None else answer["requests"].get(route, 0))

    def fired(self) -> int:
        """How many requests the rules have hit."""
        answer = self.control.get(f"{self.demo.jira_base_url}/demo/faults", timeout=20)
        return sum(rule["fired"] for rule in answer.json())

    def _tell(self, path: str, body: object) -> None:
        answer = self.control.post(f"{self.demo.jira_base_url}/demo/{path}", data=json.dumps(body), timeout=20)
        assert answer.status_code == 200, answer.text

    @contextmanager
    def process(self, folder: Path, at: str = "2026-11-23T12:00:00Z") -> "Iterator[subprocess.Popen[str]]":
        """A process of its own whose clock stands at an instant."""
        with subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(folder)],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **self.settings, "PORTAL_CLOCK": f"frozen:{at}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            yield process


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Around]:
    """Jira and Tempo, standing still."""
    with small_demo() as demo, closing(requests.Session()) as control:
        whole = json.loads(demo.registry.read_text(encoding="utf-8"))
        whole["queues"] = [queue for queue in whole["queues"] if queue["id"] in KEPT_QUEUES]
        del whole["notes"]
        registry = tmp_path_factory.mktemp("registry") / "registry.json"
        registry.write_text(json.dumps(whole), encoding="utf-8")
        yield Around(demo, control, {**settings_of(demo), "QUEUE_REGISTRY": str(registry)})


@dataclass(slots=True)
class Here:
    """Reports of this process, whose clock a test moves."""

    around: Around
    folder: Path
    now: int = NOON_MS

    def __post_init__(self) -> None:
        self.reports = self.another()

    reports: CachedReports = None  # type: ignore[assignment]  # made from the rest

    def another(self) -> CachedReports:
        """As another process has them, on the same folder."""
        cache, leases = FileCache(self.folder), FileLeases(self.folder / "leases")
        settings = load(self.around.settings, env_file=None)
        return wiring.build_cached(settings, cache, leases, now=lambda: self.now).reports

    def desk(self) -> Served:
        """The service desk as another process sees it."""
        return self.another().queue("service-desk")


@pytest.fixture
def here(around: Around, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """Reports in a new folder; waiting takes no time."""
    stop_the_clock(monkeypatch)
    yield Here(around, tmp_path)
    around.faults()


def _ask(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("read\n")
    process.stdin.flush()


def _answer(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def test_of_two_processes_one_asks_and_both_answer_alike(around: Around, tmp_path: Path) -> None:
    """A queue is read once each period, whoever gets to it first."""
    around.faults()
    with around.process(tmp_path / "alone") as alone:
        _ask(alone)
        expected = _answer(alone)
        assert alone.stdin is not None
        alone.stdin.close()
    sent = {route: around.sent(route) for route in (SEARCH, BULKFETCH, WORKLOGS)}
    assert all(sent.values())

    around.faults()
    shared = tmp_path / "shared"
    with around.process(shared) as one, around.process(shared) as other:
        _ask(one)
        _ask(other)
        answer = _answer(one)
        assert answer == _answer(other)
        assert (answer[0], answer[2:]) == (expected[0], expected[2:])  # the revision is of this very read
        assert {route: around.sent(route) for route in sent} == sent

    around.faults()
    later = "2026-11-23T12:06:00Z"
    with around.process(shared, later) as one, around.process(shared, later) as other:
        _ask(one)
        _ask(other)
        answer = _answer(one)
        assert answer == _answer(other)
        assert answer[0] == str(NOON_MS + 6 * MINUTE_MS)
        assert around.sent(SEARCH) == len(KEPT_QUEUES)


def test_a_killed_reader_leaves_no_trace(around: Around, tmp_path: Path) -> None:
    """Its queue is free at once, and nothing of what it had read is shown."""
    around.faults({"route": BULKFETCH, "kind": "hang", "seconds": 60, "times": None})
    here = Here(around, tmp_path)
    with around.process(tmp_path) as reader:
        _ask(reader)
        while not around.fired():
            time.sleep(0.02)
        assert here.desk().freshness.reading
        assert here.desk().report is None
        os.kill(reader.pid, signal.SIGKILL)
    around.faults()

    assert here.desk().report is None
    assert here.reports.refresh("service-desk")
    served = here.desk()
    assert served.report is not None
    assert (served.freshness.state, served.freshness.reading) == ("fresh", False)


@pytest.mark.parametrize(
    ("rule", "code", "next_try_min"),
    [
        ({"route": "*", "kind": "status", "status": 401, "times": None}, "LoginFailed", 1),
        ({"route": SEARCH, "kind": "status", "status": 503, "times": None}, "SourceFailed", 1),
        ({"route": SEARCH, "kind": "close", "times": None}, "SourceUnreachable", 1),
        ({"route": SEARCH, "kind": "html", "times": None}, "SourceMalformed", 1),
        ({"route": SEARCH, "kind": "expired_login", "times": None}, "LoginFailed", 1),
        ({"route": SEARCH, "kind": "throttle", "retry_after_s": 1800, "times": None}, "SourceThrottled", 30),
    ],
    ids=["401", "503", "close", "html", "anonymous", "throttled"],
)
def test_a_failing_jira_costs_no_number(here: Here, rule: Json, code: str, next_try_min: int) -> None:
    """Before the first read there is none and the reason; afterwards the last good ones stand until it is back."""
    here.around.faults(rule)
    here.reports.refresh("service-desk")
    never = here.desk()
    assert (never.report, never.progress) == (None, None)
    assert (never.freshness.state, never.freshness.code, never.freshness.tries) == ("failed", code, 1)
    assert str(never.freshness.reason).startswith("Jira ")
    assert never.freshness.next_try == NOON_MS + next_try_min * MINUTE_MS

    here.around.faults()
    here = Here(here.around, here.folder / "good")
    assert here.reports.refresh("service-desk")
    good = here.desk()
    here.around.faults(rule)
    here.now += HOUR_MS
    assert not here.reports.refresh("service-desk")
    stale = here.desk()
    assert (stale.freshness.state, stale.freshness.code) == ("stale", code)
    assert stale.freshness.since == here.now
    assert stale.report is not None
    assert good.report is not None
    assert stale.report.as_of == NOON_MS
    assert stale.report.now.health == good.report.now.health

    here.around.faults()
    here = Here(here.around, here.folder, here.now + next_try_min * MINUTE_MS)
    assert here.reports.refresh("service-desk")
    assert (here.desk().freshness.state, here.desk().freshness.reason) == ("fresh", None)


def test_a_failing_tempo_costs_the_hours_alone(here: Here) -> None:
    """They say why, and are back with the next good read."""
    here.around.faults({"route": WORKLOGS, "kind": "status", "status": 500, "times": None})
    assert here.reports.refresh("service-desk")

    report = here.desk().report
    assert report is not None
    assert report.now.hours.state == "failed"
    assert str(report.now.hours.state_reason).startswith("Tempo fails: HTTP 500")
    assert report.now.backlog.open > 0
    assert here.desk().freshness.state == "fresh"

    here.around.faults()
    here.now += 5 * MINUTE_MS
    assert here.reports.refresh("service-desk")
    report = here.desk().report
    assert report is not None
    assert report.now.hours.state == "ok"


def test_tickets_that_are_not_delivered_make_a_partial_report(here: Here) -> None:
    """They are counted and named, and asked for again with the next read."""
    here.around.faults({"route": BULKFETCH, "kind": "drop_issues", "n": 2, "times": None})
    assert here.reports.refresh("service-desk")

    served = here.desk()
    assert served.report is not None
    missing = served.report.columns.missing
    assert missing
    assert served.freshness.state == "partial"
    assert str(served.freshness.reason).startswith(f"{len(missing)} tickets left out: {len(missing)} not delivered")
    assert f"id {missing[0]}" in str(served.freshness.reason)

    here.around.faults()
    here.now += 5 * MINUTE_MS
    assert here.reports.refresh("service-desk")
    assert here.desk().freshness.state == "fresh"


def test_every_request_is_counted_with_its_read(here: Here) -> None:
    """Those that had to be sent again too."""
    here.around.faults({"route": SEARCH, "kind": "status", "status": 503, "times": 2})
    assert here.reports.refresh("service-desk")
    assert sum(note.requests or 0 for note in here.another().source_notes()) == here.around.sent()

    here.around.faults()
    here.now += 5 * MINUTE_MS
    assert here.reports.refresh("service-desk")
    jira, tempo = here.another().source_notes()
    assert (jira.kind, tempo.kind) == ("changed", "changed")
    assert (jira.requests or 0) + (tempo.requests or 0) == here.around.sent()


def test_the_files_of_the_portal_hold_no_secret(here: Here) -> None:
    """Whatever failed while they were written."""
    here.around.faults({"route": "*", "kind": "status", "status": 401, "times": None})
    here.reports.refresh("service-desk")
    here.around.faults()
    here.reports.refresh("billing")

    held = b"".join(path.read_bytes() for path in here.folder.rglob("*") if path.is_file())
    assert len(held) > 1_000
    for name in ("JIRA_API_TOKEN", "TEMPO_API_TOKEN"):
        assert here.around.settings[name].encode() not in held
