"""What the server has been asked so far."""

from __future__ import annotations

import threading
from collections import Counter


class Stats:
    """Counts requests by route, and how many were under way at once. The control resource is not counted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._in_flight = 0
        self._peak = 0

    def begin(self) -> None:
        """A request has arrived."""
        with self._lock:
            self._in_flight += 1
            self._peak = max(self._peak, self._in_flight)

    def end(self, route: str, status: int) -> None:
        """A request has been answered with that status."""
        with self._lock:
            self._in_flight -= 1
            self._requests[route] += 1
            self._statuses[str(status)] += 1

    def reset(self) -> None:
        """Forget what was counted; requests under way stay under way."""
        with self._lock:
            self._requests.clear()
            self._statuses.clear()
            self._peak = self._in_flight

    def as_dict(self) -> dict[str, object]:
        """The counts: `requests` by method and route, `statuses`, `total`, `in_flight`, `peak_in_flight`."""
        with self._lock:
            return {
                "requests": dict(sorted(self._requests.items())),
                "statuses": dict(sorted(self._statuses.items())),
                "total": self._requests.total(),
                "in_flight": self._in_flight,
                "peak_in_flight": self._peak,
            }
