"""Reports with the settings of the running portal, made as the command makes them: from the sources, not the cache."""

import json
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import msgspec

from opsportal import report_json, wiring
from opsportal.naming import Naming
from opsportal.reports import Period
from opsportal.services import Services
from opsportal.settings import load
from servicelevel.instants import to_ms
from servicelevel.measures import Filters
from tests.fakes.served_portal import RunningPortal

CASES: Final = ((30, None), (7, None), (30, "High"))
"""Periods in days, each with a priority or none, for which all queues are compared."""


class Reports:
    """What `opsportal report --json` prints of the queues of a portal; each is made once."""

    def __init__(self, portal: RunningPortal) -> None:
        self._portal = portal
        self._made: dict[tuple[str, int, str | None, int | None], dict[str, Any]] = {}

    def of(
        self, queue: str, days: int = 30, priority: str | None = None, as_of: datetime | None = None
    ) -> dict[str, Any]:
        """The report of a queue over so many days, of one priority or of all, as of now or of an earlier instant."""
        instant = None if as_of is None else to_ms(as_of)
        asked = (queue, days, priority, instant)
        if asked not in self._made:
            reports, naming = self._services.reports, Naming(self._services.reports.policy.analyst_names)
            filters = Filters(() if priority is None else (priority,))
            made = reports.queue(queue, as_of=instant, period=Period(days=days), filters=filters)
            shaped = report_json.queue_report(made, naming, self._services.jira_url, self._services.now())
            self._made[asked] = json.loads(msgspec.json.encode(shaped))
        return self._made[asked]

    def of_all(self, days: int = 30, priority: str | None = None) -> dict[str, dict[str, Any]]:
        """The reports of every queue by its name, in the order of the registry."""
        made = [self.of(queue.id, days, priority) for queue in self._services.reports.policy.queues]
        return {each["queue"]["name"]: each for each in made}

    @cached_property
    def _services(self) -> Services:
        # What was read for one report is kept for the next, as in the folder of whoever calls the command.
        folder = self._portal.folder / f"reports-{id(self)}"
        return wiring.build(load({**self._portal.environment, "CACHE_DIR": str(folder)}, env_file=None))
