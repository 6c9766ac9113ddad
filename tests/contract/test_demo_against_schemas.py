"""What the demo answers, against the published schemas of the services it stands for."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from demo.options import Options
from demo.server import Demo, start

_ROOT = Path(__file__).resolve().parents[2]
_GIVEN = os.environ.get("PORTAL_FIXTURES")  # noqa: TID251 - where recorded payloads lie is no setting of the portal
_FIXTURES = Path(_GIVEN) if _GIVEN else _ROOT.parent / "shared" / "fixtures"
_SPECS = _FIXTURES.parent / "specs"
_SIZES = {
    "service-desk": 200,
    "billing": 90,
    "platform-ops": 90,
    "network": 90,
    "people": 60,
    "field-support": 60,
    "internal-tools": 90,
    "website": 60,
}

if not _SPECS.is_dir():
    pytest.skip(
        "the published schemas are not beside this checkout: the demo was not compared", allow_module_level=True
    )


def _with_nulls(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type of its own."""
    if isinstance(schema, list):
        return [_with_nulls(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: _with_nulls(each) for name, each in schema.items()}
    if changed.pop("nullable", False) is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed


class Published:
    """The schemas of one service."""

    def __init__(self, name: str) -> None:
        document = _with_nulls(json.loads((_SPECS / f"{name}.cut.json").read_text(encoding="utf-8")))
        self._document = document
        self._address = f"urn:{name}"
        self._registry: Registry[Any] = Registry().with_resource(self._address, DRAFT202012.create_resource(document))

    def schema(self, name: str) -> Any:
        """One of the published components."""
        return self._document["components"]["schemas"][name]

    def complaints(self, method: str, path: str, answer: Any) -> list[str]:
        """Everything in which a successful answer differs from what is published for the operation."""
        pointer = f"/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}/responses/200/content"
        content = self._document["paths"][path][method]["responses"]["200"]["content"]
        kind = next(iter(content)).replace("/", "~1").replace(" ", "%20")
        schema = {"$ref": f"{self._address}#{pointer}/{kind}/schema"}
        validator = Draft202012Validator(schema, registry=self._registry)
        return [f"{error.json_path}: {error.message[:120]}" for error in validator.iter_errors(answer)]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A small demo."""
    with start(Options(clock="frozen:2026-11-23T12:00:00Z", sizes=_SIZES)) as running:
        yield running


@pytest.fixture(scope="module")
def jira(demo: Demo) -> Iterator[requests.Session]:
    """A session that is logged in to Jira."""
    with requests.Session() as session:
        session.auth = (demo.email, demo.jira_api_token)
        yield session


def _get(session: requests.Session, demo: Demo, path: str) -> Any:
    answer = session.get(demo.jira_base_url + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _post(session: requests.Session, demo: Demo, path: str, body: object) -> Any:
    answer = session.post(demo.jira_base_url + path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _ids(session: requests.Session, demo: Demo) -> list[str]:
    body = {"jql": "project in (SD, BILL, NET) ORDER BY id", "maxResults": 5000}
    return [issue["id"] for issue in _post(session, demo, "/rest/api/3/search/jql", body)["issues"]]


_KNOWN_TO_DIFFER = (
    re.compile(r"changeHistories\[\d+\]\.created: \d+ is not of type 'string'"),  # a number, against its own schema
    re.compile(
        r"items\[\d+\]\.(from|fromString|to|toString): None is not of type 'string'"
    ),  # recorded answers have nulls
    re.compile(r"^\$: .*\('defaultLocale' was unexpected\)"),  # live sites send it
)


def _unexpected(complaints: list[str]) -> list[str]:
    return [text for text in complaints if not any(known.search(text) for known in _KNOWN_TO_DIFFER)]


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("serverInfo", "serverInfo"),
        ("myself", "myself"),
        ("field", "field"),
        ("status", "status"),
        ("priority/search", "priority/search?maxResults=2"),
        ("project/search", "project/search?maxResults=3"),
        ("project/{projectIdOrKey}", "project/SD"),
        ("project/{projectIdOrKey}", "project/10020"),
        ("user/bulk", "user/bulk?accountId=unknown&accountId=712020:7d1c4a52-08a1-4f0e-9f57-opsportal001"),
        ("search/jql", "search/jql?jql=project%20%3D%20SD&fields=*all&expand=names,changelog&maxResults=100"),
        ("search/jql", "search/jql?jql=project%20%3D%20SD"),
    ],
)
def test_site_reads_fit_the_published_schema(demo: Demo, jira: requests.Session, template: str, path: str) -> None:
    """Each answer validates, apart from what is known to differ on live sites."""
    answer = _get(jira, demo, f"/rest/api/3/{path}")

    assert _unexpected(Published("jira-cloud-v3").complaints("get", f"/rest/api/3/{template}", answer)) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("search/jql", {"jql": "project = NET", "fields": ["*all"], "maxResults": 100, "expand": "changelog,names"}),
        ("search/approximate-count", {"jql": "project = NET"}),
        ("jql/parse", {"queries": ["project = SD", "project ="]}),
    ],
)
def test_searches_fit_the_published_schema(demo: Demo, jira: requests.Session, path: str, body: object) -> None:
    """Pages, counts and parsed queries validate."""
    answer = _post(jira, demo, f"/rest/api/3/{path}", body)

    assert _unexpected(Published("jira-cloud-v3").complaints("post", f"/rest/api/3/{path}", answer)) == []


def test_bulk_answers_fit_the_published_schema(demo: Demo, jira: requests.Session) -> None:
    """Tickets and changelogs of many validate; only the dates of the changelogs are numbers."""
    ids = _ids(jira, demo)
    published = Published("jira-cloud-v3")
    fetched = _post(
        jira,
        demo,
        "/rest/api/3/issue/bulkfetch",
        {"issueIdsOrKeys": ids[:100], "expand": ["changelog"], "fields": ["*all"]},
    )
    changes = _post(jira, demo, "/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ids[:400]})

    assert len(fetched["issues"]) == 100
    assert _unexpected(published.complaints("post", "/rest/api/3/issue/bulkfetch", fetched)) == []
    assert _unexpected(published.complaints("post", "/rest/api/3/changelog/bulkfetch", changes)) == []


@pytest.mark.parametrize("below", ["", "/changelog", "/comment", "/worklog"])
def test_single_tickets_fit_the_published_schema(demo: Demo, jira: requests.Session, below: str) -> None:
    """A ticket and the lists below it validate, for a good number of tickets."""
    published = Published("jira-cloud-v3")
    for id_ in _ids(jira, demo)[::8]:
        answer = _get(jira, demo, f"/rest/api/3/issue/{id_}{below}")
        template = f"/rest/api/3/issue/{{issueIdOrKey}}{below}"
        assert _unexpected(published.complaints("get", template, answer)) == []


def test_service_desk_answers_fit_the_published_schema(demo: Demo, jira: requests.Session) -> None:
    """Desks, queues and the service levels of requests validate without any exception."""
    published = Published("jsm-cloud")
    base = "/rest/servicedeskapi"
    for template, path in (
        ("/servicedesk", "/servicedesk?limit=2"),
        ("/servicedesk/{serviceDeskId}/queue", "/servicedesk/1/queue?includeCount=true&limit=2&start=1"),
        *(("/request/{issueIdOrKey}/sla", f"/request/{id_}/sla") for id_ in _ids(jira, demo)[::4]),
    ):
        assert published.complaints("get", base + template, _get(jira, demo, base + path)) == []


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/worklogs", "/worklogs?from=2026-10-01&to=2026-11-23&limit=400"),
        ("/worklogs/team/{teamId}", "/worklogs/team/13?from=2026-11-01&to=2026-11-23"),
        ("/worklogs/project/{projectId}", "/worklogs/project/10001"),
        ("/worklogs/user/{accountId}", "/worklogs/user/{account}"),
        ("/teams", "/teams?limit=2"),
        ("/team-memberships/team/{teamId}", "/team-memberships/team/11"),
        ("/user-schedule/{accountId}", "/user-schedule/{account}?from=2026-11-01&to=2026-12-31"),
        ("/workload-schemes", "/workload-schemes"),
    ],
)
def test_tempo_answers_fit_the_published_schema(demo: Demo, template: str, path: str) -> None:
    """Everything that Tempo answers validates without any exception."""
    account = demo.site.world.teams[11].memberships[0].member.account_id
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {demo.tempo_api_token}"
        answer = _get(session, demo, "/tempo/4" + path.format(account=account))

    assert answer["results"]
    assert Published("tempo-cloud-v4").complaints("get", template, answer) == []


def test_worklog_search_fits_the_published_schema(demo: Demo) -> None:
    """The search by lists answers a page of the same kind."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {demo.tempo_api_token}"
        answer = _post(session, demo, "/tempo/4/worklogs/search", {"from": "2026-11-01", "to": "2026-11-23"})

    assert answer["results"]
    assert Published("tempo-cloud-v4").complaints("post", "/worklogs/search", answer) == []


@pytest.mark.parametrize("below", ["", "/changelog", "/comment", "/worklog"])
def test_tickets_without_service_levels_fit_the_published_schema(
    demo: Demo, jira: requests.Session, below: str
) -> None:
    """The same for the software projects, whose comments are restricted and edited."""
    published = Published("jira-cloud-v3")
    found = _post(jira, demo, "/rest/api/3/search/jql", {"jql": "project in (DEV, WEB)", "maxResults": 5000})
    for issue in found["issues"][::6]:
        answer = _get(jira, demo, f"/rest/api/3/issue/{issue['id']}{below}")
        template = f"/rest/api/3/issue/{{issueIdOrKey}}{below}"
        assert _unexpected(published.complaints("get", template, answer)) == []


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Demo, requests.Session]]:
    """A small Data Center demo, and a session with its token."""
    options = Options(clock="frozen:2026-11-23T12:00:00Z", sizes=_SIZES, dialect="datacenter")
    with start(options) as running, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {running.jira_pat}"
        yield running, session


def test_server_worklogs_fit_the_published_schema(server: tuple[Demo, requests.Session]) -> None:
    """All of a year, those on deleted tickets among them, under the published names and no others."""
    demo, session = server
    published = Published("tempo-datacenter-v4")
    path = "/tempo-timesheets/4/worklogs/search"
    answer = _post(session, demo, f"/rest{path}", {"from": "2025-11-24", "to": "2026-11-23"})
    known = set(published.schema("TempoWorklogV4Bean")["properties"])
    of_issue = set(published.schema("TempoWorklogIssueV4Bean")["properties"])

    assert len(answer) > 500
    assert published.complaints("post", path, answer) == []
    assert all(set(held) <= known and set(held["issue"]) <= of_issue for held in answer)


def test_one_server_worklog_fits_the_published_schema(server: tuple[Demo, requests.Session]) -> None:
    """Alone it looks as it does in a search."""
    demo, session = server
    path = "/tempo-timesheets/4/worklogs"
    held = _post(session, demo, f"/rest{path}/search", {"from": "2026-11-01", "to": "2026-11-23"})[0]
    answer = _get(session, demo, f"/rest{path}/{held['tempoWorklogId']}")

    assert answer == held
    assert Published("tempo-datacenter-v4").complaints("get", f"{path}/{{worklogId}}", answer) == []


def test_server_errors_have_the_form_of_recorded_ones(server: tuple[Demo, requests.Session]) -> None:
    """A refused login and a search past the window: status, kind of body and its keys."""
    demo, session = server
    recorded = _FIXTURES / "errors"
    login = json.loads((recorded / "jira_datacenter_401_myself.json").read_text(encoding="utf-8"))
    window = json.loads((recorded / "jira_datacenter_500_result_window.json").read_text(encoding="utf-8"))
    refused = requests.get(f"{demo.jira_base_url}/rest/api/2/myself", timeout=20)
    beyond = session.get(f"{demo.jira_base_url}/rest/api/2/search?jql=project=SD&startAt=9999&maxResults=100")

    assert (refused.status_code, refused.json()) == (login["status"], login["body"])
    assert set(refused.headers) >= {"WWW-Authenticate", "X-AUSERNAME"}
    assert beyond.status_code == window["status"]
    assert re.fullmatch(r"<message>Search limit exceeded\. .*</message>", beyond.text)
    assert re.match(r"<message>Search limit exceeded\. ", window["body"])


@pytest.mark.parametrize(
    ("name", "path"),
    [("serverInfo", "serverInfo"), ("myself", "myself"), ("search_page", "search?jql=project=SD&fields=updated")],
)
def test_server_answers_have_the_keys_of_recorded_ones(
    server: tuple[Demo, requests.Session], name: str, path: str
) -> None:
    """What a real server said is all there, and its fields too."""
    demo, session = server
    recorded = json.loads((_FIXTURES / "jira-datacenter" / f"{name}.json").read_text(encoding="utf-8"))
    answer = _get(session, demo, f"/rest/api/2/{path}")

    assert set(answer) == set(recorded)
    if name == "search_page":
        assert set(answer["issues"][0]) == set(recorded["issues"][0])
        assert set(answer["issues"][0]["fields"]) == set(recorded["issues"][0]["fields"])


def test_server_fields_have_the_form_of_recorded_ones(server: tuple[Demo, requests.Session]) -> None:
    """Also those of service levels."""
    demo, session = server
    recorded = json.loads((_FIXTURES / "jira-datacenter" / "field_list.json").read_text(encoding="utf-8"))
    answer = _get(session, demo, "/rest/api/2/field")
    kinds = {(field["schema"]["type"], field["schema"].get("custom")) for field in answer if "schema" in field}

    assert {frozenset(field) for field in answer} <= {frozenset(field) for field in recorded}
    levels = [
        field["schema"] for field in recorded if field.get("schema", {}).get("type") == "sd-servicelevelagreement"
    ]
    assert {(schema["type"], schema["custom"]) for schema in levels} <= kinds


def test_comparison_would_notice_a_difference() -> None:
    """A wrong type and an unknown property are both found."""
    complaints = Published("jira-cloud-v3").complaints(
        "post", "/rest/api/3/search/approximate-count", {"count": "1", "x": 1}
    )

    assert len(complaints) == 2
