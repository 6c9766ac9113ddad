"""A history that the tests of the trends page read and leave as it is."""

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.backfill import rebuild
from opsportal.engine import ENGINE_VERSION
from opsportal.snapshots import DayEnds
from tests.unit.dashboard.trends.shown import reading
from tests.unit.servicelevel.days import LAST, NOON, days_ago


@pytest.fixture(scope="package")
def history(tmp_path_factory: pytest.TempPathFactory) -> SqliteHistory:
    """Sixty days of the first two queues, with two days missing; all but the last one are rebuilt."""
    store = SqliteHistory(tmp_path_factory.mktemp("history") / "history.db")
    read = [reading("desk"), reading("billing")]
    queues = [each.queue for each in read]
    for queue in queues:
        store.put(DayEnds(read, ENGINE_VERSION, lambda: NOON).snapshot(queue.id, LAST, "live"))
    for first, last in ((59, 8), (5, 0)):
        rebuild(read, queues, store, days_ago(first), days_ago(last), engine_version=ENGINE_VERSION, now=lambda: NOON)
    return store
