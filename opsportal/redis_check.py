"""Whether the Redis that the settings name takes what the portal would write there."""

from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from opsportal.redis_words import problem_of
from servicelevel.errors import PortalError

WAIT_S: Final = 5.0
"""Longer than the portal itself waits, because somebody looks who wants to know more than that it is slow."""


class RedisUnusable(PortalError):
    """Redis cannot be used as the settings name it."""


def proved(url: str) -> str:
    """Where Redis is and which release, after a small value was written there and read back.

    Raises:
        RedisUnusable: it cannot be reached or does not do that, and what to do about it.
    """
    try:
        once = Retry(NoBackoff(), 0)
        with Redis.from_url(
            url, socket_timeout=WAIT_S, socket_connect_timeout=WAIT_S, retry=once, protocol=2
        ) as client:
            client.set("opsportal:check", b"written", ex=60)
            if client.get("opsportal:check") != b"written":
                raise RedisUnusable("Redis forgets at once what is written: set maxmemory higher.")
            return f"Redis {client.info('server')['redis_version']} takes what all workers share"
    except RedisUnusable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a strange answer leads to inside the client
        raise RedisUnusable(problem_of(error, WAIT_S)) from None
