"""A queue as columns: one row a ticket in NumPy arrays, with its changes and SLA cycles as longer tables beside it.

Fact objects live only between a page of JSON and `ColumnsBuilder`; filters and rollups work on the arrays.
"""

import hashlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from servicelevel.instants import MISSING, Codes, Mask, Millis
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.ticket import CHANGED_FIELDS, Category, Change, ChangedField, Label, Person, Status, Ticket

NONE_CODE = -1
"""A ticket or change without that value: unassigned, no priority, no resolution."""

_FIELD_CODES: Mapping[str, int] = {name: code for code, name in enumerate(CHANGED_FIELDS)}

DEFECTS = ("", "no_start", "no_goal", "unreadable")
"""Why a cycle cannot be judged, by code; 0 is sound."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangeColumns:
    """Changes ordered by ticket, instant and history; `before` and `after` are codes into the field's own table."""

    row: Codes
    at: Millis
    field: Codes
    before: Codes
    after: Codes

    def of(self, name: ChangedField) -> "ChangeColumns":
        """Only the changes of one field."""
        keep = self.field == CHANGED_FIELDS.index(name)
        return ChangeColumns(self.row[keep], self.at[keep], self.field[keep], self.before[keep], self.after[keep])


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

    `covers_from` is the instant since which every change is known: tickets open now or updated since were read.
    `unreadable` maps tickets left out to the reason; `missing` are ids the source named but did not deliver.
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
    resolution: Codes
    statuses: tuple[Status, ...]
    types: tuple[Label, ...]
    priorities: tuple[Label, ...]
    resolutions: tuple[Label, ...]
    people: tuple[Person, ...]
    done: Mask
    unmapped: Mask
    changes: ChangeColumns
    cycles: Mapping[SlaName, CycleColumns]
    covers_from: int
    read_at: int
    unreadable: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.id)

    @property
    def revision(self) -> str:
        """A short name of exactly these facts; equal facts have equal names whatever order they were read in."""
        digest = hashlib.blake2b(digest_size=8)
        for part in (self.id, self.updated, self.status, self.assignee, self.priority, self.resolution):
            digest.update(part.tobytes())
        for name in SLA_NAMES:
            # The count keeps the clocks of one SLA from reading as those of the other.
            digest.update(f"{name} {len(self.cycles[name].row)}".encode())
            for column in fields(CycleColumns):
                if column.name != "read_at":
                    digest.update(getattr(self.cycles[name], column.name).tobytes())
        digest.update(self.changes.at.tobytes() + repr(sorted(self.unreadable)).encode() + repr(self.missing).encode())
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


class ColumnsBuilder:
    """Takes tickets and changes page by page, in any order, and builds the columns.

    Jira's own lists of statuses, priorities and resolutions come first: they fix the order of priorities and say
    which status ids exist. A status that only a history names is kept as `unmapped` and counts as open.
    """

    def __init__(
        self, statuses: Iterable[Status] = (), priorities: Iterable[Label] = (), resolutions: Iterable[Label] = ()
    ) -> None:
        self._statuses: dict[str, tuple[int, str, Category | None]] = {}
        self._labels: dict[str, dict[str, tuple[int, str]]] = {"type": {}, "priority": {}, "resolution": {}}
        self._people: dict[str, tuple[int, Person]] = {}
        self._rows: dict[int, int] = {}
        self._texts: list[tuple[str, str]] = []
        self._tickets = array("q")
        self._changes = array("q")
        self._cycles: dict[SlaName, array[int]] = {name: array("q") for name in SLA_NAMES}
        self._unreadable: dict[str, str] = {}
        self._seen: dict[tuple[ChangedField, str], int] = {}
        for status in statuses:
            self._status(status.id, status.name, status.category)
        for kind, items in (("priority", priorities), ("resolution", resolutions)):
            for item in items:
                self._label(kind, item.id, item.name)
        self._listed = {kind: len(entries) for kind, entries in self._labels.items()}

    def __len__(self) -> int:
        return len(self._rows)

    def add_ticket(self, ticket: Ticket, read_at: int) -> None:
        """Take one ticket read at `read_at`. A ticket that comes twice is taken once, as it came first."""
        if ticket.id in self._rows:
            return
        row = self._rows[ticket.id] = len(self._rows)
        self._texts.append((ticket.key, ticket.summary))
        self._tickets.extend((
            ticket.id,
            ticket.created,
            ticket.updated,
            MISSING if ticket.resolved_on is None else ticket.resolved_on,
            self._status(ticket.status.id, ticket.status.name, ticket.status.category),
            self._label("type", ticket.type.id, ticket.type.name),
            NONE_CODE if ticket.priority is None else self._label("priority", ticket.priority.id, ticket.priority.name),
            NONE_CODE if ticket.assignee is None else self._person(ticket.assignee),
            NONE_CODE
            if ticket.resolution is None
            else self._label("resolution", ticket.resolution.id, ticket.resolution.name),
        ))  # fmt: skip
        for name in SLA_NAMES:
            table = self._cycles[name]
            for cycle in ticket.cycles.get(name, ()):
                table.extend((
                    row,
                    MISSING if cycle.start is None else cycle.start,
                    MISSING if cycle.stop is None else cycle.stop,
                    MISSING if cycle.breach_at is None else cycle.breach_at,
                    MISSING if cycle.goal_ms is None else cycle.goal_ms,
                    MISSING if cycle.elapsed_ms is None else cycle.elapsed_ms,
                    read_at,
                    cycle.breached,
                    cycle.paused,
                    DEFECTS.index(cycle.defect or ""),
                ))  # fmt: skip

    def add_changes(self, ticket_id: int, changes: Iterable[Change]) -> None:
        """Take changes of one ticket, before or after the ticket itself; those of unknown tickets are dropped."""
        for change in changes:
            field = change.field
            before = self._changed(field, change.from_id, change.from_name)
            after = self._changed(field, change.to_id, change.to_name)
            self._changes.extend((ticket_id, change.at, change.history_id, _FIELD_CODES[field], before, after))

    def add_unreadable(self, key: str, reason: str) -> None:
        """Record a ticket that was left out because its answer could not be read."""
        self._unreadable[key] = reason

    def build(self, covers_from: int, read_at: int, missing: Iterable[int] = ()) -> TicketColumns:
        """The columns of everything taken so far, by ticket id, so that the order of arrival leaves no trace."""
        table = _table(self._tickets, 9)
        order = np.argsort(table[0], kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        ids, created, updated, resolved_on, *codes = (column[order] for column in table)
        status, type_, priority, assignee, resolution = (column.astype(np.int32) for column in codes)
        # Codes were given in order of arrival; what Jira listed keeps Jira's order, the rest is ordered by id.
        statuses, status_map = _sorted_table([(i, n) for i, (_, n, _) in self._statuses.items()], listed=0)
        people, people_map = _sorted_table([(i, p.name) for i, (_, p) in self._people.items()], listed=0)
        maps: dict[str, Codes] = {"status": status_map, "assignee": people_map}
        labels: dict[str, tuple[Label, ...]] = {}
        for kind, entries in self._labels.items():
            arrived = [(i, n) for i, (_, n) in entries.items()]
            ordered, maps[kind] = _sorted_table(arrived, listed=self._listed[kind])
            labels[kind] = tuple(Label(i, n) for i, n in ordered)
        categories = {i: category for i, (_, _, category) in self._statuses.items()}
        return TicketColumns(
            id=ids,
            key=tuple(self._texts[i][0] for i in order),
            summary=tuple(self._texts[i][1] for i in order),
            created=created,
            updated=updated,
            resolved_on=resolved_on,
            status=maps["status"][status],
            type=maps["type"][type_],
            priority=maps["priority"][priority],
            assignee=maps["assignee"][assignee],
            resolution=maps["resolution"][resolution],
            statuses=tuple(Status(i, n, categories[i] or "indeterminate") for i, n in statuses),
            types=labels["type"],
            priorities=labels["priority"],
            resolutions=labels["resolution"],
            people=tuple(self._people[i][1] for i, _ in people),
            done=np.array([categories[i] == "done" for i, _ in statuses], bool),
            unmapped=np.array([categories[i] is None for i, _ in statuses], bool),
            changes=self._change_columns(ids, maps),
            cycles={name: _cycle_columns(_table(self._cycles[name], 10), place) for name in SLA_NAMES},
            covers_from=covers_from,
            read_at=read_at,
            unreadable=dict(sorted(self._unreadable.items())),
            missing=tuple(sorted(missing)),
        )

    def _change_columns(self, ids: Millis, maps: Mapping[str, Codes]) -> ChangeColumns:
        ticket, at, history, number, before, after = _table(self._changes, 6)
        known = np.isin(ticket, ids)
        row = np.searchsorted(ids, ticket)
        # A history split over two pages, or sent twice, is one history.
        order = np.lexsort((after, before, number, history, at, row))
        order = order[known[order]]
        rows = np.stack([row, at, history, number, before, after])[:, order]
        fresh = np.ones(rows.shape[1], bool)
        fresh[1:] = np.any(rows[:, 1:] != rows[:, :-1], axis=0)
        row, at, _, number, before, after = rows[:, fresh]
        for i, name in enumerate(CHANGED_FIELDS):
            of_field = number == i
            before[of_field], after[of_field] = maps[name][before[of_field]], maps[name][after[of_field]]
        return ChangeColumns(
            row.astype(np.int32), at, number.astype(np.int32), before.astype(np.int32), after.astype(np.int32)
        )

    def _changed(self, name: ChangedField, id_: str | None, label: str | None) -> int:
        if not id_:
            return NONE_CODE
        code = self._seen.get((name, id_))
        if code is None:
            if name == "status":
                code = self._status(id_, label or id_, None)
            elif name == "assignee":
                known = self._people.get(id_)
                code = known[0] if known else self._person(Person(id_, label or id_))
            else:
                code = self._label(name, id_, label or id_)
            self._seen[name, id_] = code
        return code

    def _status(self, id_: str, name: str, category: Category | None) -> int:
        known = self._statuses.get(id_)
        if known is None:
            self._statuses[id_] = (len(self._statuses), name, category)
            return len(self._statuses) - 1
        if known[2] is None and category is not None:
            self._statuses[id_] = (known[0], name, category)
        return known[0]

    def _label(self, kind: str, id_: str, name: str) -> int:
        entries = self._labels[kind]
        return entries.setdefault(id_, (len(entries), name))[0]

    def _person(self, person: Person) -> int:
        known = self._people.get(person.id)
        code = known[0] if known else len(self._people)
        self._people[person.id] = (code, person)
        return code


def _table(flat: "array[int]", width: int) -> Millis:
    """A flat array of equal rows as `width` columns."""
    return np.frombuffer(flat, np.int64).reshape(-1, width).T if len(flat) else np.empty((width, 0), np.int64)


def _sorted_table(entries: list[tuple[str, str]], *, listed: int) -> tuple[list[tuple[str, str]], Codes]:
    """The first `listed` entries as they are, the rest by id, and the map from arrival codes (its last maps none)."""
    order = [*range(listed), *sorted(range(listed, len(entries)), key=lambda i: entries[i][0])]
    mapping = np.full(len(entries) + 1, NONE_CODE, np.int32)
    mapping[order] = np.arange(len(order))
    return [entries[i] for i in order], mapping


def _cycle_columns(table: Millis, place: Millis) -> CycleColumns:
    row = place[table[0]]
    start, stop = table[1], table[2]
    order = np.lexsort((np.where(stop == MISSING, np.iinfo(np.int64).max, stop), start, row))
    _, start, stop, breach_at, goal, elapsed, read_at, breached, paused, defect = (column[order] for column in table)
    return CycleColumns(
        row[order].astype(np.int32),
        start,
        stop,
        breach_at,
        goal,
        elapsed,
        read_at,
        breached.astype(bool),
        paused.astype(bool),
        defect.astype(np.int32),
    )
