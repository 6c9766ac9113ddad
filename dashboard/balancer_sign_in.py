"""Who is signed in, as a load balancer of AWS says and signs with every request (`AUTH=alb-oidc`).

The host of the keys has those of every load balancer of a region, of whatever account: a signature alone says nothing.
What the header names has to be our own balancer, issuer and client too, and what it says has to hold still.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import orjson
from jwt import PyJWS, PyJWTError

from dashboard.gate import Refused
from dashboard.key_ring import KeyRing, KeysAway
from dashboard.roles import Roles
from opsportal.identity import Identity
from opsportal.ports import Now
from servicelevel.instants import SECOND_MS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HEADER: Final = "HTTP_X_AMZN_OIDC_DATA"
ALGORITHM: Final = "ES256"
MOST_KNOWN: Final = 1_000
"""What balancers said that is held with whom it means, in a process: for each person one or two at a time."""
LONGEST: Final = 16_384
"""Characters of what a balancer says; it passes on 11 kilobytes of claims at most."""
LONGEST_NAME: Final = 200

_SEGMENTS: Final = re.compile(r"[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_-]+={0,2}")
_KEY_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_SIGNED: Final = PyJWS(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class Balancer:
    """Which balancer is believed, and as which client of which issuer it signs people in."""

    arn: str
    issuer: str
    client: str
    roles_claim: str


class BalancerSignIn:
    """Tells who asks by the header of a balancer. Safe to share between threads.

    What was found to hold is not checked again, byte for byte the same, until its own end. `now` is epoch milliseconds.
    """

    def __init__(self, balancer: Balancer, roles: Roles, keys: KeyRing, now: Now) -> None:
        self._balancer, self._roles, self._keys, self._now = balancer, roles, keys, now
        self._known: OrderedDict[str, tuple[Identity, int]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment") -> Identity | None:
        """Whom the balancer means; None where it says nothing.

        Raises:
            Refused: what is said does not hold, or whether it does cannot be found out.
        """
        said: str | None = environ.get(HEADER)
        if said is None:
            return None
        known = self._known.get(said)
        if known is not None and self._now() < known[1]:
            return known[0]
        identity, until_ms = self._checked(said)
        with self._lock:
            self._known[said] = identity, until_ms
            self._known.move_to_end(said)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return identity

    def _checked(self, said: str) -> tuple[Identity, int]:
        if "," in said:
            raise _refused("the balancer's header came more than once")
        if len(said) > LONGEST or not _SEGMENTS.fullmatch(said):
            raise _refused("the balancer's header is no signed token")
        key_id = self._key_id(said)
        try:
            key = self._keys.key(key_id)
        except KeysAway as error:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"the balancer's key cannot be had: {error}") from None
        if key is None:
            raise _refused("there is no key of the id that is named")
        try:
            claims = orjson.loads(_SIGNED.decode(said, key, algorithms=[ALGORITHM]))
        except (PyJWTError, ValueError, RecursionError):
            raise _refused("the signature does not fit") from None
        return self._identity(_SIGNED.get_unverified_header(said), claims)

    def _key_id(self, said: str) -> str:
        """The id of the key, of a header that says what ours would say; all of it is still only claimed.

        Nobody is asked for a key before that, so that nobody who does not know as much makes us ask.
        """
        try:
            header = _SIGNED.get_unverified_header(said)
        except (PyJWTError, ValueError, RecursionError):
            raise _refused("the balancer's header is no signed token") from None
        if header.get("alg") != ALGORITHM:
            raise _refused("the algorithm is not the balancer's")
        if header.get("signer") != self._balancer.arn:
            raise _refused("another balancer has signed")
        if header.get("iss") != self._balancer.issuer:
            raise _refused("another issuer has signed in")
        if header.get("client") != self._balancer.client:
            raise _refused("it is meant for another client")
        key_id = header.get("kid")
        if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
            raise _refused("the id of the key is none")
        self._until_ms(header)
        return key_id

    def _until_ms(self, *said: dict[str, Any]) -> int:
        """When what was said ends: at the first of the instants that are named."""
        ends = [part.get("exp") for part in said if "exp" in part]
        if not ends or not all(isinstance(end, int) and not isinstance(end, bool) for end in ends):
            raise _refused("it does not say until when it holds")
        until_ms = min(int(str(end)) for end in ends) * SECOND_MS
        if until_ms <= self._now():
            raise _refused("it has expired")
        return until_ms

    def _identity(self, header: dict[str, Any], claims: Any) -> tuple[Identity, int]:
        if not isinstance(claims, dict) or claims.get("iss", self._balancer.issuer) != self._balancer.issuer:
            raise _refused("another issuer has signed in")
        name = claims.get("sub")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise _refused("it names nobody")
        until_ms = self._until_ms(header, claims)
        role = self._roles.role(_texts(claims.get(self._balancer.roles_claim)))
        return Identity("person", name, role, until_ms=until_ms), until_ms


def _texts(claim: object) -> Iterable[str]:
    """The values of a claim that is a text or a list of texts; none of anything else."""
    if isinstance(claim, str):
        return (claim,)
    return (each for each in claim if isinstance(each, str)) if isinstance(claim, list) else ()


def _refused(reason: str) -> Refused:
    return Refused(HTTPStatus.UNAUTHORIZED, reason)
