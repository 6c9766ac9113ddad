"""A queue as columns: one row a ticket in NumPy arrays, with its changes and SLA cycles as longer tables beside it.

Fact objects live only between a page of JSON and `building.ColumnsBuilder`; filters and rollups work on the arrays.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from servicelevel.instants import MISSING, Codes, Mask, Millis
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.ticket import CHANGED_FIELDS, ChangedField, Label, Person, Status

NONE_CODE = -1
"""A ticket or change without that value: unassigned, no priority, no resolution."""

DEFECTS = ("", "no_start", "no_goal", "unreadable")
"""Why a cycle cannot be judged, by code; 0 is sound."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangeColumns:
    """Changes ordered by ticket, instant and history; `before` and `after` are codes into the field's own table."""

    row: Codes
    at: Millis
    history: Millis
    field: Codes
    before: Codes
    after: Codes

    def only(self, keep: Mask) -> "ChangeColumns":
        """Only the flagged changes."""
        return self.at_places(keep.nonzero()[0])

    def at_places(self, places: "np.ndarray[Any, np.dtype[np.intp]]") -> "ChangeColumns":
        """The changes in these places, in that order."""
        return ChangeColumns(*(getattr(self, column.name).take(places) for column in fields(ChangeColumns)))

    def of(self, name: ChangedField) -> "ChangeColumns":
        """Only the changes of one field."""
        return self.only(np.equal(self.field, CHANGED_FIELDS.index(name)))


@dataclass(frozen=True, slots=True, eq=False)
class CommentColumns:
    """Comments ordered by ticket and instant; `author` is a code into the people. Read where a clock needs them."""

    row: Codes
    at: Millis
    id: Millis
    author: Codes
    public: Mask


@dataclass(frozen=True, slots=True, eq=False)
class CycleColumns:
    """Runs of one SLA clock ordered by ticket and start, as read at `read_at`. Missing values are MISSING."""

    row: Codes
    start: Millis
    stop: Millis
    breach_at: Millis
    goal_ms: Millis
    elapsed_ms: Millis
    read_at: Millis
    breached: Mask
    paused: Mask
    defect: Codes


@dataclass(frozen=True, slots=True, eq=False)
class TicketColumns:
    """Every ticket read of one queue, ordered by id, with the tables its codes point into.

    `projects` are those that tickets were moved from and to; `own` flags the queue's.
    `covers_from` is the instant since which every change is known: tickets open now or updated since were read.
    `cursor` is the source's own time when the read began, from which the next one goes on; `swept_at` the time of the
    last read that compared every ticket. `unreadable` maps tickets left out to the reason (`unreadable_ids` are theirs,
    where those could be read); `missing` are ids the source named but did not deliver. `requests` is how many the read
    took.
    """

    id: Millis
    key: tuple[str, ...]
    summary: tuple[str, ...]
    created: Millis
    updated: Millis
    resolved_on: Millis
    status: Codes
    type: Codes
    priority: Codes
    assignee: Codes
    creator: Codes
    resolution: Codes
    statuses: tuple[Status, ...]
    types: tuple[Label, ...]
    priorities: tuple[Label, ...]
    resolutions: tuple[Label, ...]
    people: tuple[Person, ...]
    done: Mask
    unmapped: Mask
    changes: ChangeColumns
    comments: CommentColumns
    cycles: Mapping[SlaName, CycleColumns]
    covers_from: int
    read_at: int
    projects: tuple[Label, ...] = ()
    own: Mask = field(default_factory=lambda: np.zeros(0, bool))
    cursor: int = MISSING
    swept_at: int = MISSING
    unreadable: Mapping[str, str] = field(default_factory=dict)
    unreadable_ids: frozenset[int] = frozenset()
    missing: tuple[int, ...] = ()
    requests: int = 0

    def __len__(self) -> int:
        return len(self.id)

    @property
    def revision(self) -> str:
        """A short name of exactly these facts; equal facts have equal names whatever order they were read in."""
        digest = hashlib.blake2b(digest_size=8)
        tickets = (self.id, self.created, self.updated, self.resolved_on)
        codes = (self.status, self.type, self.priority, self.assignee, self.resolution)
        changes = (getattr(self.changes, column.name) for column in fields(ChangeColumns))
        comments = (getattr(self.comments, column.name) for column in fields(CommentColumns))
        for part in (*tickets, *codes, self.creator, *changes, *comments):
            digest.update(part.tobytes())
        for name in SLA_NAMES:
            cycles = self.cycles[name]
            # The count keeps the clocks of one SLA from reading as those of the other.
            digest.update(f"{name} {len(cycles.row)}".encode())
            # A running clock that names its breach says nothing new by having run on.
            told = np.where((cycles.stop == MISSING) & (cycles.breach_at != MISSING), MISSING, cycles.elapsed_ms)
            for column in fields(CycleColumns):
                if column.name not in ("read_at", "elapsed_ms"):
                    digest.update(getattr(cycles, column.name).tobytes())
            digest.update(told.tobytes())
        digest.update(repr((sorted(self.unreadable), self.missing, self.key, self.summary)).encode())
        return digest.hexdigest()

    def rows_of(self, ticket_ids: Millis) -> Codes:
        """Row of each ticket id, or NONE_CODE for ids the queue does not have."""
        if len(self.id) == 0:
            return np.full(len(ticket_ids), NONE_CODE, np.int32)
        at = np.minimum(np.searchsorted(self.id, ticket_ids), len(self.id) - 1)
        return np.where(self.id[at] == ticket_ids, at, NONE_CODE).astype(np.int32)


def codes_of(table: Sequence[Label | Status], written: Iterable[str]) -> frozenset[int]:
    """Codes of the entries that a registry means by these ids or names (names compare without case).

    Two projects may use one name for two ids: all of them are meant.
    """
    wanted = {text.casefold() for text in written}
    return frozenset(i for i, item in enumerate(table) if item.id in wanted or item.name.casefold() in wanted)
