"""Leases in files, for all processes of one machine: who may do something alone, and until when.

```
PortalError
└── LeaseFailed    there is no way to tell
```
"""

import fcntl
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from servicelevel.errors import PortalError

_PROCESSES = Path("/proc")
_BORN_FIELD = 18
"""Place of the start time behind the state in a process's status line."""
_ENDED = ("Z", "X")
_RECORD_BYTES = 512
"""More than any record takes: a host's name has 64 bytes at most."""


class LeaseFailed(PortalError):
    """The files of the leases cannot be used."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"{folder} cannot be used: {error.strerror}. Make it writable, or set CACHE_DIR to another one."
        )


class FileLeases:
    """Leases by name. One that is past its deadline, or whose owner's process is gone, is free."""

    def __init__(self, folder: Path, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Begin with the leases of a folder.

        Raises:
            LeaseFailed: there can be no such folder.
        """
        self._folder, self._clock_s = folder, clock_s
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise LeaseFailed(folder, error) from None

    def take(self, name: str, for_s: float) -> "FileLease | None":
        """The lease for so many seconds, or None while another owner has it.

        Raises:
            LeaseFailed: its file cannot be used.
        """
        path = self._folder / f"{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}.lease"
        lease = FileLease(path, secrets.token_hex(8), self._clock_s)
        try:
            return lease if lease.take(for_s) else None
        except OSError as error:
            raise LeaseFailed(self._folder, error) from None


class FileLease:
    """One owner's hold of a lease, known by its token."""

    def __init__(self, path: Path, token: str, clock_s: Callable[[], float]) -> None:
        self._path, self._token, self._clock_s = path, token, clock_s

    def take(self, for_s: float) -> bool:
        """Become the holder for so many seconds, unless there is another one.

        Raises:
            OSError: the file cannot be used.
        """
        with self._opened() as file:
            holder, now_s = _read(file), self._clock_s()
            if holder is not None and holder.holds(now_s):
                return False
            self._write(file, for_s)
            return True

    def held(self) -> bool:
        """Whether it still is ours: not past its deadline, and taken by nobody since."""
        try:
            with self._opened() as file:
                return self._is_ours(file)
        except OSError:
            return False

    def extend(self, for_s: float) -> bool:
        """Move the deadline to so many seconds from now; False when it is ours no more."""
        try:
            with self._opened() as file:
                if not self._is_ours(file):
                    return False
                self._write(file, for_s)
                return True
        except OSError:
            return False

    def release(self) -> None:
        """Give it back, if it still is ours."""
        with suppress(OSError), self._opened() as file:
            if self._is_ours(file):
                _overwrite(file, b"")

    def _is_ours(self, file: BinaryIO) -> bool:
        holder = _read(file)
        return holder is not None and holder.token == self._token and self._clock_s() < holder.until_s

    def _write(self, file: BinaryIO, for_s: float) -> None:
        pid = os.getpid()
        until_s = self._clock_s() + for_s
        holder = _Holder(self._token, socket.gethostname(), pid, _born(pid), until_s, for_s)
        _overwrite(file, msgspec.json.encode(holder))

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file while nobody else has it open. It is never removed: two files of one name would be two leases."""
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file


class _Holder(msgspec.Struct, frozen=True):
    """Who holds a lease. `until_s` is on the machine's monotonic clock, which all its processes share."""

    token: str
    host: str
    pid: int
    born: str
    until_s: float
    for_s: float

    def holds(self, now_s: float) -> bool:
        """Whether the deadline is still ahead and the owner's process lives."""
        # A deadline further away than one was ever set comes from before the machine was started anew.
        if not now_s < self.until_s <= now_s + self.for_s:
            return False
        elsewhere = self.host != socket.gethostname()
        return elsewhere or not _PROCESSES.is_dir() or _born(self.pid) == self.born


_HOLDER = msgspec.json.Decoder(_Holder)
"""Made here, by one thread: several that meet a class for the first time at once end the process."""


def _overwrite(file: BinaryIO, record: bytes) -> None:
    """Put a record in place of the one before. The file never shrinks: on a full disk it would not grow again."""
    file.seek(0)
    file.write(record.ljust(_RECORD_BYTES))
    file.flush()


def _read(file: BinaryIO) -> _Holder | None:
    """The holder; None when there is none, or when one died while it was being written."""
    file.seek(0)
    try:
        return _HOLDER.decode(file.read())
    except msgspec.DecodeError:
        return None


def _born(pid: int) -> str:
    """When a process began, so that another one of the same number is not taken for it; empty when there is none."""
    try:
        status = (_PROCESSES / str(pid) / "stat").read_text()
    except OSError:
        return ""
    state, *fields = status.rpartition(")")[2].split()
    return "" if state in _ENDED else fields[_BORN_FIELD]
