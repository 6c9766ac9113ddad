"""A cache and leases of which one of two places serves: never a little of each."""

from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest

from dashboard.memory_store import MemoryCache, MemoryLeases
from dashboard.redis_link import TIMEOUT_S, RedisDown, RedisLink
from dashboard.two_places import CacheOfTwo, LeasesOfTwo


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisLink]:
    """A link in use of which one call after the other gets no answer, as when others have to wait for theirs."""

    def ask(call: Callable[[], object], *, patient: bool) -> NoReturn:
        raise RedisDown

    link = RedisLink("redis://127.0.0.1:1")
    monkeypatch.setattr(link, "ask", ask)
    with link.client:
        yield link


def test_while_redis_is_in_use_nothing_is_read_elsewhere(missing: RedisLink) -> None:
    """What lies there is of another time: a reader does without."""
    other = MemoryCache()
    other.set("a", b"of another time", timeout_s=60)
    cache = CacheOfTwo(missing, other)

    assert cache.get("a") is None
    assert cache.get_many(("a", "b")) == [None, None]


def test_while_redis_is_in_use_nothing_is_kept_elsewhere(missing: RedisLink) -> None:
    """Nobody would look for it there: whoever wanted it kept is told in words that name no machine."""
    other = MemoryCache()
    cache = CacheOfTwo(missing, other)

    with pytest.raises(RedisDown, match="at the moment") as raised:
        cache.set("a", b"value", timeout_s=60)
    with pytest.raises(RedisDown):
        cache.add("b", b"value", timeout_s=60)
    cache.delete("a")

    assert other.get_many(("a", "b")) == [None, None]
    assert "127.0.0.1" not in str(raised.value)


def test_while_redis_is_in_use_no_lease_is_taken_elsewhere(missing: RedisLink) -> None:
    """There is no way to tell who has it."""
    other = MemoryLeases()

    with pytest.raises(RedisDown):
        LeasesOfTwo(missing, other).take("read", 60)
    assert other.take("read", 60) is not None


def test_a_call_ends_soon_whatever_its_redis_does() -> None:
    """A quarter of a second to be connected and as much for an answer, and the client makes no call twice by itself."""
    link = RedisLink("redis://127.0.0.1:1?db=3")
    with link.client as client:
        options = client.connection_pool.connection_kwargs

    assert options["socket_timeout"] == options["socket_connect_timeout"] == TIMEOUT_S == 0.25
    assert options["retry"].get_retries() == 0
