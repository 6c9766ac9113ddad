"""The portal over queues whose sources a test decides, with a history in a file."""

from pathlib import Path

from dashboard.portal import Portal
from datasource.history.sqlite import SqliteHistory
from opsportal import settings
from opsportal.cached import CachedReports
from opsportal.trends import Trends
from tests.fakes.desk_world import World


def portal_over(world: World, reports: CachedReports, folder: Path, **values: str) -> Portal:
    """A portal at the world's instant; `values` are settings by their names."""
    chosen = settings.load(values, None)
    trends = Trends(SqliteHistory(folder / "history.db"), lambda: reports.policy, lambda: world.now)
    return Portal(reports, trends, chosen, "https://jira.invalid", lambda: world.now)
