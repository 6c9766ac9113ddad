"""What is put around every request: its id, its line in the log, and its place in the counts."""

import logging
import os
import re
from collections.abc import Iterable
from typing import Any
from wsgiref.util import FileWrapper

import flask
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard import access
from dashboard.metrics import Metrics
from opsportal import request_ids


@pytest.fixture
def metrics() -> Metrics:
    """Counts of this process."""
    return Metrics()


@pytest.fixture
def client(metrics: Metrics) -> FlaskClient:
    """Asks a small application below a prefix."""
    server = flask.Flask(__name__, static_folder=None)

    @server.get("/portal/queues/<name>")
    def queue(name: str) -> str:
        return f"{name} {request_ids.current.get()}"

    @server.get("/portal/pieces")
    def pieces() -> flask.Response:
        return flask.Response(part for part in ("abc", str(request_ids.current.get())))

    @server.get("/portal/broken")
    def broken() -> str:
        raise RuntimeError("as it happens")

    @server.get("/healthz")
    def healthz() -> str:
        return "ok"

    access.install(server, "/portal/", metrics)
    made: FlaskClient = server.test_client()
    return made


def _told(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.name == "dashboard.access"]


def test_a_request_is_counted_and_told_by_its_rule(
    client: FlaskClient, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by its address, of which there are as many as people can think of; nor with what is behind the `?`."""
    caplog.set_level(logging.INFO)

    answer = client.get("/portal/queues/billing?token=secret", headers={"X-Request-Id": "morning-7"}, buffered=True)

    assert answer.text == "billing morning-7"
    assert answer.headers["X-Request-Id"] == "morning-7"
    (told,) = _told(caplog)
    assert (told.method, told.route, told.path) == ("GET", "/queues/<name>", "/portal/queues/billing")
    assert (told.status, told.bytes) == (200, len(answer.data))
    assert "secret" not in str(vars(told))
    assert b'opsportal_requests_total{method="GET",route="/queues/<name>",status="2xx"} 1.0' in metrics.text()


def test_what_cannot_be_told_apart_is_counted_as_other(client: FlaskClient, metrics: Metrics) -> None:
    """Unknown addresses and methods that nobody has heard of make no names of their own."""
    client.get("/nowhere/at/all", buffered=True)
    client.open("/portal/queues/billing", method="BREW", buffered=True)

    text = metrics.text().decode()
    assert 'opsportal_requests_total{method="GET",route="other",status="4xx"} 1.0' in text
    assert 'opsportal_requests_total{method="other",route="other",status="4xx"} 1.0' in text
    assert "BREW" not in text
    assert "nowhere" not in text


def test_a_request_that_breaks_is_told_under_its_id(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The error and the request's own line bear the id that the reader was given."""
    caplog.set_level(logging.INFO)

    answer = client.get("/portal/broken", buffered=True)

    assert answer.status_code == 500
    assert [told.status for told in _told(caplog)] == [500]
    assert request_ids.well_formed(answer.headers["X-Request-Id"])


def test_the_id_is_in_force_until_the_last_piece_is_out(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """And no longer: the thread answers somebody else next."""
    caplog.set_level(logging.INFO)

    answer = client.get("/portal/pieces", headers={"X-Request-Id": "morning-8"})

    assert answer.text == "abcmorning-8"
    answer.close()
    assert _told(caplog)[0].bytes == len("abcmorning-8")
    assert request_ids.current.get() is None


def test_probes_are_not_told_of(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """There is one every few seconds, and what they find out is in the answer."""
    caplog.set_level(logging.INFO)

    assert client.get("/healthz", buffered=True).status_code == 200

    assert not _told(caplog)


def test_a_file_goes_out_in_the_servers_own_way(metrics: Metrics, tmp_path: Any) -> None:
    """Unwrapped, so that the server may hand it to the system; its length is that of its header."""
    path = tmp_path / "script.js"
    path.write_bytes(b"x" * 5_000)
    with path.open("rb") as file:
        body = FileWrapper(file)

        def inner(_: Any, start: Any) -> Iterable[bytes]:
            start("200 OK", [("Content-Length", "5000")])
            return body

        around = access.Access(inner, "/", metrics)
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/script.js", "wsgi.file_wrapper": FileWrapper}

        assert around(environ, lambda *_: lambda __: None) is body

    assert b'route="static",status="2xx"} 1.0' in metrics.text()
    assert request_ids.current.get() is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_an_id_from_outside_is_harmless(request_id: str, trace: str) -> None:
    """Whatever the headers hold: what is taken over is short and has nothing in it that a log could read anew."""
    taken = access.request_id({"HTTP_X_REQUEST_ID": request_id, "HTTP_X_AMZN_TRACE_ID": trace})

    assert request_ids.well_formed(taken)
    assert taken == request_id or not request_ids.well_formed(request_id)


def test_no_two_requests_have_one_id() -> None:
    """Nor have those of a process that was forked from another: it would go on with the same numbers."""
    ours = {request_ids.new() for _ in range(1_000)}
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.write(into, " ".join(request_ids.new() for _ in range(100)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = set(os.read(out, 10_000).decode().split())
    os.close(out)
    os.close(into)

    ours |= {request_ids.new() for _ in range(1_000)}
    assert (len(ours), len(theirs), len(ours | theirs)) == (2_000, 100, 2_100)
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ours | theirs)
