"""Texts that must not be seen: the secrets of the settings, in each form in which they are sent."""

import threading
from base64 import b64encode
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from opsportal.settings import Settings
from servicelevel.written_forms import written_forms

_HIDDEN: Final = "***"
_SHORTEST: Final = 4
"""A secret of fewer characters is not looked for: it would be found in every other word."""


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every text that must not be seen: secrets, and the forms in which they are sent or repeated by others."""
    values = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    hidden = set(values)
    for value in values:
        password = urlsplit(value).password if "://" in value else None
        if password is not None:
            hidden |= {password, unquote(password)}
        if settings.jira_email is not None:
            hidden.add(b64encode(f"{settings.jira_email}:{value}".encode()).decode())
    forms = (form for value in hidden for form in written_forms(value))
    return _longest_first({each for each in forms if len(each) >= _SHORTEST})


def hide(settings: Settings) -> None:
    """Hide what these settings hold too, from here on and wherever this process hides secrets."""
    _later.add(secrets_of(settings))


class Hiding:
    """Puts stars in the place of the secrets of some settings, and of those that came to be known later."""

    def __init__(self, settings: Settings) -> None:
        self._own = secrets_of(settings)
        self._seen: tuple[str, ...] = ()
        self._all = self._own

    def __call__(self, text: str) -> str:
        """A text without secrets."""
        later = _later.texts
        if later is not self._seen:
            self._all = _longest_first({*self._own, *later})
            self._seen = later  # last, since another thread may look
        for secret in self._all:
            text = text.replace(secret, _HIDDEN)
        return text


class _Later:
    """Secrets that became known while the process ran. Those that were replaced stay secrets."""

    def __init__(self) -> None:
        self.texts: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def add(self, texts: Iterable[str]) -> None:
        with self._lock:
            self.texts = _longest_first({*self.texts, *texts})


_later: Final = _Later()


def _longest_first(texts: Iterable[str]) -> tuple[str, ...]:
    # One that is a part of another must not leave the rest of it behind.
    return tuple(sorted(texts, key=len, reverse=True))
