"""What every answer says about itself: where scripts may come from, who may frame it, and that pages are not kept."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import flask
from dash import Dash

from dashboard.portal import Portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NEVER_KEPT: Final = ("_dash-layout", "_dash-dependencies", "_dash-update-component")


def policy(script_hashes: list[str], frame_ancestors: str) -> str:
    """The content security policy: everything from here, inline scripts only by hash, framed only where allowed."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def install(server: flask.Flask, app: Dash, portal: Portal) -> None:
    """Send the headers with every answer. Call it when every callback is registered: their scripts are hashed here."""
    csp = policy(list(app.csp_hashes()), portal.settings.frame_ancestors)
    server.wsgi_app = _Headers(server.wsgi_app, csp)  # type: ignore[method-assign]


class _Headers:
    """A WSGI application around another. Its headers are prepared: Flask would look at each anew, for each answer."""

    def __init__(self, inner: "WSGIApplication", csp: str) -> None:
        self._inner = inner
        self._sent = (
            ("Content-Security-Policy", csp),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        )
        self._ours = frozenset(name.lower() for name, _ in self._sent)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, with the headers."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            never_kept = environ.get("PATH_INFO", "").endswith(_NEVER_KEPT)
            kept = []
            for header in headers:
                name = header[0].lower()
                never_kept = never_kept or (name == "content-type" and header[1].startswith("text/html"))
                if name not in self._ours:
                    kept.append(header)
            if never_kept:
                kept = [header for header in kept if header[0].lower() != "cache-control"]
                kept.append(("Cache-Control", "no-store"))
            return start_response(status, [*kept, *self._sent], exc_info)

        return self._inner(environ, start)
