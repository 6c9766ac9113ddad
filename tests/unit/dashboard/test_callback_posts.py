"""What pages send when they ask for content: everything else is refused before Dash takes it in."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import limits
from dashboard.app import create_app
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.fakes.page_answers import asked

ADDRESS = "/_dash-update-component"
KNOWN = {("url", "pathname"): "/", ("url", "search"): "", ("tick", "n_intervals"): 0}
ODD: Sequence[Any] = (0, -1, 1.5, True, False, "", "x", "\0", "<script>", [], {}, [[]], {"a": {}}, [None] * 51, 2**63)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Asks the application as a browser would."""
    world = World()
    services = portal_over(world, world.read(), tmp_path_factory.mktemp("posts"), RATE_LIMIT="0")
    server = create_app(services).server
    limits.install(server)
    made: FlaskClient = server.test_client()
    return made


@pytest.fixture(scope="module")
def posts(client: FlaskClient) -> list[dict[str, Any]]:
    """What a browser sends for each callback that the server answers."""
    callbacks = client.get("/_dash-dependencies").get_json()
    return [asked(callback, KNOWN) for callback in callbacks if callback["clientside_function"] is None]


def _status(client: FlaskClient, body: Any) -> int:
    return client.post(ADDRESS, json=body).status_code


def test_what_pages_send_is_answered(client: FlaskClient, posts: list[dict[str, Any]]) -> None:
    """Each callback, with the values that a page begins with."""
    assert len(posts) > 10
    assert {_status(client, post) for post in posts} <= {200, 204}


def test_no_value_of_another_kind_gets_through(
    client: FlaskClient, posts: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused, or taken for what a page may hold; no callback fails over it, which would call somebody."""
    for post in posts:
        for part in ("inputs", "state"):
            for place in range(len(post[part])):
                for value in ODD:
                    changed = copy.deepcopy(post)
                    changed[part][place]["value"] = value
                    assert _status(client, changed) in (200, 204, 400), (changed["output"], part, place, value)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def _without(post: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in post.items() if key != name}


def _of_another_form(post: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    values: Sequence[Any] = (None, 5, [5], [[]], [{}], [{"id": 5, "property": "x"}], {"id": {}, "property": "x"})
    for name in ("output", "outputs", "inputs", "changedPropIds"):
        for value in values:
            yield f"{name} {value!r}", {**post, name: value}
    for name in ("output", "outputs", "inputs"):
        yield f"no {name}", _without(post, name)
    yield "too much changed", {**post, "changedPropIds": ["url.search"] * 51}


def _of_another_release(post: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    gone = {"id": "gone", "property": "children"}
    yield "another callback", {**post, "output": "gone.children", "outputs": gone}
    yield "another callback, of which nothing else is known", {"output": "gone.children", "outputs": {}}
    yield "another output", {**post, "outputs": gone}
    yield "other outputs", {**post, "outputs": [gone, gone]}
    yield "no inputs", {**post, "inputs": []}
    yield "one input more", {**post, "inputs": [*post["inputs"], post["inputs"][0]]}
    yield "another input", {**post, "inputs": [gone]}
    yield "another state", {**post, "state": [*post["state"], gone]}


def test_what_is_no_question_of_a_page_is_refused(client: FlaskClient, posts: list[dict[str, Any]]) -> None:
    """400 when it has another form, 409 when it is that of another release: then the page reloads."""
    for post in posts:
        for what, body in _of_another_form(post):
            assert _status(client, body) == 400, what
        for what, body in _of_another_release(post):
            assert _status(client, body) == 409, what


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe{\0}\0", "application/json", 400),
        (b'{"output": "\\ud800"}', "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'{"output":' * 50_000, "application/json", 400),
        (b'{"output": "a.b", "outputs": [], "inputs": ' + b"[" * 100_000, "application/json", 400),
        (b'{"output": "gone.x", "outputs": {"id": "gone", "property": "x"}, "inputs": []}', "application/json", 409),
        (b"{}", "text/plain", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b" " * 1_000_001, "application/json", 413),
    ],
)  # fmt: skip
def test_a_body_that_is_no_question_at_all_is_refused(client: FlaskClient, body: bytes, kind: str, status: int) -> None:
    """As a problem, however deep it is nested and however long it is."""
    answer = client.post(ADDRESS, data=body, content_type=kind)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, 1_000),
    part=st.sampled_from(["output", "outputs", "inputs", "state", "changedPropIds", "more"]),
    value=_JSON,
)
def test_nothing_that_can_be_written_in_json_fails(
    client: FlaskClient, posts: list[dict[str, Any]], which: int, part: str, value: Any
) -> None:
    """Put anywhere into what a page sends, it is answered or refused."""
    assert _status(client, {**posts[which % len(posts)], part: value}) in (200, 204, 400, 409)


def test_an_unknown_script_is_not_there(client: FlaskClient) -> None:
    """404, whichever part of its address is made up; those that are there are answered."""
    for path in (
        "nope/x.js",
        "dash/nope.js",
        "dash/deps/nope",
        "os/path.py",
        "dash/dash-renderer",
        "plotly/__init__.py",
    ):
        assert client.get(f"/_dash-component-suites/{path}").status_code == 404, path
    assert client.get("/assets/nope.js").status_code == 404


def test_every_script_that_dash_knows_is_there_or_not(client: FlaskClient, tmp_path: Path) -> None:
    """None of the names that its libraries list leads to a failure."""
    world = World()
    app = create_app(portal_over(world, world.read(), tmp_path))
    known = app.server.test_client()
    known.get("/")
    paths = [
        f"/_dash-component-suites/{library}/{name}" for library, names in app.registered_paths.items() for name in names
    ]

    assert {known.get(path).status_code for path in paths} <= {200, 404}
    assert json.loads(client.get("/_dash-component-suites/dash/x.js").data)["status"] == 404
