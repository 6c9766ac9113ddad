"""Where workers share what they know: a Redis with this machine's files behind it, or the files alone."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from dashboard.memory_store import MemoryCache, MemoryLeases
from dashboard.shared_folder import usable
from opsportal.ports import Cache, Leases
from opsportal.settings import Settings

if TYPE_CHECKING:
    from dashboard.redis_link import RedisLink

Place: TypeAlias = Literal["redis", "files", "memory"]
"""What serves: every machine's, this machine's, or this process's own."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SharedStore:
    """A cache, leases, and what stands behind both at the moment."""

    cache: Cache
    leases: Leases
    link: "RedisLink | None"
    local: Literal["files", "memory"]

    @property
    def place(self) -> Place:
        """What serves now."""
        return "redis" if self.link is not None and self.link.in_use else self.local

    @property
    def problem(self) -> str | None:
        """Why something else serves than what was set up, in a sentence without secrets; None when all is well."""
        return None if self.link is None else self.link.problem


def shared_store(settings: Settings, folder: Path) -> SharedStore:
    """What the settings name, with files below a folder. No connection is made yet, so that workers may be forked."""
    cache, leases, local = _local(folder)
    if settings.redis_url is None:
        return SharedStore(cache, leases, None, local)
    from dashboard.redis_link import RedisLink  # its library is loaded only where there is one
    from dashboard.two_places import CacheOfTwo, LeasesOfTwo

    link = RedisLink(settings.redis_url.get_secret_value())
    return SharedStore(CacheOfTwo(link, cache), LeasesOfTwo(link, leases), link, local)


def _local(folder: Path) -> tuple[Cache, Leases, Literal["files", "memory"]]:
    problem = usable(folder)
    if problem is None:
        return FileCache(folder / "shared"), FileLeases(folder / "leases"), "files"
    _log.warning(
        "%s cannot be written: %s. Each worker keeps what is read in its own memory, and reads for itself while there "
        "is no Redis. Make the folder writable, or set CACHE_DIR to another one.",
        folder,
        problem,
    )
    return MemoryCache(), MemoryLeases(), "memory"
