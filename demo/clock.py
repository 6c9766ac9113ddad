"""The demo's clock: the machine's, one that stands, one that is moved by hand, or one that runs faster."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from demo.zones import day_number

EARLIEST_MS = day_number(2024, 2, 1) * 86_400_000
LATEST_MS = day_number(2037, 12, 1) * 86_400_000


class ClockError(ValueError):
    """The clock was described in a way it does not understand, or asked to do what its kind cannot."""


class Clock:
    """Milliseconds since 1970 UTC, as the demo sees them.

    Args:
        description: `real`, `frozen:ISO`, `stepped:ISO`, `fast:FACTOR` or `fast:FACTOR@ISO`. An instant without an
            offset is UTC.

    Raises:
        ClockError: the description cannot be read, or its instant lies outside 2024-02 to 2037-11.
    """

    def __init__(self, description: str = "real") -> None:
        kind, _, rest = description.partition(":")
        self.kind = kind
        self._lock = threading.Lock()
        self._factor = 0.0
        self._origin_ns = time.monotonic_ns()
        if kind == "real" and not rest:
            self._start_ms = _machine_ms()
        elif kind in {"frozen", "stepped"} and rest:
            self._start_ms = _instant_ms(rest)
        elif kind == "fast" and rest:
            factor, _, start = rest.partition("@")
            self._factor = _factor(factor)
            self._start_ms = _instant_ms(start) if start else _machine_ms()
        else:
            raise ClockError(f"cannot read the clock {description!r}: use real, frozen:ISO, stepped:ISO or fast:FACTOR")
        _in_range(self._start_ms)

    def now_ms(self) -> int:
        """The instant now."""
        if self.kind == "real":
            return _machine_ms()
        if self.kind == "fast":
            passed_ns = time.monotonic_ns() - self._origin_ns
            return min(LATEST_MS, self._start_ms + int(passed_ns * self._factor) // 1_000_000)
        with self._lock:
            return self._start_ms

    def step(self, seconds: float) -> int:
        """Move a stepped clock forward and return its new instant in milliseconds.

        Raises:
            ClockError: the clock is of another kind, the step is negative, or it leaves the years the demo knows.
        """
        if self.kind != "stepped":
            raise ClockError(f"only a stepped clock can be moved by hand; this one is {self.kind}")
        if not 0 <= seconds < 1e9:
            raise ClockError("a clock is moved forward, by less than a thousand million seconds")
        with self._lock:
            moved = self._start_ms + round(seconds * 1000)
            _in_range(moved)
            self._start_ms = moved
            return moved


def iso(at_ms: int) -> str:
    """The instant as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _machine_ms() -> int:
    return int(time.time() * 1000)


def _instant_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockError(f"cannot read the instant {text!r}: write it like 2026-11-23T12:00:00Z") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError as error:
        raise ClockError(f"cannot read the factor {text!r} of a fast clock") from error
    if not 0 < factor <= 1e6:
        raise ClockError("the factor of a fast clock lies above 0 and is at most 1000000")
    return factor


def _in_range(at_ms: int) -> None:
    if not EARLIEST_MS <= at_ms <= LATEST_MS:
        raise ClockError(f"the demo knows the years 2024 to 2037; {iso(at_ms)} is outside")
