"""Tempo on Data Center: worklogs by search, the members of a team, and what they owe on each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import wraps

from demo.bookings import owed_seconds
from demo.dialect import username
from demo.exchange import Answer, Ask, Refused, body_list, body_text, problem
from demo.login import require_jira_login
from demo.people import Person
from demo.router import Handler, Route
from demo.server_worklogs import members_json, required_days, team_of, worklog_json
from demo.site import Site
from demo.teams import Team
from demo.ticket import Worklog
from demo.timesheets import WorklogFilter
from demo.workflow import compact
from demo.zones import UNIX_DAY

_LONGEST_SCHEDULE_DAYS = 800
_KNOWN_FILTERS = frozenset(
    {"from", "to", "worker", "projectKey", "projectId", "taskKey", "taskId", "teamId", "include", "includeSubtasks"}
)
_OTHER_FILTERS = frozenset(
    {
        "accountId",
        "accountKey",
        "categoryId",
        "categoryTypeId",
        "customerId",
        "epicKey",
        "filterId",
        "locationId",
        "roleId",
    }
)


def worklogs(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """All worklogs between two days that match every list given: a bare array, never cut into pages."""
    body = ask.json_object()
    unknown = sorted(set(body) & _OTHER_FILTERS)
    if unknown:
        return problem(400, f"This Tempo cannot search by {', '.join(unknown)}.")
    unknown = sorted(set(body) - _KNOWN_FILTERS)
    if unknown:
        return problem(400, f'Unrecognized field "{unknown[0]}".')
    first, last = _days(body_text(body, "from"), body_text(body, "to"))
    workers, teams = body_list(body, "worker"), _numbers(body, "teamId")
    tickets = {site.world.find(key, ask.at_ms) for key in [*body_list(body, "taskKey"), *body_list(body, "taskId")]}
    issues = frozenset(ticket.id for ticket in tickets if ticket is not None)
    if tickets and not issues:
        return Answer("[]")
    projects = _numbers(body, "projectId") | _project_numbers(site, body_list(body, "projectKey"))
    if body_list(body, "projectKey") and not projects:
        return Answer("[]")
    found = site.timesheets.find(
        WorklogFilter(from_day=first, to_day=last, projects=projects, issues=issues, authors=frozenset(workers)),
        ask.at_ms,
    )
    if teams:
        asked = [site.world.teams[number] for number in teams if number in site.world.teams]
        found = [held for held in found if any(_booked_for(team, held) for team in asked)]
    return Answer(f"[{','.join(worklog_json(site, held, ask.at_ms) for held in found)}]")


def one_worklog(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """One worklog by its number."""
    for held in site.timesheets.find(WorklogFilter(), ask.at_ms):
        if str(held.id) == places["worklog"]:
            return Answer(worklog_json(site, held, ask.at_ms))
    return problem(404, "The worklog does not exist.")


def teams(site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """All teams, as a bare list."""
    shown = [_team_dict(team) for team in site.world.teams.values()]
    return Answer(compact(shown))


def team(site: Site, _ask: Ask, places: dict[str, str]) -> Answer:
    """One team."""
    return Answer(compact(_team_dict(_team(site, places["team"]))))


def members(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """Everybody who belongs or belonged to a team, as a bare list."""
    return Answer(compact(members_json(_team(site, places["team"]), ask.at_ms)))


def schedule(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """What one person owes on each of several days; the person is named by key, or by login name."""
    days = _days(ask.one("from"), ask.one("to"))
    return Answer(compact(_schedule(site, ask.one("user") or "", days)))


def schedules(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """The same for several people at once: a list of users with their schedules."""
    body = ask.json_object()
    asked = body_list(body, "user")
    days = _days(body_text(body, "from"), body_text(body, "to"))
    if not asked:
        return problem(400, "'user' has to name at least one user.")
    return Answer(compact([{"user": {"key": each}, "schedule": _schedule(site, each, days)} for each in asked]))


def _schedule(site: Site, user: str, days: tuple[int, int]) -> dict[str, object]:
    person: Person | None = site.people.get(user) or site.usernames.get(user)
    found = None if person is None else team_of(site, person)
    if found is None:
        raise Refused(problem(404, f"The user '{user}' does not exist."))
    belongs_to, membership = found
    calendar = site.world.calendars[belongs_to.plan.calendar]
    span = range(days[0], days[1] + 1)
    owed = [owed_seconds(membership, calendar, day) for day in span]
    return {
        "numberOfWorkingDays": sum(seconds > 0 for seconds in owed),
        "requiredSeconds": sum(owed),
        "days": required_days(membership, calendar, span),
    }


def _team_dict(team: Team) -> dict[str, object]:
    lead = team.memberships[0].member
    return {
        "id": team.plan.id,
        "name": team.plan.name,
        "summary": "",
        "lead": username(lead),
        "leadUser": {"name": username(lead), "key": lead.account_id, "displayname": lead.name},
        "isPublic": False,
    }


def _booked_for(team: Team, held: Worklog) -> bool:
    return any(membership.member is held.author and membership.holds_on(held.day) for membership in team.memberships)


def _team(site: Site, wanted: str) -> Team:
    found = site.world.teams.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 9 else None
    if found is None:
        raise Refused(problem(404, f"Team with id {wanted} not found."))
    return found


def _days(first: str | None, last: str | None) -> tuple[int, int]:
    from_day, to_day = _day(first, "from"), _day(last, "to")
    if not 0 <= to_day - from_day < _LONGEST_SCHEDULE_DAYS:
        raise Refused(problem(400, "'from' must not be after 'to', nor more than 800 days before it."))
    return from_day, to_day


def _day(text: str | None, name: str) -> int:
    if text is None:
        raise Refused(problem(400, f"The '{name}' field is required."))
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text).toordinal() - UNIX_DAY
    except ValueError as error:
        raise Refused(problem(400, f"'{name}' has to be a date like 2026-11-23.")) from error


def _numbers(body: dict[str, object], name: str) -> frozenset[int]:
    texts: Sequence[str] = body_list(body, name)
    if not all(text.isdecimal() for text in texts):
        raise Refused(problem(400, f"'{name}' has to be a list of numbers."))
    return frozenset(map(int, texts))


def _project_numbers(site: Site, keys: list[str]) -> frozenset[int]:
    numbers = site.timesheets.project_numbers
    return frozenset(numbers[key.upper()] for key in keys if key.upper() in numbers)


def _guarded(handler: Handler) -> Handler:
    @wraps(handler)
    def answer(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
        require_jira_login(ask)
        return handler(site, ask, places)

    return answer


ROUTES = tuple(
    Route(method, f"/rest/{path}", _guarded(handler))
    for method, path, handler in (
        ("POST", "tempo-timesheets/4/worklogs/search", worklogs),
        ("GET", "tempo-timesheets/4/worklogs/{worklog}", one_worklog),
        ("GET", "tempo-teams/2/team", teams),
        ("GET", "tempo-teams/2/team/{team}", team),
        ("GET", "tempo-teams/2/team/{team}/member", members),
        ("GET", "tempo-core/1/user/schedule", schedule),
        ("GET", "tempo-core/1/user/schedule/", schedule),
        ("POST", "tempo-core/1/user/schedule", schedules),
    )
)
