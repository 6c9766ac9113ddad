"""Who brings a signed token: a program in `Authorization`, a view or a wallboard in the cookie of its session."""

import re
from collections.abc import Callable, Container
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from dashboard import sessions
from dashboard.gate import Refused
from opsportal import tokens
from opsportal.identity import Identity
from opsportal.ports import Now
from opsportal.present import PresentSettings
from opsportal.tokens import Audience, Grant, Reason, TokenRefused
from servicelevel.errors import PortalError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_BEARER: Final = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)
_OF_PROGRAMS: Final = "The token opens nothing here: it has ended, or it is none for programs. Ask for a new one."
_OF_SESSIONS: Final = (
    "What was shown here has ended. Load the page around it again; a wallboard opens the address with its token again."
)
_NO_KEY: Final = "This portal takes no tokens: it has no TOKEN_KEY."


class TokenSignIn:
    """One way in, for the gate. It reads tokens with the key as it is at present. Safe to share between threads.

    `revoked` gives the ids of those that were ended before their time, `now` epoch milliseconds.
    """

    def __init__(self, known: PresentSettings, revoked: Callable[[], Container[str]], now: Now) -> None:
        self._known, self._revoked, self._now = known, revoked, now
        if known.written.token_key is not None or known.written.secrets_id is not None:
            tokens.signing()  # before workers are forked

    def __call__(self, environ: "WSGIEnvironment") -> Identity | None:
        """The program, view or wallboard that asks; None when a request brings no token and names no session.

        Raises:
            Refused: what it brings opens nothing, or cannot be judged just now.
        """
        brought = _BEARER.fullmatch(str(environ.get("HTTP_AUTHORIZATION", "")))
        if brought is not None:
            return tokens.identity(self.grant((brought[1] or "").strip(), "api", _OF_PROGRAMS))
        name = sessions.asked_for(environ)
        return None if name is None else tokens.identity(self._session(environ, name))

    def grant(self, text: str, audience: Audience, detail: str) -> Grant:
        """What a token opens.

        Raises:
            Refused: nothing, which `detail` tells whoever brought it; or it cannot be judged just now.
        """
        key = self._key()
        try:
            return tokens.read(text, key, audience, now_ms=self._now(), revoked=self._revoked())
        except TokenRefused as error:
            raise _refused(error.reason, detail) from None
        except PortalError:
            raise _unknown("the registry cannot be read") from None

    def session(self, grant: Grant) -> tuple[str, Grant]:
        """The token of the session that a token of this grant is exchanged for, and what it opens.

        Raises:
            Refused: it cannot be signed just now.
        """
        made = tokens.session_of(grant, self._now())
        return tokens.make(self._key(), made), made

    def _session(self, environ: "WSGIEnvironment", name: str) -> Grant:
        token = sessions.token_of(environ, name)
        if token is None:
            raise _refused("no session", _OF_SESSIONS)
        grant = self.grant(token, "session", _OF_SESSIONS)
        if sessions.name_of(grant) != name:
            raise _refused("other session", _OF_SESSIONS)
        return grant

    def _key(self) -> str:
        try:
            key = self._known.get().token_key
        except PortalError:
            raise _unknown("the secret cannot be read") from None
        if key is None:
            raise _refused("no key", _NO_KEY)
        return key.get_secret_value()


def _refused(reason: Reason, detail: str) -> Refused:
    return Refused(HTTPStatus.UNAUTHORIZED, f"token: {reason}", detail)


def _unknown(reason: str) -> Refused:
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"token: {reason}")
