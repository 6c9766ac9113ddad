"""How long a read may take in all, and how many requests it has sent so far."""

import time
from dataclasses import dataclass, field
from threading import Lock


class Tally:
    """Counts from several threads at once."""

    def __init__(self) -> None:
        self._count, self._lock = 0, Lock()

    @property
    def count(self) -> int:
        """How many there were."""
        return self._count

    def add(self) -> None:
        """One more."""
        with self._lock:
            self._count += 1


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant on the monotonic clock until which a read may go on. `sent` counts the requests sent for it."""

    at: float
    sent: Tally = field(default_factory=Tally, compare=False, repr=False)

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left_s(self) -> float:
        """Seconds left; negative when passed."""
        return self.at - time.monotonic()
