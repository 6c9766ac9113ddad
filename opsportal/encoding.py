"""Reads as bytes of our own: versioned, compressed, checked when they come back, and never able to run anything."""

import hashlib
import threading
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
import numpy as np

from servicelevel.columns import DEFECTS, ChangeColumns, CommentColumns, CycleColumns, TicketColumns
from servicelevel.errors import PortalError
from servicelevel.policy import SLA_NAMES
from servicelevel.ticket import CHANGED_FIELDS, Category, Label, Person, Status, Worklog
from servicelevel.worklogs import HoursRead, TeamHours

MAGIC = b"opsportal"
VERSION = 2
LARGEST = 1 << 30
"""Unpacked bytes that are believed; a queue of 25,000 tickets is a hundredth of it."""

_making: Final = threading.Lock()
_decoders: Final[dict[Any, msgspec.msgpack.Decoder[Any]]] = {}

_INT64, _INT32, _BOOL = np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.bool_)
Kinds: TypeAlias = Mapping[str, np.dtype[Any]]

_TICKETS: Kinds = {"id": _INT64, "created": _INT64, "updated": _INT64, "resolved_on": _INT64}
_CODES = {
    "status": "statuses",
    "type": "types",
    "priority": "priorities",
    "assignee": "people",
    "creator": "people",
    "resolution": "resolutions",
}
_CHANGED = {**_CODES, "project": "projects"}
_CHANGES: Kinds = {"row": _INT32, "at": _INT64, "history": _INT64, "field": _INT32, "before": _INT32, "after": _INT32}
_COMMENTS: Kinds = {"row": _INT32, "at": _INT64, "id": _INT64, "author": _INT32, "public": _BOOL}
_CYCLES: Kinds = {
    "row": _INT32,
    "start": _INT64,
    "stop": _INT64,
    "breach_at": _INT64,
    "goal_ms": _INT64,
    "elapsed_ms": _INT64,
    "read_at": _INT64,
    "breached": _BOOL,
    "paused": _BOOL,
    "defect": _INT32,
}


Form = TypeVar("Form")
_Whole: TypeAlias = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
_Labels: TypeAlias = tuple[tuple[str, str], ...]
_People: TypeAlias = tuple[tuple[str, str, bool, bool], ...]


class _Tickets(msgspec.Struct):
    """What is packed of a queue's tickets."""

    kind: Literal["tickets"]
    tickets: dict[str, bytes]
    key: tuple[str, ...]
    summary: tuple[str, ...]
    statuses: tuple[tuple[str, str, Category], ...]
    unmapped: list[bool]
    types: _Labels
    priorities: _Labels
    resolutions: _Labels
    people: _People
    projects: _Labels
    own: list[bool]
    changes: dict[str, bytes]
    comments: dict[str, bytes]
    cycles: dict[str, dict[str, bytes]]
    covers_from: _Whole
    read_at: _Whole
    cursor: _Whole
    swept_at: _Whole
    unreadable: dict[str, str]
    unreadable_ids: list[int]
    missing: tuple[_Whole, ...]


class _Hours(msgspec.Struct):
    """What is packed of a queue's hours."""

    kind: Literal["hours"]
    first: date
    last: date
    projects: tuple[_Whole, ...]
    worklogs: list[tuple[_Whole, _Whole, str, date, _Whole, _Whole]]
    gone: list[_Whole]
    elsewhere: list[_Whole]
    people: _People
    team: tuple[list[tuple[_Whole, _Whole]], list[tuple[_Whole, _Whole]]] | None
    cursor: _Whole
    compared_at: _Whole


class NotOurs(PortalError):
    """The bytes are not a whole value of this version; they count as not there."""


def pack(value: Mapping[str, Any]) -> bytes:
    """A value of plain types with its version and checksum."""
    body = zlib.compress(msgspec.msgpack.encode(value), 1)
    return MAGIC + bytes([VERSION]) + hashlib.blake2b(body, digest_size=16).digest() + body


def unpack(data: bytes, form: type[Form]) -> Form:
    """The value of packed bytes, which has to be of this form.

    Raises:
        NotOurs: they are of another version, cut, changed, of another form, or none of ours.
    """
    head = len(MAGIC) + 1
    if data[:head] != MAGIC + bytes([VERSION]):
        raise NotOurs("bytes of another kind or version")
    body = data[head + 16 :]
    if hashlib.blake2b(body, digest_size=16).digest() != data[head : head + 16]:
        raise NotOurs("bytes that were cut or changed")
    try:
        unpacker = zlib.decompressobj()
        value = _decoder(form).decode(unpacker.decompress(body, LARGEST))
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotOurs(f"bytes that hold something else: {error}") from None
    if unpacker.unconsumed_tail:
        raise NotOurs("bytes that hold more than can be")
    return value


def _decoder(form: type[Form]) -> msgspec.msgpack.Decoder[Form]:
    """The decoder of a form, made by one thread at a time: several that meet a class first at once end the process."""
    found = _decoders.get(form)
    if found is None:
        with _making:
            found = _decoders[form] = msgspec.msgpack.Decoder(form)
    return found


def mark(data: bytes) -> str:
    """A short name of packed bytes, by which they are known again."""
    head = len(MAGIC) + 1
    return data[head : head + 16].hex()


def tickets_to_bytes(columns: TicketColumns) -> bytes:
    """A queue's tickets as read."""
    return pack(
        {
            "kind": "tickets",
            "tickets": _columns_out(columns, {**_TICKETS, **dict.fromkeys(_CODES, _INT32)}),
            "key": columns.key,
            "summary": columns.summary,
            "statuses": [(s.id, s.name, s.category) for s in columns.statuses],
            "unmapped": columns.unmapped.tolist(),
            "types": _labels_out(columns.types),
            "priorities": _labels_out(columns.priorities),
            "resolutions": _labels_out(columns.resolutions),
            "people": [(p.id, p.name, p.active, p.automation) for p in columns.people],
            "projects": _labels_out(columns.projects),
            "own": columns.own.tolist(),
            "changes": _columns_out(columns.changes, _CHANGES),
            "comments": _columns_out(columns.comments, _COMMENTS),
            "cycles": {name: _columns_out(columns.cycles[name], _CYCLES) for name in SLA_NAMES},
            "covers_from": columns.covers_from,
            "read_at": columns.read_at,
            "cursor": columns.cursor,
            "swept_at": columns.swept_at,
            "unreadable": dict(columns.unreadable),
            "unreadable_ids": sorted(columns.unreadable_ids),
            "missing": columns.missing,
        }
    )


def tickets_from_bytes(data: bytes) -> TicketColumns:
    """A queue's tickets from bytes.

    Raises:
        NotOurs: the bytes are no whole and consistent value.
    """
    try:
        columns = _tickets(unpack(data, _Tickets))
        _consistent(columns)
    except (KeyError, ValueError) as error:
        raise NotOurs(f"bytes that do not fit together: {error!r}") from None
    return columns


def _tickets(value: _Tickets) -> TicketColumns:
    statuses = tuple(Status(*row) for row in value.statuses)
    return TicketColumns(
        **_columns_in(value.tickets, {**_TICKETS, **dict.fromkeys(_CODES, _INT32)}),
        key=value.key,
        summary=value.summary,
        statuses=statuses,
        types=_labels_in(value.types),
        priorities=_labels_in(value.priorities),
        resolutions=_labels_in(value.resolutions),
        people=tuple(Person(*row) for row in value.people),
        done=np.array([status.category == "done" for status in statuses], bool),
        unmapped=np.array(value.unmapped, bool),
        changes=ChangeColumns(**_columns_in(value.changes, _CHANGES)),
        comments=CommentColumns(**_columns_in(value.comments, _COMMENTS)),
        cycles={name: CycleColumns(**_columns_in(value.cycles[name], _CYCLES)) for name in SLA_NAMES},
        covers_from=value.covers_from,
        read_at=value.read_at,
        projects=_labels_in(value.projects),
        own=np.array(value.own, bool),
        cursor=value.cursor,
        swept_at=value.swept_at,
        unreadable=value.unreadable,
        unreadable_ids=frozenset(value.unreadable_ids),
        missing=value.missing,
    )


def _consistent(columns: TicketColumns) -> None:
    """Every row and code points somewhere.

    Raises:
        ValueError: one does not.
    """
    n = len(columns)
    if len(columns.key) != n or len(columns.summary) != n or np.any(np.diff(columns.id) <= 0):
        raise ValueError("tickets")
    if len(columns.unmapped) != len(columns.statuses):
        raise ValueError("statuses")
    if len(columns.own) != len(columns.projects):
        raise ValueError("projects")
    for code, table in _CODES.items():
        _within(getattr(columns, code), -1, len(getattr(columns, table)))
    for rows in (columns.changes.row, columns.comments.row, *(cycles.row for cycles in columns.cycles.values())):
        _within(rows, 0, n)
    _within(columns.comments.author, -1, len(columns.people))
    _within(columns.changes.field, 0, len(CHANGED_FIELDS))
    for cycles in columns.cycles.values():
        _within(cycles.defect, 0, len(DEFECTS))
    for name in CHANGED_FIELDS:
        changes = columns.changes.of(name)
        for codes in (changes.before, changes.after):
            _within(codes, -1, len(getattr(columns, _CHANGED[name])))


def _within(codes: "np.ndarray[Any, Any]", low: int, high: int) -> None:
    if len(codes) and not (low <= codes.min() and codes.max() < high):
        raise ValueError("a code points nowhere")


def _columns_out(value: object, names: Kinds) -> dict[str, bytes]:
    return {name: np.ascontiguousarray(getattr(value, name), dtype).tobytes() for name, dtype in names.items()}


def _columns_in(value: Mapping[str, bytes], names: Kinds) -> dict[str, Any]:
    """Columns of fixed types and one length; the bytes do not say what they are."""
    found = {name: np.frombuffer(value[name], dtype) for name, dtype in names.items()}
    if len({len(column) for column in found.values()}) > 1:
        raise ValueError("columns of several lengths")
    return found


def _labels_out(labels: tuple[Label, ...]) -> list[tuple[str, str]]:
    return [(label.id, label.name) for label in labels]


def _labels_in(rows: tuple[tuple[str, str], ...]) -> tuple[Label, ...]:
    return tuple(Label(*row) for row in rows)


def hours_to_bytes(read: HoursRead) -> bytes:
    """A queue's hours as read."""
    team = read.team
    return pack(
        {
            "kind": "hours",
            "first": read.first,
            "last": read.last,
            "projects": read.projects,
            "worklogs": [(w.id, w.ticket_id, w.author_id, w.day, w.spent_s, w.billable_s) for w in read.worklogs],
            "gone": sorted(read.gone),
            "elsewhere": sorted(read.elsewhere),
            "people": [(p.id, p.name, p.active, p.automation) for p in read.people.values()],
            "team": None if team is None else [list(team.booked_s.items()), list(team.scheduled_s.items())],
            "cursor": read.cursor,
            "compared_at": read.compared_at,
        }
    )


def hours_from_bytes(data: bytes) -> HoursRead:
    """A queue's hours from bytes.

    Raises:
        NotOurs: the bytes are no whole and consistent value.
    """
    value = unpack(data, _Hours)
    people = [Person(*row) for row in value.people]
    return HoursRead(
        first=value.first,
        last=value.last,
        projects=value.projects,
        worklogs=tuple(Worklog(*row) for row in value.worklogs),
        gone=frozenset(value.gone),
        elsewhere=frozenset(value.elsewhere),
        people={person.id: person for person in people},
        team=None if value.team is None else TeamHours(*map(dict, value.team)),
        cursor=value.cursor,
        compared_at=value.compared_at,
    )
