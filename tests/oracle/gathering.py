"""From the two sources and the registry to the facts of every queue."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from tests.oracle.definitions import Definition, read_definitions
from tests.oracle.facts import Categories, Ticket, ticket_of
from tests.oracle.instants import local_date
from tests.oracle.queue_facts import QueueFacts, TeamHours, reach_ms
from tests.oracle.upstream import Booking, Json, Membership, Upstream

READ_DAYS = 120
_FIELDS = (
    "summary", "status", "priority", "issuetype", "assignee", "creator", "created", "updated", "resolution",
    "resolutiondate",
)  # fmt: skip
_Dates: TypeAlias = tuple[date, date]


def gather(
    upstream: Upstream, registry: Path, as_of_ms: int, wanted: Collection[str] | None = None
) -> dict[str, QueueFacts]:
    """The wanted queues (None: every queue) of the registry by their ids, each read once."""
    categories = _categories(upstream)
    teams: dict[tuple[int, _Dates], tuple[list[Membership], TeamHours]] = {}
    facts = {}
    for definition in read_definitions(registry).values():
        if wanted is not None and definition.id not in wanted:
            continue
        last = local_date(as_of_ms, definition.work.zone)
        dates = (last - timedelta(days=READ_DAYS - 1), last)
        members: list[Membership] = []
        team = None
        if definition.tempo_team is not None:
            place = (definition.tempo_team, dates)
            if place not in teams:
                members = upstream.members(definition.tempo_team)
                teams[place] = members, _team_hours(upstream, members, dates)
            members, team = teams[place]
        facts[definition.id] = _queue(upstream, definition, categories, dates, (members, team), as_of_ms)
    return facts


def _queue(
    upstream: Upstream,
    definition: Definition,
    categories: Categories,
    dates: _Dates,
    team: tuple[list[Membership], TeamHours | None],
    as_of_ms: int,
) -> QueueFacts:
    scope = f"project in ({', '.join(definition.projects)})" + (f" AND ({definition.jql})" if definition.jql else "")
    since_ms = reach_ms(as_of_ms, READ_DAYS)
    jql = f"{scope} AND (statusCategory != Done OR updated >= {since_ms}) ORDER BY created ASC, key ASC"
    sla_fields = tuple(promise.field for promise in definition.promises.values() if promise.field is not None)
    found, missing = upstream.tickets(jql, (*_FIELDS, *sla_fields))
    read_ms = upstream.read_ms
    comments: Callable[[str], list[Json]] = upstream.comments
    if definition.promises["first_response"].field is not None:
        comments = _none_needed
    tickets: list[Ticket] = []
    unreadable: dict[str, str] = {}
    for raw in found:
        ticket = ticket_of(raw, comments(raw.issue["id"]), categories, sla_fields)
        if ticket is None:
            unreadable[raw.issue["id"]] = raw.issue["key"]
        else:
            tickets.append(ticket)
    bookings, orphans = _bookings(upstream, definition, dates, {ticket.id for ticket in tickets}, set(unreadable))
    users = {account: user for ticket in tickets for account, user in ticket.people.items()}
    users |= upstream.people(sorted({booking.author for booking in bookings} - set(users)))
    return QueueFacts(
        definition=definition,
        categories=categories,
        tickets=tuple(tickets),
        unreadable=tuple(unreadable.values()),
        missing=tuple(sorted(missing)),
        bookings=bookings,
        orphans=orphans,
        team=team[1],
        analysts=_analysts(definition, team[0], tickets),
        users=users,
        read_ms=read_ms,
        since_ms=since_ms,
    )


def _none_needed(_issue_id: str) -> list[Json]:
    return []


def _analysts(definition: Definition, members: list[Membership], tickets: list[Ticket]) -> frozenset[str]:
    """Who answers for a queue: whom it names, else its team, else everybody who holds or held a ticket of it."""
    if definition.analysts:
        return definition.analysts
    if members:
        return frozenset(membership.person for membership in members)
    held = {ticket.now["assignee"] for ticket in tickets}
    for ticket in tickets:
        for change in ticket.changes:
            if change.field == "assignee":
                held |= {change.before, change.after}
    return frozenset(who for who in held if who)


def _categories(upstream: Upstream) -> Categories:
    statuses = upstream.statuses()
    return Categories(
        by_status={status["id"]: status["statusCategory"]["key"] for status in statuses},
        status_names={status["id"]: status["name"] for status in statuses},
        priority_names={one["id"]: one["name"] for one in upstream.priorities()},
        resolution_names={one["id"]: one["name"] for one in upstream.resolutions()},
    )


def _bookings(
    upstream: Upstream, definition: Definition, dates: _Dates, known: set[str], unread: set[str]
) -> tuple[tuple[Booking, ...], tuple[Booking, ...]]:
    """The worklogs on the queue's tickets, and those on tickets that cannot be read or that Jira no longer has."""
    found = [booking for project in definition.projects for booking in upstream.worklogs(project, *dates)]
    lost = upstream.gone(sorted({booking.issue_id for booking in found} - known)) | unread
    return (
        tuple(booking for booking in found if booking.issue_id in known),
        tuple(booking for booking in found if booking.issue_id in lost),
    )


def _team_hours(upstream: Upstream, members: list[Membership], dates: _Dates) -> TeamHours:
    booked: dict[date, int] = {}
    scheduled: dict[date, int] = {}
    for person in dict.fromkeys(membership.person for membership in members):
        spells = [membership for membership in members if membership.person == person]
        worked = [(booking.day, booking.booked_s) for booking in upstream.worked_by(person, *dates)]
        for by_day, found in ((booked, worked), (scheduled, upstream.owed_by(person, *dates))):
            for day, seconds in found:
                if any(spell.holds_on(day) for spell in spells):
                    by_day[day] = by_day.get(day, 0) + seconds
    return TeamHours(booked, scheduled)
