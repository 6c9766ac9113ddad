"""Which request is being answered: its id goes with every line of the log and every question to a source."""

import itertools
import os
import re
import secrets
from contextvars import ContextVar
from typing import Final

current: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The id of the request that this thread answers or works for; None outside of any."""

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class _Made:
    """Ids of one process: its own random half, and a number that begins at random."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Draw both, since a process that was forked has those of another one."""
        self._own, self._numbers = secrets.token_hex(4), itertools.count(secrets.randbits(32))

    def next(self) -> str:
        return f"{self._own}{next(self._numbers) & 0xFFFFFFFF:08x}"


_made: Final = _Made()
os.register_at_fork(after_in_child=_made.begin)


def new() -> str:
    """An id that no other request has, in whatever process. It is a name and no secret."""
    return _made.next()


def well_formed(text: str) -> bool:
    """Whether a text from outside may serve as an id: short, and nothing in it that a log or a header reads anew."""
    return _WELL_FORMED.fullmatch(text) is not None
