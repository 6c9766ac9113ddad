"""Leases in Redis, for all processes of all machines: redis-py's own lock, known by its owner's token."""

import secrets
from typing import Final

from redis.exceptions import LockError
from redis.lock import Lock

from dashboard.redis_link import KEYS, RedisDown, RedisLink

_LEASES: Final = f"{KEYS}lease:"


class RedisLeases:
    """Leases by name. Redis itself ends one at its deadline, whatever became of its owner."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def take(self, name: str, for_s: float) -> "RedisLease | None":
        """The lease for so many seconds, or None while another owner has it.

        Raises:
            RedisDown: there is no way to tell.
        """
        lock = Lock(self._link.client, f"{_LEASES}{name}", timeout=for_s, thread_local=False)
        token = secrets.token_hex(16)
        lock.local.token = token.encode()
        # A call that is made again because its answer got lost finds its own token there.
        taken = self._link.ask(lambda: lock.acquire(blocking=False, token=token) or lock.owned(), patient=True)
        return RedisLease(self._link, lock, token) if taken else None


class RedisLease:
    """One owner's hold of a lease. While Redis is not in use nobody holds one."""

    def __init__(self, link: RedisLink, lock: Lock, token: str) -> None:
        self._link, self._lock, self._token = link, lock, token

    def held(self) -> bool:
        """Whether it still is ours: not past its deadline, and taken by nobody since."""
        try:
            return self._link.ask(self._lock.owned, patient=True)
        except RedisDown:
            return False

    def extend(self, for_s: float) -> bool:
        """Move the deadline to so many seconds from now; False when it is ours no more."""
        try:
            return self._link.ask(lambda: self._extended(for_s), patient=True)
        except RedisDown:
            return False

    def release(self) -> None:
        """Give it back, if it still is ours."""
        try:
            self._link.ask(self._released, patient=True)
        except RedisDown:
            return  # it ends at its deadline

    def _extended(self, for_s: float) -> bool:
        try:
            return bool(self._lock.extend(for_s, replace_ttl=True))
        except LockError:
            return False

    def _released(self) -> bool:
        try:
            self._lock.do_release(self._token)
        except LockError:
            return False
        return True
