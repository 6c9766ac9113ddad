"""How far reads have come, told to every process through the cache."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

import msgspec

from opsportal import encoding
from opsportal.ports import Cache
from opsportal.source_note import ReadProgress
from servicelevel.errors import PortalError

TOLD_EVERY_S = 0.3
"""A page of tickets comes more often than anybody looks."""


class _Packed(msgspec.Struct):
    kind: Literal["progress"]
    progress: ReadProgress


class ReadStopped(Exception):
    """The process ends, or may read no more: the read is given up at its next step; the source has not failed."""


class ProgressBoard:
    """Where reads say how far they are. What is said is forgotten after `forget_s`, if its reader died."""

    def __init__(self, cache: Cache, forget_s: int) -> None:
        self._cache, self._forget_s = cache, forget_s

    def told(self, data: bytes | None) -> ReadProgress | None:
        """How far a read has come, from what lies at its key; None when none is under way."""
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

    def listener(self, key: str, started: int, stopped: Callable[[], bool]) -> "Listener":
        """What a read that started at an instant (epoch ms) calls with each step, from any thread.

        Once `stopped` says so it raises ReadStopped, so that the read ends.
        """
        return Listener(self, key, started, stopped)

    def clear(self, key: str) -> None:
        """The read has ended."""
        self._cache.delete(key)


class Listener:
    """Passes steps of one read on, but not every one."""

    def __init__(self, board: ProgressBoard, key: str, started: int, stopped: Callable[[], bool]) -> None:
        self._board, self._key, self._started, self._stopped = board, key, started, stopped
        self._lock, self._told_at, self._ended = Lock(), 0.0, False
        self._said = ReadProgress("ids", 0, 0, started)
        board.tell(key, self._said)

    def __call__(self, phase: str, done: int, of: int) -> None:
        """One step."""
        if self._stopped():
            raise ReadStopped
        with self._lock:
            at = time.monotonic()
            same, self._said = phase == self._said.phase, ReadProgress(phase, done, of, self._started)
            if self._ended or (same and at - self._told_at < TOLD_EVERY_S):
                return
            self._told_at = at
            self._board.tell(self._key, self._said)

    def again(self) -> None:
        """Say once more what was said last, so that it is not forgotten while a step takes long."""
        with self._lock:
            if not self._ended:
                self._board.tell(self._key, self._said)

    def end(self) -> None:
        """The read has ended, and nothing more is said of it."""
        with self._lock:
            self._ended = True
        self._board.clear(self._key)
