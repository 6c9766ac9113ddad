"""The settings as they are at present: those of the environment, with what a secret adds and may change at any time."""

import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final, TypeAlias

from pydantic import SecretStr

from opsportal.hidden import hide
from opsportal.ports import Now
from opsportal.settings import IN_A_SECRET, Settings, SettingsError, joined
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS

KEPT_S: Final = 300.0
"""How long what was read of the secret counts; after that it is read again."""

FAILED_S: Final = 30.0
"""How long nobody looks again after the secret could not be read."""

REFUSED_S: Final = 5.0
"""How long nobody looks again after it was read for a token that was refused."""

Fetch: TypeAlias = Callable[[], Mapping[str, SecretStr]]
"""Reads the secret. It raises PortalError when that cannot be done."""

_log = logging.getLogger(__name__)


class SecretUnknown(PortalError):
    """The secret could not be read so far, or makes no whole with the other settings; the message says which."""


class PresentSettings:
    """Settings whose secrets may lie elsewhere, where `fetch` reads them. Safe to share between threads.

    The secret is read when it is first needed, again once what is known is 300 s old, and once more when a token is
    refused. While it cannot be read, or makes no whole with the other settings, what was read last goes on.
    """

    def __init__(
        self, written: Settings, fetch: Fetch | None, *, now: Now, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.written = written
        self._fetch, self._now, self._clock_s = fetch, now, clock_s
        self._lock = Lock()
        self._known: Settings | None = None
        self._read_at = self._instant()
        self._refused_s = self._failed_s = float("-inf")
        self._failure = ""

    def get(self) -> Settings:
        """The settings as they are now.

        Raises:
            SecretUnknown: the secret could not be read so far.
        """
        if self._fetch is None:
            return self.written
        with self._lock:
            if self._known is None or self._age_s() >= KEPT_S:
                self._read(self._fetch)
            if self._known is None:
                raise SecretUnknown(self._failure)
            return self._known

    def added(self) -> tuple[str, ...]:
        """Names of the settings that the secret adds now.

        Raises:
            SecretUnknown: the secret could not be read so far.
        """
        found = self.get()
        return tuple(name for name in IN_A_SECRET if _of(self.written, name) is None and _of(found, name) is not None)

    def at_start(self) -> Settings:
        """The settings with which a portal starts: without those of the secret while it cannot be read."""
        if self.written.redis_url is not None:
            return self.written
        try:
            return self.get()
        except PortalError as error:
            _log.error("The portal starts without its secret, and does not look there for a REDIS_URL again. %s", error)
            return self.written

    def token(self, *names: str) -> "PresentToken":
        """The first of these settings that is set, whenever a login asks for it."""
        return PresentToken(self, names)

    def replaced(self, chosen: Callable[[Settings], SecretStr], refused: SecretStr) -> bool:
        """Whether another token is chosen now than the one that was refused, after looking once more."""
        with self._lock:
            if self._fetch is None or self._known is None:
                return False
            if chosen(self._known) == refused and self._clock_s() - self._refused_s >= REFUSED_S:
                self._refused_s = self._clock_s()
                self._read(self._fetch)
            return chosen(self._known) != refused

    def _read(self, fetch: Fetch) -> None:
        if self._clock_s() - self._failed_s < FAILED_S:
            return
        try:
            found = joined(self.written, fetch())
        except PortalError as error:
            self._fail(str(error))
            return
        hide(found)
        if self._known is not None:
            changed = [name for name in IN_A_SECRET if _of(found, name) != _of(self._known, name)]
            if changed:
                _log.info("The secret has new values and they are used from here on.", extra={"changed": changed})
            elif self._failure:
                _log.info("The secret can be read again.")
        self._known, self._read_at = found, self._instant()
        self._failure, self._failed_s = "", float("-inf")

    def _fail(self, failure: str) -> None:
        if self._known is not None and not self._failure:
            _log.warning("What was read of the secret last goes on. %s", failure)
        self._failure, self._failed_s = failure, self._clock_s()

    def _instant(self) -> tuple[float, float]:
        return self._clock_s(), self._now() / SECOND_MS

    def _age_s(self) -> float:
        # A machine that was suspended, as one of Lambda between two events, may have stopped one of its clocks.
        return max(is_ - was for is_, was in zip(self._instant(), self._read_at, strict=True))


class PresentToken:
    """One of these settings as it is now, for a login. One that the environment holds never changes."""

    def __init__(self, present: PresentSettings, names: tuple[str, ...]) -> None:
        self._present, self._names = present, names
        self._fixed = _of(present.written, names[0])

    def value(self) -> SecretStr:
        """The token.

        Raises:
            PortalError: it is not known.
        """
        return self._fixed or self._chosen(self._present.get())

    def replaced(self, refused: SecretStr) -> bool:
        """Whether there is another one now than the one that was refused, after looking once more."""
        return self._fixed is None and self._present.replaced(self._chosen, refused)

    def _chosen(self, settings: Settings) -> SecretStr:
        for name in self._names:
            token = _of(settings, name)
            if token is not None:
                return token
        wanted = " or ".join(self._names)
        raise SettingsError((f"{wanted}: found nothing; expected a token.",), secrets_id=settings.secrets_id)


def _of(settings: Settings, name: str) -> SecretStr | None:
    token: SecretStr | None = getattr(settings, name.lower())
    return token
