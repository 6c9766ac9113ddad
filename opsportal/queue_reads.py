"""All queues read side by side within a time that they share, then the tickets that were moved between them.

A queue that fails, or that there was no time for, is told.

```
PortalError
└── NoTimeLeft    the time for all reads together was over before a queue was read
```
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import inf

from opsportal.moved import MovedTickets
from opsportal.ports import Now, Progress
from opsportal.read_result import ReadResult, attempted
from opsportal.reading import Reading, Sources, booked
from opsportal.reports import READS_AT_ONCE
from servicelevel.errors import PortalError
from servicelevel.policy import Queue


class NoTimeLeft(PortalError):
    """The time for all reads together was over before a queue was read."""

    def __init__(self) -> None:
        super().__init__("The time was over before the queue was read. The next run reads it.")


def _ever() -> float:
    return inf


@dataclass(frozen=True, slots=True)
class QueueReads:
    """Reads queues from their sources. `remaining_s` says how many seconds are left for all of them together."""

    sources: Sources
    moved: MovedTickets
    now: Now
    remaining_s: Callable[[], float] = _ever

    def read(
        self,
        queues: Sequence[Queue],
        since: int,
        progress: Callable[[str], Progress] = lambda _: lambda *_: None,
    ) -> Mapping[str, ReadResult]:
        """Each queue as it was from the instant `since` on, or why there is nothing.

        The queues are all of the registry, since a ticket that was moved since is told by the one that has it now.
        `progress` is asked for listeners by queue.
        """

        def step_of(queue_id: str) -> Progress:
            told = progress(queue_id)

            def step(phase: str, done: int, of: int) -> None:
                self._left_s()
                told(phase, done, of)

            return step

        def attempt(queue: Queue) -> ReadResult:
            return attempted(queue, lambda: self._read(queue, step_of(queue.id)))

        with ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="queue") as pool:
            read = dict(zip((queue.id for queue in queues), pool.map(attempt, queues), strict=True))
        return self.moved.joined(read, since, step_of, self._left_s)

    def _read(self, queue: Queue, progress: Progress) -> Reading:
        at = self.now()
        columns = self._limited().read_tickets(queue, now=at, progress=progress)
        progress("hours", 0, 0)
        try:
            hours = self._limited().read_hours(queue, columns, now=at)
        except PortalError as error:
            return Reading(queue, columns, booked(columns, None, str(error)))
        return Reading(queue, columns, booked(columns, hours), hours)

    def _limited(self) -> Sources:
        return replace(self.sources, budget_s=min(self.sources.budget_s, self._left_s()))

    def _left_s(self) -> float:
        left_s = self.remaining_s()
        if left_s <= 0:
            raise NoTimeLeft
        return left_s
