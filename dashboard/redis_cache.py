"""The shared cache in Redis: Flask-Caching's, which is given bytes and gives bytes back, never objects."""

from collections.abc import Sequence

from flask_caching.backends.rediscache import RedisCache as Engine
from redis.exceptions import InvalidResponse

from dashboard.cache import BytesOnly, only_bytes
from dashboard.redis_link import KEYS, RedisLink


class RedisCache:
    """Values in a Redis, for all processes of all machines. Whatever Redis does not do raises RedisDown, reads too."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._engine = Engine(host=link.client, default_timeout=0, key_prefix=KEYS)
        self._engine.serializer = BytesOnly()

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none.

        Raises:
            RedisDown: there is no way to tell.
        """
        return self.get_many((key,))[0]

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The value of each key in its place, or None where there is none. What is no text in Redis is none either.

        Raises:
            RedisDown: there is no way to tell.
        """
        if not keys:
            return []

        def found() -> list[bytes | None]:
            values = self._engine.get_many(*keys)
            if len(values) != len(keys):
                raise InvalidResponse
            return [value if isinstance(value, bytes) else None for value in values]

        return self._link.ask(found, patient=False)

    def set(self, key: str, value: bytes, *, timeout_s: int) -> None:
        """Keep a value for so many seconds at most.

        Raises:
            RedisDown: it is not kept, as far as can be told.
        """
        kept = only_bytes(value)

        def done() -> None:
            if self._engine.set(key, kept, timeout_s) is not True:
                raise InvalidResponse

        self._link.ask(done, patient=True)

    def add(self, key: str, value: bytes, *, timeout_s: int) -> bool:
        """Keep a value unless there is one: whether it was kept. Of several at once one succeeds.

        Raises:
            RedisDown: it is not kept, as far as can be told.
        """
        kept = only_bytes(value)
        # Flask-Caching's own sets the time-out in a second step: a process that dies between them adds for ever.
        client, ends_s = self._link.client, timeout_s or None
        return bool(self._link.ask(lambda: client.set(f"{KEYS}{key}", kept, nx=True, ex=ends_s), patient=True))

    def delete(self, key: str) -> None:
        """Forget a value.

        Raises:
            RedisDown: it is still there, as far as can be told.
        """
        self._link.ask(lambda: self._engine.delete(key), patient=True)
