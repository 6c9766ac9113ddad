"""Waiting for a state: generous, so that a slow machine only waits longer."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

PATIENCE_S: Final = 120.0
_LOOK_S: Final = 0.05

T = TypeVar("T")


def until(what: str, look: Callable[[], T | None], *, within_s: float = PATIENCE_S) -> T:
    """What `look` finds, as soon as it is something.

    Raises:
        AssertionError: it did not come.
    """
    ends = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < ends, f"waited {within_s:.0f} s in vain for {what}"
        time.sleep(_LOOK_S)
