"""The last good version of a registry, kept while a newer one is broken or its place cannot be read."""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Protocol

from datasource.registry.errors import RegistryError
from datasource.registry.parse import parse
from datasource.registry.problem import Problem
from servicelevel.policy import Policy


@dataclass(frozen=True, slots=True)
class RegistryReading:
    """The policy in force, and what is wrong with the registry if it no longer is what the policy was read from."""

    policy: Policy
    changed_at: datetime
    """When the version in force was last written (UTC)."""
    problems: tuple[Problem, ...] = ()
    """Problems of the registry as it is now; empty while the policy in force is the registry's."""


@dataclass(frozen=True, slots=True)
class Version:
    """The text of a registry as it was at one time; `mark` differs from that of any other version."""

    mark: str
    changed_at: datetime
    text: bytes


class Place(Protocol):
    """Where the text of a registry lies. Its texts may be cut off one byte after the largest size allowed."""

    @property
    def origin(self) -> str:
        """What messages call it."""

    def load(self) -> Version:
        """The version that is there now.

        Raises:
            RegistryError: there is none, or it cannot be read.
        """

    def load_unless(self, mark: str) -> Version | None:
        """The version that is there now, or None while it is the one with that mark.

        Raises:
            RegistryError: there is none, or it cannot be read.
        """


class LastGood:
    """What a place held when it was last in order. Its methods may be called from several threads at once.

    `look_every_s` spares a place that is slow to ask: so long, what was found in it last counts as being there.
    """

    def __init__(self, place: Place, *, look_every_s: float = 0.0) -> None:
        self._place, self._look_every_s = place, look_every_s
        self._lock, self._look_at = Lock(), 0.0
        self._seen: str | None = None
        self._reading: RegistryReading | None = None

    def read(self) -> Policy:
        """The policy that the place states now.

        Raises:
            RegistryError: there is no registry, it cannot be read, or it is wrong.
        """
        return parse(self._place.load().text, self._place.origin)

    def current(self) -> RegistryReading:
        """The policy of the last good version; a new version is read as soon as it is there.

        While one thread looks, the others get what is known already: a slow place holds up nobody.

        Raises:
            RegistryError: no version has been good so far.
        """
        known = self._reading
        if known is None:
            self._lock.acquire()
        elif self._looked_just_now() or not self._lock.acquire(blocking=False):
            return known
        try:
            if self._reading is None or not self._looked_just_now():
                self._reading = self._next(self._reading)
                self._look_at = time.monotonic() + self._look_every_s
            return self._reading
        finally:
            self._lock.release()

    def _looked_just_now(self) -> bool:
        return time.monotonic() < self._look_at

    def _next(self, known: RegistryReading | None) -> RegistryReading:
        try:
            if known is None or self._seen is None:
                version = self._place.load()
            else:
                changed = self._place.load_unless(self._seen)
                if changed is None:
                    return known
                version = changed
        except RegistryError as error:
            # What comes back after this is read whatever its mark is, or its problems would stay.
            self._seen = None
            return _with_problems(known, error)
        try:
            reading = RegistryReading(parse(version.text, self._place.origin), version.changed_at)
        except RegistryError as error:
            reading = _with_problems(known, error)
        self._seen = version.mark
        return reading


def _with_problems(known: RegistryReading | None, error: RegistryError) -> RegistryReading:
    if known is None:
        raise error
    return known if known.problems == error.problems else replace(known, problems=error.problems)
