"""The background thread that every worker has: it takes over what another one has read, before a request needs it."""

import logging
import threading
from typing import Protocol

from servicelevel.errors import PortalError

LOOK_EVERY_S = 1.0

_log = logging.getLogger(__name__)


class Following(Protocol):
    """Reports that can be brought up to what others have read."""

    def follow(self) -> None:
        """Look what is new, and make it ready."""


class Follower:
    """Looks about once a second. Start it after the process was forked. A trouble is logged once until it is over."""

    def __init__(self, reports: Following, *, step_s: float = LOOK_EVERY_S) -> None:
        self._reports, self._step_s = reports, step_s
        self._ends, self._stumbled = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def end(self) -> None:
        """Begin to end, without waiting."""
        self._ends.set()

    def stop(self, wait_s: float = 10.0) -> None:
        """End, and wait for that so many seconds at most."""
        self.end()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                self._reports.follow()
                self._stumbled = False
            except PortalError as error:
                self._say("What others have read is not taken over. %s", error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may go well
                self._say("What others have read is not taken over", exc_info=error)
            self._ends.wait(self._step_s)

    def _say(self, what: str, *args: object, exc_info: Exception | None = None) -> None:
        if not self._stumbled:
            self._stumbled = True
            _log.warning(what, *args, exc_info=exc_info)
