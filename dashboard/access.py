"""Around every request: its id, its line in the log, and its place in the counts, scripts and styles included."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import flask

from dashboard.metrics import OTHER, Metrics
from opsportal import request_ids, request_lines

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PROBES: Final = ("/healthz", "/readyz", "/metrics")
RULE: Final = "opsportal.rule"
"""Where whoever answers in Flask's place puts the rule of the route."""
_REQUEST: Final = "werkzeug.request"
_STATIC: Final = "static"
_LONGEST_PATH: Final = 200
_FAILED: Final = 500
_TRACE: Final = "HTTP_X_AMZN_TRACE_ID"

_Headers: TypeAlias = "list[tuple[str, str]]"
_log = logging.getLogger(__name__)


def request_id(environ: "WSGIEnvironment") -> str:
    """The id that a proxy or balancer gave the request when it is well formed, else a new one."""
    given = str(environ.get("HTTP_X_REQUEST_ID", ""))
    if given and request_ids.well_formed(given):
        return given
    if _TRACE in environ:
        root: str = dict(part.strip().partition("=")[::2] for part in str(environ[_TRACE]).split(";")).get("Root", "")
        if request_ids.well_formed(root):
            return root
    return request_ids.new()


def rule_of(environ: "WSGIEnvironment") -> str | None:
    """The rule of the route that Flask has found for a request, if it has."""
    request = cast("flask.Request | None", environ.get(_REQUEST))
    return None if request is None or request.url_rule is None else request.url_rule.rule


def install(server: flask.Flask, prefix: str, metrics: Metrics) -> None:
    """Put this around all that the server answers. Call it last: what is put around it later is not seen."""
    server.wsgi_app = Access(server.wsgi_app, prefix, metrics)  # type: ignore[method-assign]


class Access:
    """A WSGI application around another."""

    def __init__(self, inner: "WSGIApplication", prefix: str, metrics: Metrics) -> None:
        self._inner, self._prefix, self._metrics = inner, prefix, metrics

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, with the request's id in force until the last byte is out."""
        seen = _Seen(self, environ, request_id(environ))

        def start(status: str, headers: _Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            seen.status, seen.route = int(status[:3]), self._route(environ)
            seen.length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
            return start_response(status, [*headers, ("X-Request-Id", seen.id)], exc_info)

        request_ids.current.set(seen.id)
        try:
            body = self._inner(environ, start)
        except BaseException:
            seen.end(0)
            raise
        # A file goes out as it is: the server knows a faster way for it than piece by piece.
        if isinstance(body, environ.get("wsgi.file_wrapper", ())):
            seen.end(seen.length or 0)
            return cast("Iterable[bytes]", body)
        return _Counted(body, seen)

    def ended(self, seen: "_Seen", sent: int) -> None:
        """Log and count a request."""
        method = str(seen.environ.get("REQUEST_METHOD", ""))
        path = str(seen.environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace")
        duration_s = time.perf_counter() - seen.began
        self._metrics.request(method, seen.route, seen.status, duration_s)
        level = logging.DEBUG if path in PROBES and seen.status < _FAILED else logging.INFO
        request_lines.tell(
            _log,
            level,
            {
                "request_id": seen.id,
                "method": method[:_LONGEST_PATH],
                "route": seen.route,
                "path": path[:_LONGEST_PATH],
                "status": seen.status,
                "duration_ms": round(duration_s * 1000, 1),
                "bytes": sent,
            },
        )

    def _route(self, environ: "WSGIEnvironment") -> str:
        rule = environ.get(RULE) or rule_of(environ)
        if rule is None:
            return OTHER if _REQUEST in environ else _STATIC  # answered before Flask was asked
        return f"/{rule.removeprefix(self._prefix)}" if rule.startswith(self._prefix) else rule


class _Seen:
    """One request on its way."""

    def __init__(self, access: Access, environ: "WSGIEnvironment", its_id: str) -> None:
        self._access, self.environ, self.id = access, environ, its_id
        self.began = time.perf_counter()
        self.status, self.route = _FAILED, OTHER
        self.length: int | None = None

    def end(self, sent: int) -> None:
        self._access.ended(self, sent)
        request_ids.current.set(None)


class _Counted:
    """The pieces of an answer, counted."""

    def __init__(self, body: Iterable[bytes], seen: _Seen) -> None:
        self._body, self._seen = body, seen
        self._sent, self._open = 0, True

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._sent += len(piece)
            yield piece

    def close(self) -> None:
        """The answer is out, or nobody wants it any more."""
        if not self._open:
            return
        self._open = False
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._seen.end(self._sent)
