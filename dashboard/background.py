"""What a worker does beside answering: in one of all workers queues are kept young and ended days are taken."""

import logging
import threading
from collections.abc import Callable

from dashboard.data_age import DataAge
from dashboard.follower import Follower
from dashboard.refresher import Refresher
from dashboard.services import Running
from opsportal.day_keeper import LOOK_EVERY_S, DayKeeper
from servicelevel.errors import PortalError

_log = logging.getLogger(__name__)


class Background:
    """The refresher, the follower, and a thread that looks after history. Start it after the fork."""

    def __init__(self, running: Running) -> None:
        portal = running.portal
        lock_s = float(portal.settings.lock_ttl)
        age = DataAge(portal.reports.standings, portal.now)
        self._refresher = Refresher(portal.reports, running.leases, lock_s=lock_s, tell=age.tell)
        self._follower = Follower(portal.reports)
        self._look = _look_of(running, lock_s)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._keep_history, name="history", daemon=True)
        self._trouble = ""

    def start(self) -> None:
        """Begin."""
        self._refresher.start()
        self._follower.start()
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
        wait_s = 0.0
        while not self._ends.wait(wait_s):
            try:
                wait_s = self._look()
                self._trouble = ""
            except PortalError as error:
                wait_s = LOOK_EVERY_S
                if str(error) != self._trouble:  # once, and not every minute
                    self._trouble = str(error)
                    _log.warning("History cannot be kept. %s", error)
            except Exception:  # noqa: BLE001 - a thread has nobody else to tell
                wait_s = LOOK_EVERY_S
                _log.exception("History could not be kept")


def _look_of(running: Running, lock_s: float) -> Callable[[], float]:
    portal, history = running.portal, running.history
    at, keeper = portal.settings.snapshot_at, None
    if at is not None:
        keeper = DayKeeper(portal.reports, running.moved, history, running.leases, at=at, lock_s=lock_s, now=portal.now)

    def look() -> float:
        # Asked even when there is nothing to do, so that every worker knows whether history answers.
        history.runs(1)
        return LOOK_EVERY_S if keeper is None else keeper.look()

    return look
