"""What a worker does beside answering: in one of all workers queues are kept young and history is kept whole."""

import logging
import threading
from datetime import timedelta
from importlib.metadata import version
from typing import Final

from dashboard.follower import Follower
from dashboard.refresher import Refresher
from dashboard.services import Running
from opsportal.heartbeat import Heartbeat
from opsportal.snapshots import fill
from servicelevel.errors import PortalError
from servicelevel.snapshot import last_ended_day

FIRST_LOOK_S: Final = 2.0
LOOK_EVERY_S: Final = 900.0

_log = logging.getLogger(__name__)


class Background:
    """The refresher, the follower, and a thread that puts ended days into history. Start it after the fork."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._lock_s = float(running.portal.settings.lock_ttl)
        self._refresher = Refresher(running.portal.reports, running.leases, lock_s=self._lock_s)
        self._follower = Follower(running.portal.reports)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._keep_history, name="history", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._refresher.start()
        self._follower.start()
        if self._running.portal.settings.history_days:
            self._thread.start()

    def leads(self) -> bool:
        """Whether this process is the one that reads."""
        return self._refresher.leads

    def end(self) -> None:
        """Begin to end, without waiting: reads under way are given up at their next step."""
        self._ends.set()
        self._refresher.end()
        self._follower.end()

    def stop(self, wait_s: float = 10.0) -> None:
        """End, and wait for that so many seconds at most."""
        self.end()
        self._refresher.stop(wait_s)
        self._follower.stop(wait_s)

    def _keep_history(self) -> None:
        wait_s = FIRST_LOOK_S
        while not self._ends.wait(wait_s):
            wait_s = FIRST_LOOK_S
            try:
                if self.fill():
                    wait_s = LOOK_EVERY_S
            except PortalError as error:
                _log.warning("History could not be kept. %s", error)
                wait_s = LOOK_EVERY_S
            except Exception:  # noqa: BLE001 - a thread has nobody else to tell
                _log.exception("History could not be kept")
                wait_s = LOOK_EVERY_S

    def fill(self) -> bool:
        """Put in what is lacking, once every queue was read or failed; False while that is still to come.

        Raises:
            PortalError: history cannot be used.
        """
        reports, settings, now = (
            self._running.portal.reports,
            self._running.portal.settings,
            self._running.portal.now,
        )
        seen = reports.overview().served.values()
        if any(served.progress is not None for served in seen):
            return False
        lease = self._running.leases.take("history", self._lock_s)
        if lease is None:
            return True
        with Heartbeat(lease, self._lock_s):
            readings = [reading for served in seen if (reading := reports.reading(served.queue.id)) is not None]
            if readings:
                last = max(last_ended_day(reading.queue.calendar, now()) for reading in readings)
                first = last - timedelta(days=settings.history_days - 1)
                fill(readings, self._running.history, first, last, engine_version=version("opsportal"), now=now)
        return True
