"""The portal under Gunicorn: one application made and warmed up before the workers are forked from it."""

import logging
import os
from typing import Any, Final

import flask
from gunicorn.app.base import BaseApplication

from dashboard import services, static
from dashboard.app import create_app
from dashboard.background import Background
from dashboard.services import Running
from dashboard.shared_folder import shared_folder
from opsportal.settings import Settings
from servicelevel.errors import PortalError

THREADS: Final = 4
KEEP_ALIVE_S: Final = 90
"""Longer than load balancers keep a connection, so that it is never they who find it closed."""
STOP_S: Final = 10

_log = logging.getLogger(__name__)


class WarmUpFailed(PortalError):
    """The portal did not answer its own first request."""


class OpenToOthers(PortalError):
    """The portal would answer everyone who reaches this machine, and nobody has said that this is meant."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"HOST={host} lets other machines in, and nobody signs in here. Put a proxy that checks people before it "
            "and set AUTH_NONE_CONFIRMED=yes, or leave HOST at 127.0.0.1."
        )


def serve(settings: Settings) -> None:
    """Answer requests until the process is told to end.

    Raises:
        PortalError: the portal cannot be put together.
    """
    if settings.open_to_others and settings.auth_none_confirmed is None:
        raise OpenToOthers(settings.host)
    folder = shared_folder(settings)
    running = services.build(settings, folder)
    app = create_app(running.portal)
    warm_up(app.server, running.portal.prefix)
    static.freeze(app, running.portal.prefix, folder / "static")
    _Gunicorn(app.server, _options(settings, running)).run()


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


def _options(settings: Settings, running: Running) -> dict[str, Any]:
    backgrounds: dict[int, Background] = {}

    def post_fork(_: object, worker: Any) -> None:
        backgrounds[os.getpid()] = background = Background(running)
        background.start()
        _log.debug("worker %s is up", worker.pid)

    def worker_exit(_: object, __: object) -> None:
        background = backgrounds.pop(os.getpid(), None)
        if background is not None:
            background.stop()

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "workers": settings.web_concurrency,
        "worker_class": "gthread",
        "threads": THREADS,
        "preload_app": True,
        "keepalive": KEEP_ALIVE_S,
        "timeout": 60,
        "graceful_timeout": STOP_S,
        "control_socket_disable": True,
        "loglevel": settings.log_level.lower(),
        "proc_name": "opsportal",
        "post_fork": post_fork,
        "worker_exit": worker_exit,
    }


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
