"""How much one request may be: its method, its address, its query and its body, looked at before anything else is.

What the head of a request may be is Gunicorn's to say (`gunicorn_options`), what it may take in time the worker's
(`client_socket`), and how many there may be the turnstile's (`rates`).
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import flask

from dashboard import security
from dashboard.api.guarding import ALLOWED
from dashboard.api.problems import BAD_REQUEST, METHOD_NOT_ALLOWED, TOO_LARGE, TOO_LONG, Problem
from dashboard.refusals import refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BODY_BYTES: Final = 1_000_000
"""What pages ask for is a few kilobytes."""
MOST_PARAMETERS: Final = 200
LONGEST_PATH: Final = 2_000
"""Bytes of a path, percent signs decoded."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NO_ADDRESS: Final = re.compile(r"[\x00-\x1f\x7f\\]|//|/\.\.?(?:/|$)")
"""Control characters, backslashes, empty segments and ways up: no address of ours has any, and proxies read each in
another way."""


def install(server: flask.Flask) -> None:
    """Put this around all that the server answers: call it when every route is there."""
    server.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES  # for bodies that do not say how long they are
    posts = frozenset(rule.rule for rule in server.url_map.iter_rules() if "POST" in (rule.methods or ()))
    security.under(server, lambda inner: Limits(inner, posts))


class Limits:
    """A WSGI application around another. `posts` are the paths that a body may be sent to."""

    def __init__(self, inner: "WSGIApplication", posts: frozenset[str]) -> None:
        self._inner, self._posts = inner, posts

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let what is within the limits through."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        problem = (
            _wrong_path(path)
            or (None if method in _READING else self._wrong_method(method, path))
            or _wrong_query(environ.get("QUERY_STRING", ""))
            or _wrong_body(environ.get("CONTENT_LENGTH", ""))
        )
        if problem is not None:
            return refused(problem, environ, start_response)
        return self._inner(environ, start_response)

    def _wrong_method(self, method: str, path: str) -> Problem | None:
        if method == "POST" and path in self._posts:
            return None
        return Problem(METHOD_NOT_ALLOWED, f"Allowed here are {ALLOWED}.", headers={"Allow": ALLOWED})


def _wrong_path(path: str) -> Problem | None:
    if len(path) > LONGEST_PATH:
        return Problem(TOO_LONG, f"The path has {len(path)} bytes; at most {LONGEST_PATH} are taken.")
    if _NO_ADDRESS.search(path) or not (path.isascii() or _is_utf8(path)):
        return Problem(BAD_REQUEST, "There can be no such address: its path is not a plain one in UTF-8.")
    return None


def _is_utf8(path: str) -> bool:
    try:
        path.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _wrong_query(query: str) -> Problem | None:
    pairs = query.count("&") + 1
    if pairs > MOST_PARAMETERS:
        return Problem(BAD_REQUEST, f"There are {pairs} parameters; at most {MOST_PARAMETERS} are taken.")
    return None


def _wrong_body(length: str) -> Problem | None:
    if length and (not length.isdecimal() or len(length) > len(str(MOST_BODY_BYTES)) or int(length) > MOST_BODY_BYTES):
        return Problem(TOO_LARGE, f"The body has {length[:20]} bytes; at most {MOST_BODY_BYTES} are taken.")
    return None
