"""From the two sources and the registry to the facts of every queue."""

from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from tests.oracle.definitions import Definition, read_definitions
from tests.oracle.facts import Categories, Ticket, ticket_of
from tests.oracle.instants import local_date
from tests.oracle.queue_facts import Booking, QueueFacts, TeamHours, reach_ms
from tests.oracle.upstream import Json, Upstream

READ_DAYS = 120
_FIELDS = (
    "summary", "status", "priority", "issuetype", "assignee", "created", "updated", "resolution", "resolutiondate",
)  # fmt: skip
_Dates: TypeAlias = tuple[date, date]


def gather(upstream: Upstream, registry: Path, as_of_ms: int) -> dict[str, QueueFacts]:
    """Every queue of the registry by its id, each read once."""
    categories = _categories(upstream)
    definitions = read_definitions(registry)
    team_dates: dict[tuple[int, _Dates], TeamHours] = {}
    facts = {}
    for definition in definitions.values():
        last = local_date(as_of_ms, definition.work.zone)
        dates = (last - timedelta(days=READ_DAYS - 1), last)
        team = None
        if definition.tempo_team is not None:
            place = (definition.tempo_team, dates)
            if place not in team_dates:
                team_dates[place] = _team_hours(upstream, definition.tempo_team, dates)
            team = team_dates[place]
        facts[definition.id] = _queue(upstream, definition, categories, dates, team, as_of_ms)
    return facts


def _queue(
    upstream: Upstream,
    definition: Definition,
    categories: Categories,
    dates: _Dates,
    team: TeamHours | None,
    as_of_ms: int,
) -> QueueFacts:
    scope = f"project in ({', '.join(definition.projects)})" + (f" AND ({definition.jql})" if definition.jql else "")
    since_ms = reach_ms(as_of_ms, READ_DAYS)
    ids = upstream.ids(f"{scope} AND (statusCategory != Done OR updated >= {since_ms}) ORDER BY created ASC, key ASC")
    sla_fields = tuple(promise.field for promise in definition.promises.values())
    issues = upstream.issues(ids, (*_FIELDS, *sla_fields))
    read_ms = upstream.read_ms
    tickets: list[Ticket] = []
    unreadable: list[str] = []
    for issue in issues:
        ticket = ticket_of(issue, upstream.histories(issue["id"]), categories, sla_fields)
        if ticket is None:
            unreadable.append(issue["key"])
        else:
            tickets.append(ticket)
    unread = {issue["id"] for issue in issues if issue["key"] in unreadable}
    bookings, orphans = _bookings(upstream, definition, dates, {ticket.id for ticket in tickets}, unread)
    users = {account: user for ticket in tickets for account, user in ticket.people.items()}
    users |= upstream.names(sorted({booking.author for booking in bookings} - set(users)))
    return QueueFacts(
        definition=definition,
        categories=categories,
        tickets=tuple(tickets),
        unreadable=tuple(unreadable),
        missing=tuple(sorted(set(ids) - {issue["id"] for issue in issues})),
        bookings=bookings,
        orphans=orphans,
        team=team,
        users=users,
        read_ms=read_ms,
        since_ms=since_ms,
    )


def _categories(upstream: Upstream) -> Categories:
    statuses = upstream.jira("status")
    return Categories(
        by_status={status["id"]: status["statusCategory"]["key"] for status in statuses},
        status_names={status["id"]: status["name"] for status in statuses},
        priority_names={one["id"]: one["name"] for one in upstream.jira("priority/search")["values"]},
        resolution_names={one["id"]: one["name"] for one in upstream.jira("resolution")},
    )


def _bookings(
    upstream: Upstream, definition: Definition, dates: _Dates, known: set[str], unread: set[str]
) -> tuple[tuple[Booking, ...], tuple[Booking, ...]]:
    """The worklogs on the queue's tickets, and those on tickets that cannot be read or that Jira no longer has."""
    found = [
        _booking(worklog)
        for project in definition.projects
        for worklog in upstream.worklogs(*dates, project_id=upstream.jira(f"project/{project}")["id"])
    ]
    elsewhere = sorted({booking.issue_id for booking in found} - known)
    shown = {issue["id"] for issue in upstream.issues(elsewhere, ("summary",))}
    return (
        tuple(booking for booking in found if booking.issue_id in known),
        tuple(booking for booking in found if booking.issue_id not in (known | shown) - unread),
    )


def _booking(worklog: Json) -> Booking:
    return Booking(
        author=worklog["author"]["accountId"],
        issue_id=str(worklog["issue"]["id"]),
        day=date.fromisoformat(worklog["startDate"]),
        booked_s=worklog["timeSpentSeconds"],
        billable_s=worklog.get("billableSeconds") or 0,
    )


def _team_hours(upstream: Upstream, team: int, dates: _Dates) -> TeamHours:
    span = {"from": dates[0].isoformat(), "to": dates[1].isoformat()}
    memberships: dict[str, list[Json]] = {}
    for membership in upstream.tempo(f"team-memberships/team/{team}"):
        memberships.setdefault(membership["member"]["accountId"], []).append(membership)
    booked: dict[date, int] = {}
    scheduled: dict[date, int] = {}
    for account_id, spells in memberships.items():
        for worklog in upstream.tempo(f"worklogs/user/{account_id}", **span):
            _add(booked, worklog["startDate"], worklog["timeSpentSeconds"], spells)
        for day in upstream.tempo(f"user-schedule/{account_id}", **span):
            _add(scheduled, day["date"], day["requiredSeconds"], spells)
    return TeamHours(booked, scheduled)


def _add(by_day: dict[date, int], day: str, seconds: int, spells: list[Json]) -> None:
    if any((spell.get("from") or day) <= day <= (spell.get("to") or day) for spell in spells):
        on = date.fromisoformat(day)
        by_day[on] = by_day.get(on, 0) + seconds
