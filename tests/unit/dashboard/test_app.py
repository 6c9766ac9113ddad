"""The application around the pages: what it answers, with which headers, and what it never does."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard import ids
from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.server import warm_up
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World

MOST_COMPONENTS = 500
Made = Callable[..., Dash]
ADDRESSES = {
    "overview": "/",
    "queue": "/queue/desk",
    "compare": "/compare",
    "trends": "/trends",
    "at-risk": "/at-risk",
    "data": "/data",
    "not-found": "/nowhere",
}


@pytest.fixture
def make(tmp_path: Path) -> Made:
    """Makes the application over queues that have been read."""

    def made(**settings: str) -> Dash:
        world = World()
        return create_app(portal_over(world, world.read(), tmp_path, **settings))

    return made


@pytest.fixture
def client(make: Made) -> FlaskClient:
    """Asks the application as a browser would."""
    client: FlaskClient = make().server.test_client()
    return client


def _callback(client: FlaskClient, output: str, changed: list[str], **values: Any) -> Any:
    """The answer of the callback whose outputs contain this one; values are by `id__property`."""
    known = json.loads(client.get("/_dash-dependencies").data)
    spec = next(entry for entry in known if output in entry["output"])

    def filled(items: list[dict[str, str]]) -> list[dict[str, Any]]:
        return [{**item, "value": values.get(f"{item['id']}__{item['property']}")} for item in items]

    outputs = [
        {"id": part.rpartition(".")[0], "property": part.rpartition(".")[2].partition("@")[0]}
        for part in spec["output"].strip(".").split("...")
    ]
    body = {
        "output": spec["output"],
        "outputs": outputs if spec["output"].startswith("..") else outputs[0],
        "inputs": filled(spec["inputs"]),
        "state": filled(spec["state"]),
        "changedPropIds": changed,
    }
    answer = client.post("/_dash-update-component", json=body)
    return json.loads(answer.data) if answer.status_code == 200 else answer.status_code


def _props(tree: Any, wanted: str) -> Any:
    """Properties of the component of an id, somewhere in a tree of an answer; None where it is not."""
    if isinstance(tree, dict):
        if tree.get("id") == wanted:
            return tree
        tree = list(tree.values())
    found = [_props(item, wanted) for item in tree] if isinstance(tree, list) else []
    return next((props for props in found if props is not None), None)


def _count(value: Any) -> int:
    """Components in a tree of an answer."""
    if isinstance(value, dict):
        return ("namespace" in value and "type" in value) + sum(_count(item) for item in value.values())
    return sum(_count(item) for item in value) if isinstance(value, list) else 0


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/queue/desk", 200), ("/at-risk", 200), ("/nowhere", 404), ("/queue/gone", 404), ("/queue", 404)],
)
def test_an_address_of_no_page_has_status_404(client: FlaskClient, path: str, status: int) -> None:
    """The document is the same, for the page says it too."""
    answer = client.get(path)

    assert answer.status_code == status
    assert '<html lang="en"' in answer.text


def test_an_unknown_address_of_the_api_is_told_in_json(client: FlaskClient) -> None:
    """As problem details, whatever the method."""
    for answer in (client.get("/api/typo"), client.post("/api/typo/more")):
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json(force=True)["status"] == 404


def test_a_tab_older_than_the_portal_is_told_to_reload(client: FlaskClient) -> None:
    """A callback that is not there any more is a conflict, not a failure of ours."""
    body = {"output": "gone.children", "outputs": {"id": "gone", "property": "children"}, "inputs": [], "state": []}

    assert client.post("/_dash-update-component", json={**body, "changedPropIds": []}).status_code == 409


def test_who_may_frame_the_pages_is_a_setting(make: Made) -> None:
    """Nobody but ourselves unless it is said."""
    ours = make().server.test_client().get("/").headers["Content-Security-Policy"]
    theirs = make(FRAME_ANCESTORS="https://intranet.example.com self").server.test_client().get("/").headers

    assert "frame-ancestors 'self'" in ours
    assert "frame-ancestors https://intranet.example.com 'self'" in theirs["Content-Security-Policy"]


def test_the_layout_that_everyone_gets_holds_no_data(client: FlaskClient) -> None:
    """Not even the names of the queues."""
    layout = client.get("/_dash-layout").text

    assert "desk" not in layout.casefold()
    assert "billing" not in layout.casefold()


def test_a_prefix_is_in_every_address(make: Made) -> None:
    """Scripts, icon and pages lie below it, and nothing outside of it."""
    client = make(URL_PREFIX="/portal").server.test_client()
    document = client.get("/portal/")

    assert document.status_code == 200
    for address in re.findall(r'(?:src|href)="([^"]+)"', document.text):
        assert address.startswith("/portal/")
    assert client.get("/portal/queue/desk").status_code == 200
    assert client.get("/portal/queue/gone").status_code == 404
    assert client.get("/").status_code == 404


def test_the_portal_warms_itself_up(make: Made) -> None:
    """Every first request is answered well before workers are forked."""
    for prefix in ("/", "/portal/"):
        warm_up(make(URL_PREFIX=prefix).server, prefix)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_browser_that_says_its_address_gets_the_page_with_the_frame(client: FlaskClient, page: str) -> None:
    """As it would be answered afterwards, with the address as it said it, so that nothing is asked a second time."""
    path, search = ADDRESSES[page], "?period=7&priority=A%20b"
    afterwards = _callback(client, "page.children", ["url.pathname"], url__pathname=path, url__search=search)

    layout = json.loads(client.get("/_dash-layout", query_string={"pathname": path, "search": search}).data)

    assert _props(layout, ids.PAGE)["children"] == afterwards["response"][ids.PAGE]["children"]
    assert {**_props(layout, ids.URL), "pathname": path, "search": search} == _props(layout, ids.URL)


def test_an_embedded_view_is_one_from_the_beginning(client: FlaskClient) -> None:
    """Nobody sees a rail that goes away again."""
    layout = json.loads(
        client.get("/_dash-layout", query_string={"pathname": "/queue/desk", "search": "?embed=1"}).data
    )

    assert "frame-embed" in _props(layout, ids.FRAME)["className"]


def test_whoever_says_no_address_gets_the_frame_alone(client: FlaskClient) -> None:
    """The page follows when the address is known."""
    layout = json.loads(client.get("/_dash-layout").data)

    assert _props(layout, ids.PAGE)["children"] == []
    assert "pathname" not in _props(layout, ids.URL)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_no_page_is_too_large_to_be_drawn(client: FlaskClient, page: str) -> None:
    """Neither its skeleton nor what fills it: beyond five hundred components the renderer is slow."""
    path = ADDRESSES[page]
    skeleton = _callback(client, "page.children", ["url.pathname"], url__pathname=path, url__search="")
    assert 0 < _count(skeleton) <= MOST_COMPONENTS

    frame = _callback(client, "frame.className", ["url.pathname"], url__pathname=path, url__search="")
    assert 0 < _count(frame) <= MOST_COMPONENTS
    if page != "not-found":
        filled = _callback(
            client, f"{ids.head_title(page)}.children", ["url.search"], url__pathname=path, url__search=""
        )
        assert 0 < _count(filled) <= MOST_COMPONENTS


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"not-found"}))
def test_a_tick_changes_nothing_while_there_is_nothing_newer(client: FlaskClient, page: str) -> None:
    """Zoom, sort and scroll stay, because nothing is drawn again."""
    title, store = f"{ids.head_title(page)}.children", ids.revision(page)
    address = {"url__pathname": ADDRESSES[page], "url__search": ""}
    first = _callback(client, title, ["url.search"], **address)
    revision = first["response"][store]["data"]

    again = _callback(
        client, title, ["tick.n_intervals"], tick__n_intervals=1, **address, **{f"{store}__data": revision}
    )
    newer = _callback(
        client, title, ["tick.n_intervals"], tick__n_intervals=1, **address, **{f"{store}__data": "older"}
    )

    assert again in (204, {"multi": True, "response": {}})
    assert newer["response"][store]["data"] == revision


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"not-found"}))
def test_a_page_that_was_left_does_not_fill_itself(client: FlaskClient, page: str) -> None:
    """Its callback hears of the new address before it is gone."""
    elsewhere = "/data" if page != "data" else "/"

    answer = _callback(
        client, f"{ids.head_title(page)}.children", ["url.search"], url__pathname=elsewhere, url__search=""
    )

    assert answer == 204


def test_a_callback_that_fails_is_told_with_a_reference(make: Made, caplog: pytest.LogCaptureFixture) -> None:
    """The reader sees a reference and the log knows it; what is on the page stays."""
    app = make()
    client = app.server.test_client()
    services = app.server.extensions["opsportal"]
    object.__setattr__(services, "reports", None)

    answer = _callback(client, "page.children", ["url.pathname"], url__pathname="/", url__search="")

    shown = json.dumps(answer)
    (failed,) = [record.__dict__ for record in caplog.records if record.message == "callback.failed"]
    assert (failed["levelname"], failed["callback"]) == ("ERROR", "page")
    assert f"Reference {failed['reference']}" in shown
    assert '"page"' not in shown
