"""Tempo's REST API, version 4, under /tempo/4."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import wraps

from demo.exchange import Answer, Ask, Refused
from demo.login import require_tempo_login
from demo.router import Handler, Route
from demo.site import Site
from demo.teams import SCHEMES, Membership, Team
from demo.tempo_json import (
    membership_json,
    schedule_json,
    scheme_json,
    team_json,
    tempo_page,
    whole_list,
    worklog_json,
)
from demo.timesheets import WorklogFilter
from demo.workflow import compact
from demo.zones import UNIX_DAY

_MOST = 1000
_LONGEST_SCHEDULE_DAYS = 800
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_ORDERS = frozenset({"ID", "START_DATE_TIME", "UPDATED"})


def refusal(status: int, message: str) -> Refused:
    """An error as Tempo words it."""
    return Refused(Answer(compact({"errors": {"message": message}}), status, "application/json"))


def worklogs(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Worklogs by date, project and ticket."""
    order = ask.one("orderBy") or "ID"
    if order not in _ORDERS:
        raise refusal(400, f"'orderBy' must be one of {', '.join(sorted(_ORDERS))}")
    projects, issues = _ids(ask.words("projectId"), "projectId"), _ids(ask.words("issueId"), "issueId")
    return _found(site, ask, _filter(ask, projects=projects, issues=issues, order=order))


def worklog_search(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Worklogs by lists of tickets, projects and authors."""
    try:
        body = ask.json_object()
    except Refused as error:
        raise refusal(400, "Invalid request payload") from error
    texts = {name: body.get(name) for name in ("from", "to", "updatedFrom")}
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        raise refusal(400, "dates must be texts")
    authors = body.get("authorIds") or []
    if not isinstance(authors, list):
        raise refusal(400, "'authorIds' must be a list")
    wanted = WorklogFilter(
        from_day=_day(_text(texts["from"]), "from"),
        to_day=_day(_text(texts["to"]), "to"),
        updated_from_ms=_moment_ms(_text(texts["updatedFrom"])),
        projects=_ids(body.get("projectIds") or [], "projectIds"),
        issues=_ids(body.get("issueIds") or [], "issueIds"),
        authors=frozenset(str(each) for each in authors),
    )
    return _found(site, ask, wanted)


def team_worklogs(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """What the members of a team booked while they belonged to it."""
    team = _team(site, places["team"])
    found = _filter(ask, authors=team.accounts)
    held = {membership.member.account_id: membership for membership in team.memberships}
    return _found(site, ask, found, lambda author, day: held[author].holds_on(day))


def project_worklogs(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """What was booked on the tickets of a project, by its number."""
    return _found(site, ask, _filter(ask, projects=_ids([places["project"]], "projectId")))


def user_worklogs(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """What a person booked."""
    if places["account"] not in site.people:
        raise refusal(404, "User not found")
    return _found(site, ask, _filter(ask, authors=frozenset((places["account"],))))


def teams(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of teams."""
    shown = [team_json(team) for team in site.world.teams.values()]
    return tempo_page(ask, shown, *_bounds(ask))


def memberships(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """Everybody who belongs or belonged to a team."""
    team = _team(site, places["team"])
    return whole_list(ask, [membership_json(team, membership) for membership in team.memberships])


def schedule(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """What a person owes on each of several days."""
    first, last = _day(ask.one("from"), "from"), _day(ask.one("to"), "to")
    if first is None or last is None:
        raise refusal(400, "'from' and 'to' are required")
    if not 0 <= last - first < _LONGEST_SCHEDULE_DAYS:
        raise refusal(400, "'from' must not be after 'to', nor more than 800 days before it")
    team, membership = _member(site, places["account"])
    calendar = site.world.calendars[team.plan.calendar]
    return whole_list(ask, [schedule_json(membership, calendar, day) for day in range(first, last + 1)])


def workload_schemes(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of workload schemes."""
    held = [each.scheme.id for team in site.world.teams.values() for each in team.memberships if each.to_day is None]
    return tempo_page(ask, [scheme_json(each, held.count(each.id)) for each in SCHEMES], *_bounds(ask))


def _found(site: Site, ask: Ask, wanted: WorklogFilter, keep: Callable[[str, int], bool] | None = None) -> Answer:
    found = site.timesheets.find(wanted, ask.at_ms)
    if keep is not None:
        found = [held for held in found if keep(held.author.account_id, held.day)]
    start, limit = _bounds(ask)
    shown = [worklog_json(held, ask.at_ms) for held in found[start : start + limit]]
    return tempo_page(ask, shown, start, limit, total=len(found))


def _filter(
    ask: Ask,
    *,
    projects: frozenset[int] = frozenset(),
    issues: frozenset[int] = frozenset(),
    authors: frozenset[str] = frozenset(),
    order: str = "ID",
) -> WorklogFilter:
    updated_from_ms = _moment_ms(ask.one("updatedFrom"))
    days = _day(ask.one("from"), "from"), _day(ask.one("to"), "to")
    return WorklogFilter(*days, updated_from_ms, projects, issues, authors, order)


def _bounds(ask: Ask) -> tuple[int, int]:
    try:
        return ask.number("offset", 0), min(_MOST, ask.number("limit", 50, least=1))
    except Refused as error:
        raise refusal(400, "'offset' and 'limit' must be whole numbers, 'limit' at least 1") from error


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _day(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text).toordinal() - UNIX_DAY
    except ValueError as error:
        raise refusal(400, f"'{name}' must be valid on the format: 'yyyy-MM-dd'") from error


def _moment_ms(text: str | None) -> int | None:
    if text is None:
        return None
    if not _MOMENT.fullmatch(text):
        day = _day(text, "updatedFrom")
        return None if day is None else day * 86_400_000
    try:
        return round(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError as error:
        raise refusal(400, "'updatedFrom' must be valid on the format: 'yyyy-MM-ddTHH:mm:ssZ'") from error


def _ids(values: object, name: str) -> frozenset[int]:
    if not isinstance(values, Sequence) or not all(str(value).isdecimal() for value in values):
        raise refusal(400, f"'{name}' must be whole numbers")
    return frozenset(int(value) for value in values)


def _team(site: Site, wanted: str) -> Team:
    team = site.world.teams.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 9 else None
    if team is None:
        raise refusal(404, "Team not found")
    return team


def _member(site: Site, account: str) -> tuple[Team, Membership]:
    for team in site.world.teams.values():
        for membership in team.memberships:
            if membership.member.account_id == account:
                return team, membership
    raise refusal(404, "User not found")


def _guarded(handler: Handler) -> Handler:
    @wraps(handler)
    def answer(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
        require_tempo_login(ask)
        return handler(site, ask, places)

    return answer


ROUTES = tuple(
    Route(method, f"/tempo/4/{path}", _guarded(handler))
    for method, path, handler in (
        ("GET", "worklogs", worklogs),
        ("POST", "worklogs/search", worklog_search),
        ("GET", "worklogs/team/{team}", team_worklogs),
        ("GET", "worklogs/project/{project}", project_worklogs),
        ("GET", "worklogs/user/{account}", user_worklogs),
        ("GET", "teams", teams),
        ("GET", "team-memberships/team/{team}", memberships),
        ("GET", "user-schedule/{account}", schedule),
        ("GET", "workload-schemes", workload_schemes),
    )
)
