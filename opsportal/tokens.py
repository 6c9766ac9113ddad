"""Signed tokens, for those who cannot sign in: programs, the pages of other sites, and wallboards.

A token is a JSON Web Token, signed with HMAC-SHA256 and the key of `TOKEN_KEY`. Nothing is kept of it: what it opens
stands in it, and it ends by its expiry, by its id in the registry's `revoked_tokens`, or by a new key.

```
PortalError
├── TokenRefused       somebody brought a token that opens nothing
└── TokenNotMade       no such token is made: it would open too much, for too long, or nothing at all
```
"""

import json
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from opsportal.identity import Identity
from opsportal.token_scope import (
    LONGEST_MS,
    LONGEST_SESSION_MS,
    PURPOSES,
    VIEWS,
    Purpose,
    is_origin,
    is_queue_id,
    is_token_id,
)
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS

if TYPE_CHECKING:
    from jwt import PyJWS

Audience: TypeAlias = Literal["api", "embed", "kiosk", "session"]
"""Where a token may be shown: each is taken at one place alone."""
Reason: TypeAlias = Literal[
    "too long", "malformed", "other algorithm", "wrong signature", "other audience", "wrong claims", "expired",
    "lives too long", "revoked", "no key", "no session", "other session", "other origin",
]  # fmt: skip

LONGEST_CHARS: Final = 2_048
"""Characters of the longest token. A few of them still fit into the headers of one request, as cookies."""

_LONGEST_FIRST: Final = 1_984
"""Those of one that may be exchanged: its session says a little more."""

_ALGORITHM: Final = "HS256"
_ISSUER: Final = "opsportal"
_LAST_S: Final = 2**40


class TokenRefused(PortalError):
    """Somebody brought a token that opens nothing. `reason` is for the log; the token itself is nowhere in here."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"The token was refused: {reason}.")
        self.reason: Reason = reason


class TokenNotMade(PortalError):
    """No such token is made; the message says what about it would have to be different."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token opens: `queues` and `views` (names of pages) are None for all of them.

    `id` is what the log and `revoked_tokens` call it. `origin` is the site whose pages may show what an embed token
    opens. It is valid before `until_ms`, in epoch milliseconds of which whole seconds count. A `session` is what a
    token was exchanged for: it has the token's id and scope.
    """

    purpose: Purpose
    id: str
    made_ms: int
    until_ms: int
    queues: frozenset[str] | None = None
    views: frozenset[str] | None = None
    origin: str | None = None
    session: bool = False

    def lasts_too_long(self, now_ms: int) -> bool:
        """Whether it lives longer than any token of its kind may, counted from when it was made and from now on."""
        longest_ms = (LONGEST_SESSION_MS if self.session else LONGEST_MS)[self.purpose]
        return self.until_ms - min(self.made_ms, now_ms) > longest_ms

    def problem(self) -> str | None:
        """What is wrong with it, whatever the time; None when nothing is."""
        if not is_token_id(self.id):
            return "an id has 8 to 64 letters, digits, points, hyphens and underscores"
        if self.until_ms // SECOND_MS <= self.made_ms // SECOND_MS:
            return "it ends before it begins"
        if self.queues is not None and not (self.queues and all(is_queue_id(queue) for queue in self.queues)):
            return "queues are named by their ids, one at least"
        if self.views is not None and not (self.views and self.views <= set(VIEWS)):
            return f"pages are {', '.join(VIEWS)}, one at least"
        if (self.origin is not None) != (self.purpose == "embed"):
            return "an origin belongs to embed tokens, and to no other"
        if self.origin is not None and not is_origin(self.origin):
            return "an origin is https://host or https://host:port, in small letters (http on this machine only)"
        if self.session and self.purpose not in LONGEST_SESSION_MS:
            return "a token for programs is exchanged for nothing"
        return None


def make(key: str, grant: Grant) -> str:
    """The token of a grant.

    Raises:
        TokenNotMade: it would be one that `read` refuses.
    """
    problem = grant.problem()
    if problem is None and grant.lasts_too_long(grant.made_ms):
        problem = "it would live too long"
    if problem is not None:
        raise TokenNotMade(f"No such token is made: {problem}.")
    claims = {
        "iss": _ISSUER,
        "aud": "session" if grant.session else grant.purpose,
        "jti": grant.id,
        "iat": grant.made_ms // SECOND_MS,
        "exp": grant.until_ms // SECOND_MS,
        "queues": None if grant.queues is None else sorted(grant.queues),
        "views": None if grant.views is None else sorted(grant.views),
        "origin": grant.origin,
    }
    if grant.session:
        claims["purpose"] = grant.purpose
    text = signing().encode(json.dumps(claims, separators=(",", ":")).encode(), key, _ALGORITHM)
    if len(text) > _longest(grant.session):
        raise TokenNotMade("No such token is made: it names too many queues. Make several, or one for all queues.")
    return text


def read(text: str, key: str, audience: Audience, *, now_ms: int, revoked: Container[str]) -> Grant:
    """What a token opens that was shown where those of an `audience` are.

    Raises:
        TokenRefused: it opens nothing.
    """
    if len(text) > _longest(audience == "session"):
        raise TokenRefused("too long")
    grant = _grant(_claims(text, key), audience)
    if now_ms >= grant.until_ms:
        raise TokenRefused("expired")
    if grant.lasts_too_long(now_ms):
        raise TokenRefused("lives too long")
    if grant.id in revoked:
        raise TokenRefused("revoked")
    return grant


def identity(grant: Grant) -> Identity:
    """Who somebody is that brings a token of this grant: a viewer of what it names."""
    return Identity(
        grant.purpose,
        grant.id,
        "viewer",
        queues=grant.queues,
        views=grant.views,
        origin=grant.origin,
        until_ms=grant.until_ms,
    )


def session_of(grant: Grant, now_ms: int) -> Grant:
    """What a token for a page or a wallboard is exchanged for: the same scope, for as long as somebody looks at it."""
    until_ms = grant.until_ms if grant.purpose == "kiosk" else now_ms + LONGEST_SESSION_MS["embed"]
    return Grant(grant.purpose, grant.id, now_ms, until_ms, grant.queues, grant.views, grant.origin, session=True)


def _longest(session: bool) -> int:
    return LONGEST_CHARS if session else _LONGEST_FIRST


@cache
def signing() -> "PyJWS":
    """What signs and checks signatures, and knows the one algorithm.

    It takes longer to load than most commands take to run. Before processes are forked, it is loaded once for all.
    """
    from jwt import PyJWS

    return PyJWS(algorithms=[_ALGORITHM])


def _claims(text: str, key: str) -> dict[str, Any]:
    signed = signing()
    from jwt import InvalidAlgorithmError, InvalidSignatureError, PyJWTError

    try:
        # Of claims the library knows more, but goes by the machine's own clock: they are judged below.
        claims = json.loads(signed.decode_complete(text, key, algorithms=[_ALGORITHM])["payload"])
    except InvalidSignatureError:
        raise TokenRefused("wrong signature") from None
    except InvalidAlgorithmError:
        raise TokenRefused("other algorithm") from None
    except (PyJWTError, ValueError, TypeError, RecursionError):
        raise TokenRefused("malformed") from None
    if not isinstance(claims, dict):
        raise TokenRefused("malformed")
    return claims


def _grant(claims: dict[str, Any], audience: Audience) -> Grant:
    if claims.get("iss") != _ISSUER or claims.get("aud") != audience:
        raise TokenRefused("other audience")
    session = audience == "session"
    purpose = claims.get("purpose") if session else audience
    try:
        grant = Grant(
            purpose=next(known for known in PURPOSES if known == purpose),
            id=_text(claims["jti"]),
            made_ms=_instant_ms(claims["iat"]),
            until_ms=_instant_ms(claims["exp"]),
            queues=_names(claims["queues"]),
            views=_names(claims["views"]),
            origin=None if claims["origin"] is None else _text(claims["origin"]),
            session=session,
        )
    except (KeyError, TypeError, StopIteration):
        raise TokenRefused("wrong claims") from None
    if grant.problem() is not None:
        raise TokenRefused("wrong claims")
    return grant


def _text(claim: object) -> str:
    if not isinstance(claim, str):
        raise TypeError
    return claim


def _instant_ms(claim: object) -> int:
    if type(claim) is not int or not 0 <= claim <= _LAST_S:
        raise TypeError
    return claim * SECOND_MS


def _names(claim: object) -> frozenset[str] | None:
    """Names; that all of them are meant has to be said as well, with null."""
    if claim is None:
        return None
    if not isinstance(claim, list):
        raise TypeError
    return frozenset(_text(name) for name in claim)
