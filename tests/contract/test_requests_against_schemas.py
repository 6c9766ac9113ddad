"""What the portal asks, against the published descriptions of the interfaces it asks."""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from datasource.deadline import Deadline
from datasource.hours import TempoHours
from datasource.jira.check import registry_problems
from datasource.jira.cloud import JiraCloud
from datasource.tempo.cloud import TempoCloud
from servicelevel.instants import DAY_MS, HOUR_MS
from servicelevel.policy import Policy
from tests.fakes.canned import Call, Json
from tests.fakes.jira_json import comment, history, issue, status_item
from tests.fakes.jira_site import JiraSite
from tests.fakes.tempo_site import TempoSite, worklog
from tests.unit.datasource.jira.desk import ANSWERED_BY_COMMENT, READ_AT_MS, read

NOT_DESCRIBED = {
    "/rest/api/3/resolution": "the description at hand leaves the list of resolutions out",
    "/rest/api/2/serverInfo": "described under version 3 only; version 2 tells Data Center from Cloud",
}
JIRA_CALLS = {
    ("POST", "/rest/api/3/search/jql"),
    ("POST", "/rest/api/3/search/approximate-count"),
    ("POST", "/rest/api/3/issue/bulkfetch"),
    ("POST", "/rest/api/3/changelog/bulkfetch"),
    ("GET", "/rest/api/3/issue/{issueIdOrKey}/comment"),
    ("GET", "/rest/api/3/myself"),
    ("GET", "/rest/api/3/status"),
    ("GET", "/rest/api/3/field"),
    ("GET", "/rest/api/3/priority/search"),
    ("GET", "/rest/api/3/project/{projectIdOrKey}"),
    ("GET", "/rest/api/3/user/bulk"),
}
TEMPO_CALLS = {
    ("GET", "/worklogs"),
    ("GET", "/worklogs/team/{teamId}"),
    ("GET", "/team-memberships/team/{teamId}"),
    ("GET", "/user-schedule/{accountId}"),
    ("GET", "/teams"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Every request of one whole use of the portal."""

    jira: tuple[Call, ...]
    tempo: tuple[Call, ...]


@pytest.fixture(scope="module")
def asked() -> Asked:
    """A queue is read with its comments, its hours and its team, read on, compared, and everything is checked."""
    histories: dict[int, list[Json]] = {
        n: [history(n * 10 + i, 1_793_617_200_000 + i, status_item("1", "2")) for i in range(3)] for n in (1, 2, 3)
    }
    site = JiraSite((issue(n) for n in (1, 2, 3)), histories)
    site.comments = {1: [comment(n, "2026-11-02T10:00:00.000-0300") for n in range(1, 6)]}
    members: list[Json] = [{"member": {"accountId": "557058:ana"}, "from": None, "to": None}]
    tempo = TempoSite([worklog(n, n, "2026-11-02", author=f"a{n}") for n in (1, 2, 3, 99)], members)
    queue, soon = changed(ANSWERED_BY_COMMENT, tempo_team=7), Deadline.after(60)
    columns = read(site, queue=queue)
    columns = read(site, columns, queue=queue, read_at=READ_AT_MS + HOUR_MS)
    columns = read(site, columns, queue=queue, read_at=READ_AT_MS + 2 * DAY_MS)
    source, first, last = TempoHours(tempo.tempo, site.dialect()), date(2026, 11, 1), date(2026, 11, 30)
    hours = source.read(queue, columns, None, first=first, last=last, read_at=READ_AT_MS, budget_s=60.0)
    source.read(queue, columns, hours, first=first, last=last, read_at=READ_AT_MS + 60_000, budget_s=60.0)
    registry_problems(site.jira, Policy((queue,)), soon)
    tempo.tempo.prove(soon)
    return Asked(tuple(site.transport.calls), tuple(tempo.transport.calls))


class Published:
    """One published description."""

    def __init__(self, file: Path) -> None:
        self.document: Json = json.loads(file.read_text(encoding="utf-8"))
        self._registry: Registry[Any] = Registry().with_resource("urn:it", DRAFT202012.create_resource(self.document))

    def template(self, path: str) -> str | None:
        """The path as it is described, with its places in braces."""
        plain = path if path in self.document["paths"] else None
        shaped = (each for each in self.document["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), path))
        return plain or next(shaped, None)

    def complaints(self, call: Call) -> Iterator[str]:
        """Everything about a call that is not described."""
        template = self.template(call.path)
        operation = self.document["paths"].get(template, {}).get(call.method.lower())
        if operation is None:
            yield f"{call.method} {call.path} is not described"
            return
        query = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "query"}
        yield from (f"{call.path}: parameter {name} is not described" for name in call.params.keys() - query.keys())
        required = {name for name, each in query.items() if each.get("required")}
        yield from (f"{call.path}: parameter {name} is missing" for name in required - call.params.keys())
        for name in call.params.keys() & query.keys():
            yield from self._against(query[name]["schema"], _as_written(call.params[name], query[name]["schema"]), name)
        content = operation.get("requestBody", {}).get("content", {})
        if content:
            yield from self._against(content["application/json"]["schema"], dict(call.body), "body")
        elif call.body:
            yield f"{call.path}: a body is not described"

    def _against(self, schema: Json, value: object, name: str) -> Iterator[str]:
        rooted = json.loads(json.dumps(schema).replace('"#/', '"urn:it#/'))
        errors = Draft202012Validator(rooted, registry=self._registry).iter_errors(value)
        yield from (f"{name}{error.json_path[1:]}: {error.message[:120]}" for error in errors)


def _as_written(value: object, schema: Json) -> object:
    """A query is text: a number may stand for a text, one value for a list of one."""
    kind = schema.get("type")
    if kind == "array":
        values = value if isinstance(value, list) else [value]
        return [_as_written(each, schema["items"]) for each in values]
    return str(value) if kind == "string" else value


@lru_cache
def _description(folder: Path, name: str) -> Published:
    return Published(folder / f"{name}.cut.json")


def test_jira_is_asked_only_what_it_describes(asked: Asked, published: Path) -> None:
    """Method, path, every parameter with its type, every body with its keys."""
    jira = _description(published, "jira-cloud-v3")
    calls = [call for call in asked.jira if call.path not in NOT_DESCRIBED]

    assert [complaint for call in calls for complaint in jira.complaints(call)] == []
    assert {(call.method, jira.template(call.path)) for call in calls} == JIRA_CALLS


def test_tempo_is_asked_only_what_it_describes(asked: Asked, published: Path) -> None:
    """The same for Tempo."""
    tempo = _description(published, "tempo-cloud-v4")

    assert [complaint for call in asked.tempo for complaint in tempo.complaints(call)] == []
    assert {(call.method, tempo.template(call.path)) for call in asked.tempo} == TEMPO_CALLS


def test_what_is_not_described_is_still_asked(asked: Asked) -> None:
    """The list of exceptions holds nothing that has gone out of use."""
    assert NOT_DESCRIBED.keys() <= {call.path for call in asked.jira}


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (Call("GET", "/rest/api/3/search", {}, {}), "is not described"),
        (Call("POST", "/rest/api/3/search/jql", {}, {"jql": "a = b", "startAt": 0}), "startAt"),
        (Call("POST", "/rest/api/3/search/jql", {}, {"jql": "a = b", "expand": ["names"]}), "expand"),
        (Call("POST", "/rest/api/3/changelog/bulkfetch", {}, {"issueIdsOrKeys": []}), "issueIdsOrKeys"),
        (Call("GET", "/rest/api/3/user/bulk", {"maxResults": 5}, {}), "accountId is missing"),
        (Call("GET", "/rest/api/3/user/bulk", {"accountId": ["a"], "maxResults": "many"}, {}), "maxResults"),
        (Call("GET", "/rest/api/3/myself", {"limit": 5}, {}), "limit is not described"),
        (Call("GET", "/rest/api/3/myself", {}, {"a": 1}), "a body is not described"),
    ],
)
def test_the_comparison_finds_what_is_wrong(published: Path, call: Call, complaint: str) -> None:
    """A comparison that complains of nothing would prove nothing."""
    complaints = list(_description(published, "jira-cloud-v3").complaints(call))

    assert len(complaints) == 1
    assert complaint in complaints[0]


JIRA_METHODS = (
    "myself statuses resolutions priorities sla_fields project comments id_pages approximate_count issues existing"
    " search versions histories people"
)


@pytest.mark.parametrize(
    ("client", "called"), [(JiraCloud, JIRA_METHODS), (TempoCloud, "prove proved project_worklogs team_hours")]
)
def test_the_recorded_use_calls_every_method_of_the_clients(client: type, called: str) -> None:
    """A call that is added has to be recorded here, or nobody compares it."""
    methods = {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}

    assert methods == set(called.split())
