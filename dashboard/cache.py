"""The shared cache in files: Flask-Caching's file cache, which is given bytes and gives bytes back, never objects.

```
PortalError
└── CacheFailed    a value cannot be kept
```
"""

import fcntl
from pathlib import Path
from typing import IO, Any

from cachelib.serializers import FileSystemSerializer
from flask_caching.backends.filesystemcache import FileSystemCache

from servicelevel.errors import PortalError


class CacheFailed(PortalError):
    """A value cannot be kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"What was read cannot be kept in {folder}. Make room there and the folder writable, or set CACHE_DIR to "
            "another one."
        )


class BytesOnly(FileSystemSerializer):
    """Lets bytes through as they are. Anything else would be pickled, and unpickling runs what it is given."""

    def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:
        """Write bytes.

        Raises:
            TypeError: it is something else.
        """
        del protocol
        f.write(_bytes(value))

    def load(self, f: IO[bytes]) -> bytes:
        """The bytes that follow."""
        return f.read()

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        """Bytes as they are.

        Raises:
            TypeError: it is something else.
        """
        del protocol
        return _bytes(value)

    def loads(self, bvalue: bytes) -> bytes:
        """Bytes as they are."""
        return bvalue


class FileCache:
    """Values in files of a folder that this cache has for itself, for all processes of one machine."""

    def __init__(self, folder: Path) -> None:
        """Begin with what the folder holds.

        Raises:
            CacheFailed: there can be no such folder.
        """
        self._folder, self._adding = folder, folder / "adding"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = FileSystemCache(str(folder / "values"), threshold=0, default_timeout=0)
        except OSError:
            raise CacheFailed(folder) from None
        self._engine.serializer = BytesOnly()

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none that can be read."""
        value = self._engine.get(key)
        return value if isinstance(value, bytes) else None

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
                if self.get(key) is not None:
                    return False
                self.set(key, value, timeout_s=timeout_s)
                return True
        except OSError:
            raise CacheFailed(self._folder) from None

    def delete(self, key: str) -> None:
        """Forget a value."""
        self._engine.delete(key)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"the cache takes bytes, not {type(value).__name__}")
    return value
