"""What every answer says about itself: where scripts may come from, who may frame it, and that pages are not kept.

The headers lie around everything that answers in the portal's place, so that refusals and files have them as pages do.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import flask
from dash import Dash

from dashboard.framing import frame_ancestors
from dashboard.portal import Portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

YEAR_S: Final = 31_536_000
"""Seconds for which a browser comes back over TLS alone."""

_NO_USE: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
"""What a browser can do and no page has a use for. Copying a link and full screen are left to the pages themselves."""

ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in _NO_USE)),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""The same with every answer, whoever gives it. None of them keeps a page out of another site's frame."""

_REFERRER: Final = ("Referrer-Policy", "same-origin")
_OVER_TLS: Final = ("Strict-Transport-Security", f"max-age={YEAR_S}")
_CSP: Final = "Content-Security-Policy"
_KEPT_NOWHERE: Final = ("Cache-Control", "no-store")
_OURS: Final = frozenset({_CSP.lower(), _OVER_TLS[0].lower(), *(name.lower() for name, _ in ALWAYS)})
_DASH: Final = "/_dash-"
_DASH_FILES: Final = "/_dash-component-suites/"
_FILES: Final = (_DASH_FILES, "/assets/")
_FIRST_ERROR: Final = "4"
_MOST_POLICIES: Final = 64
_HEADERS: Final = "opsportal.headers"


def policy(script_hashes: Sequence[str], frame_ancestors: str) -> str:
    """The content security policy: everything from here, inline scripts only by hash, framed only where allowed.

    Styles may stand inline: charts and grids place what they draw by them, and do not draw without.
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def install(server: flask.Flask, app: Dash, portal: Portal) -> None:
    """Send the headers with every answer, from the first request on."""
    headers = _Headers(server.wsgi_app, app, portal.settings.frame_ancestors)
    server.extensions[_HEADERS] = headers
    server.wsgi_app = headers  # type: ignore[method-assign]


def under(server: flask.Flask, around: "Callable[[WSGIApplication], WSGIApplication]") -> None:
    """Put something around all that answers so far, beneath the headers: what it answers itself has them too."""
    headers: _Headers = server.extensions[_HEADERS]
    headers.inner = around(headers.inner)


class _Headers:
    """A WSGI application around another. Its headers are prepared: Flask would look at each anew, for each answer."""

    def __init__(self, inner: "WSGIApplication", app: Dash, frame_ancestors: str) -> None:
        self.inner, self._app, self._frame_ancestors = inner, app, frame_ancestors
        self._sent = lru_cache(_MOST_POLICIES)(self._prepared)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, with the headers."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            # Only now: who asks, and over what, is found out further in.
            sent = self._sent(frame_ancestors(environ, self._frame_ancestors), _came_over_tls(environ))
            return start_response(status, [*_kept(environ, status, headers), *sent], exc_info)

        return self.inner(environ, start)

    def _prepared(self, frame_ancestors: str, over_tls: bool) -> tuple[tuple[str, str], ...]:
        # Asked for with the first answer: by then Dash has been set up, and has every script that it writes inline.
        csp = policy(self._app.csp_hashes(), frame_ancestors)
        return ((_CSP, csp), *ALWAYS, *((_OVER_TLS,) if over_tls else ()))


def _came_over_tls(environ: "WSGIEnvironment") -> bool:
    """As the proxy before the portal says; a browser takes no notice of what it hears of this without TLS."""
    forwarded: str = environ.get("HTTP_X_FORWARDED_PROTO", "")
    return environ["wsgi.url_scheme"] == "https" or forwarded.rpartition(",")[2].strip() == "https"


def _kept(environ: "WSGIEnvironment", status: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What an answer says for itself, with what it leaves out: nobody keeps pages, their data and refusals."""
    kept, names, page = [], set(), False
    for header in headers:
        name = header[0].lower()
        if name in _OURS:
            continue
        names.add(name)
        page = page or (name == "content-type" and header[1].startswith("text/html"))
        kept.append(header)
    path: str = environ.get("PATH_INFO", "")
    if page or (_DASH in path and _DASH_FILES not in path):
        kept = [header for header in kept if header[0].lower() != "cache-control"]
        kept.append(_KEPT_NOWHERE)
    elif "cache-control" not in names and (status >= _FIRST_ERROR or not any(files in path for files in _FILES)):
        kept.append(_KEPT_NOWHERE)
    if "referrer-policy" not in names:
        kept.append(_REFERRER)
    return kept
