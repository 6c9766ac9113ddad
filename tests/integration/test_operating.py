"""The portal as those who run it meet it: probes, counts, the log, and how it ends and renews itself."""

import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from dashboard.gunicorn_options import STOP_S
from dashboard.leases import FileLeases
from tests.chaos.relay import relaying
from tests.fakes.served_portal import GUNICORN, ServedPortal, running_demo, served_portal, started_portal

TOKEN = re.compile(r"[0-9a-f]{16}")
WAIT_S = 60
SIDE_BY_SIDE = 3
"""Queues are read three at once, each in threads of its own."""


@pytest.fixture(scope="module")
def ready() -> Iterator[Mapping[str, Any]]:
    """A made-up Jira and Tempo."""
    with running_demo() as demo:
        yield demo


@pytest.fixture(scope="module")
def portal(ready: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPortal]:
    """A portal with two workers, read."""
    folder = tmp_path_factory.mktemp("portal")
    with served_portal(ready, folder, WEB_CONCURRENCY="2") as served:
        yield served


def test_one_look_at_the_counts_counts_both_workers(portal: ServedPortal) -> None:
    """And each route under its rule, whatever the address was."""
    before = _total(portal, "opsportal_requests_total", route="/<path:path>", status="4xx")

    assert _ask_each(portal, "/nowhere") == 2

    assert _total(portal, "opsportal_requests_total", route="/<path:path>", status="4xx") == before + 2
    assert "nowhere" not in _scrape(portal)


def test_what_a_killed_worker_counted_stays(portal: ServedPortal) -> None:
    """And another one comes in its place, and is counted in its place."""
    _ask_each(portal, "/gone")
    before = _total(portal, "opsportal_requests_total", route="/<path:path>")
    assert _total(portal, "opsportal_workers") == 2
    victim = min(_workers(portal))

    os.kill(victim, signal.SIGKILL)
    _wait("another worker", lambda: victim not in _workers(portal) and len(_workers(portal)) == 2)

    assert _ask_each(portal, "/after") == 2
    _wait("two workers", lambda: _total(portal, "opsportal_workers") == 2)
    assert _total(portal, "opsportal_requests_total", route="/<path:path>") == before + 2


def test_the_queues_are_told_as_they_stand(portal: ServedPortal) -> None:
    """Age, state, score, attainment and open tickets are those of the pages."""
    rows = {row["id"]: row for row in portal.table("overview")}
    queues = {labels["queue"] for labels, _ in _samples(portal, "opsportal_queue_data_age_seconds")}

    assert queues == set(rows)
    for name, row in rows.items():
        assert (
            _total(portal, "opsportal_queue_state", queue=name, state="fresh")
            + _total(portal, "opsportal_queue_state", queue=name, state="partial")
            == 1
        )
        assert _total(portal, "opsportal_queue_open_tickets", queue=name) == int(row["open"])
        if row["score"]:
            assert _total(portal, "opsportal_queue_score", queue=name) == float(row["score"])


def test_the_portal_says_that_it_lives_and_may_serve(portal: ServedPortal) -> None:
    """With every part, kept nowhere, and no ticket in it."""
    alive, may_serve = (requests.get(f"{portal.url}{path}", timeout=20) for path in ("/healthz", "/readyz"))

    assert (alive.status_code, alive.text, alive.headers["Cache-Control"]) == (200, "ok\n", "no-store")
    assert (may_serve.status_code, may_serve.headers["Cache-Control"]) == (200, "no-store")
    told = may_serve.json()
    assert told["ready"] is True
    assert set(told["parts"]) == {"start", "registry", "cache", "refresher", "jira", "tempo", "history"}
    cache = {"backend": "files", "reached": True, "serves": "files", "since": None, "state": "ok"}
    assert told["parts"]["cache"] == cache
    assert told["parts"]["jira"]["queues"]["fresh"] == told["parts"]["registry"]["queues"]


def test_a_request_keeps_the_id_that_it_came_with(portal: ServedPortal) -> None:
    """The balancer's or the proxy's, in the answer and in the log; an odd one is not taken over."""
    trace = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"
    for headers, expected in (
        ({"X-Request-Id": "morning-7.of_9"}, "morning-7.of_9"),
        ({"X-Amzn-Trace-Id": trace}, "1-67891233-abcdef012345678912345678"),
        ({"X-Request-Id": "morning-8", "X-Amzn-Trace-Id": trace}, "morning-8"),
    ):
        assert requests.get(f"{portal.url}/", headers=headers, timeout=20).headers["X-Request-Id"] == expected
        _logged(portal, partial(_is_of, expected))
    for odd in ("a b", "x" * 65, "{}", "é"):
        answer = requests.get(f"{portal.url}/", headers={"X-Request-Id": odd.encode()}, timeout=20)
        assert TOKEN.fullmatch(answer.headers["X-Request-Id"])


def test_every_line_of_the_log_is_an_event(portal: ServedPortal) -> None:
    """Whatever is in an address; without what is behind the question mark, and without a secret."""
    requests.get(f"{portal.url}/%0a%1b[31m%e2%80%a8{{?token=not-for-the-log", timeout=20)

    _logged(portal, lambda line: line["event"] == "request" and "\n\x1b[31m\u2028{" in line["path"])
    for line in _lines(portal):
        assert {"ts", "level", "event", "logger", "pid"} <= line.keys()
    assert {"gunicorn.error", "dashboard.access"} <= {line["logger"] for line in _lines(portal)}
    assert "not-for-the-log" not in portal.log
    assert portal.environment["JIRA_API_TOKEN"] not in portal.log


def test_a_registry_that_breaks_later_takes_nothing_away(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """The portal goes on with the one it had, and says so; with none it does not start."""
    registry = tmp_path / "registry.json"
    registry.write_bytes(Path(ready["registry"]).read_bytes())
    with started_portal(ready, tmp_path, QUEUE_REGISTRY=str(registry), WEB_CONCURRENCY="1") as portal:
        assert _registry(portal)["state"] == "ok"

        registry.write_text("{}", encoding="utf-8")
        _wait("the registry to be looked at", lambda: _registry(portal)["state"] == "newer_version_broken")

        assert requests.get(f"{portal.url}/readyz", timeout=20).status_code == 200
        assert _total(portal, "opsportal_registry_problems") >= 1

    with pytest.raises(requests.ConnectionError):  # noqa: SIM117 - the portal is what fails
        with started_portal(ready, tmp_path, command=GUNICORN, QUEUE_REGISTRY=str(registry)):
            pytest.fail("it started without a registry")
    assert "queues: found nothing; expected this key" in portal.log.splitlines()[-1]


def test_a_setting_that_is_empty_is_not_set(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """Also where a library reads the same name and would stumble over it."""
    with started_portal(ready, tmp_path, WEB_CONCURRENCY="", PROMETHEUS_MULTIPROC_DIR=" ") as portal:
        _wait("two workers", lambda: portal.log.count("Booting worker") == 2)
        assert _total(portal, "opsportal_build_info") == 1


def test_the_probes_stay_at_the_root(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """Below a prefix there are only the pages, and routes are named without it. Started as an image does."""
    settings = {"URL_PREFIX": "/portal/", "WEB_CONCURRENCY": "1"}
    with started_portal(ready, tmp_path, command=GUNICORN, **settings) as portal:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert requests.get(f"{portal.url}{path}", timeout=20).status_code == 200
        assert requests.get(f"{portal.url}/portal/", timeout=20).status_code == 200
        document = requests.get(f"{portal.url}/portal/", timeout=20).text
        script = re.search(r'src="(/portal/assets/early[^"]+)"', document)
        assert script is not None
        assert "immutable" in requests.get(f"{portal.url}{script[1]}", timeout=20).headers["Cache-Control"]

        assert _total(portal, "opsportal_requests_total", route="/", status="2xx") == 2
        assert _total(portal, "opsportal_requests_total", route="static", status="2xx") == 1
        portal.stop()
        assert portal.process.returncode == 0
        assert all(line["level"] == "info" for line in _lines(portal))


def test_a_request_under_way_is_answered_when_the_portal_ends(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """The rest of it may arrive after the signal; new ones are not taken, and leases are free by then."""
    with started_portal(ready, tmp_path, WEB_CONCURRENCY="1") as portal:
        body = b'{"output": "gone.children", "outputs": {}, "inputs": [], "changedPropIds": []}'
        with _connected(portal) as slow:
            head = f"POST /_dash-update-component HTTP/1.1\r\nHost: portal\r\nContent-Length: {len(body)}\r\n"
            slow.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body[:10])
            _wait("the refresher", lambda: _parts(portal)["refresher"]["leads"])
            portal.process.send_signal(signal.SIGTERM)
            _wait("the leader to step down", lambda: _free(portal, "refresher"))
            slow.sendall(body[10:])
            answer = slow.recv(4096)
        assert answer.startswith(b"HTTP/1.1 409")
        portal.process.wait(STOP_S)
        assert portal.process.returncode == 0
        _logged(portal, lambda line: line.get("status") == 409)


def test_a_source_that_hangs_does_not_hold_the_end_up(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """What was asked of it is given up, by however many threads; nobody has to kill the worker for that."""
    with relaying(ready["jira_base_url"]) as relay:
        relay.shut_at("SD")
        with started_portal(ready, tmp_path, JIRA_BASE_URL=relay.url, WEB_CONCURRENCY="2") as portal:
            _wait("questions side by side", lambda: len(relay.waiting) >= SIDE_BY_SIDE)
            began = time.monotonic()
            portal.process.send_signal(signal.SIGTERM)
            portal.process.wait(WAIT_S)

    assert time.monotonic() - began < STOP_S  # when those that are left are killed
    assert portal.process.returncode == 0
    booted, left = (portal.log.count(words) for words in ("Booting worker", "Worker exiting"))
    assert booted == left == 2


BEGINS = """
import os
import signal
import time

from dashboard.gunicorn_conf import *


def post_fork(arbiter, worker):
    if worker.age == 1:
        os.kill(arbiter.pid, signal.SIGTERM)
    time.sleep(2)
"""


def test_a_worker_that_begins_is_told_of_the_end_as_well(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """The signal comes before it can take any; it is seen to as soon as it can, and nobody is killed."""
    conf = tmp_path / "conf.py"
    conf.write_text(BEGINS, encoding="utf-8")
    command = ("gunicorn", "-c", str(conf), "dashboard.wsgi:server")
    with pytest.raises(requests.ConnectionError):  # noqa: SIM117 - the portal is what ends
        with started_portal(ready, tmp_path, command=command, WEB_CONCURRENCY="2"):
            pytest.fail("it answered though it was told to end")
    log = (tmp_path / "portal.log").read_text(encoding="utf-8")

    assert log.count("Booting worker") == log.count("Worker exiting") > 0
    assert "Shutting down: Master" in log


@pytest.mark.parametrize("renewal", ["hang-up", "most requests"])
def test_workers_are_renewed_without_a_lost_request(ready: Mapping[str, Any], tmp_path: Path, renewal: str) -> None:
    """By a signal, or after so many requests each; the new ones keep the queues young as the old ones did."""
    command = (*GUNICORN, "--max-requests", "15") if renewal == "most requests" else GUNICORN
    with started_portal(ready, tmp_path, command=command, WEB_CONCURRENCY="2") as portal:
        first = {line["pid"] for line in _lines(portal) if line["event"].startswith("Booting worker")}
        statuses: list[int] = []
        ends = threading.Event()

        def ask() -> None:
            while not ends.is_set():
                statuses.append(requests.get(f"{portal.url}/nowhere/else", timeout=20).status_code)

        readers = [threading.Thread(target=ask) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            if renewal == "hang-up":
                portal.process.send_signal(signal.SIGHUP)
            _wait("new workers", lambda: len({each["pid"] for each in _requests(portal, "/nowhere")} - first) >= 2)
            _wait("the old ones to end", lambda: not any(_alive(pid) for pid in first))
        finally:
            ends.set()
            for reader in readers:
                reader.join()

        assert set(statuses) == {404}
        _wait("a leader among the new", lambda: _parts(portal)["refresher"]["state"] == "ok")
        assert not [line for line in _lines(portal) if line["level"] in {"warning", "error", "critical"}]


def _scrape(portal: ServedPortal) -> str:
    answer = requests.get(f"{portal.url}/metrics", timeout=20)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.text


def _samples(portal: ServedPortal, name: str) -> list[tuple[dict[str, str], float]]:
    found = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", _scrape(portal), re.MULTILINE)
    return [(dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value)) for labels, value in found]


def _total(portal: ServedPortal, name: str, **wanted: str) -> float:
    return sum(value for labels, value in _samples(portal, name) if wanted.items() <= labels.items())


def _lines(portal: ServedPortal) -> list[dict[str, Any]]:
    whole, _, _ = portal.log.rpartition("\n")  # behind it a line may just be written
    return [json.loads(line) for line in whole.split("\n") if line]


def _requests(portal: ServedPortal, path: str) -> list[dict[str, Any]]:
    return [line for line in _lines(portal) if line["event"] == "request" and line["path"].startswith(path)]


def _logged(portal: ServedPortal, fits: Callable[[dict[str, Any]], bool]) -> None:
    # The line follows the answer, which we may have before it.
    _wait("a line in the log", lambda: any(fits(line) for line in _lines(portal)))


def _is_of(request_id: str, line: dict[str, Any]) -> bool:
    return line.get("request_id") == request_id and line["event"] == "request"


def _ask_each(portal: ServedPortal, path: str) -> int:
    """Ask each worker once, with the others standing still: how many there were."""
    workers = _workers(portal)
    for number, worker in enumerate(sorted(workers)):
        others = workers - {worker}
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            requests.get(f"{portal.url}{path}/{number}", timeout=WAIT_S)
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)
        _logged(portal, partial(_is_by, worker, f"{path}/{number}"))
    return len(workers)


def _workers(portal: ServedPortal) -> set[int]:
    booted = {int(line["pid"]) for line in _lines(portal) if line["event"].startswith("Booting worker")}
    return {pid for pid in booted if _alive(pid)}


def _is_by(worker: int, path: str, line: dict[str, Any]) -> bool:
    return (line["pid"], line.get("path")) == (worker, path)


def _parts(portal: ServedPortal) -> dict[str, Any]:
    return dict(requests.get(f"{portal.url}/readyz", timeout=20).json()["parts"])


def _registry(portal: ServedPortal) -> dict[str, Any]:
    return dict(_parts(portal)["registry"])


def _connected(portal: ServedPortal) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(portal.environment["PORT"])), timeout=WAIT_S)


def _free(portal: ServedPortal, name: str) -> bool:
    lease = FileLeases(portal.folder / "cache" / "portal" / "leases").take(name, 60)
    if lease is not None:
        lease.release()
    return lease is not None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait(what: str, done: Callable[[], bool]) -> None:
    ends = time.monotonic() + WAIT_S
    while not done():
        assert time.monotonic() < ends, f"waited too long for {what}"
        time.sleep(0.05)
