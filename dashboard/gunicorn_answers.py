"""What Gunicorn says by itself: every answer's first lines, and refusals of requests that are none."""

from typing import Any, Final

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.wsgi import Response

from dashboard.security import ALWAYS

_SERVER: Final = "Server: "
_LINES: Final = "".join(
    f"{name}: {value}\r\n"
    for name, value in (
        ("Connection", "close"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "same-origin"),
        *ALWAYS,
    )
)


def install() -> None:
    """Put ours in the place of Gunicorn's, for all of this process and those that are forked from it."""
    wsgi.Response = _Unnamed
    util.write_error = _write_error


class _Unnamed(Response):  # type: ignore[misc]  # gunicorn declares no types
    """An answer that does not say which server gives it."""

    def default_headers(self) -> list[str]:
        """As Response promises, without one."""
        return [line for line in super().default_headers() if not line.startswith(_SERVER)]


def refusal(status: int, reason: str) -> bytes:
    """A whole answer to what is no request: it has the headers of all others, and nothing of what was sent."""
    body = f"{status} {reason}\n"
    head = f"HTTP/1.1 {status} {reason}\r\n{_LINES}Content-Length: {len(body)}\r\n\r\n"
    return f"{head}{body}".encode("latin-1")


def _write_error(sock: Any, status_int: int, reason: str, _: str) -> None:
    util.write_nonblock(sock, refusal(status_int, reason))
