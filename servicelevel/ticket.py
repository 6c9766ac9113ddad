"""Facts as they happened: tickets, changes, comments, SLA cycles and hours. Instants are epoch milliseconds, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

Category: TypeAlias = Literal["new", "indeterminate", "done"]
ChangedField: TypeAlias = Literal["status", "resolution", "assignee", "priority", "project"]
CHANGED_FIELDS: tuple[ChangedField, ...] = ("status", "resolution", "assignee", "priority", "project")


@dataclass(frozen=True, slots=True)
class Label:
    """Something Jira names: a priority, a type, a resolution. Compared by id, because names are translated."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Status:
    """A workflow status and the category that decides whether a ticket in it is open."""

    id: str
    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `automation` accounts (Jira's account type "app") never answer a customer."""

    id: str
    name: str
    active: bool = True
    automation: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one ticket changed. Ids are Jira's, names are as they were then; None is "no value"."""

    history_id: int
    at: int
    field: ChangedField
    from_id: str | None
    from_name: str | None
    to_id: str | None
    to_name: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. `public` is false for internal notes and for comments restricted to a role or group."""

    id: int
    at: int
    author: Person | None
    public: bool


CycleDefect: TypeAlias = Literal["no_start", "no_goal", "unreadable"]


@dataclass(frozen=True, slots=True)
class SlaCycle:
    """One run of one SLA clock, as its source reports it.

    `stop` is None while the cycle runs. `elapsed_ms` and `paused` are as of the reading, or final once stopped.
    `defect` says why a cycle cannot be judged; the other values are then whatever could be read.
    """

    start: int | None
    stop: int | None
    breach_at: int | None
    goal_ms: int | None
    elapsed_ms: int | None
    breached: bool
    paused: bool = False
    defect: CycleDefect | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A Jira issue with what the rules need of it. `cycles` maps an SLA's name to its runs in order."""

    id: int
    key: str
    summary: str
    created: int
    updated: int
    resolved_on: int | None
    status: Status
    type: Label
    priority: Label | None = None
    assignee: Person | None = None
    resolution: Label | None = None
    cycles: Mapping[str, tuple[SlaCycle, ...]] = field(default_factory=dict)
    creator: Person | None = None


@dataclass(frozen=True, slots=True)
class Worklog:
    """Hours booked by one person on one ticket on one local date of the author, in seconds."""

    id: int
    ticket_id: int
    author_id: str
    day: date
    spent_s: int
    billable_s: int
