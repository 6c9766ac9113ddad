"""How addresses answer that are no page: unknown ones, and callbacks of a page older than we are."""

from http import HTTPStatus
from typing import Final

import flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.portal import portal
from servicelevel.errors import PortalError

_CALLBACKS: Final = "_dash-update-component"


def install(server: flask.Flask, prefix: str) -> None:
    """Set the answers up, before the first request."""

    @server.after_request
    def not_found(response: flask.Response) -> flask.Response:
        # Dash answers every address with the same document; which page it will show is decided here as it is there.
        kind = response.headers.get("Content-Type", "")
        if response.status_code == HTTPStatus.OK and kind.startswith("text/html") and _leads_nowhere():
            response.status_code = HTTPStatus.NOT_FOUND
        return response

    @server.errorhandler(KeyError)
    def outdated(error: KeyError) -> flask.Response:
        # A callback that is not registered comes from a tab that was opened before the last deployment.
        if flask.request.path != f"{prefix}{_CALLBACKS}":
            raise error
        return _problem(HTTPStatus.CONFLICT, "This page is older than the portal. Reload it.")

    server.wsgi_app = ProxyFix(server.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _leads_nowhere() -> bool:
    try:
        return portal().view(flask.request.path, None).page == "not-found"
    except PortalError:
        return False


def _problem(status: HTTPStatus, detail: str) -> flask.Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    response = flask.jsonify(body)
    response.status_code, response.mimetype = status, "application/problem+json"
    return response
