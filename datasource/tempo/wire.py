"""The forms of Tempo's answers, as far as the portal reads them."""

from datetime import date

import msgspec


class IssueRef(msgspec.Struct):
    """The ticket of a worklog: Jira's id as a number, never its key."""

    id: int


class AuthorRef(msgspec.Struct):
    """An account; names come from Jira."""

    accountId: str = "unknown"


class WorklogRef(msgspec.Struct):
    """Booked time. The start date is the author's local date and is summed as it stands."""

    tempoWorklogId: int
    issue: IssueRef
    timeSpentSeconds: int
    startDate: date
    author: AuthorRef = msgspec.field(default_factory=AuthorRef)
    billableSeconds: int | None = None


class Metadata(msgspec.Struct):
    """Of one page: `count` is this page's, never a total; without `next` it is the last."""

    count: int = 0
    offset: int = 0
    limit: int = 0
    next: str | None = None


class WorklogPage(msgspec.Struct):
    """A page of worklogs."""

    results: list[WorklogRef]
    metadata: Metadata = msgspec.field(default_factory=Metadata)


class Membership(msgspec.Struct):
    """Somebody in a team, from a date to a date (both included; None: no end)."""

    member: AuthorRef = msgspec.field(default_factory=AuthorRef)
    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None


class MembershipList(msgspec.Struct):
    """All memberships of a team, past ones included."""

    results: list[Membership]


class ScheduledDay(msgspec.Struct):
    """What somebody is scheduled to work on a date; holidays already taken off."""

    date: date
    requiredSeconds: int = 0


class Schedule(msgspec.Struct):
    """Somebody's schedule over the dates asked for."""

    results: list[ScheduledDay]


class AnyPage(msgspec.Struct):
    """A page whose contents do not matter."""

    results: list[msgspec.Raw]


class UserRef(msgspec.Struct):
    """Somebody on Data Center: the key never changes, the name may."""

    key: str | None = None
    name: str | None = None


class ServerWorklogRef(msgspec.Struct):
    """Booked time on Data Center, with each name that releases have given to its parts."""

    timeSpentSeconds: int
    tempoWorklogId: int | None = None
    id: int | None = None
    issue: IssueRef | None = None
    issueId: int | None = None
    startDate: str | None = None
    started: str | None = None
    dateStarted: str | None = None
    workerKey: str | None = None
    worker: str | None = None
    author: UserRef | None = None
    billableSeconds: int | None = None


class MembershipSpan(msgspec.Struct):
    """From and to which date somebody belongs to a team; empty without an end."""

    dateFromANSI: str | None = None
    dateToANSI: str | None = None


class TeamMember(msgspec.Struct):
    """Somebody in a team on Data Center."""

    member: UserRef
    membership: MembershipSpan = msgspec.field(default_factory=MembershipSpan)


class UserSchedule(msgspec.Struct):
    """Somebody's schedule on Data Center."""

    days: list[ScheduledDay]


def user_key(ref: UserRef | None) -> str:
    """What identifies somebody."""
    return (ref and (ref.key or ref.name)) or "unknown"
