"""Values in the memory of one process: bounded, and on a clock of the test."""

import pytest

from dashboard.memory_store import MemoryCache, MemoryLeases


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.at_s = 1_000.0

    def __call__(self) -> float:
        """Seconds on the clock."""
        return self.at_s


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    """No more bytes are held than were allowed, however many values come."""
    cache = MemoryCache(most_bytes=100)
    cache.set("a", b"x" * 40, timeout_s=60)
    cache.set("b", b"x" * 40, timeout_s=60)
    assert cache.get("a") is not None
    cache.set("c", b"x" * 40, timeout_s=60)

    assert [key for key in "abc" if cache.get(key) is not None] == ["a", "c"]
    cache.set("c", b"x" * 60, timeout_s=60)
    assert [key for key in "abc" if cache.get(key) is not None] == ["a", "c"]


def test_room_is_given_back() -> None:
    """By what is deleted, replaced, or past its time."""
    clock = Clock()
    cache = MemoryCache(most_bytes=100, clock_s=clock)
    for _ in range(5):
        cache.set("a", b"x" * 90, timeout_s=60)
    cache.delete("a")
    cache.set("b", b"x" * 90, timeout_s=10)
    clock.at_s += 11
    assert cache.get("b") is None
    cache.set("c", b"x" * 50, timeout_s=60)
    cache.set("d", b"x" * 50, timeout_s=60)

    assert cache.get_many(("c", "d")) == [b"x" * 50] * 2


def test_a_value_larger_than_all_room_is_not_held() -> None:
    """Nor does it throw an error: whoever has it serves it."""
    cache = MemoryCache(most_bytes=100)
    cache.set("a", b"x" * 101, timeout_s=60)

    assert cache.get("a") is None
    cache.set("b", b"x" * 100, timeout_s=60)
    assert cache.get("b") is not None


@pytest.mark.parametrize(("timeout_s", "held"), [(60, False), (0, True)])
def test_a_value_ends_when_its_time_is_over(timeout_s: int, held: bool) -> None:
    """0 stands for never."""
    clock = Clock()
    cache = MemoryCache(clock_s=clock)
    cache.set("a", b"value", timeout_s=timeout_s)
    clock.at_s += 59
    assert cache.get("a") == b"value"
    clock.at_s += 2

    assert (cache.get("a") is not None) is held


def test_a_lease_ends_at_its_deadline() -> None:
    """Its late owner can neither extend it nor give away what is somebody else's."""
    clock = Clock()
    leases = MemoryLeases(clock)
    late = leases.take("read", 60)
    assert late is not None
    clock.at_s += 50
    assert late.extend(60)
    clock.at_s += 50
    assert late.held()
    assert leases.take("read", 60) is None

    clock.at_s += 11
    assert not late.held()
    assert not late.extend(60)
    new = leases.take("read", 60)
    assert new is not None
    late.release()
    assert new.held()
