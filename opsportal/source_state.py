"""What all processes know of one source: a few bytes in the cache."""

import hashlib
from contextlib import suppress

from opsportal.ports import Cache
from servicelevel.errors import PortalError

KEPT_S = 2 * 86_400
"""Longer than any source is left alone."""


class SourceState:
    """Told as far as the cache takes it; `scope` names the site. Without a cache each process is on its own."""

    def __init__(self, cache: Cache, source: str, scope: str) -> None:
        self._cache = cache
        self._key = f"source:{source}:{hashlib.blake2b(scope.encode(), digest_size=12).hexdigest()}"

    def get(self) -> bytes | None:
        """What was told last."""
        return self._cache.get(self._key)

    def set(self, value: bytes) -> None:
        """Tell all others."""
        with suppress(PortalError):
            self._cache.set(self._key, value, timeout_s=KEPT_S)

    def claim(self, name: str, for_s: int) -> bool:
        """Whether nobody else has claimed that name in so many seconds; also when nobody can tell."""
        try:
            return self._cache.add(f"{self._key}:{name}", b"claimed", timeout_s=for_s)
        except PortalError:
            return True
