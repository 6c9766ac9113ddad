"""When a queue is to be read again: before its reading is too old, and not all queues at one time."""

import hashlib
import time
from collections.abc import Callable

from opsportal.head import Failing, Kept
from opsportal.ports import Now
from servicelevel.instants import MINUTE_MS, SECOND_MS

EARLIEST, LATEST = 0.7, 0.9
"""Shares of the cache time between which a queue is read again."""

ROUND, SPREAD = 0.8, 0.1
"""Shares of the cache time from one round of all queues to the next, and over which the turns of one are spread."""


def due_at(queue_id: str, kept: Kept, ttl_ms: int) -> int:
    """The instant at which a reading is renewed, the same in every process.

    Every queue has its own place in a round, drawn by lot, so that they do not all come at once. One that was read
    outside its place comes nearer to it from turn to turn. Rounds matter where one question serves several queues.
    """
    lot = int.from_bytes(hashlib.blake2b(queue_id.encode(), digest_size=8).digest(), "big") / (1 << 64)
    place, every = SPREAD * ttl_ms * lot, ROUND * ttl_ms
    in_place = place + round((kept.read_at + every - place) / every) * every
    return kept.read_at + int(min(max(in_place - kept.read_at, EARLIEST * ttl_ms), LATEST * ttl_ms))


def foreseen(instant: int, reckoned_at: int, now: int) -> int | None:
    """An instant that was reckoned at another; None when the clock has been set back since, and it means nothing."""
    return None if reckoned_at > now + MINUTE_MS else instant


class Patience:
    """Waits of so many milliseconds from an instant on, over when the portal's clock or this process's own says so.

    The portal's clock may stand, or be set back by hours; no wait grows longer by that.
    """

    def __init__(self, now: Now, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._now, self._clock_s = now, clock_s
        self._begun: dict[str, tuple[int, int, float]] = {}

    def over(self, what: str, failing: Failing, until: int) -> bool:
        """Whether a source may be asked again, that failed and is waited for until an instant."""
        now = self._now()
        if now >= until:
            return True
        _, _, over_s = known = self._begun.get(what, (0, 0, 0.0))
        if known[:2] != (failing.tried_at, until):
            left_ms = min(until - now, until - failing.tried_at)
            over_s = self._clock_s() + left_ms / SECOND_MS
            self._begun[what] = (failing.tried_at, until, over_s)
        return self._clock_s() >= over_s
