"""A history that cannot be used, whatever is asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from opsportal.ports import History
from servicelevel.errors import PortalError
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from servicelevel.snapshot_run import SnapshotRun


class HistoryGone(PortalError):
    """There is nothing to be had of it."""


@dataclass(slots=True)
class FailingHistory:
    """Fails whatever is in `failing` of a history; without that, and without a history, everything."""

    behind: History | None = None
    failing: set[str] = field(default_factory=set)
    words: str = "The disk of the history is full."

    def put(self, snapshot: Snapshot) -> bool:
        """As History promises."""
        return self._history("put").put(snapshot)

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """As History promises."""
        return self._history("range").range(queue, first, last)

    def ranges(self, queues: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        """As History promises."""
        return self._history("ranges").ranges(queues, first, last)

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """As History promises."""
        return self._history("days").days(queue)

    def begins(self, queue: str) -> date | None:
        """As History promises."""
        return self._history("begins").begins(queue)

    def record(self, run: SnapshotRun) -> None:
        """As History promises."""
        self._history("record").record(run)

    def runs(self, limit: int) -> tuple[SnapshotRun, ...]:
        """As History promises."""
        return self._history("runs").runs(limit)

    def _history(self, use: str) -> History:
        if self.behind is None or use in self.failing:
            raise HistoryGone(self.words)
        return self.behind
