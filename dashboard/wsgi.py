"""The portal as a WSGI application: `server` is made and warmed up when it is first asked for, before the fork.

Only then, so that looking at this module starts nothing.
"""

import functools
import sys

import flask

from dashboard.server import build
from opsportal import logs
from opsportal.settings import load
from servicelevel.errors import PortalError


def __getattr__(name: str) -> flask.Flask:
    if name != "server":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _made()


@functools.cache
def _made() -> flask.Flask:
    try:
        settings = load()
        logs.configure(settings)
        return build(settings)
    except PortalError as error:
        sys.exit(str(error))
