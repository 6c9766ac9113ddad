"""What is let through the door, and what is told at it."""

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from dashboard.limits import LONGEST_PATH, MOST_BODY_BYTES, MOST_PARAMETERS, Limits

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CALLBACKS = "/_dash-update-component"


def _inner(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"let through"]


def _asked(path: str = "/", query: str = "", method: str = "GET", **more: Any) -> tuple[int, dict[str, str], bytes]:
    environ = EnvironBuilder(method=method).get_environ()
    environ |= {"PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(), **more}
    body, status, headers = run_wsgi_app(Limits(_inner, frozenset({CALLBACKS})), environ)
    return int(status[:3]), dict(headers), b"".join(body)


def _raw(text: str) -> str:
    """A path as WSGI hands it on: each byte as a character."""
    return text.encode("utf-8").decode("latin-1")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/queue/desk",
        _raw("/queue/über-ops"),
        "/a..b",
        "/...",
        "/.well-known/x",
        "/x" * (LONGEST_PATH // 2),
        "/%2e%2e",
    ],
)
def test_an_address_that_may_be_one_is_let_through(path: str) -> None:
    """Whether it leads anywhere others know; dots are no harm in a name, nor percent signs that stayed."""
    assert _asked(path) == (200, {"Content-Type": "text/plain"}, b"let through")


@pytest.mark.parametrize(
    "path",
    [
        "/\0", "/a\nb", "/\x7f", "/\x1b[31m", "\\\\evil.invalid\\x", "/a\\..\\b", "//evil.invalid/", "/a//b", "/..",
        "/../x", "/a/../b", "/a/./b", "/.", "/assets/../../etc/passwd", "/\xff\xfe", "/\xc0\xaf", "/\xed\xa0\x80",
    ],
)  # fmt: skip
def test_an_address_that_can_be_none_is_refused(path: str) -> None:
    """As a problem that repeats nothing that a browser would run."""
    status, headers, body = _asked(path)

    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(body)["type"] == "/problems/bad-request"


def test_a_path_and_a_query_have_an_end() -> None:
    """Of so many bytes, and of so many parameters."""
    assert _asked("/" + "x" * LONGEST_PATH)[0] == 414
    assert _asked(query="&".join(["a="] * MOST_PARAMETERS))[0] == 200
    assert _asked(query="&".join(["a="] * (MOST_PARAMETERS + 1)))[0] == 400
    assert _asked(query="&" * 10_000)[0] == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "POST", "get"])
def test_other_methods_are_told_which_there_are(method: str) -> None:
    """A body is taken in where pages ask for content, and nowhere else."""
    status, headers, body = _asked("/queue/desk", method="POST", REQUEST_METHOD=method)

    assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert json.loads(body)["status"] == 405
    assert _asked(CALLBACKS, method="POST")[0] == 200


@pytest.mark.parametrize(
    "length", [str(MOST_BODY_BYTES + 1), "10000000", "9" * 400, "-1", "1e3", "0x10", " 5"]
)  # fmt: skip
def test_a_body_that_says_that_it_is_too_large_is_refused_unread(length: str) -> None:
    """Whatever the method; also when what it says is no number."""
    for method in ("GET", "POST"):
        status, _, body = _asked(CALLBACKS, method=method, CONTENT_LENGTH=length)
        assert status == 413
        assert json.loads(body)["type"] == "/problems/too-large"
    assert _asked(CALLBACKS, method="POST", CONTENT_LENGTH=str(MOST_BODY_BYTES))[0] == 200


def test_a_refusal_without_a_body_says_how_long_it_would_be() -> None:
    """As HEAD promises."""
    status, headers, body = _asked("/..", method="HEAD")

    assert (status, body) == (400, b"")
    assert int(headers["Content-Length"]) > 0
