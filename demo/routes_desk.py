"""Jira Service Management's own resources: service desks, agent queues, and a request's service levels."""

from __future__ import annotations

from collections.abc import Sequence

from demo.exchange import Answer, Ask, Refused
from demo.login import require_jira_login
from demo.router import Route
from demo.site import Site
from demo.workflow import SITE, compact
from demo.world import Project

_COLUMNS = ["issuetype", "issuekey", "summary", "created", "reporter", "assignee", "status"]
_QUEUES = (
    ("All open", "project = {key} AND statusCategory != Done ORDER BY created ASC"),
    ("Unassigned", "project = {key} AND assignee is EMPTY AND statusCategory != Done ORDER BY created ASC"),
    ("Waiting", 'project = {key} AND status in ("Waiting for customer", "Waiting for vendor") ORDER BY updated ASC'),
    ("Recently resolved", "project = {key} AND resolved >= -14d ORDER BY resolved DESC"),
)


def service_desks(site: Site, ask: Ask, _places: dict[str, str]) -> Answer:
    """A page of service desks."""
    require_jira_login(ask)
    shown = [
        compact(
            {
                "id": _desk_id(project),
                "projectId": project.plan.project_id,
                "projectName": project.plan.name,
                "projectKey": project.plan.project,
                "_links": {"self": f"{SITE}/rest/servicedeskapi/servicedesk/{_desk_id(project)}"},
            }
        )
        for project in site.world.projects.values()
        if project.plan.is_desk
    ]
    return _page(ask, shown, 100)


def queues(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """A page of a desk's agent queues; the desk may be named by its id or its project's."""
    require_jira_login(ask)
    project = _desk(site, places["desk"])
    counted = (ask.one("includeCount") or "").lower() == "true"
    shown = []
    for position, (name, template) in enumerate(_QUEUES, 1):
        jql = template.format(key=project.plan.project)
        id_ = f"{_desk_id(project)}{position}"
        queue: dict[str, object] = {"id": id_, "name": name, "jql": jql, "fields": _COLUMNS}
        if counted:
            queue["issueCount"] = len(site.search.tickets(jql, ask.at_ms))
        link = f"{SITE}/rest/servicedeskapi/servicedesk/{_desk_id(project)}/queue/{id_}"
        queue["_links"] = {"self": link}
        shown.append(compact(queue))
    return _page(ask, shown, 50)


def request_sla(site: Site, ask: Ask, places: dict[str, str]) -> Answer:
    """The service levels of one request."""
    require_jira_login(ask)
    ticket = site.world.find(places["issue"], ask.at_ms)
    project = None if ticket is None else site.world.of_lane(ticket.lane)
    if ticket is None or project is None or not project.plan.is_desk:
        raise Refused(_refusal(404, "sd.request.not.found", "The request does not exist or you may not see it."))
    state = site.states.at(ticket, ask.at_ms)
    metrics = (site.writer.sla.metric(state, project.desk, level, ask.at_ms) for level in (0, 1))
    return _page(ask, [metric for metric in metrics if metric is not None], 50)


def _desk_id(project: Project) -> str:
    return str(project.plan.lane + 1)


def _desk(site: Site, wanted: str) -> Project:
    for project in site.world.projects.values():
        if project.plan.is_desk and wanted in {_desk_id(project), project.plan.project_id, project.plan.project}:
            return project
    raise Refused(_refusal(404, "sd.servicedesk.not.found", "The service desk does not exist or you may not see it."))


def _refusal(status: int, key: str, message: str) -> Answer:
    return Answer(compact({"errorMessage": message, "i18nErrorMessage": {"i18nKey": key, "parameters": []}}), status)


def _page(ask: Ask, shown: Sequence[str], default: int) -> Answer:
    start = ask.number("start", 0)
    limit = min(100, ask.number("limit", default, least=1))
    values = shown[start : start + limit]
    last = start + limit >= len(shown)
    here = f"{ask.base_url}{ask.path}"
    links: dict[str, object] = {
        "self": f"{here}?start={start}&limit={limit}",
        "base": f"{ask.base_url}/rest/servicedeskapi",
        "context": "",
    }
    if not last:
        links["next"] = f"{here}?start={start + limit}&limit={limit}"
    if start:
        links["prev"] = f"{here}?start={max(0, start - limit)}&limit={limit}"
    return Answer(
        f'{{"_expands":[],"size":{len(values)},"start":{start},"limit":{limit}'
        f',"isLastPage":{"true" if last else "false"}'
        f',"_links":{compact(links)},"values":[{",".join(values)}]}}'
    )


ROUTES = (
    Route("GET", "/rest/servicedeskapi/servicedesk", service_desks),
    Route("GET", "/rest/servicedeskapi/servicedesk/{desk}/queue", queues),
    Route("GET", "/rest/servicedeskapi/request/{issue}/sla", request_sla),
)
