"""A Redis that is killed, stopped, filled, made a replica, emptied and locked: what readers and owners notice."""

import logging
import re
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from dashboard.redis_link import PROBE_EVERY_S, RedisLink
from dashboard.two_places import CacheOfTwo, LeasesOfTwo
from tests.fakes.redis_server import RedisServer, redis_server
from tests.fakes.tcp_proxy import TcpProxy, tcp_proxy

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0

FORKED = """
import os, sys, threading, time
from dashboard.redis_cache import RedisCache
from dashboard.redis_link import RedisLink

link = RedisLink(sys.argv[1])
cache = RedisCache(link)
cache.set("a", b"value", timeout_s=60)
link._circuit.changed.acquire()  # as a thread may have it at the very moment of the fork
link._circuit.probing = True
link._circuit.under_way = 2
workers = []
for n in range(2):
    pid = os.fork()
    if pid == 0:
        mine = [cache.get("a") == b"value" and cache.add(f"{n} {turn}", b"1", timeout_s=60) for turn in range(50)]
        os._exit(0 if all(mine) and link.in_use else 1)
    workers.append(pid)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers])
link._circuit = type(link._circuit)()
print(cache.get("a"))
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """What one process of a machine has, with a proxy before its Redis."""

    server: RedisServer
    proxy: TcpProxy
    link: RedisLink
    cache: CacheOfTwo
    leases: LeasesOfTwo
    files: FileCache

    def in_use(self) -> bool:
        """Whether Redis serves."""
        return self.link.in_use

    def come_back(self) -> None:
        """Go on reading until Redis serves again; no call of these may fail or take long."""
        until(lambda: self.cache.get("any") is None and self.in_use())


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A Redis that serves and files that could."""
    with redis_server() as server, tcp_proxy(server.port) as proxy:
        link = RedisLink(server.url_at(proxy.port))
        files = FileCache(tmp_path / "shared")
        leases = LeasesOfTwo(link, FileLeases(tmp_path / "leases"))
        with link.client:
            yield Machine(server, proxy, link, CacheOfTwo(link, files), leases, files)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.02)


@pytest.mark.parametrize("fault", ["paused", "held", "killed", "refused"])
def test_two_calls_find_out_that_redis_is_gone(machine: Machine, fault: str) -> None:
    """However many threads ask at once. From then on Redis sees one probe in two seconds, and files serve."""
    machine.cache.set("a", b"in Redis", timeout_s=600)
    {
        "paused": machine.server.pause,
        "held": machine.proxy.hold,
        "killed": machine.server.stop,
        "refused": machine.proxy.refuse,
    }[fault]()
    at_s, connections = time.monotonic(), machine.proxy.connections
    together = threading.Barrier(8)

    def read() -> list[bytes | None]:
        together.wait(60)
        return [machine.cache.get("a") for _ in range(100)]

    with ThreadPoolExecutor(8) as pool:
        answers = [thread.result() for thread in [pool.submit(read) for _ in range(8)]]
    open_after_s = time.monotonic() - at_s

    assert not machine.in_use()
    assert all(answer is None for thread in answers for answer in thread)
    probes = open_after_s // PROBE_EVERY_S
    assert len(machine.proxy.names(since_s=at_s)) <= 2 + probes
    assert machine.proxy.connections - connections <= 2 + probes

    machine.cache.set("a", b"in files", timeout_s=600)
    assert machine.cache.get("a") == b"in files"
    assert machine.files.get("a") == b"in files"


@pytest.mark.parametrize("fault", ["paused", "held"])
def test_while_redis_hangs_probes_alone_go_out(machine: Machine, fault: str) -> None:
    """At most one in two seconds, whatever is read and written meanwhile."""
    machine.cache.get("a")
    (machine.server.pause if fault == "paused" else machine.proxy.hold)()
    assert machine.cache.get("a") is None
    assert not machine.in_use()

    from_s, connections = time.monotonic(), machine.proxy.connections
    while time.monotonic() - from_s < 2.5 * PROBE_EVERY_S:
        machine.cache.get_many(("a", "b"))
        machine.cache.set("a", b"value", timeout_s=60)
        machine.cache.add("b", b"value", timeout_s=60)
        time.sleep(0.01)
    took_s = time.monotonic() - from_s

    assert 1 <= machine.proxy.connections - connections <= took_s / PROBE_EVERY_S + 1
    assert len(machine.proxy.names(since_s=from_s)) <= took_s / PROBE_EVERY_S + 1
    assert not machine.in_use()

    (machine.server.resume if fault == "paused" else machine.proxy.pass_again)()
    machine.come_back()
    machine.cache.set("a", b"in Redis again", timeout_s=60)
    assert machine.cache.get("a") == b"in Redis again"
    assert machine.files.get("a") == b"value"


def test_a_redis_that_was_killed_is_used_when_it_is_there_again(machine: Machine) -> None:
    """Empty as it is: what is kept from then on is in it."""
    machine.cache.set("a", b"in Redis", timeout_s=600)
    machine.server.stop()
    machine.cache.set("a", b"in files", timeout_s=600)
    assert machine.cache.get("a") == b"in files"

    machine.server.start_again()
    machine.come_back()

    assert machine.cache.get("a") is None
    machine.cache.set("a", b"in Redis again", timeout_s=600)
    assert machine.cache.get("a") == b"in Redis again"


def test_a_redis_that_is_not_there_at_first_is_used_later(machine: Machine) -> None:
    """The first call of all finds out, and nothing has to be started anew."""
    machine.server.stop()
    machine.cache.set("a", b"in files", timeout_s=600)
    assert machine.cache.get("a") == b"in files"
    assert not machine.in_use()

    machine.server.start_again()
    machine.come_back()
    assert machine.cache.add("b", b"in Redis", timeout_s=600)


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_redis_that_takes_no_writes_is_not_read_either(machine: Machine, fault: str) -> None:
    """Its values would stand in the way of newer ones. The write that finds out is kept, and read, elsewhere."""
    machine.cache.set("a", b"before", timeout_s=600)
    (machine.server.make_full if fault == "full" else machine.server.make_read_only)()
    assert machine.cache.get("a") == b"before"

    machine.cache.set("a", b"after", timeout_s=600)
    assert machine.cache.get("a") == b"after"
    assert machine.cache.add("b", b"new", timeout_s=600)
    assert not machine.in_use()
    assert machine.link.problem is not None
    assert ("maxmemory" if fault == "full" else "replica") in machine.link.problem

    (machine.server.make_room if fault == "full" else machine.server.make_writable)()
    machine.come_back()
    machine.cache.set("a", b"later", timeout_s=600)
    assert machine.cache.get("a") == b"later"


def test_a_flushed_redis_stays_in_use(machine: Machine) -> None:
    """Its values are gone and its leases nobody's, and both can be made anew at once."""
    machine.cache.set("a", b"value", timeout_s=600)
    lease = machine.leases.take("read", 600)
    assert lease is not None
    assert lease.extend(600)
    with machine.server.client() as client:
        client.script_flush()
    machine.server.flush()

    assert machine.cache.get("a") is None
    assert not lease.held()
    assert not lease.extend(600)
    new = machine.leases.take("read", 600)
    assert new is not None
    lease.release()
    assert new.held()
    assert machine.cache.add("a", b"new", timeout_s=600)
    assert machine.in_use()


def test_a_connection_that_was_cut_is_made_again(machine: Machine) -> None:
    """As balancers do with quiet ones: nothing is noticed, and nothing said."""
    machine.cache.set("a", b"value", timeout_s=600)
    machine.proxy.refuse()
    machine.proxy.pass_again()

    assert machine.cache.get("a") == b"value"
    assert machine.in_use()


def test_leases_change_over_with_the_place(machine: Machine) -> None:
    """An owner's lease counts no more when Redis is gone, nor does the one in files when it is back."""
    first = machine.leases.take("read", 600)
    assert first is not None
    machine.server.pause()
    assert not first.extend(600)
    assert not first.held()

    second = machine.leases.take("read", 600)
    assert second is not None
    assert second.extend(600)
    assert machine.leases.take("read", 600) is None

    machine.server.resume()
    machine.come_back()
    assert not second.held()
    assert not second.extend(600)
    assert first.held()
    assert machine.leases.take("read", 600) is None
    first.release()
    third = machine.leases.take("read", 600)
    assert third is not None
    second.release()
    assert third.held()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{port}", "redis://:wr0ng@127.0.0.1:{port}"])
def test_a_redis_that_is_locked_is_said_to_be(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once, with the setting to look at and no password in it."""
    caplog.set_level(logging.INFO)
    with redis_server(password="s3cret") as server:
        link = RedisLink(url.format(port=server.port))
        with link.client:
            cache = CacheOfTwo(link, FileCache(tmp_path))
            for _ in range(5):
                cache.set("a", b"value", timeout_s=60)
                assert cache.get("a") == b"value"

        (record,) = caplog.records
        assert "REDIS_URL" in record.getMessage()
        assert "wr0ng" not in caplog.text

        with RedisLink(server.url).client as client:
            assert client.ping()


def test_each_call_is_one_journey(machine: Machine) -> None:
    """However many values are asked for, and one that is added has its end from the first moment."""
    machine.cache.get("a")
    from_s = time.monotonic()
    machine.cache.get_many([f"key {n}" for n in range(200)])
    machine.cache.set("a", b"value", timeout_s=60)
    machine.cache.add("b", b"value", timeout_s=60)
    machine.cache.delete("a")

    assert machine.proxy.names(since_s=from_s) == ["MGET", "SET", "SET", "DEL"]


def test_the_rights_that_are_documented_are_enough(tmp_path: Path) -> None:
    """docs/settings.md lists what a user of Redis needs; with these, and no others, everything works."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rights = re.findall(r"`(~opsportal:\*)`.*\n *\(`(\+[^`]*)`", page)[0]
    with redis_server() as server, server.client() as client:
        client.acl_setuser(
            "portal", enabled=True, passwords=["+s3cret"], keys=["opsportal:*"], commands=rights[1].split()
        )
        link = RedisLink(f"redis://portal:s3cret@127.0.0.1:{server.port}/1")
        with link.client:
            cache, leases = CacheOfTwo(link, FileCache(tmp_path / "a")), LeasesOfTwo(link, FileLeases(tmp_path / "b"))
            cache.set("a", b"value", timeout_s=60)
            assert cache.get("a") == b"value"
            assert cache.add("b", b"value", timeout_s=60)
            cache.delete("b")
            lease = leases.take("read", 60)
            assert lease is not None
            assert leases.take("read", 60) is None
            assert lease.held()
            assert lease.extend(60)
            lease.release()
            assert leases.take("read", 60) is not None
            assert link.in_use


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A port where every command has the same answer."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65_536):
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"-LOADING Redis is loading the dataset in memory\r\n", "loading"),
        (b"-MOVED 3999 10.0.0.1:7000\r\n", "cluster"),
        (b"-CLUSTERDOWN Hash slot not served\r\n", "cluster"),
        (b"-CROSSSLOT Keys in request don't hash to the same slot\r\n", "cluster"),
        (b"-MASTERDOWN Link with MASTER is down\r\n", "Redis"),
        (b"-MISCONF Redis is configured to save RDB snapshots\r\n", "its own log"),
        (b"-NOPERM this user has no permissions\r\n", "docs/settings.md"),
        (b"-ERR max number of clients reached\r\n", "maxclients"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no Redis"),
        (b"\x15\x03\x01\x00\x02\x02\x0a", "Redis"),
        (b"*-7\r\n", "Redis"),
        (b"$x\r\n", "Redis"),
    ],
)
@pytest.mark.parametrize("first", ["get", "set"])
def test_a_strange_answer_counts_as_none(
    first: str, answer: bytes, words: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Files serve at once, and the log says what to look at, in words of ours."""
    with answering(answer) as port:
        link = RedisLink(f"redis://127.0.0.1:{port}")
        with link.client:
            cache, leases = CacheOfTwo(link, FileCache(tmp_path / "a")), LeasesOfTwo(link, FileLeases(tmp_path / "b"))
            if first == "get":
                assert cache.get("a") is None
            cache.set("a", b"value", timeout_s=60)
            assert cache.get("a") == b"value"
            assert cache.get_many(("a", "b")) == [b"value", None]
            assert leases.take("read", 60) is not None

    (record,) = caplog.records
    assert words in record.getMessage()
    assert "10.0.0.1" not in caplog.text


def test_a_forked_worker_has_connections_of_its_own() -> None:
    """Even when its parent had been in the middle of something: answers go to whoever asked."""
    with redis_server() as server, tcp_proxy(server.port) as proxy:
        ended = subprocess.run(
            [sys.executable, "-c", FORKED, server.url_at(proxy.port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert ended.stdout.splitlines() == ["[0, 0]", "b'value'"]
        assert proxy.connections == 3
