"""From settings to the services behind the pages: what is shared by all workers lies in one folder."""

from dataclasses import dataclass
from pathlib import Path

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from dashboard.portal import Portal
from opsportal import wiring
from opsportal.ports import History, Leases
from opsportal.settings import Settings
from opsportal.trends import Trends


@dataclass(frozen=True, slots=True)
class Running:
    """A portal with what keeps it young."""

    portal: Portal
    leases: Leases
    history: History


def build(settings: Settings, folder: Path) -> Running:
    """Wire everything. No connection is opened and no thread started: workers may be forked afterwards.

    Raises:
        PortalError: the settings name something that cannot be used.
    """
    cache, leases = FileCache(folder / "shared"), FileLeases(folder / "leases")
    services = wiring.build_cached(settings, cache, leases)
    history = wiring.history(settings)
    trends = Trends(history, lambda: services.reports.policy, services.now)
    return Running(Portal(services.reports, trends, settings, services.jira_url, services.now), leases, history)
