"""One of Gunicorn's workers: threads that answer, and beside them what keeps the queues young."""

import contextlib
import ctypes
import signal
import sys
from typing import Any, Final

from dashboard.background import Background
from dashboard.patient_worker import PatientWorker
from dashboard.services import running_on

STOP_WAIT_S = 2.0
"""What the background may take to end once nobody waits for an answer any more; it was told to well before that."""

TURN_S: Final = 0.0002
"""How long a thread that unpacks a reading may keep the interpreter while a request waits; Python's own is 5 ms."""

_ARENA_MAX: Final = -8
"""What glibc calls M_ARENA_MAX in its malloc.h."""
_POOLS: Final = 2

_HELD_BACK: Final = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGQUIT})


def hold_signals() -> None:
    """Before a fork: let the signals to end wait.

    A worker has the handlers of its master until it has its own, and what they are told would be lost in it: it would
    work on until it is killed.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_BACK)


def release_signals() -> None:
    """Let them come, those too that came meanwhile."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD_BACK)


def _share_memory() -> None:
    """Let the threads of this process share two pools of memory, where the C library can be told so (glibc's mallopt).

    Else up to sixteen have one each, and what one of them freed after a large reading serves none of the others.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _POOLS)


class PortalWorker(PatientWorker):
    """Runs the background as long as it answers, so that it begins after the fork and ends with the worker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._background: Background | None = None

    def init_signals(self) -> None:
        """As Worker promises; a signal that came since the fork was held back for this, and is seen to now."""
        super().init_signals()
        release_signals()

    def run(self) -> None:
        """Answer until told to end."""
        sys.setswitchinterval(TURN_S)
        _share_memory()
        running = running_on(self.wsgi)
        self._background = background = Background(running)
        background.start()
        running.vitals.metrics.worker_began()
        running.vitals.started, running.vitals.leads = True, background.leads
        try:
            super().run()
        finally:
            background.stop(STOP_WAIT_S)

    def set_accept_enabled(self, enabled: bool) -> None:
        """As PatientWorker promises.

        A worker that is to end stops accepting, and then waits for the requests that it has: the background ends
        meanwhile, so that another process may take over at once.
        """
        super().set_accept_enabled(enabled)
        if not self.alive and self._background is not None:
            self._background.end()
