"""What every cache and all leases promise, whatever they lie in: one class for each, run on all of them."""

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from dashboard.memory_store import MemoryCache, MemoryLeases
from dashboard.redis_cache import RedisCache
from dashboard.redis_leases import RedisLeases
from dashboard.redis_link import KEYS, RedisLink
from dashboard.two_places import CacheOfTwo, LeasesOfTwo
from opsportal.encoding import VERSION
from opsportal.ports import Cache, Leases
from tests.fakes.redis_server import RedisServer, redis_server

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "redis://127.0.0.1:1"
PATIENCE_S = 60.0

ADD_MANY = """
import sys
from pathlib import Path
from dashboard.cache import FileCache
from dashboard.redis_cache import RedisCache
from dashboard.redis_link import RedisLink
place = sys.argv[1]
cache = RedisCache(RedisLink(place)) if place.startswith("redis:") else FileCache(Path(place))
print("ready", flush=True)
sys.stdin.readline()
print(sum(cache.add(f"key {n}", b"value", timeout_s=60) for n in range(60)))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """One Redis for all tests of this file."""
    with redis_server() as server:
        yield server


@dataclass(frozen=True, slots=True)
class Processes:
    """Makes caches and leases as one process after the other would, on the same place."""

    cache: Callable[[], Cache]
    leases: Callable[[], Leases]


@pytest.fixture(params=["files", "memory", "redis", "redis before files", "files while Redis is gone"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Processes]:
    """Each place in turn, empty."""
    kind = str(request.param)
    if kind == "files":
        yield Processes(lambda: FileCache(tmp_path / "shared"), lambda: FileLeases(tmp_path / "leases"))
    elif kind == "memory":
        cache, leases = MemoryCache(), MemoryLeases()
        yield Processes(lambda: cache, lambda: leases)
    else:
        url = NOWHERE
        if kind.startswith("redis"):
            server: RedisServer = request.getfixturevalue("server")
            server.flush()
            url = server.url
        with ExitStack() as open_links:

            def link() -> RedisLink:
                made = RedisLink(url)
                open_links.callback(made.client.close)
                return made

            if kind == "redis":
                yield Processes(lambda: RedisCache(link()), lambda: RedisLeases(link()))
            else:
                yield Processes(
                    lambda: CacheOfTwo(link(), FileCache(tmp_path / "shared")),
                    lambda: LeasesOfTwo(link(), FileLeases(tmp_path / "leases")),
                )


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.02)


class TestCache:
    """The promises of opsportal.ports.Cache."""

    @pytest.mark.parametrize("value", [b"", b"\x00\xff one", b"!\x80\x04.", b"17", b"x" * 3_000_000])
    def test_another_process_finds_what_was_kept(self, places: Processes, value: bytes) -> None:
        """Byte for byte, however large, and whatever it looks like to others."""
        places.cache().set("a", value, timeout_s=60)

        assert places.cache().get("a") == value
        assert places.cache().get("b") is None

    def test_a_value_takes_the_place_of_the_one_before(self, places: Processes) -> None:
        """Of another length too."""
        cache = places.cache()
        cache.set("a", b"a longer one", timeout_s=60)
        cache.set("a", b"short", timeout_s=60)

        assert places.cache().get("a") == b"short"

    def test_what_is_deleted_is_gone(self, places: Processes) -> None:
        """And deleting it again changes nothing."""
        cache, other = places.cache(), places.cache()
        cache.set("a", b"value", timeout_s=60)
        other.delete("a")
        other.delete("a")

        assert cache.get("a") is None

    def test_many_come_in_the_order_they_were_asked_for(self, places: Processes) -> None:
        """With None where there is none; the same key may come twice, and none at all is no mistake."""
        cache = places.cache()
        cache.set("a", b"1", timeout_s=60)
        cache.set("b", b"2", timeout_s=60)

        assert cache.get_many(("b", "none", "a", "b")) == [b"2", None, b"1", b"2"]
        assert cache.get_many(()) == []

    def test_a_value_is_gone_after_its_time(self, places: Processes) -> None:
        """Then another one may be added."""
        cache = places.cache()
        cache.set("a", b"value", timeout_s=1)
        cache.add("b", b"value", timeout_s=1)
        cache.set("c", b"value", timeout_s=600)

        until(lambda: cache.get_many(("a", "b")) == [None, None])

        assert cache.add("a", b"new", timeout_s=60)
        assert cache.get_many(("a", "c")) == [b"new", b"value"]

    def test_a_value_is_added_where_there_is_none(self, places: Processes) -> None:
        """It says whether it was, and leaves what is there."""
        cache, other = places.cache(), places.cache()

        assert cache.add("a", b"first", timeout_s=60)
        assert not other.add("a", b"second", timeout_s=60)
        assert other.get("a") == b"first"
        cache.delete("a")
        assert other.add("a", b"third", timeout_s=60)

    def test_of_many_threads_that_add_one_succeeds(self, places: Processes) -> None:
        """Whichever it is, its value stays."""
        caches = [places.cache() for _ in range(8)]

        for key in ("a", "b", "c"):
            with ThreadPoolExecutor(8) as pool:
                kept = list(pool.map(lambda n: caches[n].add(key, bytes([n]), timeout_s=60), range(8)))  # noqa: B023

            assert kept.count(True) == 1
            assert caches[0].get(key) == bytes([kept.index(True)])

    @pytest.mark.parametrize("key", ["a b", "a\r\nDEL b\r\n", "*", "Zoë", "a:" + "b" * 500, "../a"])
    def test_any_key_will_do(self, places: Processes, key: str) -> None:
        """None of them means anything to a server or a file system."""
        cache = places.cache()
        cache.set("b", b"other", timeout_s=60)
        cache.set(key, b"value", timeout_s=60)

        assert cache.get_many((key, "b")) == [b"value", b"other"]
        cache.delete(key)
        assert cache.get_many((key, "b")) == [None, b"other"]

    @pytest.mark.parametrize("value", ["text", 7, None, {"a": 1}])
    def test_only_bytes_are_kept(self, places: Processes, value: object) -> None:
        """Anything else is a mistake of ours and said loudly."""
        cache = places.cache()
        with pytest.raises(TypeError, match="takes bytes"):
            cache.set("a", value, timeout_s=60)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="takes bytes"):
            cache.add("a", value, timeout_s=60)  # type: ignore[arg-type]
        assert cache.get("a") is None


class TestLeases:
    """The promises of opsportal.ports.Leases."""

    def test_one_owner_at_a_time(self, places: Processes) -> None:
        """Others get nothing until it is given back; another name is another lease."""
        first, second = places.leases(), places.leases()
        lease = first.take("read", 60)

        assert lease is not None
        assert lease.held()
        assert second.take("read", 60) is None
        assert first.take("read", 60) is None
        assert second.take("write", 60) is not None

        lease.release()
        assert not lease.held()
        assert not lease.extend(60)
        assert second.take("read", 60) is not None

    def test_of_many_that_take_one_succeeds(self, places: Processes) -> None:
        """However close together they come."""
        many = [places.leases() for _ in range(8)]

        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda leases: leases.take("read", 60), many))

        assert sum(lease is not None for lease in taken) == 1

    def test_a_lease_is_taken_over_after_its_deadline(self, places: Processes) -> None:
        """Its late owner can neither extend it nor give away what is somebody else's."""
        first, second = places.leases(), places.leases()
        late = first.take("read", 0.2)
        assert late is not None

        new = None
        end_s = time.monotonic() + PATIENCE_S
        while new is None and time.monotonic() < end_s:
            new = second.take("read", 600)
        assert new is not None

        assert not late.held()
        assert not late.extend(600)
        late.release()
        assert new.held()
        assert first.take("read", 600) is None

    def test_a_deadline_is_moved(self, places: Processes) -> None:
        """Closer too: it counts from now on, and whatever was said before is forgotten."""
        lease = places.leases().take("read", 600)
        assert lease is not None
        assert lease.extend(600)
        assert lease.held()
        assert lease.extend(0.1)

        other = places.leases()
        until(lambda: other.take("read", 60) is not None)
        assert not lease.held()

    def test_a_lease_passes_between_threads(self, places: Processes) -> None:
        """One thread takes it, another one keeps it up, a third one gives it back."""
        lease = places.leases().take("read", 60)
        assert lease is not None

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lease.extend, 60).result()
            pool.submit(lease.release).result()

        assert places.leases().take("read", 60) is not None


@pytest.mark.parametrize("place", ["files", "redis"])
def test_of_many_processes_that_add_one_succeeds(place: str, server: RedisServer, tmp_path: Path) -> None:
    """Sixty values that four processes add at once are added sixty times in all."""
    server.flush()
    where = str(tmp_path) if place == "files" else server.url
    with ExitStack() as ends:
        adding = [
            ends.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", ADD_MANY, where],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(4)
        ]
        for process in adding:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in adding:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        added = [process.communicate()[0] for process in adding]

    assert sum(map(int, added)) == 60


def test_a_lease_in_redis_lasts_as_long_as_was_said_last(server: RedisServer) -> None:
    """Redis knows the deadline itself, so that it passes whatever became of the owner."""
    server.flush()
    link = RedisLink(server.url)
    with link.client, server.client() as client:
        lease = RedisLeases(link).take("read", 5.0)
        (key,) = client.keys()
        assert lease is not None
        assert 0 < client.pttl(key) <= 5_000

        assert lease.extend(100.0)
        assert 50_000 < client.pttl(key) <= 100_000


def test_nothing_in_redis_can_run_anything(server: RedisServer) -> None:
    """A pickle comes back as the bytes that it is, marked as Flask-Caching would mark it or not; so does a number."""
    bomb = pickle.dumps(pytest.fail)
    link = RedisLink(server.url)
    with link.client, server.client() as client:
        cache = RedisCache(link)
        for poison in (b"!" + bomb, bomb, b"17"):
            client.set(f"{KEYS}a", poison)
            assert cache.get("a") == poison
            assert cache.get_many(("a",)) == [poison]


def test_what_is_no_value_in_redis_is_none(server: RedisServer) -> None:
    """Somebody else's list is passed over, and replaced by what is kept."""
    link = RedisLink(server.url)
    with link.client, server.client() as client:
        client.delete(f"{KEYS}a")
        client.rpush(f"{KEYS}a", "one", "two")
        cache = RedisCache(link)

        assert cache.get("a") is None
        assert link.in_use
        cache.set("a", b"value", timeout_s=60)
        assert cache.get("a") == b"value"


def test_keys_in_redis_name_the_form_of_their_values(server: RedisServer) -> None:
    """So that nothing of another form is ever read, and each of them ends by itself."""
    server.flush()
    link = RedisLink(server.url)
    with link.client, server.client() as client:
        cache = RedisCache(link)
        cache.set("a", b"value", timeout_s=60)
        cache.add("b", b"value", timeout_s=60)
        RedisLeases(link).take("c", 60)

        keys = sorted(client.keys())
        assert keys == [f"opsportal:{VERSION}:{name}".encode() for name in ("a", "b", "lease:c")]
        assert all(0 < client.ttl(key) <= 60 for key in keys)
