"""How addresses answer that are no page: unknown ones, those not for whoever asks, and bodies that are not taken in."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import flask
from dash.exceptions import DependencyException
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.api.problems import BAD_REQUEST, TOO_LARGE, TOO_SLOW, UNKNOWN_RESOURCE, Problem, problem_answer
from dashboard.client_socket import TooSlow
from dashboard.not_yours import NotYours
from dashboard.portal import portal
from servicelevel.errors import PortalError

_SUITES: Final = "_dash-component-suites"


def install(server: flask.Flask, proxies: int) -> None:
    """Set the answers up, before the first request. So many proxies stand in front, and say who asks and how."""

    @server.after_request
    def status_of_page(response: flask.Response) -> flask.Response:
        # Dash answers every address with the same document; which page it will show is decided here as it is there.
        kind = response.headers.get("Content-Type", "")
        if response.status_code == HTTPStatus.OK and kind.startswith("text/html"):
            response.status_code = _status()
        return response

    @server.errorhandler(NotYours)
    def refused(error: NotYours) -> flask.Response:
        return _problem(HTTPStatus.FORBIDDEN, str(error))

    @server.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> flask.Response:
        return problem_answer(Problem(TOO_LARGE, "The body is larger than any that is taken."))

    @server.errorhandler(TooSlow)
    def too_slow(reason: TooSlow) -> flask.Response:
        return problem_answer(Problem(TOO_SLOW, str(reason)))

    @server.errorhandler(ParseException)
    def broken(_: ParseException) -> flask.Response:
        return problem_answer(Problem(BAD_REQUEST, "The body is cut into pieces that do not fit."))

    for endpoint, view in server.view_functions.items():
        if _SUITES in endpoint:
            server.view_functions[endpoint] = _where_there_is_one(view)
    if proxies:
        # Each of them adds an address; host and protocol are those that the last one names.
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=proxies, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _where_there_is_one(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view of scripts; Dash fails over names that it does not know, and over files that it lists and has not."""

    @functools.wraps(view)
    def answered(**path: Any) -> Any:
        try:
            return view(**path)
        except (DependencyException, FileNotFoundError):
            return problem_answer(Problem(UNKNOWN_RESOURCE, "There is no such script or style."))

    return answered


def _status() -> HTTPStatus:
    try:
        services = portal()
        page = services.view(flask.request.path, None).page
    except PortalError:
        return HTTPStatus.OK
    if page == "not-found":
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.OK if services.sees(page) else HTTPStatus.FORBIDDEN


def _problem(status: HTTPStatus, detail: str) -> flask.Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    response = flask.jsonify(body)
    response.status_code, response.mimetype = status, "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    return response
