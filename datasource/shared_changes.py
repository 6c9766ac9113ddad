"""What changed in the hours of all queues, asked once: queues that are read one after the other share an answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from datasource.deadline import Deadline
from datasource.errors import SourceRejected
from datasource.tempo.cloud import TempoCloud
from servicelevel.instants import to_datetime
from servicelevel.ticket import Worklog

FORGOTTEN_AFTER = 10
"""A queue that has not asked for so many times as long as an answer is shared is asked for no more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one queue asks for: changes on the tickets of its projects since an instant (epoch ms), by start date.

    `known` are the tickets that it has told apart already, its own and others in its projects; `told_at` is the instant
    as of which it knows all changes.
    """

    queue: str
    projects: frozenset[int]
    first: date
    last: date
    since: int
    told_at: int
    known: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Answer:
    projects: frozenset[int]
    first: date
    last: date
    since: int
    read_at: int
    told_at: int
    worklogs: tuple[Worklog, ...]

    def serves(self, wanted: Wanted) -> bool:
        """Whether it covers what a queue asks for, and is newer than what that queue knows."""
        return (
            wanted.projects <= self.projects
            and self.first <= wanted.first
            and wanted.last <= self.last
            and self.since <= wanted.since
            and wanted.told_at < self.told_at
        )


class SharedChanges:
    """Asks for the changes of all queues that are read in turn, and shares the answer for `shared_s` seconds.

    Tempo does not say which project a worklog belongs to. One on a ticket that no queue knows may be anybody's: the
    queue that met it then asks for its own projects alone. Safe to share between threads.
    """

    def __init__(self, tempo: TempoCloud, shared_s: float) -> None:
        self._tempo, self._shared_ms = tempo, int(shared_s * 1000)
        self._lock = Lock()
        self._wanted: dict[str, tuple[Wanted, int]] = {}
        self._answer: _Answer | None = None

    def read(self, wanted: Wanted, read_at: int, deadline: Deadline) -> tuple[Iterable[Worklog], int]:
        """Changes in a queue's hours, at least those since its instant, and the instant as of which that is all.

        Raises:
            SourceError: Tempo gave no usable answer.
        """
        with self._lock:
            self._wanted[wanted.queue] = wanted, read_at
            self._forget(read_at)
            answer = self._shared(wanted, read_at, deadline)
            foreign = self._foreign(wanted)
        if answer is not None and answer.projects == wanted.projects:
            return answer.worklogs, answer.told_at
        if answer is not None:
            ours = [item for item in answer.worklogs if item.ticket_id not in foreign]
            if all(item.ticket_id in wanted.known for item in ours):
                return ours, answer.told_at
        since = to_datetime(wanted.since)
        found = self._tempo.project_worklogs(wanted.projects, wanted.first, wanted.last, deadline, since)
        return found, deadline.sent.since(read_at)

    def _shared(self, wanted: Wanted, read_at: int, deadline: Deadline) -> _Answer | None:
        held = self._answer
        if held is not None and held.serves(wanted) and 0 <= read_at - held.read_at <= self._shared_ms:
            return held
        every = [each for each, _ in self._wanted.values()]
        first, last = min(each.first for each in every), max(each.last for each in every)
        projects = frozenset[int]().union(*(each.projects for each in every))
        since = min(each.since for each in every)
        try:
            found = self._tempo.project_worklogs(projects, first, last, deadline, to_datetime(since))
        except SourceRejected:
            if len(every) == 1:
                raise
            # One queue's project may be gone from Tempo: it must not take the others' hours with it.
            self._wanted, self._answer = {wanted.queue: (wanted, read_at)}, None
            return None
        told_at = deadline.sent.since(read_at)
        self._answer = _Answer(projects, first, last, since, read_at, told_at, tuple(found))
        return self._answer

    def _forget(self, now: int) -> None:
        """Forget queues that are read no more: their instants would make every answer longer."""
        oldest = now - FORGOTTEN_AFTER * self._shared_ms
        self._wanted = {name: (each, asked) for name, (each, asked) in self._wanted.items() if asked >= oldest}

    def _foreign(self, wanted: Wanted) -> Collection[int]:
        """Tickets that only queues of other projects know: hours on them are none of this queue's."""
        others = (each.known for each, _ in self._wanted.values() if not each.projects & wanted.projects)
        return frozenset[int]().union(*others) - wanted.known
