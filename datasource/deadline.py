"""How long a read may take in all, and how many requests it has sent so far."""

import time
from dataclasses import dataclass, field
from threading import Lock


class Tally:
    """What became of a read's requests so far, told from several threads at once."""

    def __init__(self) -> None:
        self._count, self._lock = 0, Lock()
        self._answered_at: int | None = None

    @property
    def count(self) -> int:
        """How many there were."""
        return self._count

    def add(self) -> None:
        """One more."""
        with self._lock:
            self._count += 1

    def answered(self, made_at: int | None) -> None:
        """An answer came that was made at an instant of its source's clock."""
        if made_at is not None:
            with self._lock:
                self._answered_at = made_at if self._answered_at is None else min(self._answered_at, made_at)

    def since(self, now: int) -> int:
        """From when on the answers may lack something (epoch ms): now, or earlier if the source's own clock says so.

        A clock of ours that is ahead would else leave out what changes until the source's clock has come as far.
        """
        return now if self._answered_at is None else min(now, self._answered_at)


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
