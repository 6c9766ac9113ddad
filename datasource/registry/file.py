"""The registry in a file: read when its time or size changed."""

import contextlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from datasource.registry.errors import RegistryMissing, RegistryUnreadable
from datasource.registry.last_good import LastGood, RegistryReading, Version
from datasource.registry.problem import Problem
from datasource.registry.syntax import LARGEST_BYTES
from servicelevel.policy import Policy


class FileRegistry:
    """A registry file. Its methods may be called from several threads at once."""

    def __init__(self, path: Path) -> None:
        self._last_good = LastGood(_File(path))

    def read(self) -> Policy:
        """The policy the file states now.

        Raises:
            RegistryError: there is no file, it cannot be read, or it is wrong.
        """
        return self._last_good.read()

    def current(self) -> RegistryReading:
        """The policy of the last good version; the file is read again whenever its time or size changed.

        Raises:
            RegistryError: no version has been good so far.
        """
        return self._last_good.current()


class _File:
    """A file as the place of a registry."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.origin = str(path)

    def load(self) -> Version:
        """The bytes of the file and the version they belong to, both of one opened file."""
        try:
            # Opening a pipe would wait for a writer that may never come.
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise self._unreadable("something that is not a file")
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                return Version(_mark(status), _changed_at(status), file.read(LARGEST_BYTES + 1))
        except FileNotFoundError:
            raise RegistryMissing(self.origin) from None
        except OSError as error:
            raise self._unreadable(f"a file that cannot be read ({error.strerror})") from error

    def load_unless(self, mark: str) -> Version | None:
        """The same, or None while time and size are those of the mark."""
        with contextlib.suppress(OSError):  # loading says what is wrong
            if _mark(self._path.stat()) == mark:
                return None
        return self.load()

    def _unreadable(self, found: str) -> RegistryUnreadable:
        return RegistryUnreadable(self.origin, (Problem("", found, "a JSON file that may be read"),))


def _mark(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_size}"


def _changed_at(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime_ns / 1_000_000_000, UTC)
