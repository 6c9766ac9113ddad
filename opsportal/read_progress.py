"""How far reads have come, told to every process through the cache."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

import msgspec

from opsportal import encoding
from opsportal.ports import Cache, Progress
from opsportal.source_note import ReadProgress
from servicelevel.errors import PortalError

TOLD_EVERY_S = 0.3
"""A page of tickets comes more often than anybody looks."""


class _Packed(msgspec.Struct):
    kind: Literal["progress"]
    progress: ReadProgress


class ReadStopped(Exception):
    """The process ends: the read is given up at its next step, and that is no failure of the source."""


class ProgressBoard:
    """Where reads say how far they are. What is said is forgotten after `forget_s`, if its reader died."""

    def __init__(self, cache: Cache, forget_s: int) -> None:
        self._cache, self._forget_s = cache, forget_s

    def look(self, key: str) -> ReadProgress | None:
        """How far a read has come; None when none is under way."""
        data = self._cache.get(key)
        try:
            return None if data is None else encoding.unpack(data, _Packed).progress
        except encoding.NotOurs:
            return None

    def tell(self, key: str, progress: ReadProgress) -> None:
        """Say how far a read has come. Nothing depends on it, so that it may fail."""
        try:
            packed = encoding.pack({"kind": "progress", "progress": progress})
            self._cache.set(key, packed, timeout_s=self._forget_s)
        except PortalError:
            return

    def listener(self, key: str, started: int, stopped: Callable[[], bool]) -> Progress:
        """What a read that started at an instant (epoch ms) calls with each step, from any thread.

        Once `stopped` says so it raises ReadStopped, so that the read ends.
        """
        return _Listener(self, key, started, stopped)

    def clear(self, key: str) -> None:
        """The read has ended."""
        self._cache.delete(key)


class _Listener:
    """Passes steps of one read on, but not every one."""

    def __init__(self, board: ProgressBoard, key: str, started: int, stopped: Callable[[], bool]) -> None:
        self._board, self._key, self._started, self._stopped = board, key, started, stopped
        self._lock, self._phase, self._told_at = Lock(), "", 0.0

    def __call__(self, phase: str, done: int, of: int) -> None:
        """One step."""
        if self._stopped():
            raise ReadStopped
        with self._lock:
            at = time.monotonic()
            if phase == self._phase and at - self._told_at < TOLD_EVERY_S:
                return
            self._phase, self._told_at = phase, at
        self._board.tell(self._key, ReadProgress(phase, done, of, self._started))
