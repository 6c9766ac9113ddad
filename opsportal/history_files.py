"""What a file of history is made of: entries that each tell one day of one queue, and those that tell none."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from shlex import quote
from typing import Any, TypeAlias

from opsportal.ports import Now
from opsportal.reports import nearest
from servicelevel.errors import PortalError
from servicelevel.policy import Policy, Queue
from servicelevel.snapshot import Snapshot, last_ended_day

FIRST_DAY = date(1990, 1, 2)
_LONGEST_SHOWN = 60


class FileUnusable(PortalError):
    """A file that cannot be read or written, or is nothing that can be imported."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A day of a queue that a file tells. `place` says where in the file."""

    place: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An entry that cannot be taken into history, and why."""

    place: str
    why: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.place}: {self.why}"


Told: TypeAlias = Entry | Unplaced


@dataclass(slots=True)
class Names:
    """What fields and queues are called in a file, by the names they have here. `unused` were met nowhere in it."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def here(self, name: str) -> str:
        """What something is called here."""
        if name in self.renamed:
            self._met.add(name)
            return self.renamed[name]
        return name

    @property
    def unused(self) -> Sequence[str]:
        """Names that were to be replaced and were not met."""
        return [name for name in self.renamed if name not in self._met]


class NotPlaceable(ValueError):
    """What is wrong with one entry, in words; whoever knows its place tells it with that."""


@dataclass(slots=True)
class Reader:
    """What entries are held against: the queues there are, the days that have ended, and the entries before them."""

    policy: Policy
    names: Names
    now: Now
    _seen: dict[tuple[str, date], str] = field(default_factory=dict)

    def queue(self, written: Any) -> Queue:
        """The queue of the registry that is meant.

        Raises:
            NotPlaceable: there is none.
        """
        if not isinstance(written, str):
            raise NotPlaceable(f"the queue is {shown(written)}, which is no text")
        name = self.names.here(written)
        known = {queue.id: queue for queue in self.policy.queues}
        if name in known:
            return known[name]
        by_name = {queue.name.casefold(): queue.id for queue in known.values()}
        near = by_name.get(name.casefold()) or nearest(name[:_LONGEST_SHOWN].casefold(), known)
        hint = f"; if {near} is meant, add --map {quote(f'{written}={near}')}" if near and written.isprintable() else ""
        raise NotPlaceable(f"the registry has no queue {shown(written)}{hint}")

    def day(self, written: Any, queue: Queue) -> date:
        """A local day of the queue that has ended.

        Raises:
            NotPlaceable: it is none.
        """
        day = date_of(written)
        if day > last_ended_day(queue.calendar, self.now()):
            raise NotPlaceable(f"{day} has not ended yet in {queue.calendar.time_zone}")
        return day

    def first_told(self, queue: Queue, day: date, place: str) -> None:
        """Remember an entry.

        Raises:
            NotPlaceable: an earlier one tells the same day.
        """
        before = self._seen.get((queue.id, day))
        if before is not None:
            raise NotPlaceable(f"{queue.id} on {day} was told before, at {before}; that one counts")
        self._seen[queue.id, day] = place


def date_of(written: Any) -> date:
    """A date as it is written in a file.

    Raises:
        NotPlaceable: it is none, or one that no calendar reaches.
    """
    try:
        day = date.fromisoformat(written) if isinstance(written, str) and len(written) == len("2026-11-22") else None
    except ValueError:
        day = None
    if day is None:
        raise NotPlaceable(f"{shown(written)} is no day; one is written like 2026-11-22")
    if day < FIRST_DAY:
        raise NotPlaceable(f"{day} lies before {FIRST_DAY}, the first day that can be kept")
    return day


def shown(value: Any) -> str:
    """A value from a file as it may stand in a message: short, and without anything a terminal acts upon."""
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…"
        return repr(cut)
    if isinstance(value, (bool, int, float)) or value is None:
        return json.dumps(value)[:_LONGEST_SHOWN]
    return "a list" if isinstance(value, list) else "an object"
