"""Does everything the settings name answer? One line a part: ok, or what is wrong and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass

from servicelevel.errors import PortalError


@dataclass(frozen=True, slots=True)
class Check:
    """A part and the question that proves it: `ask` returns what was found, or raises PortalError."""

    part: str
    ask: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found; `text` says how to mend it when it is not ok."""

    part: str
    ok: bool
    text: str


class NeedsMending(PortalError):
    """A part answers and something about it is wrong; the message lists all of it."""


def run(check: Check) -> Outcome:
    """Ask one part."""
    try:
        return Outcome(check.part, ok=True, text=check.ask())
    except PortalError as error:
        return Outcome(check.part, ok=False, text=str(error))
