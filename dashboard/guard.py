"""The guard before everything: who asks is found out once for each request, and only then is anything answered."""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from dashboard import refused
from dashboard.gate import IDENTITY, NOBODY, Refused, Way
from dashboard.rates import too_many
from dashboard.route_table import ADMITTED, Area, Areas, who
from opsportal.identity import Identity

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SAID: Final = (
    "HTTP_AUTHORIZATION",
    "HTTP_X_AMZN_OIDC_DATA",
    "HTTP_X_AMZN_OIDC_IDENTITY",
    "HTTP_X_AMZN_OIDC_ACCESSTOKEN",
    "HTTP_X_PORTAL_PROXY_SECRET",
    "HTTP_X_FORWARDED_USER",
    "HTTP_X_FORWARDED_GROUPS",
    "REMOTE_USER",
)
"""What says who somebody is. Nothing behind the guard gets to see it, whether it was looked at or not."""

_SHOWN: Final[frozenset[Area]] = frozenset({"pages", "export", "exchange"})
_UNASKED: Final[frozenset[Area]] = frozenset({"files", "alive", "exchange"})


class Guard:
    """A WSGI application around another. `ways` are tried in turn, and the first that knows somebody decides.

    `otherwise` is whom a request counts as that none of them knows; None: nobody, and it is refused. `refusals` counts
    those, and says for how many seconds a client is told no more than that it asks too often.
    """

    def __init__(
        self,
        inner: "WSGIApplication",
        prefix: str,
        ways: Sequence[Way],
        otherwise: Identity | None = None,
        refusals: "Callable[[WSGIEnvironment], float]" = lambda _: 0.0,
    ) -> None:
        self._inner, self._prefix, self._ways, self._otherwise = inner, prefix, tuple(ways), otherwise
        self._refusals = refusals
        self._areas = Areas(prefix)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or refuse."""
        area = self._areas.of(environ.get("PATH_INFO", ""))
        try:
            environ[IDENTITY] = self._let_in(area, environ)
        except Refused as reason:
            wait_s = self._refusals(environ)
            if wait_s > 0.0:
                return too_many(wait_s, environ, start_response)
            page = area in _SHOWN
            return refused.answer(reason, environ, start_response, prefix=self._prefix, page=page)
        for name in _SAID:
            environ.pop(name, None)
        return self._inner(environ, start_response)

    def _let_in(self, area: Area, environ: "WSGIEnvironment") -> Identity:
        if area in _UNASKED:
            return NOBODY
        try:
            identity = self._identity(environ)
        except Refused:
            if area != "ready":
                raise
            identity = None  # a probe is answered whoever asks, and whether that can be found out or not
        if who(identity) in ADMITTED[area]:
            return identity or NOBODY
        if identity is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "nobody is signed in")
        raise Refused(HTTPStatus.FORBIDDEN, f"{who(identity)} is not let in there")

    def _identity(self, environ: "WSGIEnvironment") -> Identity | None:
        for way in self._ways:
            identity = way(environ)
            if identity is not None:
                return identity
        return self._otherwise
