"""The registry in a file: read when it changed, and the last good version kept when the new one is broken."""

import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self

from datasource.registry.errors import RegistryError, RegistryMissing, RegistryUnreadable
from datasource.registry.parse import parse
from datasource.registry.problem import Problem
from datasource.registry.syntax import LARGEST_BYTES
from servicelevel.policy import Policy


@dataclass(frozen=True, slots=True)
class RegistryReading:
    """The policy in force, and what is wrong with the file if it no longer is what the policy was read from."""

    policy: Policy
    changed_at: datetime
    """When the version in force was last written (UTC)."""
    problems: tuple[Problem, ...] = ()
    """Problems of the file as it is now; empty while the policy in force is the file's."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What tells one version of the file from another."""

    mtime_ns: int
    size: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """The version that a file's status shows."""
        return cls(status.st_mtime_ns, status.st_size)

    @property
    def changed_at(self) -> datetime:
        """When it was written (UTC)."""
        return datetime.fromtimestamp(self.mtime_ns / 1_000_000_000, UTC)


class FileRegistry:
    """A registry file. Its methods may be called from several threads at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: _Version | None = None
        self._reading: RegistryReading | None = None

    def read(self) -> Policy:
        """The policy the file states now.

        Raises:
            RegistryError: there is no file, it cannot be read, or it is wrong.
        """
        _, text = self._load()
        return parse(text, str(self._path))

    def current(self) -> RegistryReading:
        """The policy of the last good version; the file is read again whenever its time or size changed.

        Raises:
            RegistryError: no version has been good so far.
        """
        with self._lock:
            version = self._version()
            if self._reading is not None and version == self._seen:
                return self._reading
            try:
                version, text = self._load()
                reading = RegistryReading(parse(text, str(self._path)), version.changed_at)
            except RegistryError as error:
                if self._reading is None:
                    raise
                reading = replace(self._reading, problems=error.problems)
            self._reading, self._seen = reading, version
            return reading

    def _version(self) -> _Version | None:
        try:
            return _Version.of(self._path.stat())
        except OSError:
            return None

    def _load(self) -> tuple[_Version, bytes]:
        """The bytes of the file and the version they belong to, both of one opened file."""
        try:
            # Opening a pipe would wait for a writer that may never come.
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise self._unreadable("something that is not a file")
            with self._path.open("rb") as file:
                return _Version.of(os.fstat(file.fileno())), file.read(LARGEST_BYTES + 1)
        except FileNotFoundError:
            raise RegistryMissing(str(self._path)) from None
        except OSError as error:
            raise self._unreadable(f"a file that cannot be read ({error.strerror})") from error

    def _unreadable(self, found: str) -> RegistryUnreadable:
        return RegistryUnreadable(str(self._path), (Problem("", found, "a JSON file that may be read"),))
