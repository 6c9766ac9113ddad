"""A clock in which waiting takes no time."""

import threading

import pytest


class StillClock:
    """Stands in for the module `time`: it moves only by waiting, and remembers every wait in seconds."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._at_s, self._lock = 1_000.0, threading.Lock()

    def monotonic(self) -> float:
        """Seconds on the clock."""
        return self._at_s

    def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        with self._lock:
            self.waits.append(seconds)
            self._at_s += seconds


class Clock:
    """A clock in seconds that a test moves."""

    def __init__(self, at_s: float = 1_000.0) -> None:
        self.at_s = at_s

    def __call__(self) -> float:
        """Seconds on the clock."""
        return self.at_s


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """Let transports and deadlines live by a clock of their own."""
    clock = StillClock()
    monkeypatch.setattr("datasource.transport.time", clock)
    monkeypatch.setattr("datasource.deadline.time", clock)
    return clock
