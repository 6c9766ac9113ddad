"""Values and leases in the memory of one process, for when there is neither a Redis nor a folder to write in."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from dashboard.cache import only_bytes

MOST_BYTES: Final = 32 * 1024 * 1024
"""Room for a fleet's readings, packed; what was not asked for the longest goes first."""


class MemoryCache:
    """Values of this process alone, within so many bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._most_bytes, self._clock_s = most_bytes, clock_s
        self._lock, self._held = threading.Lock(), OrderedDict[str, tuple[bytes, float]]()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none."""
        with self._lock:
            return self._found(key)

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The value of each key in its place, or None where there is none."""
        with self._lock:
            return [self._found(key) for key in keys]

    def set(self, key: str, value: bytes, *, timeout_s: int) -> None:
        """Keep a value for so many seconds at most, or until there is no room for it."""
        with self._lock:
            self._put(key, only_bytes(value), timeout_s)

    def add(self, key: str, value: bytes, *, timeout_s: int) -> bool:
        """Keep a value unless there is one: whether it was kept."""
        with self._lock:
            if self._found(key) is not None:
                return False
            self._put(key, only_bytes(value), timeout_s)
            return True

    def delete(self, key: str) -> None:
        """Forget a value."""
        with self._lock:
            self._drop(key)

    def _found(self, key: str) -> bytes | None:
        value, until_s = self._held.get(key, (None, inf))
        if until_s <= self._clock_s():
            self._drop(key)
            return None
        if value is not None:
            self._held.move_to_end(key)
        return value

    def _put(self, key: str, value: bytes, timeout_s: int) -> None:
        self._drop(key)
        self._held[key] = value, self._clock_s() + timeout_s if timeout_s else inf
        self._bytes += len(value)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._held)))

    def _drop(self, key: str) -> None:
        value, _ = self._held.pop(key, (b"", inf))
        self._bytes -= len(value)


class MemoryLeases:
    """Leases among the threads of this process."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.clock_s, self.lock, self.until_s = clock_s, threading.Lock(), dict[str, tuple[object, float]]()

    def take(self, name: str, for_s: float) -> "MemoryLease | None":
        """The lease for so many seconds, or None while another owner has it."""
        lease = MemoryLease(self, name)
        with self.lock:
            _, until_s = self.until_s.get(name, (None, 0.0))
            if self.clock_s() < until_s:
                return None
            self.until_s[name] = lease, self.clock_s() + for_s
        return lease


class MemoryLease:
    """One owner's hold of a lease."""

    def __init__(self, leases: MemoryLeases, name: str) -> None:
        self._leases, self._name = leases, name

    def held(self) -> bool:
        """Whether it still is ours: not past its deadline, and taken by nobody since."""
        with self._leases.lock:
            return self._is_ours()

    def extend(self, for_s: float) -> bool:
        """Move the deadline to so many seconds from now; False when it is ours no more."""
        with self._leases.lock:
            if not self._is_ours():
                return False
            self._leases.until_s[self._name] = self, self._leases.clock_s() + for_s
            return True

    def release(self) -> None:
        """Give it back, if it still is ours."""
        with self._leases.lock:
            if self._is_ours():
                del self._leases.until_s[self._name]

    def _is_ours(self) -> bool:
        owner, until_s = self._leases.until_s.get(self._name, (None, 0.0))
        return owner is self and self._leases.clock_s() < until_s
