"""Bytes kept in files of one folder. A write is whole or not there at all, whenever the process dies."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from servicelevel.errors import PortalError


class StoreFailed(PortalError):
    """The folder cannot be written."""


class FileStore:
    """Keeps values by key, one file each. Safe for several processes: the last whole write stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """The value, or None when there is none that can be read."""
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value.

        Raises:
            StoreFailed: it could not be written; what was kept before still stands.
        """
        path = self._path(key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".writing-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(value)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise StoreFailed(
                f"What was read cannot be kept in {self._folder}: {error.strerror}. Make the folder writable, "
                "set CACHE_DIR to another one, or unset it."
            ) from None

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}.opsportal"
