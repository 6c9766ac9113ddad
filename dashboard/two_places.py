"""Redis with something else behind it: a cache, and leases, of which one of two places serves at a time."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from dashboard.redis_cache import RedisCache
from dashboard.redis_leases import RedisLeases
from dashboard.redis_link import RedisDown, RedisLink
from opsportal.ports import Cache, Lease, Leases

Shared = TypeVar("Shared")
Answer = TypeVar("Answer")


class TwoPlaces(Generic[Shared]):
    """Something in Redis and the same elsewhere: what is asked of it goes to Redis while that is in use."""

    def __init__(self, link: RedisLink, redis: Shared, other: Shared) -> None:
        self._link, self._redis, self._other = link, redis, other

    def ask(self, call: Callable[[Shared], Answer]) -> Answer:
        """What the place in use answers.

        Raises:
            RedisDown: it is Redis, and it did not answer.
        """
        try:
            return call(self._redis)
        except RedisDown:
            if self._link.in_use:
                raise  # what lies in the other place now is of another time, and nobody would look there
        return call(self._other)


class CacheOfTwo:
    """Values in Redis while it is in use, else in another cache."""

    def __init__(self, link: RedisLink, other: Cache) -> None:
        self._places = TwoPlaces[Cache](link, RedisCache(link), other)

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none that can be read."""
        return self.get_many((key,))[0]

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The value of each key in its place, as `get` has it."""
        try:
            return self._places.ask(lambda cache: cache.get_many(keys))
        except RedisDown:
            return [None] * len(keys)

    def set(self, key: str, value: bytes, *, timeout_s: int) -> None:
        """Keep a value for so many seconds at most, where it is looked for now.

        Raises:
            PortalError: it cannot be kept.
        """
        self._places.ask(lambda cache: cache.set(key, value, timeout_s=timeout_s))

    def add(self, key: str, value: bytes, *, timeout_s: int) -> bool:
        """Keep a value unless there is one: whether it was kept. Of several at once one succeeds.

        Raises:
            PortalError: it cannot be kept.
        """
        return self._places.ask(lambda cache: cache.add(key, value, timeout_s=timeout_s))

    def delete(self, key: str) -> None:
        """Forget a value."""
        with suppress(RedisDown):
            self._places.ask(lambda cache: cache.delete(key))


class LeasesOfTwo:
    """Leases in Redis while it is in use, else elsewhere. One counts only while its place is the one in use.

    So an owner whose Redis fails or comes back finds out at its next look, and whoever takes the lease then is alone.
    """

    def __init__(self, link: RedisLink, other: Leases) -> None:
        self._places = TwoPlaces[Leases](link, RedisLeases(link), LeasesMeanwhile(link, other))

    def take(self, name: str, for_s: float) -> Lease | None:
        """The lease for so many seconds, or None while another owner has it.

        Raises:
            PortalError: there is no way to tell.
        """
        return self._places.ask(lambda leases: leases.take(name, for_s))


class LeasesMeanwhile:
    """Leases that count while Redis is not in use."""

    def __init__(self, link: RedisLink, leases: Leases) -> None:
        self._link, self._leases = link, leases

    def take(self, name: str, for_s: float) -> Lease | None:
        """The lease for so many seconds, or None while another owner has it.

        Raises:
            PortalError: there is no way to tell.
        """
        lease = self._leases.take(name, for_s)
        return None if lease is None else LeaseMeanwhile(self._link, lease)


class LeaseMeanwhile:
    """One owner's hold of a lease, while Redis is not in use."""

    def __init__(self, link: RedisLink, lease: Lease) -> None:
        self._link, self._lease = link, lease

    def held(self) -> bool:
        """Whether it still is ours: not past its deadline, taken by nobody since, and Redis not back."""
        return not self._link.in_use and self._lease.held()

    def extend(self, for_s: float) -> bool:
        """Move the deadline to so many seconds from now; False when it is ours no more."""
        return not self._link.in_use and self._lease.extend(for_s)

    def release(self) -> None:
        """Give it back, if it still is ours."""
        self._lease.release()
