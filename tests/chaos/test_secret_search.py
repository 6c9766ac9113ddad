"""Secrets that are made to be found, in every secret setting, are found nowhere after a day on which all goes wrong."""

import contextlib
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

import pytest
import requests
from redis import Redis

from demo.options import Options
from demo.server import Demo, start
from opsportal.settings import table
from tests.fakes.canaries import Canary, betrayed, betrayed_by_files, canaries, planted
from tests.fakes.commands import Commands
from tests.fakes.quoting_source import FAILURES, QuotingSource, quoting_source
from tests.fakes.redis_server import RedisServer, redis_server
from tests.fakes.served_portal import ServedPortal, started_portal
from tests.fakes.small_demo import SIZES
from tests.fakes.whole_walk import WholeWalk

SECRETS: Final = canaries()
LEFT_OUT: Final = {"cloud": {"JIRA_PAT"}, "datacenter": {"JIRA_API_TOKEN", "TEMPO_API_TOKEN"}}
"""The login of the other edition, which may not be set beside; on Data Center Tempo takes that of Jira."""
PATIENCE_S: Final = 60
SOME: Final = (("/", ""), ("/queue/service-desk", ""), ("/trends", ""), ("/data", ""))
"""Pages that say how reading and history are."""
SOON: Final = {
    "CACHE_TTL": "1",
    "LOCK_TTL": "2",
    "LOG_LEVEL": "DEBUG",
    "PORTAL_CLOCK": "",
    "RATE_LIMIT": "0",
    "REFRESH_BUDGET": "10",
    "RETRY_FIRST": "0.1",
    "RETRY_LONGEST": "0.3",
}


def _until(what: Callable[[], bool], portal: ServedPortal) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < ends, portal.log[-20_000:]
        time.sleep(0.05)


class Day:
    """A portal full of secrets between sources that quote, and a Redis, a registry and a history that break."""

    def __init__(self, folder: Path, edition: str, demo: Demo, source: QuotingSource, redis: RedisServer) -> None:
        self.folder, self.source, self.redis = folder, source, redis
        self.secrets = {name: each for name, each in SECRETS.items() if name not in LEFT_OUT[edition]}
        _renew(demo, self.secrets)
        self.registry = folder / "registry.json"
        shutil.copyfile(demo.registry, self.registry)
        (folder / "tmp").mkdir()
        self.environment = {
            "JIRA_BASE_URL": source.url,
            "TEMPO_BASE_URL": demo.tempo_base_url.replace(demo.jira_base_url, source.url),
            "QUEUE_REGISTRY": str(self.registry),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "counts"),
            "TMPDIR": str(folder / "tmp"),
            "PYTHONFAULTHANDLER": "1",
            **({"JIRA_EMAIL": demo.email} if edition == "cloud" else {}),
            **SOON,
            **planted(self.secrets, redis.port),
        }
        self.headers = {
            "X-Portal-Proxy-Secret": SECRETS["AUTH_PROXY_SECRET"].value if "AUTH_PROXY_SECRET" in SECRETS else "",
            "X-Forwarded-User": "ana@example.com",
            "X-Forwarded-Groups": "ops",
        }
        self.walked: list[bytes] = []

    @contextmanager
    def portal(self) -> Iterator[tuple[ServedPortal, WholeWalk]]:
        """The portal while the block runs, from when every queue has been read."""
        with started_portal(None, self.folder, **self.environment) as portal:
            walk = WholeWalk(portal.url, self.headers, self.walked)
            _until(lambda: _read(walk), portal)
            yield portal, walk

    def paste_secrets(self, url: str) -> None:
        """Somebody puts each secret into an address by mistake; what they are answered is theirs to see."""
        for canary in self.secrets.values():
            written = quote(canary.value, safe="")
            requests.get(f"{url}/queue/{written}?period={written}", headers=self.headers, timeout=60)
            requests.get(f"{url}/api/queues/{written}/data", headers=self.headers, timeout=60)

    def redis_holds(self) -> bytes:
        """Every key and value of the Redis, and what it says of its clients."""
        with self.redis.client() as client:
            return b"\n".join(_everything(client))

    def nothing_betrayed(self) -> None:
        """Neither in what was answered, nor in any file below the folder, whatever wrote it."""
        for answer in self.walked:
            assert betrayed(answer, self.secrets) == set(), answer[:2_000]
        assert betrayed_by_files(self.folder, self.secrets) == {}


def _renew(demo: Demo, secrets: Mapping[str, Canary]) -> None:
    names = ("jira_pat",) if demo.jira_pat else ("jira_api_token", "tempo_api_token")
    tokens = {name: secrets[name.upper()].value for name in names}
    assert requests.post(f"{demo.jira_base_url}/demo/tokens", json=tokens, timeout=20).status_code == 200


def _read(walk: WholeWalk) -> bool:
    queues = walk.get("/api/queues/overview").json().get("queues", [])
    return bool(queues) and all(each.get("as_of") for each in queues)


def _everything(client: "Redis") -> Iterator[bytes]:
    for key in client.scan_iter(count=1000):
        yield bytes(key)
        if client.type(key) == b"string":
            yield cast("bytes | None", client.get(key)) or b""
        else:
            yield repr(client.hgetall(key)).encode()


@pytest.fixture(params=LEFT_OUT)
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    """One of each edition of Jira."""
    edition = str(request.param)
    password = SECRETS["REDIS_URL"].value
    options = Options(clock="real", sizes=SIZES, lifetime_s=600, dialect=edition)
    with start(options) as demo, quoting_source(demo.jira_base_url) as source, redis_server(password=password) as redis:
        yield Day(tmp_path, edition, demo, source, redis)


def test_a_day_on_which_all_goes_wrong_betrays_no_secret(day: Day) -> None:
    """Sources quote what they were sent, in every way that misleads a library; Redis, registry and history break."""
    with day.portal() as (portal, walk):
        walk.all()
        day.paste_secrets(portal.url)
        held = day.redis_holds()
        for failing in FAILURES:
            day.source.failing = failing
            _until(partial(day.source.has_quoted, failing), portal)
            walk.plain()
        walk.pages(SOME)
        walk.api()
        day.registry.write_text('{"version": 1, "queues": "broken"', encoding="utf-8")
        (day.folder / "history.db").write_bytes(b"no database at all" * 100)
        with day.redis.client() as client:
            client.config_set("requirepass", "another")
            client.client_kill_filter(_type="normal", skipme=True)
        walk.pages(SOME)
        walk.plain()
        day.redis.stop()
        walk.plain()
    log = portal.log

    assert {200, 404} <= walk.statuses
    assert len(held) > 10_000
    assert betrayed(held, day.secrets) == set()
    assert "***" in log, "nothing was hidden, so nothing was tempted"
    assert '"level": "debug"' in log
    day.nothing_betrayed()


COMMANDS: Final[Sequence[tuple[str, ...]]] = (
    ("check",),
    ("report", "service-desk"),
    ("snapshot",),
    ("registry", "suggest"),
    ("backfill", "--from", "2026-11-21", "--to", "2026-11-21"),
)


@pytest.mark.parametrize("day", ["cloud"], indirect=True)
def test_commands_that_fail_betray_no_secret(day: Day) -> None:
    """Before sources that quote, behind an address without TLS, and with a Redis that takes another password."""
    with day.redis.client() as client:
        client.config_set("requirepass", "another")
    without_tls = {"JIRA_BASE_URL": day.source.url.replace("http://", "https://")}
    run = Commands(day.folder)
    with ThreadPoolExecutor(len(COMMANDS)) as pool:
        day.source.failing = "redirect"
        said = [*pool.map(lambda words: run(*words, **day.environment), COMMANDS)]
        day.source.failing = "headers"
        said += pool.map(lambda more: run("check", **{**day.environment, **more}), ({}, without_tls))

    assert day.source.quoted.keys() == {"redirect", "headers"}
    for done in said:
        assert done.code == 1
        assert betrayed(f"{done.out}\n{done.err}".encode(), day.secrets) == set(), done
    assert betrayed_by_files(day.folder, day.secrets) == {}


@pytest.mark.parametrize("day", ["cloud"], indirect=True)
def test_a_crash_betrays_no_secret(day: Day) -> None:
    """Workers and then the master break down while they work: last words say where they were, and no core is left."""
    with day.portal() as (portal, walk):
        day.source.failing = "401"
        _until(partial(day.source.has_quoted, "401"), portal)
        master = portal.process.pid
        first = _children(master)
        limits = [Path(f"/proc/{pid}/limits").read_text(encoding="ascii") for pid in (master, *first)]
        for pid in first:
            os.kill(pid, signal.SIGSEGV)
        _until(lambda: len(_children(master) - first) == len(first), portal)
        _until(lambda: walk.get("/healthz").status_code == 200, portal)
        workers = _children(master)
        os.kill(master, signal.SIGABRT)
        portal.process.wait(timeout=30)
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSEGV)
        _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), portal)

    assert portal.log.count("Fatal Python error: Segmentation fault") >= len(first)
    assert "Fatal Python error: Aborted" in portal.log
    for told in limits:
        assert re.search(r"^Max core file size +1 +1 +bytes", told, re.MULTILINE), told
    assert not list(day.folder.rglob("core*"))
    day.nothing_betrayed()


def _children(pid: int) -> set[int]:
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()}


def test_every_secret_of_the_settings_is_planted() -> None:
    """In one edition or the other: a new one joins by standing in the table."""
    planted_somewhere = {name for left_out in LEFT_OUT.values() for name in SECRETS if name not in left_out}

    assert planted_somewhere == {row.name for row in table() if row.secret}
