"""Keeping a lease while something long is done: its owner gives a sign of life, and learns when it is no more."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from opsportal.ports import Lease

BEATS = 3
"""Signs of life in the time after which an owner is taken for dead."""


class Heartbeat:
    """Extends a lease for so many seconds, again and again, from a thread, as long as the block runs; then releases it.

    `beat` is called with each sign of life.
    """

    def __init__(self, lease: Lease, for_s: float, beat: Callable[[], None] = lambda: None) -> None:
        self._lease, self._for_s, self._beat = lease, for_s, beat
        self._ends, self._lost = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ends.set()
        self._thread.join()
        self._lease.release()

    @property
    def lost(self) -> bool:
        """Whether the lease was found to be somebody else's, or nobody's."""
        return self._lost.is_set()

    def ours(self) -> bool:
        """Whether it still is ours, asked anew; then for the whole time from now on."""
        if not self.lost and not self._lease.extend(self._for_s):
            self._lost.set()
        return not self.lost

    def _run(self) -> None:
        while not self._ends.wait(self._for_s / BEATS):
            if not self.ours():
                return
            self._beat()
