"""The headers of every answer, whoever gives it and whatever it says."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, Input, Output
from flask.testing import FlaskClient

from dashboard import bundle, ids, security, static
from dashboard.app import create_app
from dashboard.server import warm_up
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.unit.dashboard.observatory import directives, marks, score

TLS = {"X-Forwarded-Proto": "https"}
GONE = {"output": "gone.children", "outputs": {"id": "gone", "property": "children"}, "inputs": [], "state": []}
ANSWERS: Mapping[str, tuple[str, str, Mapping[str, Any], int]] = {
    "page": ("GET", "/", {}, 200),
    "page of a queue": ("GET", "/queue/desk?embed=1", {}, 200),
    "no page": ("GET", "/nowhere", {}, 404),
    "frame": ("GET", "/_dash-layout", {}, 200),
    "callbacks": ("GET", "/_dash-dependencies", {}, 200),
    "callback of an old tab": ("POST", "/_dash-update-component", {"json": {**GONE, "changedPropIds": []}}, 409),
    "callback of nothing": ("POST", "/_dash-update-component", {"data": "{", "content_type": "application/json"}, 400),
    "callback of a form": ("POST", "/_dash-update-component", {"data": "x", "content_type": "text/plain"}, 415),
    "what a page has no method for": ("PUT", "/", {}, 405),
    "what may be done": ("OPTIONS", "/", {}, 200),
    "no file": ("GET", "/assets/none.js", {}, 404),
    "table": ("GET", "/export/overview.csv", {}, 200),
    "no table": ("GET", "/export/none.csv", {}, 404),
    "list of the API": ("GET", "/api/queues", {}, 200),
    "nothing of the API": ("GET", "/api/none", {}, 404),
    "life": ("GET", "/healthz", {}, 200),
    "counts": ("GET", "/metrics", {}, 200),
    "script": ("GET", bundle.url("/", bundle.SCRIPTS), {}, 200),
    "style": ("GET", bundle.url("/", bundle.STYLES), {}, 200),
    "script of Dash": ("GET", "/_dash-component-suites/dash/dcc/async-graph.js", {}, 200),
}
Made = Callable[..., Dash]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Makes the application over queues that have been read."""

    def made(**settings: str) -> Dash:
        world = World()
        return create_app(portal_over(world, world.read(), tmp_path_factory.mktemp("portal"), **settings))

    return made


@pytest.fixture(scope="module")
def client(make: Made, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Asks the application as it is served: its scripts are files."""
    app = make()
    warm_up(app.server, "/")
    static.freeze(app, "/", tmp_path_factory.mktemp("static"))
    client: FlaskClient = app.server.test_client()
    return client


def _headers(client: FlaskClient, answer: str, **headers: str) -> dict[str, str]:
    """The headers of one of the answers, by their names in small letters; none is sent twice."""
    method, path, more, status = ANSWERS[answer]
    with client.open(path, method=method, headers=headers, **more) as answered:
        assert answered.status_code == status
        names = [name.lower() for name, _ in answered.headers]
        assert len(set(names)) == len(names)
        return {name.lower(): value for name, value in answered.headers}


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_has_every_header(client: FlaskClient, answer: str) -> None:
    """Pages, their data, files, the API, and refusals of each of them."""
    headers = _headers(client, answer)
    csp = directives(headers["content-security-policy"])

    assert csp["default-src"] == csp["object-src"] == csp["base-uri"] == csp["form-action"] == {"'none'"}
    assert csp["frame-ancestors"] == {"'self'"}
    assert not [source for source in csp["script-src"] if "unsafe" in source or ":" in source or "*" in source]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert {"camera=()", "geolocation=()", "microphone=()", "usb=()"} <= set(headers["permissions-policy"].split(", "))
    assert not headers.keys() & {"server", "x-powered-by", "x-frame-options", "access-control-allow-origin"}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_observatory_has_little_to_say(client: FlaskClient, answer: str) -> None:
    """By its own rules each answer has more than 100 points."""
    headers = _headers(client, answer, **TLS)

    assert score(headers) >= 120, marks(headers)


def test_the_observatory_takes_points_off() -> None:
    """As it does of an answer without a header, and of a policy that lets everything in."""
    assert score({}) == 100 - 25 - 20 - 5 - 20
    assert marks({"content-security-policy": "default-src 'self' 'unsafe-eval'"})["content-security-policy"] == -10
    assert marks({"content-security-policy": "script-src 'unsafe-inline'"})["content-security-policy"] == -20
    assert marks({"content-security-policy": "default-src 'none'"})["content-security-policy"] == 10
    assert marks({"strict-transport-security": "max-age=86400"})["strict-transport-security"] == -10
    assert marks({"set-cookie": "a=b; Secure; HttpOnly; SameSite=None"})["cookies"] == 5
    assert marks({"set-cookie": "a=b; HttpOnly"})["cookies"] == -20


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, False),
        (TLS, True),
        ({"X-Forwarded-Proto": "http"}, False),
        ({"X-Forwarded-Proto": "http, https"}, True),
        ({"X-Forwarded-Proto": "https, http"}, False),
    ],
)
@pytest.mark.parametrize("answer", ["page", "list of the API", "script", "no page"])
def test_what_came_over_tls_shall_go_on_doing_so(
    client: FlaskClient, answer: str, headers: dict[str, str], said: bool
) -> None:
    """For a year, on this host alone; what came without is not told to. The nearest proxy is whom we believe."""
    found = _headers(client, answer, **headers).get("strict-transport-security")

    assert found == ("max-age=31536000" if said else None)


def test_a_connection_of_our_own_over_tls_counts_too(client: FlaskClient) -> None:
    """Where no proxy says anything."""
    with client.get("/", base_url="https://portal.example.com/") as answer:
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("answer", [name for name in ANSWERS if name not in ("script", "style", "script of Dash")])
def test_nothing_but_files_is_kept_by_anybody(client: FlaskClient, answer: str) -> None:
    """The API's answers may be kept by who asked, to be asked about again."""
    kept = _headers(client, answer)["cache-control"]

    assert kept == ("private, no-cache" if answer == "list of the API" else "no-store")


@pytest.mark.parametrize("answer", ["script", "style"])
def test_files_are_kept_for_good(client: FlaskClient, answer: str) -> None:
    """Their address holds the digest of their content."""
    assert "immutable" in _headers(client, answer)["cache-control"]


def test_a_failure_of_ours_has_the_headers_too(make: Made) -> None:
    """An answer that could not be made is an answer."""
    app = make()

    def broken() -> str:
        raise ZeroDivisionError

    app.server.add_url_rule("/broken", view_func=broken)
    with app.server.test_client().get("/broken") as answer:
        assert answer.status_code == 500
        assert score({name.lower(): value for name, value in answer.headers}) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_every_inline_script_of_every_document_is_in_the_policy(make: Made) -> None:
    """Those too that were added after the application was made and before it answered."""
    app = make(URL_PREFIX="/portal/")
    script = "() => window.dash_clientside.no_update"
    app.clientside_callback(script, Output(ids.PAGE, "title"), Input(ids.URL, "hash"))  # type: ignore[no-untyped-call]
    client = app.server.test_client()
    for path in ("/portal/", "/portal/queue/desk", "/portal/nowhere"):
        answer = client.get(path)
        scripts = _inline(answer.text)
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts}

        assert len(hashes) == 2
        assert hashes | {"'self'"} == directives(answer.headers["Content-Security-Policy"])["script-src"]


def test_an_answer_may_tell_less_of_where_one_came_from(make: Made) -> None:
    """And may not loosen anything."""
    app = make()

    def strict(inner: Any) -> Any:
        def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
            said = [("Referrer-Policy", "no-referrer"), ("Content-Security-Policy", "default-src *"), ("Server", "x")]
            start_response("200 OK", [("Content-Type", "text/plain"), *said])
            return [b""] if environ["PATH_INFO"] == "/strict" else inner(environ, start_response)

        return answer

    security.under(app.server, strict)
    headers = app.server.test_client().get("/strict").headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers.getlist("Content-Security-Policy")[0].startswith("default-src 'none'")
    assert len(headers.getlist("Content-Security-Policy")) == 1


def test_a_refusal_from_beneath_the_headers_has_them(make: Made) -> None:
    """Whoever stands before the pages: what it answers in their place is an answer of the portal."""
    app = make()

    def refusing(_: Any) -> Any:
        def answer(_: Any, start_response: Any) -> Iterable[bytes]:
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"no"]

        return answer

    security.under(app.server, refusing)
    headers = app.server.test_client().get("/api/queues", headers=TLS).headers

    assert score({name.lower(): value for name, value in headers}) >= 120
    assert headers["Cache-Control"] == "no-store"


def _inline(document: str) -> list[str]:
    """What a browser would run of the scripts that stand in a document."""
    found = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", document, re.DOTALL)
    return [body for rest, body in found if "application/json" not in rest]


def test_no_file_of_ours_names_another_host(tmp_path: Path) -> None:
    """Nothing is loaded from elsewhere: the names of XML are the only addresses that scripts and styles hold."""
    for name in bundle.names():
        if name == bundle.PLOTLY:
            continue
        text = bundle.content(name).decode()
        addresses = re.findall(r"(?:https?:|wss?:)?//[a-z0-9-]+\.[a-z][a-z0-9./-]*", re.sub(r"/\*.*?\*/", "", text))

        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, name
        for target in re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]+)", text):
            assert target.startswith(("data:", "#")), (name, target[:60])


@pytest.mark.parametrize("path", ["/", "/queue/desk", "/nowhere"])
def test_no_document_names_another_host(client: FlaskClient, path: str) -> None:
    """Each address in it is one of ours, from the root of this host."""
    document = client.get(path).text
    addresses = re.findall(r"""(?:src|href|data-plotly|action|content)="([^"]*/[^"]*)\"""", document)

    assert len(addresses) > 10
    assert all(re.match(r"/[^/]", address) for address in addresses), addresses
    assert "//" not in re.sub(r"http://www\.w3\.org/2000/svg", "", document.replace("://#", ""))
