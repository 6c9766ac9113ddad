"""At most so many requests a second, evenly: a site counts bursts, and answers them with silence."""

import time
from collections.abc import Callable
from threading import Lock

BURST_S = 0.2
"""A quiet source may be asked at once what would be asked in so many seconds."""


class Rate:
    """Makes those who come too soon wait. Safe to share between threads."""

    def __init__(
        self,
        per_s: float,
        *,
        clock_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_s, self._ahead_s = 1 / per_s, max(BURST_S - 1 / per_s, 0.0)
        self._clock_s, self._sleep = clock_s, sleep
        self._lock, self._next_s = Lock(), 0.0

    def wait(self) -> None:
        """Return when the next request may begin."""
        with self._lock:
            now_s = self._clock_s()
            turn_s = max(self._next_s, now_s - self._ahead_s)
            self._next_s = turn_s + self._gap_s
        if turn_s > now_s:
            self._sleep(turn_s - now_s)
