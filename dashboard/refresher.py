"""The background thread that keeps every queue young, looked at or not: in one process of all, never in a request."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from opsportal.heartbeat import BEATS
from opsportal.ports import Lease, Leases
from servicelevel.errors import PortalError

READS_AT_ONCE = 3
"""Queues read side by side, so that one that hangs does not hold up the others. Requests have one limit for all."""

_log = logging.getLogger(__name__)


class Refreshable(Protocol):
    """Queues that can be read."""

    def due(self) -> tuple[str, ...]:
        """The queues whose turn it is, the most urgent first."""

    def troubled(self) -> bool:
        """Whether one queue at a time is enough for now."""

    def refresh(self, queue_id: str, stopped: Callable[[], bool]) -> bool:
        """Read a queue; once `stopped` says so the read ends at its next step."""


class Refresher:
    """Reads queues whose turn it is, as long as its process is the one that was chosen for it.

    Start it after the process was forked. Every process may have one: the lease decides whose turns it does, and passes
    to another one when that process gives no sign of life for `lock_s` seconds. Who has lost it gives up its reads.
    Who has it calls `tell` every `step_s` seconds, whatever becomes of the reads.
    """

    def __init__(
        self,
        reports: Refreshable,
        leases: Leases,
        *,
        lock_s: float = 30.0,
        step_s: float = 1.0,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self._reports, self._leases, self._lock_s, self._tell = reports, leases, lock_s, tell
        self._step_s = min(step_s, lock_s / BEATS)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self._reads: dict[str, threading.Thread] = {}
        self.leads = False
        """Whether this process is the one that reads."""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def end(self) -> None:
        """Begin to end, without waiting."""
        self._ends.set()

    def stop(self, wait_s: float = 10.0) -> None:
        """End soon: reads under way are given up at their next step. Waits so many seconds at most."""
        self._ends.set()
        until = time.monotonic() + wait_s
        if self._thread.is_alive():
            self._thread.join(max(until - time.monotonic(), 0.0))
        for thread in list(self._reads.values()):
            thread.join(max(until - time.monotonic(), 0.0))

    def _run(self) -> None:
        lease: Lease | None = None
        while not self._ends.is_set():
            try:
                if lease is None or not lease.extend(self._lock_s):
                    self.leads = False
                    lease = self._leases.take("refresher", self._lock_s)
                self.leads = lease is not None
                if self.leads:
                    try:
                        self._start_reads()
                    finally:  # all the more when no read can begin
                        self._tell()
            except PortalError as error:
                _log.warning("Queues cannot be kept young now. %s", error)
            except Exception:  # noqa: BLE001 - whatever it is, tomorrow's numbers depend on the next turn
                _log.exception("The refresher stumbled and goes on")
            self._ends.wait(self._step_s)
        self.leads = False
        if lease is not None:
            lease.release()

    def _start_reads(self) -> None:
        self._reads = {queue_id: thread for queue_id, thread in self._reads.items() if thread.is_alive()}
        if len(self._reads) >= READS_AT_ONCE:
            return
        due = self._reports.due()
        if not due:
            return
        at_once = 1 if self._reports.troubled() else READS_AT_ONCE
        for queue_id in due:
            if len(self._reads) >= at_once or self._ends.is_set():
                return
            if queue_id in self._reads:
                continue
            thread = threading.Thread(target=self._read, args=(queue_id,), name=f"read {queue_id}", daemon=True)
            self._reads[queue_id] = thread
            thread.start()

    def _stopped(self) -> bool:
        return self._ends.is_set() or not self.leads

    def _read(self, queue_id: str) -> None:
        try:
            self._reports.refresh(queue_id, self._stopped)
        except PortalError as error:
            _log.warning("%s was not read. %s", queue_id, error)
        except Exception:  # noqa: BLE001 - a thread has nobody else to tell
            _log.exception("Reading %s failed", queue_id)
