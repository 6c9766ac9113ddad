"""Tokens for sessions: `/embed` and `/kiosk` take one in the address, and lead to an address without it.

What a token opens is then in a cookie that no script can read, kept by the browser for the site at the top alone, so
that it works where cookies of third parties are blocked and is of no use on another site. The token is in no address
that stays, in no header that goes on, and in no line of a log.
"""

import logging
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import flask

from dashboard import refused, sessions
from dashboard.gate import Refused
from dashboard.portal import Portal
from dashboard.token_sign_in import TokenSignIn
from dashboard.urls import PageName, View
from opsportal.token_scope import VIEWS
from opsportal.tokens import Grant
from servicelevel.instants import SECOND_MS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Exchanged: TypeAlias = Literal["embed", "kiosk"]

EXCHANGED: Final[tuple[Exchanged, ...]] = ("embed", "kiosk")
"""Purposes of tokens that are exchanged; each has the path of its name below the portal's prefix."""

_FRAMES: Final = ("iframe", "frame", "embed", "object")
_COOKIE: Final[dict[str, Any]] = {
    "path": "/",
    "secure": True,
    "httponly": True,
    "samesite": "None",
    "partitioned": True,
}
_DETAILS: Final[dict[Exchanged, str]] = {
    "embed": "The token opens nothing: it has ended, or was made for another place. Load the page around this again.",
    "kiosk": "The token opens nothing: it has ended, or it is none for wallboards. Ask for a new one.",
}
_NO_FRAME: Final = "This address is for a frame in another site's page, and shows nothing by itself."
_NO_PAGE: Final = "`to` names no page of this portal that the token opens: write it as queue/service-desk?period=7."
_log = logging.getLogger(__name__)


def install(server: flask.Flask, portal: Portal, sign_in: TokenSignIn) -> None:
    """Answer the two addresses."""
    for purpose in EXCHANGED:
        answer = partial(_exchange, portal, sign_in, purpose)
        server.add_url_rule(f"{portal.prefix}{purpose}", purpose, answer, methods=["GET"])


def _exchange(portal: Portal, sign_in: TokenSignIn, purpose: Exchanged) -> "flask.Response | WSGIApplication":
    try:
        return _exchanged(portal, sign_in, purpose)
    except Refused as reason:
        return partial(refused.answer, reason, prefix=portal.prefix, page=True)


def _exchanged(portal: Portal, sign_in: TokenSignIn, purpose: Exchanged) -> flask.Response:
    request = flask.request
    # Somebody led to it by a link would hold the session in a window of their own, in place of their own sign-in.
    if purpose == "embed" and request.headers.get("Sec-Fetch-Dest", _FRAMES[0]) not in _FRAMES:
        raise Refused(HTTPStatus.FORBIDDEN, "token: not in a frame", _NO_FRAME)
    grant = sign_in.grant(request.args.get("token", ""), purpose, _DETAILS[purpose])
    if grant.origin is not None and _origin_of(request.referrer) not in (None, grant.origin):
        raise Refused(HTTPStatus.UNAUTHORIZED, "token: other origin", _DETAILS[purpose])
    view = _view(portal, grant, request.args.get("to"))
    if view is None:
        raise Refused(HTTPStatus.FORBIDDEN, "token: names no page", _NO_PAGE)
    token, session = sign_in.session(grant)
    name = sessions.name_of(session)
    lasts_s = (session.until_ms - session.made_ms) // SECOND_MS
    response = flask.Response(status=HTTPStatus.SEE_OTHER)
    response.headers["Location"] = _address(portal.href(view), name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    for gone in sessions.too_many(list(sessions.held(request.environ)), name, token):
        response.set_cookie(f"{sessions.COOKIE}{gone}", "", max_age=0, **_COOKIE)
    response.set_cookie(f"{sessions.COOKIE}{name}", token, max_age=lasts_s, **_COOKIE)
    _log.info("token.exchanged", extra={"token_id": grant.id, "purpose": purpose, "lasts_s": lasts_s})
    return response


def _view(portal: Portal, grant: Grant, to: str | None) -> View | None:
    """The page that a token leads to, as this portal itself would write its address: nothing else of `to` goes on."""
    if to is None:
        view = _first(portal, grant)
    else:
        path, _, search = to.partition("?")
        view = portal.view(f"{portal.prefix}{path.removeprefix('/')}", search)
    if view is None or view.page == "not-found" or (grant.views is not None and view.page not in grant.views):
        return None
    if view.queue is not None and grant.queues is not None and view.queue not in grant.queues:
        return None
    return view.with_(embed=grant.purpose == "embed", kiosk=grant.purpose == "kiosk")


def _first(portal: Portal, grant: Grant) -> View | None:
    pages: tuple[PageName, ...] = VIEWS
    page = next(page for page in pages if grant.views is None or page in grant.views)
    if page != "queue":
        return View(page)
    queues = (queue.id for queue in portal.policy.queues if grant.queues is None or queue.id in grant.queues)
    return next((View("queue", queue) for queue in queues), None)


def _address(href: str, name: str) -> str:
    return f"{href}{'&' if '?' in href else '?'}{sessions.NAMED_IN_QUERY}={name}"


def _origin_of(address: str | None) -> str | None:
    """The site of the page around us, where the browser tells it."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
