"""Whatever lies where values are kept, nothing of it is loaded as an object: it counts as if it were not there."""

import pickle
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import requests
from redis import Redis

from dashboard.app import create_app
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World, refresh_due
from tests.fakes.page_answers import asked
from tests.fakes.poison import WATCH, Bomb, bombs, poison
from tests.fakes.redis_server import redis_server
from tests.fakes.served_portal import NOON, ServedPortal, running_demo, served_portal

BLOBS: Final = 1_000
SEED: Final = 8
HEAD_BYTES: Final = 4
"""What a file of the cache begins with, before its value."""
PATHS: Final = (
    "/", "/readyz", "/metrics", "/_dash-layout", "/api/queues", "/api/queues/overview", "/api/queues/billing/data",
    "/api/queues/service-desk/tickets", "/api/at-risk", "/api/trends", "/api/teams", "/export/overview.csv",
    "/export/due.csv",
)  # fmt: skip
_seen: list[str] = []
_watching: list[bool] = []


def _watch(event: str, _: object) -> None:
    if _watching and event.startswith(("pickle.", "marshal.load")):
        frame = sys._getframe()
        while frame.f_back is not None:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap_external>":
                return
            frame = frame.f_back
        _seen.append(event)


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Everything loaded as an object while the block runs. A hook stays for good, so it is told when to look."""
    _seen.clear()
    _watching.append(True)
    try:
        yield _seen
    finally:
        _watching.pop()


sys.addaudithook(_watch)


def test_who_watches_sees_an_object_that_is_loaded(tmp_path: Path) -> None:
    """Otherwise seeing none would mean nothing."""
    trace = tmp_path / "trace"
    with _watched() as seen:
        for bomb in bombs(trace)[:6]:
            pickle.loads(bomb)  # noqa: S301 - what must not happen elsewhere
    assert seen
    assert trace.exists()
    assert isinstance(Bomb(trace).__reduce__(), tuple)


def test_a_thousand_values_that_are_none_are_missing_ones(tmp_path: Path) -> None:
    """Each in the place of a good one, for a process that begins: it has that queue's numbers or none, and goes on."""
    trace, chance, world = tmp_path / "trace", random.Random(SEED), World()
    world.read()
    good = dict(world.cache.held)
    keys = sorted(good)
    assert len(keys) > 3
    with _watched() as seen:
        for turn in range(BLOBS):
            key = keys[turn % len(keys)]
            world.cache.held = {**good, key: poison(good[key], trace, chance)}
            reports = world.process()
            for queue in reports.policy.queues:
                reports.reading(queue.id)
            if turn % 100 == 0:
                client = create_app(portal_over(world, reports, tmp_path)).server.test_client()
                assert client.get("/api/queues").status_code == 200
                assert client.get("/export/overview.csv").status_code == 200
                refresh_due(reports)
                assert reports.reading("desk") is not None
    assert seen == []
    assert not trace.exists()


def test_a_portal_over_poisoned_redis_files_and_history_loads_none_of_it(tmp_path: Path) -> None:
    """It begins on them, reads anew, and goes on while more of it is put there; every address is answered."""
    trace, watched = tmp_path / "trace", tmp_path / "loaded"
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    with running_demo() as ready, redis_server() as redis:
        with served_portal(ready, tmp_path, REDIS_URL=redis.url, LOG_LEVEL="WARNING") as portal:
            assert requests.get(f"{portal.url}/api/trends", timeout=60).status_code == 200
            root = portal.environment["PYTHONPATH"]
        with redis.client() as client:
            assert _poison_redis(client, trace, random.Random(SEED)) > 5
        _poison_files(tmp_path / "cache", trace)
        _poison_history(tmp_path / "history.db", trace)

        settings = {"REDIS_URL": redis.url, "PYTHONPATH": f"{tmp_path}:{root}", "WATCHED_IN": str(watched)}
        with served_portal(ready, tmp_path, LOG_LEVEL="WARNING", **settings) as portal, redis.client() as client:
            for turn in range(4):
                _answers(portal)
                _poison_redis(client, trace, random.Random(SEED + turn))
            _answers(portal)
            assert '"level": "error"' not in portal.log
    assert not watched.exists(), watched.read_text(encoding="utf-8")
    assert not trace.exists()


def _answers(portal: ServedPortal) -> None:
    with requests.Session() as session:
        for path in PATHS:
            assert session.get(f"{portal.url}{path}", timeout=60).status_code in (200, 202), path
        for callback in session.get(f"{portal.url}/_dash-dependencies", timeout=60).json():
            if callback["clientside_function"] is None:
                for path in ("/", "/queue/billing", "/trends", "/data"):
                    known = {("url", "pathname"): path, ("url", "search"): "", ("tick", "n_intervals"): 0}
                    answer = session.post(
                        f"{portal.url}/_dash-update-component", json=asked(callback, known), timeout=60
                    )
                    assert answer.status_code in (200, 204)


def _poison_redis(client: "Redis", trace: Path, chance: random.Random) -> int:
    count = 0
    for key in client.scan_iter("*"):
        value = client.get(key) if client.type(key) == b"string" else None
        if isinstance(value, bytes):
            count += bool(client.set(key, poison(value, trace, chance), keepttl=True, xx=True))
    return count


def _poison_files(folder: Path, trace: Path) -> None:
    harmful = bombs(trace)
    files = [path for path in folder.rglob("*") if path.is_file() and "static" not in path.parts]
    assert files
    for number, path in enumerate(files):
        path.write_bytes(path.read_bytes()[:HEAD_BYTES] + harmful[number % len(harmful)])


def _poison_history(file: Path, trace: Path) -> None:
    last = date.fromisoformat(NOON[:10]) - timedelta(days=1)
    rows = [
        (queue, str(last - timedelta(days=number)), 1 + number % 3, "live", bomb)
        for number, bomb in enumerate(bombs(trace))
        for queue in ("service-desk", "billing")
    ]
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.executemany("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", rows)
