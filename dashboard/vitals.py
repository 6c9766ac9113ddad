"""What a process knows of how the portal is, without asking anybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from dashboard.metrics import Metrics
from dashboard.shared_store import Place, SharedStore
from opsportal.ports import History, Now
from servicelevel.errors import PortalError
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource

Standing: TypeAlias = Literal["unknown", "ok", "failed"]
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class CacheStanding:
    """What was set up to share the readings, whether it does, and what serves: that, or something else in its place."""

    backend: Place
    reached: bool
    serves: Place


def standing_of(store: SharedStore) -> CacheStanding:
    """How a shared store stands."""
    return CacheStanding("redis" if store.link is not None else store.local, store.problem is None, store.place)


class SeenHistory:
    """A history that remembers how the last use of it went, and has the days that it names counted."""

    def __init__(self, history: History, now: Now, days_seen: Callable[[str, int], None] = lambda *_: None) -> None:
        self._history, self._now, self._days_seen = history, now, days_seen
        self._standing: Standing = "unknown"
        self._since: int | None = None

    def last(self) -> tuple[Standing, int | None]:
        """How the last use went, and since when (epoch ms) they go like that."""
        return self._standing, self._since

    def put(self, snapshot: Snapshot) -> bool:
        """As History promises."""
        return self._seen(lambda: self._history.put(snapshot))

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """As History promises."""
        return self._seen(lambda: self._history.range(queue, first, last))

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """As History promises."""
        days = self._seen(lambda: self._history.days(queue))
        self._days_seen(queue, len(days))
        return days

    def _seen(self, use: Callable[[], _Answer]) -> _Answer:
        try:
            answer = use()
        except PortalError:
            self._note("failed")
            raise
        self._note("ok")
        return answer

    def _note(self, standing: Standing) -> None:
        if standing != self._standing:
            self._standing, self._since = standing, self._now()


def _in_memory() -> CacheStanding:
    return CacheStanding("memory", reached=True, serves="memory")


def _nowhere() -> tuple[Standing, int | None]:
    return "unknown", None


def _never() -> bool:
    return False


@dataclass(slots=True)
class Vitals:
    """Each part by a question that is answered at once, from what this process has seen.

    `leads` is whether this process is the one that reads; `started` whether its own start is done. Instants are epoch
    milliseconds.
    """

    metrics: Metrics = field(default_factory=Metrics)
    cache: Callable[[], CacheStanding] = _in_memory
    history: Callable[[], tuple[Standing, int | None]] = _nowhere
    leads: Callable[[], bool] = _never
    started: bool = True
    _cache_was: CacheStanding | None = None
    _cache_since: int | None = None

    def cache_since(self, now: int) -> tuple[CacheStanding, int | None]:
        """How the cache stands, and since when, as far as anybody asked; None before it changed for the first time."""
        standing = self.cache()
        if self._cache_was is not None and standing != self._cache_was:
            self._cache_since = now
        self._cache_was = standing
        return standing, self._cache_since
