"""The one way to Redis: a client whose calls end soon, and a circuit breaker, so that nobody waits for one that fails.

```
PortalError
└── RedisDown    Redis did not do what was asked; something else has to serve
```
"""

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from opsportal.encoding import VERSION
from opsportal.redis_words import is_an_answer, problem_of
from servicelevel.errors import PortalError

KEYS: Final = f"opsportal:{VERSION}:"
"""Before every key in Redis. The number is that of the form of all values: of another one nothing is read."""

TIMEOUT_S: Final = 0.25
"""How long a call waits to be connected, and how long for each part of an answer."""

FAILURES: Final = 2
"""So many calls that fail in a row open the circuit; and so many may be under way at once, so that no more can wait."""

PROBE_EVERY_S: Final = 2.0
"""While the circuit is open Redis is tried once in so many seconds, by a thread that nobody waits for."""

SHORT_WAIT_S: Final = 0.1
LONG_WAIT_S: Final = 1.0
"""How long a call that is not patient, and one that is, waits for its turn while others wait for their answers."""

PROBE_KEPT_S: Final = 60

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


class RedisDown(PortalError):
    """Redis did not do what was asked of it."""

    def __init__(self) -> None:
        super().__init__("What the workers share cannot be reached at the moment. Try again in a few seconds.")


class RedisLink:
    """A Redis and whether it is in use. No connection is made before the first call, and each process has its own.

    The circuit opens after two calls that failed in a row, or at once after an answer that says that Redis cannot do
    what was asked: it is full, loading, a replica, locked. While it is open nothing is asked of it but a tiny write
    now and then, and the first of these that succeeds closes it. So a Redis that can be read and not written counts
    as gone: otherwise readers would see values that writers could no longer replace.
    """

    def __init__(
        self,
        url: str,
        *,
        clock_s: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """For the Redis at an address; `start` runs a probe, in a thread of its own unless it is given."""
        self.client = _client(url)
        self.place = _place(url)
        self._clock_s, self._start = clock_s, start or _in_a_thread
        self._circuit = _Circuit()
        renew = weakref.WeakMethod(self._renew)
        os.register_at_fork(after_in_child=lambda: _call(renew()))

    @property
    def in_use(self) -> bool:
        """Whether Redis is what serves now."""
        return self._circuit.problem is None

    @property
    def problem(self) -> str | None:
        """Why Redis is not in use, in words that name no secret; None while it is."""
        return self._circuit.problem

    def ask(self, call: Callable[[], Answer], *, patient: bool) -> Answer:
        """What a call brings, which does no harm when it comes twice: one that failed is tried once more.

        While others wait for answers that do not come, a patient call waits for what becomes of them, and another one
        is given up, since its reader can do without.

        Raises:
            RedisDown: it failed, or was not tried. That is as a rule with the circuit open; `in_use` tells.
        """
        self._begin(patient=patient)
        try:
            return self._done(call)
        except RedisDown:
            self._begin(patient=True)
        return self._done(call)

    def _begin(self, *, patient: bool) -> None:
        circuit = self._circuit
        probe = False
        with circuit.changed:
            until_s = time.monotonic() + (LONG_WAIT_S if patient else SHORT_WAIT_S)
            while circuit.problem is None:
                if circuit.under_way < FAILURES - circuit.failures:
                    circuit.under_way += 1
                    return
                left_s = until_s - time.monotonic()
                if left_s <= 0.0 or (circuit.failures and not patient):
                    break
                circuit.changed.wait(left_s)
            else:
                probe = not circuit.probing and self._clock_s() >= circuit.probe_at_s
                circuit.probing = circuit.probing or probe
        if probe:
            try:
                self._start(self._probe)
            except RuntimeError:  # no thread can be started now; perhaps next time
                circuit.probing = False
        raise RedisDown

    def _done(self, call: Callable[[], Answer]) -> Answer:
        circuit = self._circuit
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001 - whatever a strange answer leads to inside the client
            if self._failed(circuit, error):
                _log.warning(
                    "%s Files of this machine serve in place of the Redis at %s, which is tried every %g s.",
                    circuit.problem,
                    self.place,
                    PROBE_EVERY_S,
                )
                self.client.connection_pool.disconnect(inuse_connections=False)  # what waits there is as dead
            raise RedisDown from None
        except BaseException:  # the thread is ended, which says nothing about Redis
            with circuit.changed:
                circuit.under_way -= 1
                circuit.changed.notify_all()
            raise
        with circuit.changed:
            circuit.under_way -= 1
            circuit.failures = 0
            circuit.changed.notify_all()
        return answer

    def _failed(self, circuit: "_Circuit", error: Exception) -> bool:
        """Count a failure: whether it opened the circuit."""
        with circuit.changed:
            circuit.under_way -= 1
            circuit.failures = FAILURES if is_an_answer(error) else min(circuit.failures + 1, FAILURES)
            opens = circuit.problem is None and circuit.failures == FAILURES
            if opens:
                now_s = self._clock_s()
                circuit.problem = problem_of(error, TIMEOUT_S)
                circuit.opened_at_s, circuit.probe_at_s = now_s, now_s + PROBE_EVERY_S
            circuit.changed.notify_all()
            return opens

    def _probe(self) -> None:
        circuit = self._circuit
        try:
            self.client.set(f"{KEYS}probe", b"written", ex=PROBE_KEPT_S)
        except Exception:  # noqa: BLE001 - whatever it is, Redis is not back
            with circuit.changed:
                circuit.probing, circuit.probe_at_s = False, self._clock_s() + PROBE_EVERY_S
            return
        with circuit.changed:
            circuit.probing, circuit.problem, circuit.failures = False, None, 0
            away_s = self._clock_s() - circuit.opened_at_s
        _log.warning("The Redis at %s takes writes again after %.0f s and is used again.", self.place, away_s)

    def _renew(self) -> None:
        """In a process that was just forked: nobody here holds a turn, whatever was going on elsewhere."""
        before, self._circuit = self._circuit, _Circuit()
        self._circuit.failures, self._circuit.problem = before.failures, before.problem
        self._circuit.opened_at_s, self._circuit.probe_at_s = before.opened_at_s, before.probe_at_s


class _Circuit:
    """What one process knows of its Redis."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.under_way = 0
        self.failures = 0
        self.problem: str | None = None
        self.opened_at_s = self.probe_at_s = 0.0
        self.probing = False


def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        # A connection begins with nothing but the password and the database, so that few answers are awaited.
        protocol=2,
        driver_info=None,
    )


def _place(url: str) -> str:
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"


def _in_a_thread(probe: Callable[[], None]) -> None:
    threading.Thread(target=probe, name="redis probe", daemon=True).start()


def _call(renew: Callable[[], None] | None) -> None:
    if renew is not None:
        renew()
