from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.trends import Trends
from servicelevel.errors import PortalError
from servicelevel.policy import Note, Policy
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from tests.factories import ms
from tests.unit.servicelevel.days import DESK, LAST, NOON, scored

BILLING = replace(DESK, id="billing")
POLICY = Policy((DESK, BILLING), (Note(LAST, "Mail outage"),))


class Down:
    """A history that cannot be read."""

    def put(self, snapshot: Snapshot) -> bool:
        """Fails."""
        raise PortalError("down")

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """Fails."""
        raise PortalError("down")

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """Fails."""
        raise PortalError("down")


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """Days of one queue, with a gap."""
    store = SqliteHistory(tmp_path / "history.db")
    for ago in (0, 1, 4, 5):
        store.put(scored(LAST - timedelta(days=ago), 70.0 + ago))
    return store


@pytest.fixture
def trends(history: SqliteHistory) -> Trends:
    """Trends of that history."""
    return Trends(history, lambda: POLICY, lambda: NOON)


def test_series_are_of_the_queues_asked_for(trends: Trends) -> None:
    """Ids the registry does not have are left out, and the order is the registry's."""
    made = trends.series(["billing", "gone", "desk"], LAST - timedelta(days=9), LAST)

    assert list(made) == ["desk", "billing"]
    assert [point.score for point in made["desk"].points] == [75.0, 74.0, 71.0, 70.0]
    assert [(gap.first, gap.days) for gap in made["desk"].gaps] == [(LAST - timedelta(days=3), 2)]
    assert made["desk"].notes == (Note(LAST, "Mail outage"),)
    assert made["billing"].points == ()
    assert made["billing"].gaps == ()


def test_a_day_that_has_not_ended_is_no_gap(history: SqliteHistory) -> None:
    """Until midnight in the queue's zone the running day is not missing; a minute later it is."""
    tomorrow = LAST + timedelta(days=1)

    def gaps(now: str) -> list[date]:
        made = Trends(history, lambda: POLICY, lambda: ms(now)).series(["desk"], LAST, tomorrow)
        return [gap.first for gap in made["desk"].gaps]

    assert gaps("2026-11-24T02:59:00+00:00") == []
    assert gaps("2026-11-24T03:01:00+00:00") == [tomorrow]


def test_the_revision_changes_with_every_day(trends: Trends, history: SqliteHistory) -> None:
    """A page that remembers a revision knows when to look again."""
    before = trends.revision(["desk"])

    assert trends.revision(["desk"]) == before
    history.put(scored(LAST - timedelta(days=2), 72.0))
    assert trends.revision(["desk"]) != before


def test_a_history_that_is_down_says_so() -> None:
    """Series and revision say what failed; a page with more on it stands without its past."""
    down = Trends(Down(), lambda: POLICY, lambda: NOON)

    with pytest.raises(PortalError, match="down"):
        down.series(["desk"], LAST, LAST)
    with pytest.raises(PortalError, match="down"):
        down.revision(["desk"])


def test_a_change_of_the_registry_is_seen_at_once(history: SqliteHistory) -> None:
    """The registry is asked for at each call, not remembered."""
    policies = [POLICY, Policy((BILLING,))]
    trends = Trends(history, lambda: policies[0], lambda: NOON)

    assert list(trends.series(["desk", "billing"], LAST, LAST)) == ["desk", "billing"]
    policies.pop(0)
    assert list(trends.series(["desk", "billing"], LAST, LAST)) == ["billing"]
