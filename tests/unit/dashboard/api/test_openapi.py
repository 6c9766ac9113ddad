"""The document of the API: every answer is as it says, in every state, and it says nothing that is not so."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dashboard.api.problems import KINDS
from servicelevel.errors import PortalError
from servicelevel.policy import Policy
from tests.factories import columns, crowd, queue, ticket
from tests.fakes.api_answers import ApiAnswers, Document
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import TTL_MIN, World

PATHS = (
    "/queues", "/queues/overview", "/queues/{id}/data", "/queues/{id}/tickets", "/at-risk", "/trends", "/teams"
)  # fmt: skip
OPERATION_IDS = (
    "listQueues", "getOverview", "getQueueData", "listTickets", "listAtRisk", "getTrends", "listTeams"
)  # fmt: skip
QUERIES = ("", "?period=7", "?lens=jsm_goals&compare=7", "?priority=Highest", "?limit=3", "?queue=desk", "?bogus=1")


class Down(PortalError):
    """A source that fails."""


@pytest.fixture
def world(world: World) -> World:
    """Eight tickets a queue: holding answers against a schema takes its time."""
    made, changes = crowd(7, 8)
    world.tickets.table = columns(*made, changes=changes)
    return world


def _states(world: World, folder: Path) -> Iterator[tuple[str, ApiAnswers]]:
    def served(name: str, reports: Any) -> tuple[str, ApiAnswers]:
        (folder / name).mkdir()
        return name, ApiAnswers(portal_over(world, reports, folder / name))

    yield served("first read", world.process())
    world.tickets.down = dict.fromkeys(("desk", "billing", "network"), Down("Jira is down."))
    yield served("failed", world.read())
    world.tickets.down = {"network": Down("Jira is down.")}
    world.pass_minutes(60)
    yield served("mixed", world.read())
    world.tickets.down = {}
    world.pass_minutes(60)
    yield served("fresh", world.read())
    world.tickets.down = dict.fromkeys(("desk", "billing", "network"), Down("Jira is down."))
    world.pass_minutes(10 * TTL_MIN)
    yield served("stale", world.read())


def test_every_answer_in_every_state_is_as_the_document_says(world: World, tmp_path: Path) -> None:
    """Status, headers, media type and every field."""
    seen: set[tuple[str, int]] = set()
    for state, api in _states(world, tmp_path):
        for path in PATHS:
            queries = QUERIES if state == "mixed" else ("",)
            for suffix, query in [("", query) for query in queries] + [(".csv", "")]:
                answer = api.get(path[1:].format(id="desk") + suffix + query)
                seen.add((state, answer.status_code))
                assert api.document.departures(answer, path + suffix) == []

    good = {("mixed", 200), ("fresh", 200), ("stale", 200)}
    assert seen == {*good, ("first read", 200), ("first read", 202), ("failed", 200), ("failed", 503), ("mixed", 400)}


def test_a_queue_of_almost_nothing_is_as_the_document_says(world: World, tmp_path: Path) -> None:
    """Insufficient data is null with a reason, and no field is missing."""
    world.tickets.table = columns(ticket(1))
    world.registry.policy = Policy((queue("desk"),), analyst_names="none")
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))

    for path in PATHS:
        assert api.document.departures(api.get(path[1:].format(id="desk")), path) == []
    assert api.json("queues/desk/data")["health"]["band"] == "insufficient"


def test_partial_data_is_as_the_document_says(world: World, tmp_path: Path) -> None:
    """With the tickets left out in words."""
    world.tickets.table = replace(world.tickets.table, missing=(77,))
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))
    answer = api.json("queues/desk/data")

    assert answer["state"] == "partial"
    assert "id 77" in answer["state_reason"]
    for path in PATHS:
        assert api.document.departures(api.get(path[1:].format(id="desk")), path) == []


def _removable(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _removable(inner, (*path, key))
    if isinstance(value, list) and value:
        yield from _removable(value[0], (*path, 0))


def _first_rows(value: Any) -> Any:
    """The same with no more than one row in each list of objects: enough to miss a field in."""
    if isinstance(value, dict):
        return {key: _first_rows(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_first_rows(value[0])]
    return value


def test_no_field_can_go_without_being_missed(world: World, tmp_path: Path) -> None:
    """Nor can one come that the document does not name. `parts` is there for one dimension alone."""
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))
    schemas = api.document.json["components"]["schemas"]
    for path, schema in (("queues/desk/data", "QueueReport"), ("queues/desk/tickets", "Tickets"), ("teams", "Teams")):
        whole = _first_rows(api.json(path))
        check = Draft202012Validator({**api.document.json, "$ref": f"#/components/schemas/{schema}"})
        assert check.is_valid(whole)
        for place in _removable(whole):
            broken = copy.deepcopy(whole)
            inner = broken
            for step in place[:-1]:
                inner = inner[step]
            del inner[place[-1]]
            assert not check.is_valid(broken) or place[-1] == "parts", place
        assert not check.is_valid({**whole, "more": 1})
    assert all(body["additionalProperties"] is False for body in schemas.values() if "properties" in body)


def test_the_document_is_openapi(world: World, tmp_path: Path) -> None:
    """Version 3.1, unique and stable operation ids, every reference leads somewhere, every schema is one."""
    document = ApiAnswers(portal_over(world, world.process(), tmp_path)).document.json
    ids = [path["get"]["operationId"] for path in document["paths"].values()]

    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/api"}]
    assert sorted(ids) == sorted([f"{name}{end}" for name in OPERATION_IDS for end in ("", "Csv")] + ["getOpenApi"])
    targets = re.findall(r'"#/([^"]+)"', json.dumps(document))
    assert len(targets) > 100
    for target in targets:
        place: Any = document
        for step in target.split("/"):
            place = place[step]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_parameter_is_described_and_taken(world: World, tmp_path: Path) -> None:
    """What the document names is no unknown parameter, and what it does not name is one."""
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))
    for path in PATHS:
        named = api.document.json["paths"][path]["get"]["parameters"]
        assert all(len(each["description"]) > 10 for each in named)
        query = "&".join(f"{each['name']}=~" for each in named if each["in"] == "query")
        answer = api.get(f"{path[1:].format(id='desk')}?{query}")
        told = [error["problem"] for error in answer.get_json(force=True)["errors"]]
        assert not [text for text in told if "no such parameter" in text]


def test_the_addresses_stand_below_the_prefix(world: World, tmp_path: Path) -> None:
    """In the document as in the answers."""
    api = ApiAnswers(portal_over(world, world.read(), tmp_path, URL_PREFIX="/ops/"))

    assert api.document.json["servers"] == [{"url": "/ops/api"}]
    assert api.json("queues")["queues"][0]["links"]["data"] == "/ops/api/queues/desk/data"
    assert isinstance(api.document, Document)


def test_the_guide_names_everything_there_is(world: World, tmp_path: Path) -> None:
    """Each address, each parameter and each kind of problem."""
    guide = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
    document = ApiAnswers(portal_over(world, world.process(), tmp_path)).document.json
    names = {each["name"] for path in document["paths"].values() for each in path["get"]["parameters"]}

    for path in document["paths"]:
        assert f"`/api{path}`" in guide
    for name in names - {"id"}:
        assert f"`{name}`" in guide
    for kind in KINDS:
        assert f"| `{kind.type}` | {kind.status.value} |" in guide
