"""What the wiring hands out: the portal's parts, put together as the settings say."""

from dataclasses import dataclass

from opsportal.cached import CachedReports
from opsportal.moved import MovedTickets
from opsportal.ports import History, Now, Registry
from opsportal.reading import Sources
from opsportal.reports import Reports
from opsportal.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the portal works with."""

    settings: Settings
    registry: Registry
    reports: Reports
    jira_url: str
    now: Now


@dataclass(frozen=True, slots=True)
class CachedServices:
    """What the pages work with: the same, but for reports that come from what is kept."""

    settings: Settings
    registry: Registry
    reports: CachedReports
    moved: MovedTickets
    jira_url: str
    now: Now


@dataclass(frozen=True, slots=True)
class TakingServices:
    """What days are taken with: the queues, where they are read, and where their days are kept."""

    registry: Registry
    sources: Sources
    moved: MovedTickets
    history: History
    now: Now
