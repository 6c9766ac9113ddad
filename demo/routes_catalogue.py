"""What the site is made of: server, account, fields, statuses, priorities, projects, users."""

from __future__ import annotations

from collections.abc import Sequence

from demo.exchange import Answer, Ask, problem
from demo.fields import field_list
from demo.fleet import ADMIN_PROJECT
from demo.login import FAILED, Login, jira_login, require_jira_login
from demo.people import READER
from demo.router import Route
from demo.site import Site
from demo.stamps import jira_stamp
from demo.workflow import LISTED_STATUSES, PRIORITIES, RESOLUTIONS, SITE, compact


def server_info(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Anybody may ask what this is."""
    shown = {
        "baseUrl": ask.base_url,
        "displayUrl": ask.base_url,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_287,
        "buildDate": "2026-11-02T00:00:00.000-0300",
        "serverTime": jira_stamp(ask.at_ms),
        "scmInfo": "demo",
        "serverTitle": "Opsportal demo",
        "serverTimeZone": "America/Sao_Paulo",
        "defaultLocale": {"locale": "en_US"},
    }
    return Answer(compact(shown), headers=_failure(ask))


def myself(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """The account behind the credentials."""
    require_jira_login(ask)
    more = ',"locale":"en_US","groups":{"size":2,"items":[]},"applicationRoles":{"size":1,"items":[]}'
    return Answer(f'{READER.json[:-1]}{more},"expand":"groups,applicationRoles"}}')


def fields(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """Every field; without a login only the system's own."""
    return Answer(compact(field_list(anonymous=jira_login(ask) is not Login.READER)), headers=_failure(ask))


def statuses(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """The statuses that still exist."""
    require_jira_login(ask)
    return Answer(f"[{','.join(status.json for status in LISTED_STATUSES)}]")


def priorities(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of priorities."""
    require_jira_login(ask)
    shown = [
        f'{{"self":"{SITE}/rest/api/3/priority/{each.id}","statusColor":"{each.color}","description":'
        f'"{each.description}","iconUrl":"{SITE}/images/icons/priorities/{each.name.lower()}_new.svg","name":'
        f'"{each.name}","id":"{each.id}","isDefault":{"true" if each.name == "Medium" else "false"}}}'
        for each in PRIORITIES
    ]
    return _page(ask, shown, most=50)


def resolutions(_site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """All resolutions, as a bare list."""
    require_jira_login(ask)
    return Answer(f"[{','.join(each.json for each in RESOLUTIONS)}]")


def projects(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of projects; `typeKey`, `keys` and `query` narrow it down."""
    require_jira_login(ask)
    kinds, keys, text = ask.words("typeKey"), ask.words("keys"), (ask.one("query") or "").lower()
    shown = []
    for key, name in _project_names(site):
        kind = "business" if key == ADMIN_PROJECT[0] else site.world.projects[key].plan.kind
        if (kinds and kind not in kinds) or (keys and key not in keys):
            continue
        if text and text not in key.lower() and text not in name.lower():
            continue
        shown.append(_project(site, key))
    return _page(ask, shown, most=100)


def project(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """One project by id or key."""
    require_jira_login(ask)
    wanted = places["project"].upper()
    ids = {each.plan.project_id: key for key, each in site.world.projects.items()} | {
        ADMIN_PROJECT[1]: ADMIN_PROJECT[0]
    }
    key = ids.get(wanted, wanted)
    if key not in {known for known, _ in _project_names(site)}:
        return problem(404, f"No project could be found with key '{places['project']}'.")
    return Answer(_project(site, key))


def users(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of users by account id; unknown ids are left out."""
    require_jira_login(ask)
    wanted = ask.query.get("accountId", [])
    if not wanted:
        return problem(400, "The accountId parameter is required.")
    if len(wanted) > 200:
        return problem(400, "At most 200 account ids can be asked for at once.")
    found = [site.people[each].json for each in dict.fromkeys(wanted) if each in site.people]
    return _page(ask, found, most=200, default=10)


def _project_names(site: Site) -> list[tuple[str, str]]:
    return [(key, each.plan.name) for key, each in site.world.projects.items()] + [(ADMIN_PROJECT[0], ADMIN_PROJECT[2])]


def _project(site: Site, key: str) -> str:
    more = (
        '"expand":"description,lead,issueTypes,url,projectKeys,permissions,insight","style":"classic","isPrivate":false'
    )
    return f'{site.writer.project_json(key)[:-1]},{more},"properties":{{}}}}'


def _page(ask: Ask, shown: Sequence[str], *, most: int, default: int = 50) -> Answer:
    start = ask.number("startAt", 0)
    limit = min(most, ask.number("maxResults", default, least=1))
    last = start + limit >= len(shown)
    here = f"{ask.base_url}{ask.path}"
    following = "" if last else f',"nextPage":"{here}?maxResults={limit}&startAt={start + limit}"'
    values = ",".join(shown[start : start + limit])
    return Answer(
        f'{{"self":"{here}?maxResults={limit}&startAt={start}"{following},"maxResults":{limit},"startAt":{start}'
        f',"total":{len(shown)},"isLast":{"true" if last else "false"},"values":[{values}]}}'
    )


def _failure(ask: Ask) -> tuple[tuple[str, str], ...]:
    return (FAILED,) if jira_login(ask) is Login.WRONG else ()


ROUTES = (
    Route("GET", "/rest/api/2/serverInfo", server_info),
    Route("GET", "/rest/api/3/serverInfo", server_info),
    Route("GET", "/rest/api/3/myself", myself),
    Route("GET", "/rest/api/3/field", fields),
    Route("GET", "/rest/api/3/status", statuses),
    Route("GET", "/rest/api/3/priority/search", priorities),
    Route("GET", "/rest/api/3/resolution", resolutions),
    Route("GET", "/rest/api/3/project/search", projects),
    Route("GET", "/rest/api/3/project/{project}", project),
    Route("GET", "/rest/api/3/user/bulk", users),
)
