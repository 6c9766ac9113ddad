"""Sessions of those who brought a token: each in a cookie of its own, counted only where an address names it.

One browser may hold several at once: two views of different queues in one page of another site, a wallboard beside
somebody's own sign-in. None of them adds to another. The page that an exchange leads to has its session's name in its
address, and sends it along with every question (`assets/early.js`); who names none has none. The name says which scope
is meant, so that a session that is renewed takes the place of the one before.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from opsportal.tokens import Grant

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NAMED_IN_QUERY: Final = "session"
NAMED_IN_HEADER: Final = "X-Opsportal-Session"
COOKIE: Final = "__Host-opsportal-"
"""What the names of the cookies begin with. A browser takes such a one from this host alone, over TLS."""
MOST_CHARS: Final = 6_000
"""Characters of all sessions of a browser together: a server takes headers of 8,190."""
MOST: Final = 8
"""Sessions that a browser holds at most."""

_NAME: Final = re.compile(r"[0-9a-f]{12}")
_IN_QUERY: Final = re.compile(rf"(?:^|&){NAMED_IN_QUERY}=([0-9a-f]{{12}})(?:&|$)")
_HEADER_KEY: Final = "HTTP_" + NAMED_IN_HEADER.upper().replace("-", "_")


def name_of(grant: Grant) -> str:
    """The name of a session of this scope."""
    scope = (grant.purpose, _sorted(grant.queues), _sorted(grant.views), grant.origin)
    return hashlib.sha256(json.dumps(scope).encode()).hexdigest()[:12]


def asked_for(environ: "WSGIEnvironment") -> str | None:
    """The name of the session that a request says it belongs to."""
    if _HEADER_KEY in environ:
        named = _NAME.fullmatch(str(environ[_HEADER_KEY]))
        return None if named is None else named[0]
    named = _IN_QUERY.search(str(environ.get("QUERY_STRING", "")))
    return None if named is None else named[1]


def token_of(environ: "WSGIEnvironment", name: str) -> str | None:
    """The token in the cookie of a session."""
    return next((token for known, token in held(environ) if known == name), None)


def held(environ: "WSGIEnvironment") -> Iterator[tuple[str, str]]:
    """Names and tokens of the sessions that a browser holds, in the order in which it sends them: the oldest first."""
    for cookie in str(environ.get("HTTP_COOKIE", "")).split(";"):
        key, _, token = cookie.strip().partition("=")
        name = key.removeprefix(COOKIE)
        if key != name and _NAME.fullmatch(name):
            yield name, token


def too_many(held: Sequence[tuple[str, str]], name: str, token: str) -> list[str]:
    """Names of the sessions that have to go so that one of this name fits in, the oldest first."""
    others = [(known, len(text)) for known, text in held if known != name]
    gone = []
    while others and (len(others) >= MOST or sum(chars for _, chars in others) + len(token) > MOST_CHARS):
        gone.append(others.pop(0)[0])
    return gone


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)
