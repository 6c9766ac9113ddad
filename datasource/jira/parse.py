"""Jira's JSON as our facts. A ticket that cannot be read is named with its reason; it never spoils its page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from datasource.decoding import decoder, new_decoder
from datasource.jira import wire
from datasource.jira.accounts import Accounts
from servicelevel.instants import EARLIEST_MS, LATEST_MS, to_ms
from servicelevel.policy import SlaName
from servicelevel.ticket import (
    CHANGED_FIELDS,
    Category,
    Change,
    ChangedField,
    Comment,
    CycleDefect,
    Label,
    Person,
    SlaCycle,
    Status,
    Ticket,
)

_CATEGORIES: Mapping[str, Category] = {"new": "new", "indeterminate": "indeterminate", "done": "done"}
_MISCHIEF = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f\x7f-\x9f]")
"""Characters that have no width, turn the direction of text, or control a terminal."""

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)

_FOLLOWED: Mapping[str, ChangedField] = {name: name for name in CHANGED_FIELDS}
_UNREADABLE_SLA = (SlaCycle(None, None, None, None, None, breached=False, defect="unreadable"),)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An issue that could not be read: its key (or id) and why, with the field named."""

    key: str
    id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """An issue that was read, with what came inside it.

    `comments_left` says how many comments did not fit into the answer; `changes` is None where the answer holds none.
    """

    ticket: Ticket
    comments: tuple[Comment, ...] = ()
    comments_left: int = 0
    changes: tuple[Change, ...] | None = None


class TicketReader:
    """Reads pages of one queue's issues; `sla_fields` maps each SLA to the id of its field.

    With `comments` the first page of each ticket's comments is asked for too, for a clock that needs them. The fast
    way decodes a page in one go. When an issue breaks it, that page is read again issue by issue.
    """

    def __init__(self, sla_fields: Mapping[SlaName, str], *, comments: bool = False) -> None:
        self._sla_fields, self._comments = dict(sla_fields), comments
        self._accounts = Accounts()
        ids = tuple(dict.fromkeys(self._sla_fields.values()))
        self.field_names = (*wire.FIELD_NAMES, *ids, *(("comment",) if comments else ()))
        fields = wire.fields_type(ids, wire.SlaField | str | list[Any] | None, comments=comments)
        self._page = new_decoder(wire.page_type(fields))
        self._loose_page = decoder(wire.LoosePage)
        self._issue = new_decoder(wire.issue_type(wire.fields_type(ids, msgspec.Raw, comments=comments)))
        self._sla = new_decoder(wire.SlaField | str | list[Any] | None)

    def page(self, body: bytes) -> Iterator[Read | Unreadable]:
        """Every issue of a page as what was read, or as the reason why it could not be.

        Raises:
            msgspec.DecodeError: the body is no page of issues at all.
        """
        try:
            issues = self._page.decode(body).issues
        except msgspec.DecodeError:
            for raw in self._loose_page.decode(_paired(body)).issues:
                yield self._odd(raw)
            return
        for issue in issues:
            yield self._read(issue)

    def _odd(self, raw: msgspec.Raw) -> Read | Unreadable:
        """An issue of a page that did not decode: only its own oddity counts, and an odd SLA only spoils that SLA."""
        try:
            issue: Any = self._issue.decode(raw)
        except msgspec.ValidationError as error:
            return _unreadable(raw, str(error))
        for name in dict.fromkeys(self._sla_fields.values()):
            value = getattr(issue.fields, name, None)
            if value is not None:
                try:
                    setattr(issue.fields, name, self._sla.decode(value))
                except msgspec.DecodeError:
                    setattr(issue.fields, name, "unreadable")
        return self._read(issue)

    def _read(self, issue: Any) -> Read | Unreadable:
        fields: wire.Fields | None = issue.fields
        if fields is None:
            return Unreadable(issue.key or issue.id, _number(issue.id), "it came without fields")
        number = _number(issue.id)
        if number is None:
            return Unreadable(issue.key or issue.id, None, f"its id {issue.id[:40]!r} is no number")
        try:
            ticket = self._ticket(issue, fields, number)
            if not self._comments and issue.changelog is None:
                return Read(ticket)
            listed: wire.CommentList | None = getattr(fields, "comment", None)
            found = () if listed is None else tuple(map(comment, listed.comments))
            left = 0 if listed is None else max(listed.total - len(found), 0)
            log: wire.EmbeddedChangelog | None = issue.changelog
            return Read(ticket, found, left, None if log is None else self._changes(number, fields, listed, log))
        except ValueError as error:
            return Unreadable(issue.key or issue.id, number, str(error))

    def held_back(self) -> list[wire.IssueHistories]:
        """Changes that came inside issues and wait until every page is read, to tell whom they mean."""
        return self._accounts.held_back()

    def _changes(
        self, number: int, fields: wire.Fields, listed: wire.CommentList | None, log: wire.EmbeddedChangelog
    ) -> tuple[Change, ...]:
        if log.total > len(log.histories):
            raise ValueError(f"only {len(log.histories)} of its {log.total} edits came")
        for ref in (fields.assignee, fields.creator, *(said.author for said in (listed.comments if listed else ()))):
            self._accounts.meet(ref)
        return self._accounts.certain(number, changes(log.histories))

    def _ticket(self, issue: Any, fields: wire.Fields, number: int) -> Ticket:
        return Ticket(
            id=number,
            key=clean(issue.key) or issue.id,
            summary=clean(fields.summary or ""),
            created=_instant(fields.created, "created"),
            updated=_instant(fields.updated, "updated"),
            resolved_on=None if fields.resolutiondate is None else _instant(fields.resolutiondate, "resolutiondate"),
            status=status(fields.status),
            type=label(fields.issuetype),
            priority=None if fields.priority is None else label(fields.priority),
            assignee=None if fields.assignee is None else person(fields.assignee),
            creator=None if fields.creator is None else person(fields.creator),
            resolution=None if fields.resolution is None else label(fields.resolution),
            cycles={name: sla_cycles(getattr(fields, field)) for name, field in self._sla_fields.items()},
        )


def comment(ref: wire.CommentRef) -> Comment:
    """A comment without its text: public unless it is marked internal, or shown to a role or group only.

    Raises:
        ValueError: its id or its instant cannot be read.
    """
    public = ref.jsdPublic is not False and ref.visibility is None
    author = None if ref.author is None else person(ref.author)
    return Comment(int(ref.id), _instant(ref.created, "comment.created"), author, public)


def sla_cycles(value: wire.SlaField | str | list[Any] | None) -> tuple[SlaCycle, ...]:
    """The runs of an SLA field in order of start; none when no goal applied.

    Objects of other kinds (texts, lists, integers of old releases) are one run marked unreadable.
    """
    if isinstance(value, list):
        try:
            return sla_cycles(msgspec.convert(value[0], wire.SlaField)) if len(value) == 1 else _UNREADABLE_SLA
        except msgspec.ValidationError:
            return _UNREADABLE_SLA
    if value is None:
        return ()
    if isinstance(value, str) or (value.completedCycles is None and value.ongoingCycle is None):
        return _UNREADABLE_SLA
    runs = [_cycle(cycle, completed=True) for cycle in value.completedCycles or ()]
    if value.ongoingCycle is not None:
        runs.append(_cycle(value.ongoingCycle, completed=False))
    return tuple(sorted(runs, key=lambda run: (run.start or 0, run.stop is None))) if len(runs) > 1 else tuple(runs)


def _cycle(cycle: wire.Cycle, *, completed: bool) -> SlaCycle:
    start = cycle.startTime.epochMillis if cycle.startTime else None
    stop = cycle.stopTime.epochMillis if completed and cycle.stopTime else None
    breach_at = cycle.breachTime.epochMillis if cycle.breachTime else None
    goal = cycle.goalDuration.millis if cycle.goalDuration else None
    elapsed = cycle.elapsedTime.millis if cycle.elapsedTime else None
    remaining = cycle.remainingTime.millis if cycle.remainingTime else None
    if elapsed is None and goal is not None and remaining is not None:
        elapsed = goal - remaining
    defect: CycleDefect | None = None
    if start is None:
        defect = "no_start"
    elif goal is None:
        defect = "no_goal"
    elif elapsed is None or (completed and stop is None):
        defect = "unreadable"
    if not _sensible(start, stop, breach_at, goal, elapsed):
        defect = "unreadable"
    if defect == "unreadable":
        return SlaCycle(None, None, None, None, None, cycle.breached, defect=defect)
    return SlaCycle(start, stop, breach_at, goal, elapsed, cycle.breached, cycle.paused and not completed, defect)


def changes(histories: Iterable[wire.History]) -> Iterator[Change]:
    """Changes of the fields that the rules follow; the rest of a changelog is noise.

    Raises:
        ValueError: a history of such a change has no instant or number that can be read.
    """
    for history in histories:
        at: int | None = None
        number = 0
        for item in history.items:
            name = _followed(item)
            if name is not None:
                if at is None:
                    at, number = history_instant(history.created), int(history.id)
                    if not 0 <= number < 1 << 63:
                        raise ValueError(f"its number {number} is out of range")
                before, after = item.fromString and clean(item.fromString), item.toString and clean(item.toString)
                yield Change(number, at, name, item.from_, before, item.to, after)


def _followed(item: wire.Item) -> ChangedField | None:
    if item.fieldId:
        return _FOLLOWED.get(item.fieldId)
    return None if item.fieldtype == "custom" else _FOLLOWED.get(item.field.lower())


def history_instant(created: float | str) -> int:
    """Epoch milliseconds of a history: ISO text, or a number of milliseconds (from 1e11 on) or seconds.

    Raises:
        ValueError: it is none of these, or outside of what calendars cover.
    """
    if isinstance(created, str):
        return _instant(datetime.fromisoformat(created), "created")
    ms = int(created) if created >= 1e11 else round(created * 1000)
    if not _plausible(ms):
        raise ValueError(f"created {created!r} lies outside 1990 to 2060")
    return ms


def status(ref: wire.StatusRef) -> Status:
    """A status; a category that Jira does not define counts as in progress."""
    return _status(ref.id, ref.name, ref.statusCategory.key)


def label(ref: wire.LabelRef) -> Label:
    """A priority, type or resolution."""
    return _label(ref.id, ref.name)


def person(ref: wire.UserRef) -> Person:
    """An account; one without a name left is shown by a general word. Data Center knows accounts by key or name."""
    id_ = ref.accountId or ref.key or ref.name or "unknown"
    return _person(id_, ref.displayName, ref.active, ref.accountType)


# A queue has thousands of tickets and a few dozen of these: the same one is not made twice.


@lru_cache(4096)
def _status(id_: str, name: str, category: str) -> Status:
    return Status(id_, clean(name) or id_, _CATEGORIES.get(category, "indeterminate"))


@lru_cache(4096)
def _label(id_: str, name: str) -> Label:
    return Label(id_, clean(name) or id_)


@lru_cache(4096)
def _person(id_: str, name: str, active: bool, kind: str) -> Person:
    return Person(id_, clean(name) or "Former user", active, kind == "app")


@lru_cache(4096)
def clean(text: str) -> str:
    """Text for people: without characters that are invisible, turn the direction, or control a terminal."""
    return _MISCHIEF.sub("", text).strip() if not text.isascii() or not text.isprintable() else text.strip()


def _paired(body: bytes) -> bytes:
    """JSON in which every half of a surrogate pair that stands alone, as in a text cut in an emoji, is U+FFFD."""
    return _LONE_SURROGATE.sub(rb"\\ufffd", body)


def _plausible(at: int | None) -> bool:
    return at is None or EARLIEST_MS <= at < LATEST_MS


def _sensible(start: int | None, stop: int | None, breach: int | None, goal: int | None, elapsed: int | None) -> bool:
    """Whether what is there of instants lies where calendars reach, and of durations is no longer than that."""
    return (
        (goal is None or 0 <= goal <= LATEST_MS)
        and (elapsed is None or 0 <= elapsed <= LATEST_MS)
        and _plausible(start)
        and _plausible(stop)
        and _plausible(breach)
    )


def _instant(at: datetime, field: str) -> int:
    try:
        ms = to_ms(at)
    except ValueError:
        raise ValueError(f"{field} has no offset") from None
    if not _plausible(ms):
        raise ValueError(f"{field} {at:%Y-%m-%d} lies outside 1990 to 2060")
    return ms


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _unreadable(raw: msgspec.Raw, reason: str) -> Unreadable:
    try:
        known = decoder(wire.LooseIssue).decode(raw)
    except msgspec.DecodeError:
        return Unreadable("?", None, f"it is no issue: {reason}")
    return Unreadable(clean(known.key) or known.id, _number(known.id), reason)
