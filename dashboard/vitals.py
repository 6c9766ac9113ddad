"""What a process knows of how the portal is, without asking anybody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from dashboard.metrics import Metrics
from dashboard.shared_store import Place, SharedStore
from opsportal.ports import History, Now
from servicelevel.errors import PortalError
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from servicelevel.snapshot_run import SnapshotRun

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


@dataclass(frozen=True, slots=True)
class HistoryStanding:
    """How the last use of history went, since when (epoch ms) uses go like that, and the last run of snapshots seen."""

    state: Standing = "unknown"
    since: int | None = None
    last_run: SnapshotRun | None = None


class SeenHistory:
    """A history that remembers how the last use of it went."""

    def __init__(self, history: History, now: Now) -> None:
        self._history, self._now = history, now
        self._standing = HistoryStanding()

    def last(self) -> HistoryStanding:
        """How the last use went."""
        return self._standing

    def put(self, snapshot: Snapshot) -> bool:
        """As History promises."""
        return self._seen(lambda: self._history.put(snapshot))

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """As History promises."""
        return self._seen(lambda: self._history.range(queue, first, last))

    def ranges(self, queues: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        """As History promises."""
        return self._seen(lambda: self._history.ranges(queues, first, last))

    def begins(self, queue: str) -> date | None:
        """As History promises."""
        return self._seen(lambda: self._history.begins(queue))

    def record(self, run: SnapshotRun) -> None:
        """As History promises."""
        self._seen(lambda: self._history.record(run))
        self._standing = replace(self._standing, last_run=run)

    def runs(self, limit: int) -> tuple[SnapshotRun, ...]:
        """As History promises."""
        runs = self._seen(lambda: self._history.runs(limit))
        self._standing = replace(self._standing, last_run=runs[0] if runs else None)
        return runs

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """As History promises."""
        return self._seen(lambda: self._history.days(queue))

    def _seen(self, use: Callable[[], _Answer]) -> _Answer:
        try:
            answer = use()
        except PortalError:
            self._note("failed")
            raise
        self._note("ok")
        return answer

    def _note(self, state: Standing) -> None:
        if state != self._standing.state:
            self._standing = replace(self._standing, state=state, since=self._now())


def _in_memory() -> CacheStanding:
    return CacheStanding("memory", reached=True, serves="memory")


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
    history: Callable[[], HistoryStanding] = HistoryStanding
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
