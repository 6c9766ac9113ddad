"""A ticket with its complete life: everything that happens to it, past and future, as instants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from demo.people import Person
from demo.workflow import IssueType, Priority, Resolution, Status, compact

Value: TypeAlias = Status | Resolution | Priority | Person | None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a history. `value` is what the field holds afterwards, where the ticket's state depends on it."""

    field: str
    field_id: str | None
    json: str
    value: Value


@dataclass(frozen=True, slots=True)
class History:
    """What one person changed at one instant; some have lost their author."""

    at_ms: int
    author: Person | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; an internal note is not public.

    `only_for` is the kind (role, group) and the name of those who may read it, `edited_ms` when it was changed.
    """

    at_ms: int
    author: Person
    public: bool
    text: str
    only_for: tuple[str, str] | None = None
    edited_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Worklog:
    """Hours booked: visible from `created_ms` on, on the author's local day `day` at `second` of that day.

    `updated_ms` is when it was last edited; until then it reads as at its creation.
    """

    id: int
    issue_id: int
    author: Person
    seconds: int
    billable_s: int
    day: int
    second: int
    text: str
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket. `odd` names the way in which its SLA fields are unusual, if they are."""

    id: int
    key: str
    number: int
    lane: int
    created_ms: int
    type: IssueType
    first_status: Status
    first_priority: Priority
    first_assignee: Person | None
    reporter: Person
    creator: Person
    summary: str
    text: str
    labels: tuple[str, ...]
    parent: str | None
    histories: tuple[History, ...]
    comments: tuple[Comment, ...]
    worklogs: tuple[Worklog, ...]
    deleted_ms: int | None
    odd: str | None


@lru_cache(maxsize=50_000)
def change(field: str, old: Value, new: Value) -> Item:
    """A history line for a field whose value the ticket carries."""
    return change_named(field, _id(old), _name(old), new)


def change_named(field: str, old_id: str | None, old_name: str | None, new: Value) -> Item:
    """The same with the old value in words, for histories that do not fit together."""
    shown: dict[str, object] = {"field": field, "fieldtype": "jira", "fieldId": field}
    shown |= {"from": old_id, "fromString": old_name, "to": _id(new), "toString": _name(new)}
    return Item(field, field, compact(shown), new)


def noise(
    field: str, field_id: str | None, old: tuple[str | None, str | None], new: tuple[str | None, str | None]
) -> Item:
    """A history line that changes nothing a service level looks at: (id, text) before and after."""
    shown: dict[str, object] = {"field": field, "fieldtype": "jira"}
    if field_id is not None:
        shown["fieldId"] = field_id
    shown |= {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}
    return Item(field, field_id, compact(shown), None)


def _id(value: Value) -> str | None:
    if value is None:
        return None
    return value.account_id if isinstance(value, Person) else value.id


def _name(value: Value) -> str | None:
    return None if value is None else value.name
