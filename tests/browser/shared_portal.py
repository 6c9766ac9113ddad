"""One portal for all processes of a test run: the first that needs it starts it, and ends it when the last has left."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from tests.fakes.served_portal import RunningPortal, fill_history, running_demo, served_portal

HISTORY_DAYS = 30
TICKETS_A_YEAR = 7_700
"""Tickets of Service Desk: over 2,500 of them lie in the 120 days that the portal reads."""
FRIENDS = "http://localhost:*"
"""Sites that may frame this portal, whatever their port; those at 127.0.0.1 may not."""


@contextmanager
def shared_portal(place: Path) -> Iterator[RunningPortal]:
    """The portal with two workers on the frozen demo, read and with its history, noted down in `place`.

    Raises:
        AssertionError: a worker of it stumbled.
    """
    place.mkdir(exist_ok=True)
    note = place / "portal.json"
    with _lock(place / "door") as door, _lock(place / "guests") as guests, ExitStack() as owned:
        fcntl.flock(door, fcntl.LOCK_EX)
        if note.exists():
            environment = json.loads(note.read_text(encoding="utf-8"))
            portal = RunningPortal(f"http://127.0.0.1:{environment['PORT']}", environment, place)
        else:
            portal = _started(owned, place)
            note.write_text(json.dumps(portal.environment), encoding="utf-8")
            owned.callback(_see_off, portal, door, guests, note)
        fcntl.flock(guests, fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield portal


def _started(owned: ExitStack, place: Path) -> RunningPortal:
    ready = owned.enter_context(running_demo("--size", f"service-desk={TICKETS_A_YEAR}"))
    portal = owned.enter_context(served_portal(ready, place, FRAME_ANCESTORS=f"'self' {FRIENDS}"))
    fill_history(portal, HISTORY_DAYS)
    return portal


def _see_off(portal: RunningPortal, door: IO[str], guests: IO[str], note: Path) -> None:
    """Wait until nobody else is in, with the door shut; the system opens a lock whose holder was killed."""
    fcntl.flock(door, fcntl.LOCK_EX)
    fcntl.flock(guests, fcntl.LOCK_EX)
    note.unlink()
    assert "Traceback" not in portal.log, portal.log


def _lock(path: Path) -> IO[str]:
    return path.open("a", encoding="utf-8")
