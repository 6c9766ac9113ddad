"""Who is signed in, as a reverse proxy says that knows our secret (`AUTH=proxy`)."""

import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import SecretStr

from dashboard.gate import Refused
from dashboard.roles import Roles
from opsportal.identity import Identity
from servicelevel.errors import PortalError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SECRET: Final = "HTTP_X_PORTAL_PROXY_SECRET"  # noqa: S105 - the name of a header
USER: Final = "HTTP_X_FORWARDED_USER"
GROUPS: Final = "HTTP_X_FORWARDED_GROUPS"
LONGEST_NAME: Final = 200


class Secret(Protocol):
    """A secret that may be another one the next time it is asked for."""

    def value(self) -> SecretStr:
        """The secret as it is now.

        Raises:
            PortalError: it is not known.
        """

    def replaced(self, refused: SecretStr) -> bool:
        """Whether there is another one now than the one that did not fit, after looking where it is kept."""


class ProxySignIn:
    """Tells who asks by the headers of the proxy. Safe to share between threads."""

    def __init__(self, secret: Secret, roles: Roles) -> None:
        self._secret, self._roles = secret, roles

    def __call__(self, environ: "WSGIEnvironment") -> Identity | None:
        """Whom the proxy means; None where nothing came from it.

        Raises:
            Refused: the secret is not ours or is not known here, or the proxy names nobody.
        """
        given: str | None = environ.get(SECRET)
        if given is None:
            return None
        if not self._fits(given):
            raise Refused(HTTPStatus.UNAUTHORIZED, "the proxy's secret is not ours")
        name = _text(environ.get(USER, "")).strip()
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or "," in name:  # as headers sent twice arrive
            raise Refused(HTTPStatus.UNAUTHORIZED, "the proxy names nobody")
        groups = _text(environ.get(GROUPS, "")).split(",")
        return Identity("person", name, self._roles.role(group.strip() for group in groups))

    def _fits(self, given: str) -> bool:
        try:
            ours = self._secret.value()
            return _same(given, ours) or (self._secret.replaced(ours) and _same(given, self._secret.value()))
        except PortalError as error:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"the proxy's secret is not known here: {error}") from None


def _same(given: str, ours: SecretStr) -> bool:
    # However much of it is right, the answer takes as long.
    return hmac.compare_digest(given.encode("latin-1", "replace"), ours.get_secret_value().encode())


def _text(header: str) -> str:
    """A header as the proxy meant it: servers hand its bytes on as if each were a character."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")
