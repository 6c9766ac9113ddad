"""The days that a queue's history lacks, between its first day and the last one that has ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from opsportal.ports import History, Now
from servicelevel.policy import Queue
from servicelevel.snapshot import last_ended_day
from servicelevel.trend import Gap, days_between, gaps_in


@dataclass(frozen=True, slots=True)
class QueueGaps:
    """What one queue lacks from its first to its last expected local day, both included.

    `days` are in order. Those in `unreadable` have an item that cannot be read, with the reason; the others have none.
    """

    queue: str
    first: date
    last: date
    days: tuple[date, ...]
    unreadable: Mapping[date, str] = field(default_factory=dict)

    @property
    def stretches(self) -> tuple[Gap, ...]:
        """The same days, those in a row that lack for one reason taken together."""
        return gaps_in(self.days, self.unreadable)


def gaps_of(queue: Queue, history: History, now: Now) -> QueueGaps:
    """What history lacks of a queue. One without any day lacks the last day that has ended.

    Raises:
        PortalError: history could not be read.
    """
    last = last_ended_day(queue.calendar, now())
    first = min(history.begins(queue.id) or last, last)
    kept = history.range(queue.id, first, last)
    there = {snapshot.day for snapshot in kept.snapshots}
    lacking = tuple(day for day in days_between(first, last) if day not in there)
    return QueueGaps(queue.id, first, last, lacking, kept.unreadable)
