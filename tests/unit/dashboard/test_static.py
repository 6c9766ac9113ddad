"""Scripts and styles as files: what is written down, and what is answered from there."""

import gzip
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from dashboard import bundle, late, static
from dashboard.app import bare_app, create_app
from dashboard.bundle import ASSETS, plotly_url
from dashboard.index_page import index_string
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.fakes.served_portal import ROOT


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
    asset = _headers(client, bundle.url("/portal/", bundle.ICON))
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
    assert whole == (ASSETS / bundle.PLOTLY).read_bytes()


def test_the_document_loads_nothing_that_no_page_uses(client: FlaskClient) -> None:
    """Neither Dash's own table nor what it brings along for browsers in which the portal does not run."""
    addresses = re.findall(r'<script[^>]* src="([^"]+)', client.get("/portal/").text)

    assert any("/react-dom@" in address for address in addresses)
    assert not [address for address in addresses if "polyfill" in address or "dash_table" in address]


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


def test_the_address_of_a_file_holds_the_digest_of_what_is_answered(client: FlaskClient) -> None:
    """In its path, so that any cache may keep it for good and files of two releases lie side by side."""
    for name in bundle.names():
        address = bundle.url("/portal/", name)
        marked = re.fullmatch(r"/portal/assets/(?:vendor/)?[a-z.-]+\.([0-9a-f]{12})\.(?:js|css|svg)", address)
        assert marked is not None, address
        with client.get(address) as answer:
            assert hashlib.sha256(answer.data).hexdigest().startswith(marked[1])


def test_a_document_without_the_small_build_names_none() -> None:
    """Whatever is written into its address stays within the attribute."""
    document = index_string("/", None)

    assert re.search(r'src="/assets/early\.[0-9a-f]{12}\.js"', document)
    assert "data-plotly" not in document
    assert 'data-plotly="/x.js?a&amp;b"' in index_string("/", "/x.js?a&b")


def test_every_icon_has_its_shape() -> None:
    """A name without one would be an empty square."""
    from components.icons import ICONS

    style = (ASSETS / "icons.css").read_text(encoding="utf-8")
    named = re.findall(r"^\.i-([a-z-]+) \{ --i: (\d+); \}", style, re.MULTILINE)
    tops = re.findall(r"translate\(0 (\d+)\)", style)

    assert {name for name, _ in named} == set(ICONS)
    assert [24 * int(place) for _, place in named] == [int(top) for top in tops]


def test_without_room_scripts_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    """Slower, but there, and the same."""
    app = _application(tmp_path)
    (tmp_path / "in-the-way").write_text("no folder")

    static.freeze(app, "/", tmp_path / "in-the-way" / "static")

    for name in bundle.names():
        with app.server.test_client().get(bundle.url("/", name)) as answer:
            assert answer.status_code == 200
            assert answer.data == bundle.content(name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that a program of its own has written ahead of time, without any setting."""
    folder = tmp_path_factory.mktemp("made")
    command = [sys.executable, "-m", "dashboard.static", str(folder)]
    done = subprocess.run(command, env={"PATH": os.defpath}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"\d+ files, \d+\.\d MB, in {folder}\n", done.stdout)
    return folder


def test_files_made_ahead_of_time_are_those_that_the_portal_makes(made: Path, folder: Path, frozen: Dash) -> None:
    """Name by name and byte by byte, though the one knows no settings and the other lives below a prefix."""
    assert frozen is not None
    assert _contents(made) == _contents(folder)


def test_files_made_ahead_of_time_are_served_from_where_they_lie(
    made: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is written, and nothing is said."""
    app = _application(tmp_path)

    static.freeze(app, "/", tmp_path / "own", made)

    assert "immutable" in _headers(app.server.test_client(), bundle.url("/", bundle.STYLES))["Cache-Control"]
    assert not (tmp_path / "own").exists()
    assert not caplog.records


def test_files_of_another_release_are_left_aside_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Those that bear no fingerprint would be answered in place of ours."""
    app, other = _application(tmp_path), tmp_path / "other"
    (other / "_dash-component-suites" / "dash" / "dcc").mkdir(parents=True)
    (other / "_dash-component-suites" / "dash" / "dcc" / "async-graph.js").write_text("of another release")

    with caplog.at_level(logging.WARNING):
        static.freeze(app, "/", tmp_path / "own", other)

    assert [record.message.partition(":")[0] for record in caplog.records] == [
        f"STATIC_DIR={other} does not fit this release"
    ]
    with app.server.test_client().get("/_dash-component-suites/dash/dcc/async-graph.js") as answer:
        assert b"of another release" not in answer.data
    assert "immutable" in _headers(app.server.test_client(), bundle.url("/", bundle.SCRIPTS))["Cache-Control"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a sentence."""
    (tmp_path / "file").write_text("no folder")

    assert static.main([str(tmp_path / "file" / "static")]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}/file/static cannot be written: Not a directory. Name a folder that can be.\n"
    )


def test_an_application_that_does_not_answer_is_not_written_down(tmp_path: Path) -> None:
    """Half a release would be served for good."""
    app = bare_app("/")
    app.server.before_request(lambda: ("busy", 503))

    with pytest.raises(static.NotAnswered, match="The portal answers / with 503"):
        static.write(app, "/", tmp_path)


def _application(folder: Path) -> Dash:
    world = World()
    return create_app(portal_over(world, world.process(), folder))


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
