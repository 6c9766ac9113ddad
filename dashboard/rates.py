"""How often a client may ask: so many requests at once, and as many a minute from then on.

Counted in memory that all workers of one machine share, so that no request waits for a count; several machines let a
client ask each of them as often.
"""

import ipaddress
import math
import mmap
import time
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import flask

from dashboard.api.problems import TOO_MANY, Problem
from dashboard.refusals import refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from opsportal.identity import Identity

_MINUTE_S: Final = 60.0
_PLACES: Final = 1 << 16
"""Places in each of two rows. Two clients disturb each other only when they meet in both."""
_IDENTITY: Final = "opsportal.identity"
_FREE: Final = ("_dash-component-suites/", "assets/")
_PROBES: Final = ("/healthz", "/readyz")
_V6_NETWORK_BITS: Final = 64
"""Whoever has one address of version 6 has as many as these leave free."""


class Rates:
    """When each client may ask again. Made before workers are forked, it is theirs together.

    A client's count is an instant: that at which all it has asked for will have been worth its time. Workers that write
    at the same moment lose a count at times, in the client's favour.
    """

    def __init__(self, most_a_minute: int, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._step_s = _MINUTE_S / most_a_minute
        self._ahead_s = _MINUTE_S - self._step_s
        self._until_s = memoryview(mmap.mmap(-1, 2 * _PLACES * 8)).cast("d")

    def wait_s(self, client: Hashable) -> float:
        """0 when the client may ask now, which counts; else the seconds until it may."""
        known, now_s, place = self._until_s, self._clock_s(), hash(client)
        first, second = place % _PLACES, _PLACES + (place >> 16) % _PLACES
        until_s = max(min(known[first], known[second]), now_s)
        wait_s = until_s - now_s - self._ahead_s
        if wait_s > 0.0:
            return wait_s
        until_s += self._step_s
        known[first], known[second] = max(known[first], until_s), max(known[second], until_s)
        return 0.0


def install(server: flask.Flask, prefix: str, most_a_minute: int, proxies: int) -> None:
    """Put this around what the server answers so far; who asks has to be known outside of it. 0 is no limit."""
    if most_a_minute:
        waits = counted(most_a_minute, proxies)
        server.wsgi_app = Turnstile(server.wsgi_app, waits, prefix)  # type: ignore[method-assign]


def counted(most_a_minute: int, proxies: int) -> "Callable[[WSGIEnvironment], float]":
    """Counts a request of a client, and gives the seconds until its next one counts as few enough. 0 is no limit."""
    if not most_a_minute:
        return lambda _: 0.0
    known = Rates(most_a_minute)
    return lambda environ: known.wait_s(client_of(environ, proxies))


class Turnstile:
    """A WSGI application around another. Probes, scripts and styles are free."""

    def __init__(self, inner: "WSGIApplication", waits: "Callable[[WSGIEnvironment], float]", prefix: str) -> None:
        self._inner, self._waits = inner, waits
        self._free = tuple(prefix + each for each in _FREE)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let a client through that has not asked too often."""
        path = environ.get("PATH_INFO", "")
        if not (path.startswith(self._free) or path in _PROBES):
            wait_s = self._waits(environ)
            if wait_s > 0.0:
                return too_many(wait_s, environ, start_response)
        return self._inner(environ, start_response)


def too_many(wait_s: float, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Tell a client that it asks too often, and when it may come again."""
    again_s = math.ceil(wait_s)
    detail = f"There were too many requests. The next one is answered in {again_s} s."
    return refused(Problem(TOO_MANY, detail, headers={"Retry-After": str(again_s)}), environ, start_response)


def client_of(environ: "WSGIEnvironment", proxies: int) -> Hashable:
    """Who asks: whoever has signed in, else the network address that the outermost of so many proxies has seen.

    A proxy adds the address of whom it answers at the end of `X-Forwarded-For`: what stands further to the left than
    there are proxies may be anybody's invention.
    """
    identity = cast("Identity | None", environ.get(_IDENTITY))
    if identity is not None and identity.kind != "anyone":
        return identity.kind, identity.name
    if proxies and "HTTP_X_FORWARDED_FOR" in environ:
        seen = environ["HTTP_X_FORWARDED_FOR"].split(",")
        if len(seen) >= proxies:
            return _network(seen[-proxies].strip())
    return _network(environ.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    """An address without its port; of version 6 the network that one client has for itself."""
    alone = address.partition("]")[0].removeprefix("[") if "[" in address else address
    if alone.count(":") == 1:
        alone = alone.partition(":")[0]
    try:
        read = ipaddress.ip_address(alone)
    except ValueError:
        return alone
    if read.version == 4:
        return alone
    return str(ipaddress.ip_network((read.packed[: _V6_NETWORK_BITS // 8].ljust(16, b"\0"), _V6_NETWORK_BITS)))
