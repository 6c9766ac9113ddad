"""The shared cache in files: Flask-Caching's file cache, which is given bytes and gives bytes back, never objects.

```
PortalError
└── CacheFailed    a value cannot be kept
```
"""

import fcntl
import os
import struct
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

from cachelib.serializers import FileSystemSerializer, RedisSerializer
from flask_caching.backends.filesystemcache import FileSystemCache

from servicelevel.errors import PortalError

_EXPIRY: Final = struct.Struct("I")
"""How each file begins: the second (epoch) after which it counts for nothing; 0: never."""

_BEGUN: Final = ".__wz_cache"
_BEGUN_FOR_S: Final = 3600
"""A file that somebody began to write so long ago belongs to a process that died over it."""


class CacheFailed(PortalError):
    """A value cannot be kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"What was read cannot be kept in {folder}. Make room there and the folder writable, or set CACHE_DIR to "
            "another one."
        )


class BytesOnly(FileSystemSerializer, RedisSerializer):
    """Lets bytes through as they are. Anything else would be pickled, and unpickling runs what it is given."""

    def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:
        """Write bytes.

        Raises:
            TypeError: it is something else.
        """
        del protocol
        f.write(only_bytes(value))

    def load(self, f: IO[bytes]) -> bytes:
        """The bytes that follow."""
        return f.read()

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        """Bytes as they are.

        Raises:
            TypeError: it is something else.
        """
        del protocol
        return only_bytes(value)

    def loads(self, bvalue: bytes | None) -> bytes | None:
        """Bytes as they are; None stands for none in Redis."""
        return bvalue


class Files(FileSystemCache):
    """Flask-Caching's files, quiet and quick about those that cannot be read or written.

    The original logs a traceback each time, waits ten seconds for a permission, and leaves behind what it could not
    finish on a full disk, which then never gets any emptier.
    """

    serializer = BytesOnly()

    def get(self, key: str) -> Any:
        """The value, or None when there is none that can be read."""
        try:
            with Path(self._get_filename(key)).open("rb") as file:
                return None if _expired(file) else self.serializer.load(file)
        except OSError:
            return None

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None, mgmt_element: bool = False) -> bool:
        """Keep a value; False when it cannot be written, and then what was there before still is."""
        del mgmt_element  # there are none without a threshold
        expires, begun = self._normalize_timeout(timeout), None
        try:
            descriptor, begun = tempfile.mkstemp(suffix=_BEGUN, dir=self._path)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_EXPIRY.pack(expires))
                self.serializer.dump(value, file)
            Path(begun).replace(self._get_filename(key))
        except BaseException as error:
            if begun is not None:
                with suppress(OSError):
                    Path(begun).unlink()
            if isinstance(error, OSError):
                return False
            raise
        return True

    def delete(self, key: str, mgmt_element: bool = False) -> bool:
        """Forget a value; False when it cannot be removed."""
        del mgmt_element
        try:
            Path(self._get_filename(key)).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def left_s(self, key: str) -> float | None:
        """How many seconds a value still counts, below 0 when there is none; None: for ever."""
        try:
            with Path(self._get_filename(key)).open("rb") as file:
                return _left_s(file)
        except OSError:
            return -1.0

    def sweep(self) -> None:
        """Remove what has expired and what was never finished."""
        with suppress(OSError):
            for path in Path(self._path).iterdir():
                with suppress(OSError):
                    if _is_over(path):
                        path.unlink()


class FileCache:
    """Values in files of a folder that this cache has for itself, for all processes of one machine."""

    def __init__(self, folder: Path) -> None:
        """Begin with what the folder holds and is not over.

        Raises:
            CacheFailed: there can be no such folder.
        """
        self._folder, self._adding = folder, folder / "adding"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = Files(str(folder / "values"), threshold=0, default_timeout=0)
        except OSError:
            raise CacheFailed(folder) from None
        self._engine.sweep()

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none that can be read."""
        value = self._engine.get(key)
        return value if isinstance(value, bytes) else None

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The value of each key in its place, as `get` has it."""
        return [self.get(key) for key in keys]

    def set(self, key: str, value: bytes, *, timeout_s: int) -> None:
        """Keep a value for so many seconds at most.

        Raises:
            CacheFailed: it cannot be written; what was there before still is.
        """
        if not self._engine.set(key, value, timeout_s):
            raise CacheFailed(self._folder)

    def add(self, key: str, value: bytes, *, timeout_s: int) -> bool:
        """Keep a value unless there is one: whether it was kept. Of several at once one succeeds.

        Raises:
            CacheFailed: it cannot be written.
        """
        try:
            with self._adding.open("ab") as turn:  # closing it passes the turn on
                fcntl.flock(turn, fcntl.LOCK_EX)
                if self.get(key) is not None and self._can_last(key, timeout_s):
                    return False
                self.set(key, value, timeout_s=timeout_s)
                return True
        except OSError:
            raise CacheFailed(self._folder) from None

    def delete(self, key: str) -> None:
        """Forget a value."""
        self._engine.delete(key)

    def _can_last(self, key: str, timeout_s: int) -> bool:
        """Whether a value may have been kept for so many seconds.

        One that lasts longer was kept before the clock was set back, and would be in the way until the clock has come
        as far again.
        """
        left_s = self._engine.left_s(key)
        return left_s is None or not timeout_s or left_s <= timeout_s + 1


def only_bytes(value: Any) -> bytes:
    """The value.

    Raises:
        TypeError: it is something else than bytes.
    """
    if not isinstance(value, bytes):
        raise TypeError(f"the cache takes bytes, not {type(value).__name__}")
    return value


def _expired(file: IO[bytes]) -> bool:
    """Whether a file, read up to its value, counts for nothing: its time is over, or it was cut."""
    left_s = _left_s(file)
    return left_s is not None and left_s < 0


def _left_s(file: IO[bytes]) -> float | None:
    """How long a file, read up to its value, still counts; None: for ever. Below 0 it does not, as when it was cut."""
    head = file.read(_EXPIRY.size)
    if len(head) < _EXPIRY.size:
        return -1.0
    (expires,) = _EXPIRY.unpack(head)
    return expires - time.time() if expires else None  # noqa: TID251 - of the files' own form


def _is_over(path: Path) -> bool:
    if path.suffix == _BEGUN:
        return time.time() - path.stat().st_mtime > _BEGUN_FOR_S  # noqa: TID251 - the clock of the files
    with path.open("rb") as file:
        return _expired(file)
