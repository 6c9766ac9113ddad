"""How fast warm answers are: beside a bare Flask route that returns the same bytes, and while queues are being read.

The portal runs as in production, two workers on a Redis. A door before Jira decides whether queues are being read: held
open they are all the time, one after the other; held shut the same readings stay in place and nothing is read.
"""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.bench.measuring import Line
from tests.chaos.readers import Question, callback_questions
from tests.chaos.relay import Relay, relaying
from tests.chaos.site import BIG, begun, running_jira, settings_before
from tests.chaos.task import Task
from tests.chaos.waiting import until
from tests.fakes.redis_server import redis_server
from tests.fakes.served_portal import ROOT, free_port, wait_until_it_answers

TICKETS: Final = 7_500
"""A year's; the window of 120 days holds about 2,500."""

ROUNDS: Final = 5
TURN_S: Final = 5.0
CAPACITY_S: Final = 3.0
CONNECTIONS: Final = 8
SHARE: Final = 3
"""Of what the server can do a third is asked."""

IN_A_TURN: Final = 300
CALL_S: Final = 1.0
"""About what a call takes where a read of the queue, page by page, takes half a minute."""
BESIDE_BARE, WHILE_READ = 1.5, 2.0

_BARE = """
import sys
from flask import Flask, Response
from gunicorn.app.base import BaseApplication

app = Flask("bare")
body, kind = open(sys.argv[2], "rb").read(), sys.argv[3]
app.add_url_rule("/", "answer", lambda: Response(body, content_type=kind))

class Served(BaseApplication):
    def load_config(self):
        for name, value in dict(bind=f"127.0.0.1:{sys.argv[1]}", worker_class="gthread", threads=4, workers=2,
                                preload_app=True, loglevel="error", control_socket_disable=True).items():
            self.cfg.set(name, value)

    def load(self):
        return app

Served().run()
"""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, as bytes decide: to which server, how, with what."""

    server: str
    method: str
    path: str
    body: bytes | None = None

    @classmethod
    def of(cls, question: Question) -> "Request":
        """What a reader's question is on the wire."""
        body = None if question.body is None else json.dumps(question.body).encode()
        return cls(question.server, "GET" if body is None else "POST", question.path, body)


def lines() -> Iterator[Line]:
    """Both answers while queues are read and while not, and the API's beside a bare route."""
    with _world() as (task, relay, folder):
        data = Request(task.url, "GET", f"/api/queues/{BIG}/data")
        page = _page(task)
        relay.shut()
        until("nothing to be read", lambda: bool(relay.waiting))
        yield _beside_bare(data, folder)
        for name, request in ((f"GET {data.path}", data), ("callback of the queue's page", page)):
            yield _while_read(name, request, relay)


def _beside_bare(request: Request, folder: Path) -> Line:
    status, headers, body = _sent(_connected(request), request)
    if status != 200:
        raise RuntimeError(f"{request.path} answers {status}")
    file = folder / "answer"
    file.write_bytes(body)
    port = str(free_port())
    with _program([sys.executable, "-c", _BARE, port, str(file), headers["Content-Type"]]):
        bare = Request(f"http://127.0.0.1:{port}", "GET", "/")
        wait_until_it_answers(bare.server)
        turns = [(_median_s(request), _median_s(bare)) for _ in range(ROUNDS)]
    ratio = statistics.median(ours / theirs for ours, theirs in turns)
    ours_ms, theirs_ms = (1e3 * statistics.median(side) for side in zip(*turns, strict=True))
    detail = f"{ours_ms:.2f} ms against {theirs_ms:.2f} ms, {len(body) / 1e3:.0f} kB, medians of {ROUNDS}"
    return Line("cached API answer ÷ bare Flask route", ratio, BESIDE_BARE, False, "x", detail)


def _median_s(request: Request) -> float:
    connection, took = _connected(request), []
    for _ in range(IN_A_TURN):
        began = time.perf_counter()
        _sent(connection, request)
        took.append(time.perf_counter() - began)
    connection.close()
    return statistics.median(took)


def _while_read(name: str, request: Request, relay: Relay) -> Line:
    """The 95th percentile at a third of capacity, while queues are read over that while they are not."""
    capacity = _capacity(request)
    turns = []
    for _ in range(ROUNDS):
        relay.open()
        before = len(relay.calls)
        busy = _p95_s(request, capacity / SHARE)
        read = sum(call.begins_a_read for call in relay.calls[before:])
        if not read:
            raise RuntimeError("nothing was read meanwhile")
        relay.shut()
        until("nothing to be read", lambda: bool(relay.waiting))
        turns.append((busy, _p95_s(request, capacity / SHARE), read))
    ratio = statistics.median(busy / quiet for busy, quiet, _ in turns)
    busy_ms, quiet_ms = (1e3 * statistics.median(turn[n] for turn in turns) for n in (0, 1))
    detail = f"{busy_ms:.1f} ms against {quiet_ms:.1f} ms at {capacity / SHARE:.0f} a second, medians of {ROUNDS}; "
    detail += f"{statistics.median(turn[2] for turn in turns):.0f} queues read a turn"
    return Line(f"p95 of {name}, being read ÷ not", ratio, WHILE_READ, False, "x", detail)


def _capacity(request: Request) -> float:
    """How many a second are answered when each connection asks as fast as it can."""
    done, ends = [0] * CONNECTIONS, time.monotonic() + CAPACITY_S

    def ask(n: int) -> None:
        connection = _connected(request)
        while time.monotonic() < ends:
            _sent(connection, request)
            done[n] += 1
        connection.close()

    _together([lambda n=n: ask(n) for n in range(CONNECTIONS)])  # type: ignore[misc]  # each its own number
    return sum(done) / CAPACITY_S


def _p95_s(request: Request, per_s: float) -> float:
    """From when each request was to be sent until its answer was there: who waits for a turn has waited too."""
    took: list[float] = []
    began = time.perf_counter()

    def ask(n: int) -> None:
        connection, turn = _connected(request), n
        while (due := began + turn / per_s) < began + TURN_S:
            time.sleep(max(0.0, due - time.perf_counter()))
            _sent(connection, request)
            took.append(time.perf_counter() - due)
            turn += CONNECTIONS
        connection.close()

    _together([lambda n=n: ask(n) for n in range(CONNECTIONS)])  # type: ignore[misc]  # each its own number
    return statistics.quantiles(took, n=20)[-1]


def _together(runs: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _connected(request: Request) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(request.server).netloc, timeout=60)


def _sent(connection: http.client.HTTPConnection, request: Request) -> tuple[int, Mapping[str, str], bytes]:
    headers = {} if request.body is None else {"Content-Type": "application/json"}
    connection.request(request.method, request.path, body=request.body, headers=headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.headers), answer.read()


def _page(task: Task) -> Request:
    """The callback that fills the queue's page: of all that the page calls it answers most."""
    requests = [Request.of(question) for question in callback_questions(task.url, f"/queue/{BIG}")]
    return max(requests, key=lambda request: len(_sent(_connected(request), request)[2]))


@contextmanager
def _world() -> Iterator[tuple[Task, Relay, Path]]:
    """A portal with its queues read, that reads them again all the time; its door to Jira; a folder."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        jira = stack.enter_context(running_jira(folder, sizes={BIG: TICKETS}))
        relay = stack.enter_context(relaying(jira.url))
        redis = stack.enter_context(redis_server())
        task = begun(
            stack, folder / "task", settings_before(jira, relay, redis.url, {"CACHE_TTL": "1", "LOG_LEVEL": "INFO"})
        )
        data = Request(task.url, "GET", f"/api/queues/{BIG}/data")
        until("the first fill", lambda: _sent(_connected(data), data)[0] == 200)
        jira.takes(call_s=CALL_S)
        try:
            yield task, relay, folder
        finally:
            relay.open()


@contextmanager
def _program(command: Sequence[str]) -> Iterator[Any]:
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()
