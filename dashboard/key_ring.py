"""Public keys by their ids: fetched once, few of them, and no question for each id that somebody makes up."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from servicelevel.errors import PortalError

MOST_KEYS: Final = 16
"""Keys that are held. A load balancer signs with one at a time, and changes it now and then."""
KEPT_S: Final = 6 * 3600.0
"""Seconds after which a key is fetched again: one that is gone by then counts no more."""
MOST_UNKNOWN: Final = 256
UNKNOWN_S: Final = 30.0
"""Seconds for which an id that no key has stays unknown without another question."""
MOST_QUESTIONS: Final = 20
PER_S: Final = 60.0
"""The seconds in which at most so many questions are asked, whoever makes ids up."""
AWAY_S: Final = 2.0
"""Seconds for which nothing is asked after the host gave no answer."""
TURN_S: Final = 3.0
"""Seconds that one request waits for the question of another one to end."""

Fetch: TypeAlias = Callable[[str], bytes | None]
"""Fetches the key of an id as PEM; None when there is none. It raises PortalError when that cannot be found out."""


class KeysAway(PortalError):
    """Whether there is such a key cannot be found out now."""


class KeyRing:
    """The keys of one place. Safe to share between threads; `clock_s` never goes back."""

    def __init__(self, fetch: Fetch, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock_s = fetch, clock_s
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._held: OrderedDict[str, tuple[EllipticCurvePublicKey, float]] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._asked: deque[float] = deque(maxlen=MOST_QUESTIONS)
        self._away_until_s = float("-inf")

    def key(self, key_id: str) -> EllipticCurvePublicKey | None:
        """The key of an id on the curve P-256; None when there is none. The id is well formed.

        A key that is held goes on while its host is away.

        Raises:
            KeysAway: it is not held, and its host cannot be asked now.
        """
        known, key = self._known(key_id)
        if known:
            return key
        try:
            return self._asked_for(key_id)
        except PortalError as error:
            if key is None:
                raise KeysAway(str(error)) from None
            return key

    def _known(self, key_id: str) -> tuple[bool, EllipticCurvePublicKey | None]:
        """Whether it is known what there is of an id, and the key that is held, be it too old."""
        now_s = self._clock_s()
        with self._lock:
            held = self._held.get(key_id)
            if held is not None:
                self._held.move_to_end(key_id)
                return now_s < held[1], held[0]
            return now_s < self._unknown.get(key_id, now_s), None

    def _asked_for(self, key_id: str) -> EllipticCurvePublicKey | None:
        if not self._asking.acquire(timeout=TURN_S):
            raise KeysAway("Another question to the key host is still under way.")
        try:
            known, key = self._known(key_id)  # by who had the turn before
            if known:
                return key
            self._allow()
            try:
                pem = self._fetch(key_id)
            except PortalError:
                self._away_until_s = self._clock_s() + AWAY_S
                raise
            return self._keep(key_id, None if pem is None else _usable(pem))
        finally:
            self._asking.release()

    def _allow(self) -> None:
        now_s = self._clock_s()
        if now_s < self._away_until_s:
            raise KeysAway("The key host gave no answer a moment ago.")
        if len(self._asked) == MOST_QUESTIONS and now_s - self._asked[0] < PER_S:
            raise KeysAway("The key host was asked for too many keys in the last minute.")
        self._asked.append(now_s)

    def _keep(self, key_id: str, key: EllipticCurvePublicKey | None) -> EllipticCurvePublicKey | None:
        now_s = self._clock_s()
        with self._lock:
            if key is None:
                self._held.pop(key_id, None)
                self._unknown[key_id] = now_s + UNKNOWN_S
                self._unknown.move_to_end(key_id)
                while len(self._unknown) > MOST_UNKNOWN:
                    self._unknown.popitem(last=False)
                return None
            self._held[key_id] = key, now_s + KEPT_S
            while len(self._held) > MOST_KEYS:
                self._held.popitem(last=False)
        return key


def _usable(pem: bytes) -> EllipticCurvePublicKey | None:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1) else None
