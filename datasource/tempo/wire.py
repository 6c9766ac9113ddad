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
