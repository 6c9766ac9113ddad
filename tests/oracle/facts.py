"""Tickets as they were: the current fields, and the changelog that tells what they were before."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.oracle.instants import ms_of
from tests.oracle.upstream import Json, RawTicket, identity

_EARLIEST_MS = ms_of("1990-01-01T00:00:00+00:00")
_LATEST_MS = ms_of("2060-01-01T00:00:00+00:00")
_KEPT_FIELDS = ("status", "assignee", "priority", "resolution")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one ticket changed from an id to another (None: empty)."""

    at_ms: int
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """Who said something, when, and whether everybody may read it; `is_app` tells an automation account."""

    at_ms: int
    author: str | None
    author_name: str
    is_app: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class Categories:
    """Which statuses are Done, as the site lists them; `names` are of everything that has an id."""

    by_status: Mapping[str, str]
    status_names: Mapping[str, str]
    priority_names: Mapping[str, str]
    resolution_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with its changes oldest first. `sla_fields` are raw."""

    id: str
    key: str
    summary: str
    type_id: str
    type_name: str
    created_ms: int
    updated_ms: int
    resolution_date_ms: int | None
    creator: str | None
    now: Mapping[str, str | None]
    changes: tuple[Change, ...]
    comments: tuple[Comment, ...]
    done_statuses: frozenset[str]
    new_statuses: frozenset[str]
    unmapped: bool
    sla_fields: Mapping[str, Json]
    people: Mapping[str, Json]

    def at(self, field: str, at_ms: int) -> str | None:
        """The id in a field at an instant: what the first later change took away, else what is there now."""
        later = (change.before for change in self.changes if change.field == field and change.at_ms > at_ms)
        return next(later, self.now[field])

    def is_done(self, at_ms: int) -> bool:
        """Whether the ticket's status is of the category Done."""
        return self.at("status", at_ms) in self.done_statuses

    def is_open(self, at_ms: int) -> bool:
        """Whether the ticket exists and is not Done."""
        return self.created_ms <= at_ms and not self.is_done(at_ms)

    def into_done(self, at_ms: int) -> list[int]:
        """The instants up to `at_ms` at which the ticket went from not Done into Done."""
        return [move.at_ms for move in self._moves(at_ms) if self._is_done_after(move) > self._is_done_before(move)]

    def out_of_done(self, at_ms: int) -> list[int]:
        """The instants up to `at_ms` at which the ticket went from Done to not Done."""
        return [move.at_ms for move in self._moves(at_ms) if self._is_done_after(move) < self._is_done_before(move)]

    def resolved_ms(self, at_ms: int) -> int | None:
        """When the ticket was resolved, if it is Done at an instant."""
        if self.created_ms > at_ms or not self.is_done(at_ms):
            return None
        if self.resolution_date_ms is not None and self.resolution_date_ms <= at_ms:
            return self.resolution_date_ms
        return max(self.into_done(at_ms), default=None)

    def first_out_of_new_ms(self) -> int | None:
        """The first change from a new status into one that is not new."""
        moves = [change for change in self.changes if change.field == "status"]
        left = (one.at_ms for one in moves if one.before in self.new_statuses and one.after not in self.new_statuses)
        return next(left, None)

    @property
    def is_born_done(self) -> bool:
        """Whether the ticket was Done when it was created."""
        first = (change.before for change in self.changes if change.field == "status")
        return next(first, self.now["status"]) in self.done_statuses

    def _moves(self, at_ms: int) -> list[Change]:
        return [change for change in self.changes if change.field == "status" and change.at_ms <= at_ms]

    def _is_done_before(self, move: Change) -> bool:
        return move.before in self.done_statuses

    def _is_done_after(self, move: Change) -> bool:
        return move.after in self.done_statuses


def is_believable(at_ms: int) -> bool:
    """Whether an instant can be one of a ticket at all."""
    return _EARLIEST_MS <= at_ms < _LATEST_MS


def ticket_of(
    raw: RawTicket, comments: list[Json], categories: Categories, sla_fields: tuple[str, ...]
) -> Ticket | None:
    """The facts of a raw ticket, or None if it cannot be read."""
    try:
        return _ticket(raw, comments, categories, sla_fields)
    except (KeyError, TypeError, ValueError):
        return None


def _ticket(raw: RawTicket, comments: list[Json], categories: Categories, sla_fields: tuple[str, ...]) -> Ticket | None:
    issue, fields = raw.issue, raw.issue["fields"]
    created_ms, updated_ms = ms_of(fields["created"]), ms_of(fields["updated"])
    if not (is_believable(created_ms) and is_believable(updated_ms)):
        return None
    status = fields["status"]
    category = {status["id"]: status["statusCategory"]["key"], **categories.by_status}
    changes = _changes(raw.histories)
    passed = {id_ for change in changes if change.field == "status" for id_ in (change.before, change.after)}
    resolution_date = fields.get("resolutiondate")
    return Ticket(
        id=issue["id"],
        key=issue["key"],
        summary=fields["summary"],
        type_id=fields["issuetype"]["id"],
        type_name=fields["issuetype"]["name"],
        created_ms=created_ms,
        updated_ms=updated_ms,
        resolution_date_ms=ms_of(resolution_date) if resolution_date else None,
        creator=identity(fields.get("creator")),
        now={
            "status": status["id"],
            "assignee": identity(fields.get("assignee")),
            "priority": (fields.get("priority") or {}).get("id"),
            "resolution": (fields.get("resolution") or {}).get("id"),
        },
        changes=changes,
        comments=tuple(_comment(comment) for comment in comments),
        done_statuses=frozenset(id_ for id_, key in category.items() if key == "done"),
        new_statuses=frozenset(id_ for id_, key in category.items() if key == "new"),
        unmapped=bool({*passed, status["id"]} - set(category)),
        sla_fields={name: fields.get(name) for name in sla_fields},
        people={who: user for user in (fields.get("assignee"),) if (who := identity(user)) is not None},
    )


def _comment(comment: Json) -> Comment:
    author = comment.get("author") or {}
    return Comment(
        at_ms=ms_of(comment["created"]),
        author=identity(author),
        author_name=author.get("displayName", ""),
        is_app=author.get("accountType") == "app",
        is_public=comment.get("jsdPublic") is not False and not comment.get("visibility"),
    )


def _changes(histories: list[Json]) -> tuple[Change, ...]:
    found = [
        (ms_of(history["created"]), int(history["id"]), place, item)
        for history in histories
        for place, item in enumerate(history["items"])
        if item.get("fieldId", item["field"]) in _KEPT_FIELDS
    ]
    found.sort(key=lambda change: change[:3])
    return tuple(
        Change(at_ms, item.get("fieldId", item["field"]), item["from"], item["to"]) for at_ms, _, _, item in found
    )
