"""What is told to somebody who is not let in: never what was wrong with a signature, a secret or a token."""

import logging
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Final

from components import theme
from dashboard import bundle
from dashboard.access import RULE
from dashboard.api.problems import (
    MEDIA_TYPE,
    NOT_PERMITTED,
    NOT_SIGNED_IN,
    SIGN_IN_UNAVAILABLE,
    Problem,
    problem_body,
)
from dashboard.gate import Refused
from dashboard.metrics import OTHER
from opsportal import request_ids

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EVENT: Final = "sign_in.refused"
RETRY_S: Final = 5
"""Seconds after which somebody who could not be checked may come again."""

_KINDS: Final = {kind.status: kind for kind in (NOT_SIGNED_IN, NOT_PERMITTED, SIGN_IN_UNAVAILABLE)}
_DETAILS: Final = {
    NOT_SIGNED_IN: "Nobody is signed in, or what says so does not hold. Sign in anew, or bring a token that holds.",
    NOT_PERMITTED: "This is not for you, as you are signed in here, or not what the token that you brought is for.",
    SIGN_IN_UNAVAILABLE: "Who you are cannot be checked just now. Try again in a moment.",
}
_LONGEST_PATH: Final = 200
_log = logging.getLogger(__name__)


def answer(
    refused: Refused, environ: "WSGIEnvironment", start_response: "StartResponse", *, prefix: str, page: bool
) -> Iterable[bytes]:
    """Refuse a request: with a page for people, with problem details (RFC 9457) for programs and scripts of pages.

    Neither has a script, data, or a way on by itself, so that nobody is sent round in circles. The log says why.
    """
    environ[RULE] = OTHER
    kind, path = _KINDS[refused.status], _path(environ)
    told = {"reason": refused.reason, "status": kind.status.value, "path": path.decode("utf-8", "replace")}
    _log.info(EVENT, extra=told)
    detail = refused.detail or _DETAILS[kind]
    body = _page(kind.title, detail, prefix) if page else problem_body(Problem(kind, detail), path)
    headers = [
        ("Content-Type", "text/html; charset=utf-8" if page else MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
    ]
    if kind is NOT_SIGNED_IN:
        headers.append(("WWW-Authenticate", 'Bearer realm="opsportal"'))
    if kind is SIGN_IN_UNAVAILABLE:
        headers.append(("Retry-After", str(RETRY_S)))
    start_response(f"{kind.status.value} {kind.status.phrase}", headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


def _path(environ: "WSGIEnvironment") -> bytes:
    return str(environ.get("PATH_INFO", ""))[:_LONGEST_PATH].encode("latin-1", "replace")


def _page(title: str, detail: str, prefix: str) -> bytes:
    title = escape(title)
    styles, icon = (escape(bundle.url(prefix, name)) for name in (bundle.STYLES, bundle.ICON))
    request_id = request_ids.current.get()
    reference = f'<p class="small muted">Request {escape(request_id)}</p>\n' if request_id else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – Opsportal</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
<style>{theme.without_script()}</style>
<link rel="stylesheet" href="{styles}">
<style>main {{ max-width: 560px; margin: 12vh auto 0; padding: 0 16px }} .panel {{ gap: 12px; padding: 24px }}
h1 {{ font-size: 20px }}</style>
</head>
<body>
<main class="panel">
<h1>{title}</h1>
<p>{escape(detail)}</p>
<p><a class="button button-link" href="{escape(prefix)}">Open the portal</a></p>
{reference}</main>
</body>
</html>
""".encode()
