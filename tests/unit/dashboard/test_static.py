"""Scripts and styles as files: what is written down, and what is answered from there."""

import gzip
import json
import re
from html import escape
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from dashboard import bundle, late, static
from dashboard.app import create_app
from dashboard.index_page import ASSETS, index_string
from dashboard.plotly_bundle import BUNDLE, plotly_url
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files are written."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="module")
def frozen(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    """An application below a prefix whose scripts are files."""
    world = World()
    app = create_app(portal_over(world, world.process(), tmp_path_factory.mktemp("history"), URL_PREFIX="/portal/"))
    (folder / "assets").mkdir()
    (folder / "assets" / "left-over.js").write_text("of an earlier version")
    static.freeze(app, "/portal/", folder)
    return app


@pytest.fixture
def client(frozen: Dash) -> FlaskClient:
    """Asks that application."""
    client: FlaskClient = frozen.server.test_client()
    return client


def _headers(client: FlaskClient, address: str) -> Headers:
    with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        return answer.headers


def test_every_script_of_the_document_is_a_file(client: FlaskClient, folder: Path) -> None:
    """With a compressed one beside it, of the same content."""
    addresses = re.findall(r'<script[^>]* src="/portal/([^"?]+)', client.get("/portal/").text)

    assert len(addresses) > 8
    for address in addresses:
        content = (folder / address).read_bytes()
        assert gzip.decompress((folder / f"{address}.gz").read_bytes()) == content


def test_files_are_answered_compressed_and_with_a_lifetime(client: FlaskClient) -> None:
    """What has a fingerprint or a digest never changes; what has none is asked for again soon."""
    address = re.search(r'src="(/portal/_dash-component-suites/[^"]+)"', client.get("/portal/").text)
    assert address is not None

    suite = _headers(client, address[1])
    asset = _headers(client, "/portal/assets/favicon.svg?v=1")
    styles = _headers(client, bundle.url("/portal/", bundle.STYLES))
    lazy = _headers(client, "/portal/_dash-component-suites/dash/dcc/async-graph.js")

    assert suite["Content-Encoding"] == styles["Content-Encoding"] == lazy["Content-Encoding"] == "gzip"
    for lasting in (suite, asset, styles):
        assert "immutable" in lasting["Cache-Control"]
    assert lazy["Cache-Control"] == "max-age=60, public"
    assert "ETag" in lazy


def test_form_fields_and_grids_are_not_in_the_document(client: FlaskClient) -> None:
    """Each script is loaded where it is needed, from an address that may be kept for good."""
    document = client.get("/portal/").text
    scripts = re.findall(r'<script[^>]* src="([^"]+)', document)

    assert not [address for address in scripts if "bootstrap" in address or "ag_grid" in address]
    for address in late.urls("/portal/").values():
        assert escape(json.dumps(address)) in document
        assert "immutable" in _headers(client, address)["Cache-Control"]


def test_what_draws_charts_is_there(client: FlaskClient) -> None:
    """With the bundled build and with the one that Dash ships."""
    for build in (None, plotly_url("/portal/")):
        for address in late.chart_urls("/portal/", build):
            assert _headers(client, address)["Content-Type"].startswith("text/javascript")


def test_plotly_says_that_it_is_compiled_ahead(client: FlaskClient) -> None:
    """In its first line, where browsers look for it; behind that it is the file that was fetched."""
    address = plotly_url("/portal/")
    assert address is not None
    with client.get(address) as answer:
        first, _, whole = answer.data.partition(b"\n")

    assert first == b"//# allFunctionsCalledOnLoad"
    assert whole == (ASSETS / BUNDLE).read_bytes()


def test_nothing_is_left_of_an_earlier_version(client: FlaskClient) -> None:
    """Its files would be answered for good."""
    assert client.get("/portal/assets/left-over.js").status_code == 404


def test_files_outside_are_out_of_reach(client: FlaskClient) -> None:
    """Whatever is written into the address."""
    for address in ("/portal/assets/../../app.py", "/portal/assets/%2e%2e/%2e%2e/app.py", "/assets/base.css"):
        assert client.get(address).status_code == 404


def test_pages_are_still_answered_by_the_application(client: FlaskClient) -> None:
    """Files stand beside them."""
    assert client.get("/portal/queue/desk").status_code == 200


def test_an_address_changes_with_the_content_of_its_file() -> None:
    """So that a browser may keep it for good."""
    document = index_string("/", None, styles="/a.css", scripts="/a.js")

    assert re.search(r'src="/assets/early\.js\?v=[0-9a-f]{12}"', document)
    assert "data-plotly" not in document
    assert 'data-plotly="/x.js?a&amp;b"' in index_string("/", "/x.js?a&b", styles="/a.css", scripts="/a.js")


def test_every_icon_has_its_shape() -> None:
    """A name without one would be an empty square."""
    from components.icons import ICONS

    style = (ASSETS / "icons.css").read_text(encoding="utf-8")
    named = re.findall(r"^\.i-([a-z-]+) \{ --i: (\d+); \}", style, re.MULTILINE)
    tops = re.findall(r"translate\(0 (\d+)\)", style)

    assert {name for name, _ in named} == set(ICONS)
    assert [24 * int(place) for _, place in named] == [int(top) for top in tops]


def test_without_room_scripts_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    """Slower, but there."""
    world = World()
    app = create_app(portal_over(world, world.process(), tmp_path))
    (tmp_path / "in-the-way").write_text("no folder")

    static.freeze(app, "/", tmp_path / "in-the-way" / "static")

    with app.server.test_client().get("/assets/early.js") as answer:
        assert answer.status_code == 200
