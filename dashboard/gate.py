"""Who asks, as the guard before everything else has put it into the request."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from opsportal.identity import ANYONE, EVERYTHING, Identity, Scope
from servicelevel.errors import PortalError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

IDENTITY: Final = "opsportal.identity"
"""Where the guard puts it in the WSGI environ."""

NOBODY: Final = Identity("anyone", "nobody", "viewer", queues=frozenset(), views=frozenset())
"""A stranger, where strangers may ask. They see no queue and no page."""

Way: TypeAlias = Callable[["WSGIEnvironment"], Identity | None]
"""Finds out who asks. None: nothing of its kind came. It raises Refused when what came does not hold."""


class Refused(PortalError):
    """Somebody is not let in.

    With 401 nobody is known, with 403 it is not for them, with 503 it cannot be checked.
    `reason` is for the log and holds nothing of what they sent; `detail` is for them.
    """

    def __init__(self, status: HTTPStatus, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.status, self.reason, self.detail = status, reason, detail


def identity_of(environ: Mapping[str, Any]) -> Identity:
    """Who asks; anyone, where no guard stands before the application."""
    identity: Identity = environ.get(IDENTITY, ANYONE)
    return identity


def scope_of(environ: Mapping[str, Any]) -> Scope:
    """What the answer depends on besides the question."""
    identity = environ.get(IDENTITY, ANYONE)
    return EVERYTHING if identity is ANYONE else identity_of(environ).scope
