"""Reports of the command, with the settings of the running portal; each is made once."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from tests.fakes.served_portal import ServedPortal, report


class Reports:
    """What `opsportal report` says of the queues of a portal."""

    def __init__(self, portal: ServedPortal, runners: ThreadPoolExecutor) -> None:
        self._portal, self._runners = portal, runners
        self._started: dict[tuple[str, ...], Future[dict[str, Any]]] = {}

    def start(self, queue: str, days: int = 30, priority: str | None = None) -> Future[dict[str, Any]]:
        """Begin a report, so that it is there when it is wanted."""
        words = (queue, "--days", str(days), *(("--priority", priority) if priority else ()))
        if words not in self._started:
            self._started[words] = self._runners.submit(report, self._portal, words)
        return self._started[words]

    def of(self, queue: str, days: int = 30, priority: str | None = None) -> dict[str, Any]:
        """The report of a queue over so many days, of one priority or of all."""
        return self.start(queue, days, priority).result()
