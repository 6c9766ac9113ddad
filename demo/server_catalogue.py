"""Data Center, version 2: server, account, fields, statuses, priorities, projects, users."""

from __future__ import annotations

from collections.abc import Callable

from demo.exchange import Answer, Ask, problem
from demo.fields import server_field_list
from demo.fleet import ADMIN_PROJECT
from demo.login import Login, jira_login, require_jira_login
from demo.people import READER, Person
from demo.router import Route
from demo.site import Site
from demo.stamps import utc_offset_stamp
from demo.workflow import LISTED_STATUSES, PRIORITIES, RESOLUTIONS, compact

VERSION = (9, 12, 15)


def server_info(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Anybody may ask what this is, but not with a wrong token."""
    if jira_login(ask) is Login.WRONG:
        require_jira_login(ask)
    shown = {
        "baseUrl": ask.base_url,
        "version": ".".join(map(str, VERSION)),
        "versionNumbers": list(VERSION),
        "deploymentType": "Server",
        "buildNumber": 9_120_015,
        "buildDate": "2026-09-14T00:00:00.000+0000",
        "serverTime": utc_offset_stamp(ask.at_ms),
        "scmInfo": "demo",
        "serverTitle": "Opsportal demo",
    }
    return Answer(compact(shown))


def myself(site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """The account behind the token."""
    return Answer(_whole_user(site, READER, ',"locale":"en_US"'))


def user(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """One user by key, or by login name."""
    key, name = ask.one("key"), ask.one("username")
    if key is None and name is None:
        return problem(400, "Either the 'key' or the 'username' parameter is required.")
    found = site.people.get(key) if key is not None else site.usernames.get(name or "")
    if found is None:
        return problem(404, f"The user with the {'key' if key is not None else 'name'} '{key or name}' does not exist.")
    return Answer(_whole_user(site, found, ""))


def fields(_site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """Every field."""
    return Answer(compact(server_field_list()))


def statuses(site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """The statuses that still exist."""
    return Answer(f"[{','.join(map(site.dialect.shown, LISTED_STATUSES))}]")


def priorities(site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """All priorities, as a bare list."""
    shown = [
        f'{site.dialect.shown(each)[:-1]},"statusColor":"{each.color}","description":"{each.description}"}}'
        for each in PRIORITIES
    ]
    return Answer(f"[{','.join(shown)}]")


def resolutions(site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """All resolutions, as a bare list."""
    return Answer(f"[{','.join(map(site.dialect.shown, RESOLUTIONS))}]")


def projects(site: Site, _ask: Ask, _places: dict[str, str]) -> Answer:
    """All projects, as a bare list."""
    return Answer(f"[{','.join(map(site.writer.project_json, [*site.world.projects, ADMIN_PROJECT[0]]))}]")


def project(site: Site, _ask: Ask, places: dict[str, str]) -> Answer:
    """One project by id or key."""
    wanted = places["project"].upper()
    ids = {each.plan.project_id: key for key, each in site.world.projects.items()}
    key = (ids | {ADMIN_PROJECT[1]: ADMIN_PROJECT[0]}).get(wanted, wanted)
    if key not in {*site.world.projects, ADMIN_PROJECT[0]}:
        return problem(404, f"No project could be found with key '{places['project']}'.")
    return Answer(
        f'{site.writer.project_json(key)[:-1]},"expand":"description,lead,url,projectKeys","archived":false}}'
    )


def _whole_user(site: Site, person: Person, more: str) -> str:
    lists = '"groups":{"size":2,"items":[]},"applicationRoles":{"size":1,"items":[]}'
    return f'{site.dialect.shown(person)[:-1]}{more},{lists},"expand":"groups,applicationRoles"}}'


def _guarded(handler: Callable[[Site, Ask, dict[str, str]], Answer]) -> Callable[[Site, Ask, dict[str, str]], Answer]:
    def answer(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
        require_jira_login(ask)
        return handler(site, ask, places)

    return answer


ROUTES = (
    Route("GET", "/rest/api/2/serverInfo", server_info),
    *(
        Route("GET", f"/rest/api/2/{path}", _guarded(handler))
        for path, handler in (
            ("myself", myself),
            ("user", user),
            ("field", fields),
            ("status", statuses),
            ("priority", priorities),
            ("resolution", resolutions),
            ("project", projects),
            ("project/{project}", project),
        )
    ),
)
