"""The portal as a server: one application, made and warmed up before the workers are forked from it."""

from typing import Any

import flask
from gunicorn.app.base import BaseApplication

from dashboard import access, exchange, limits, listening, metrics_folder, services, sign_in, static
from dashboard.app import create_app
from dashboard.gunicorn_options import options
from dashboard.metrics import Metrics
from dashboard.shared_folder import shared_folder
from opsportal.settings import Settings
from servicelevel.errors import PortalError


class WarmUpFailed(PortalError):
    """The portal did not answer its own first request."""


def serve(settings: Settings) -> None:
    """Answer requests until the process is told to end.

    Raises:
        PortalError: the portal cannot be put together.
    """
    _Gunicorn(build(settings), options(settings)).run()


def build(settings: Settings) -> flask.Flask:
    """The application, ready to be forked: no connection is open, no thread runs, and the first requests are answered.

    Raises:
        PortalError: the portal cannot be put together.
    """
    listening.check(settings, [settings.host])
    folder, metrics = shared_folder(settings), Metrics(metrics_folder.prepare(settings))
    running = services.build(settings, folder, metrics)
    portal = running.portal
    app = create_app(portal, running.vitals)
    server: flask.Flask = app.server
    services.put_on(server, running)
    by_token = sign_in.tokens(portal, running.known)
    exchange.install(server, portal, by_token)
    warm_up(server, portal.prefix)
    static.freeze(app, portal.prefix, folder / "static", settings.static_dir)
    sign_in.install(server, portal, (by_token, *sign_in.ways(settings, running.known)))
    limits.install(server)
    access.install(server, portal.prefix, metrics)
    return server


def warm_up(server: flask.Flask, prefix: str) -> None:
    """Answer the first requests of all here, where nobody else can be in their way: Dash prepares itself in them.

    Raises:
        WarmUpFailed: they were not answered well.
    """
    with server.test_client() as client:
        for path in (prefix, f"{prefix}_dash-layout", f"{prefix}_dash-dependencies"):
            status = client.get(path).status_code
            if status != 200:
                raise WarmUpFailed(f"The portal answers {path} with {status}; the log says why.")


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn declares no types
    """Gunicorn with options from our settings in place of a command line."""

    def __init__(self, server: flask.Flask, options: dict[str, Any]) -> None:
        self._server, self._options = server, options
        super().__init__()

    def load_config(self) -> None:
        """Take the options over."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> flask.Flask:
        """The application, which is already there."""
        return self._server
