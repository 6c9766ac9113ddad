"""A history that counts what it is asked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from opsportal.ports import History
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from servicelevel.snapshot_run import SnapshotRun


class CountedHistory:
    """A history that passes everything on.

    `asked` counts questions by their name and the queue they are about; `longest` is the longest stretch of days that
    was wanted.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.asked: Counter[tuple[str, str]] = Counter()
        self.longest = 0

    def put(self, snapshot: Snapshot) -> bool:
        """As History promises."""
        self.asked["put", snapshot.queue] += 1
        return self._history.put(snapshot)

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """As History promises."""
        self.asked["range", queue] += 1
        self.longest = max(self.longest, (last - first).days + 1)
        return self._history.range(queue, first, last)

    def ranges(self, queues: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        """As History promises; a range of each queue is counted."""
        self.asked.update(("range", queue) for queue in queues)
        self.longest = max(self.longest, (last - first).days + 1)
        return self._history.ranges(queues, first, last)

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """As History promises."""
        self.asked["days", queue] += 1
        return self._history.days(queue)

    def begins(self, queue: str) -> date | None:
        """As History promises."""
        self.asked["begins", queue] += 1
        return self._history.begins(queue)

    def record(self, run: SnapshotRun) -> None:
        """As History promises."""
        self._history.record(run)

    def runs(self, limit: int) -> tuple[SnapshotRun, ...]:
        """As History promises."""
        return self._history.runs(limit)
