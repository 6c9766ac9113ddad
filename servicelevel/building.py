"""From facts to columns: tickets and changes are taken page by page and laid into arrays."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from servicelevel.columns import DEFECTS, NONE_CODE, ChangeColumns, CommentColumns, CycleColumns, TicketColumns
from servicelevel.instants import MISSING, Codes, Mask, Millis
from servicelevel.policy import SLA_NAMES, SlaName
from servicelevel.ticket import CHANGED_FIELDS, Category, Change, Comment, Label, Person, Status, Ticket

_FIRM = int(np.iinfo(np.int64).max)
"""A name of today: later than any history's."""

_FIELD_CODES: Mapping[str, int] = {name: code for code, name in enumerate(CHANGED_FIELDS)}


class ColumnsBuilder:
    """Takes tickets and changes page by page, in any order, and builds the columns.

    Jira's own lists of statuses, priorities and resolutions come first: they fix the order of priorities and say
    which status ids exist. A status that only a history names is kept as `unmapped` and counts as open.
    """

    def __init__(
        self, statuses: Iterable[Status] = (), priorities: Iterable[Label] = (), resolutions: Iterable[Label] = ()
    ) -> None:
        self._names = {kind: _Names() for kind in ("status", "type", "priority", "resolution", "assignee", "project")}
        self._own: set[str] = set()
        self._categories: dict[str, Category] = {}
        self._people: dict[str, Person] = {}
        self._rows: dict[int, int] = {}
        self._texts: list[tuple[str, str]] = []
        self._tickets = array("q")
        self._changes = array("q")
        self._comments = array("q")
        self._cycles: dict[SlaName, array[int]] = {name: array("q") for name in SLA_NAMES}
        self._unreadable: dict[str, str] = {}
        self._unreadable_ids: set[int] = set()
        for status in statuses:
            self._status(status)
        for kind, items in (("priority", priorities), ("resolution", resolutions)):
            for item in items:
                self._names[kind].code(item.id, item.name, _FIRM)
            self._names[kind].keep_order()

    def __len__(self) -> int:
        return len(self._rows)

    def add_ticket(self, ticket: Ticket, read_at: int) -> None:
        """Take one ticket read at `read_at`. A ticket that comes twice is taken once, as it came first."""
        if ticket.id in self._rows:
            return
        row = self._rows[ticket.id] = len(self._rows)
        self._texts.append((ticket.key, ticket.summary))
        self._tickets.extend(
            (
                ticket.id,
                ticket.created,
                ticket.updated,
                MISSING if ticket.resolved_on is None else ticket.resolved_on,
                self._status(ticket.status),
                self._label("type", ticket.type),
                self._label("priority", ticket.priority),
                self._person(ticket.assignee),
                self._person(ticket.creator),
                self._label("resolution", ticket.resolution),
            )
        )
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
            at, names = change.at, self._names[change.field]
            before = names.code(change.from_id, change.from_name, at) if change.from_id else NONE_CODE
            after = names.code(change.to_id, change.to_name, at) if change.to_id else NONE_CODE
            self._changes.extend((ticket_id, at, change.history_id, _FIELD_CODES[change.field], before, after))

    def add_comments(self, ticket_id: int, comments: Iterable[Comment]) -> None:
        """Take comments of one ticket, before or after the ticket itself; those of unknown tickets are dropped."""
        for comment in comments:
            self._comments.extend((ticket_id, comment.at, comment.id, self._person(comment.author), comment.public))

    def add_columns(self, kept: TicketColumns, keep: Mask) -> None:
        """Take over the flagged tickets of an earlier read with all that belongs to them, before anything newer."""
        tables: dict[str, Sequence[Label | Status | Person]] = {
            "status": kept.statuses,
            "type": kept.types,
            "priority": kept.priorities,
            "resolution": kept.resolutions,
            "assignee": kept.people,
            "project": kept.projects,
        }
        # A name of the earlier read gives way to one of this read, not to one of an old history.
        maps = {
            kind: np.array([*(self._names[kind].code(e.id, e.name, _FIRM - 1) for e in table), NONE_CODE])
            for kind, table in tables.items()
        }
        self._own.update(project.id for project, own in zip(kept.projects, kept.own, strict=True) if own)
        for person in kept.people:
            self._people.setdefault(person.id, person)
        for status, unmapped in zip(kept.statuses, kept.unmapped, strict=True):
            if not unmapped:
                self._categories.setdefault(status.id, status.category)
        rows = np.flatnonzero(keep)
        place = np.full(len(kept) + 1, NONE_CODE)
        place[rows] = len(self._rows) + np.arange(len(rows))
        for row, ticket_id in zip(rows, kept.id[rows].tolist(), strict=True):
            self._rows[ticket_id] = len(self._rows)
            self._texts.append((kept.key[row], kept.summary[row]))
        coded = [("status", kept.status), ("type", kept.type), ("priority", kept.priority)]
        coded += [("assignee", kept.assignee), ("assignee", kept.creator), ("resolution", kept.resolution)]
        facts = [kept.id, kept.created, kept.updated, kept.resolved_on, *(maps[kind][codes] for kind, codes in coded)]
        _append(self._tickets, [column[rows] for column in facts])
        changes = kept.changes.only(keep[kept.changes.row])
        before, after = changes.before.copy(), changes.after.copy()
        for number, field in enumerate(CHANGED_FIELDS):
            own = changes.field == number
            before[own], after[own] = maps[field][before[own]], maps[field][after[own]]
        _append(self._changes, [kept.id[changes.row], changes.at, changes.history, changes.field, before, after])
        said, own = kept.comments, keep[kept.comments.row]
        author = maps["assignee"][said.author]
        comments = (kept.id[said.row], said.at, said.id, author, said.public)
        _append(self._comments, [column[own] for column in comments])
        for name in SLA_NAMES:
            cycles = kept.cycles[name]
            own = keep[cycles.row]
            columns = (getattr(cycles, column.name) for column in fields(CycleColumns) if column.name != "row")
            _append(self._cycles[name], [place[cycles.row[own]], *(column[own] for column in columns)])

    def add_unreadable(self, key: str, reason: str, ticket_id: int | None = None) -> None:
        """Record a ticket that was left out because its answer could not be read."""
        self._unreadable[key] = reason
        if ticket_id is not None:
            self._unreadable_ids.add(ticket_id)

    def add_unreadable_ids(self, ticket_ids: Iterable[int]) -> None:
        """Record which tickets were left out, where only their ids are known."""
        self._unreadable_ids.update(ticket_ids)

    def build(
        self,
        covers_from: int,
        read_at: int,
        missing: Iterable[int] = (),
        *,
        cursor: int = MISSING,
        swept_at: int = MISSING,
        without: Collection[int] = (),
    ) -> TicketColumns:
        """The columns of everything taken so far, by ticket id, so that the order of arrival leaves no trace.

        `without` are tickets that were taken and turned out not to belong here.
        """
        table = _table(self._tickets, 10)
        order = np.argsort(table[0], kind="stable")
        order = order[~np.isin(table[0][order], np.fromiter(without, np.int64, len(without)))]
        place = np.full(len(self._rows), NONE_CODE, np.int64)
        place[order] = np.arange(len(order))
        ids, created, updated, resolved_on, *codes = (column[order] for column in table)
        status, type_, priority, assignee, creator, resolution = (column.astype(np.int32) for column in codes)
        ordered = {kind: names.in_order() for kind, names in self._names.items()}
        maps = {kind: mapping for kind, (_, mapping) in ordered.items()}
        labels = {kind: tuple(Label(i, n) for i, n in entries) for kind, (entries, _) in ordered.items()}
        categories = [self._categories.get(item.id) for item in labels["status"]]
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
            creator=maps["assignee"][creator],
            resolution=maps["resolution"][resolution],
            statuses=tuple(
                Status(item.id, item.name, category or "indeterminate")
                for item, category in zip(labels["status"], categories, strict=True)
            ),
            types=labels["type"],
            priorities=labels["priority"],
            resolutions=labels["resolution"],
            people=tuple(self._people.get(item.id, Person(item.id, item.name)) for item in labels["assignee"]),
            done=np.array([category == "done" for category in categories], bool),
            unmapped=np.array([category is None for category in categories], bool),
            changes=self._change_columns(ids, maps),
            comments=self._comment_columns(ids, maps["assignee"]),
            cycles={name: _cycle_columns(_table(self._cycles[name], 10), place) for name in SLA_NAMES},
            covers_from=covers_from,
            read_at=read_at,
            projects=labels["project"],
            own=np.array([project.id in self._own for project in labels["project"]], bool),
            cursor=cursor,
            swept_at=swept_at,
            unreadable=dict(sorted(self._unreadable.items())),
            unreadable_ids=frozenset(self._unreadable_ids),
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
        row, at, history, number, before, after = rows[:, fresh]
        for i, name in enumerate(CHANGED_FIELDS):
            of_field = number == i
            before[of_field], after[of_field] = maps[name][before[of_field]], maps[name][after[of_field]]
        codes = (column.astype(np.int32) for column in (number, before, after))
        return ChangeColumns(row.astype(np.int32), at, history, *codes)

    def _comment_columns(self, ids: Millis, people: Codes) -> CommentColumns:
        rows = np.unique(_table(self._comments, 5), axis=1)  # a comment on two pages is one comment
        ticket, at, number, author, public = rows[:, np.isin(rows[0], ids)]
        order = np.lexsort((number, at, ticket))
        row = np.searchsorted(ids, ticket[order]).astype(np.int32)
        return CommentColumns(row, at[order], number[order], people[author[order]], public[order].astype(bool))

    def _status(self, status: Status) -> int:
        self._categories[status.id] = status.category
        return self._names["status"].code(status.id, status.name, _FIRM)

    def _label(self, kind: str, label: Label | None) -> int:
        return NONE_CODE if label is None else self._names[kind].code(label.id, label.name, _FIRM)

    def _person(self, person: Person | None) -> int:
        if person is None:
            return NONE_CODE
        self._people[person.id] = person
        return self._names["assignee"].code(person.id, person.name, _FIRM)


def merged(
    previous: TicketColumns, keep: Mask, newer: TicketColumns, take: Mask, *, with_unreadable: bool
) -> TicketColumns:
    """The flagged tickets of an earlier read and those of a newer one, which wins where both are flagged.

    `with_unreadable` keeps the earlier read's unreadable tickets too, where the newer one was not asked about them.
    """
    listed = [s for s, unmapped in zip(previous.statuses, previous.unmapped, strict=True) if not unmapped]
    builder = ColumnsBuilder(listed, previous.priorities, previous.resolutions)
    builder.add_columns(previous, keep & ~np.isin(previous.id, newer.id[take]))
    builder.add_columns(newer, take)
    read_now = frozenset(newer.id.tolist())
    for read in (previous, newer) if with_unreadable else (newer,):
        for key, reason in read.unreadable.items():
            if key not in newer.key:
                builder.add_unreadable(key, reason)
        builder.add_unreadable_ids(read.unreadable_ids - read_now)
    return builder.build(newer.covers_from, newer.read_at, newer.missing, cursor=newer.cursor, swept_at=newer.swept_at)


class _Names:
    """Codes for ids in order of arrival, and the best name heard for each.

    A name of today wins over those of histories, a later history over an earlier one.
    """

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._names: list[str] = []
        self._told_at: list[int] = []
        self._kept = 0

    def code(self, id_: str, name: str | None, told_at: int) -> int:
        code = self._codes.get(id_)
        if code is None:
            code = self._codes[id_] = len(self._names)
            self._names.append(name or id_)
            self._told_at.append(told_at)
        elif told_at >= self._told_at[code] and name:
            later = told_at > self._told_at[code]
            self._names[code] = name if later else min(name, self._names[code])
            self._told_at[code] = told_at
        return code

    def keep_order(self) -> None:
        """What has a code by now keeps its place; what follows is ordered by id."""
        self._kept = len(self._names)

    def in_order(self) -> tuple[list[tuple[str, str]], Codes]:
        """Ids with their names, and the map from codes of arrival to places (its last maps none)."""
        ids = list(self._codes)
        order = [*range(self._kept), *sorted(range(self._kept, len(ids)), key=lambda code: ids[code])]
        mapping = np.full(len(ids) + 1, NONE_CODE, np.int32)
        mapping[order] = np.arange(len(order))
        return [(ids[code], self._names[code]) for code in order], mapping


def _append(flat: "array[int]", columns: list[Any]) -> None:
    """Add rows, given as columns, to a flat array of equal rows."""
    flat.frombytes(np.stack([column.astype(np.int64) for column in columns], axis=1).tobytes())


def _table(flat: "array[int]", width: int) -> Millis:
    """A flat array of equal rows as `width` columns."""
    return np.frombuffer(flat, np.int64).reshape(-1, width).T if len(flat) else np.empty((width, 0), np.int64)


def _cycle_columns(table: Millis, place: Millis) -> CycleColumns:
    table = table[:, place[table[0]] != NONE_CODE]
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
