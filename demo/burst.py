"""How many requests a second a route takes: a bucket of tokens that fills again at the same rate."""

from __future__ import annotations

import threading


class Bursts:
    """One bucket for each route, all of the same size.

    Args:
        per_s: tokens that a bucket holds and gets back every second.
    """

    def __init__(self, per_s: int) -> None:
        self.per_s = per_s
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, route: str, now_s: float) -> int | None:
        """Take a token at that moment of a clock that never goes back; how many are left, or None for none to take."""
        with self._lock:
            left, then_s = self._left.get(route, (float(self.per_s), now_s))
            left = min(float(self.per_s), left + max(0.0, now_s - then_s) * self.per_s)
            taken = left >= 1
            self._left[route] = (left - taken, now_s)
            return int(left - 1) if taken else None
