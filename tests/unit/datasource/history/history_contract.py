"""What every history store promises, written once: a store's test file makes a class of these tests its own."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date, timedelta

import pytest

from opsportal.ports import History
from servicelevel.snapshot import Snapshot, SnapshotSource
from tests.unit.servicelevel.days import LAST, kept, scored


class HistoryContract(ABC):
    """Tests of a store; `history` gives a new, empty one."""

    @pytest.fixture
    @abstractmethod
    def history(self) -> History:
        """An empty store."""

    @abstractmethod
    def damage(self, history: History, snapshot: Snapshot) -> None:
        """Make the kept row of a snapshot unreadable."""

    def test_a_snapshot_comes_back_as_it_went_in(self, history: History) -> None:
        """Every count, name and instant survives."""
        row = kept()

        assert history.put(row)
        assert history.range("desk", LAST, LAST).snapshots == (row,)

    def test_an_empty_history_has_no_days(self, history: History) -> None:
        """Nothing kept is an empty answer, no error."""
        assert history.days("desk") == {}
        assert history.range("desk", date(2020, 1, 1), LAST).snapshots == ()

    def test_a_range_holds_both_ends_in_order(self, history: History) -> None:
        """Days come in order whatever order they were kept in, and none outside the range."""
        for ago in (3, 0, 5, 1, 4):
            history.put(scored(LAST - timedelta(days=ago), 70.0 + ago))

        found = history.range("desk", LAST - timedelta(days=4), LAST - timedelta(days=1)).snapshots

        assert [row.score for row in found] == [74.0, 73.0, 71.0]

    def test_a_range_crosses_months_and_years(self, history: History) -> None:
        """Days sort as dates."""
        days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 10, 1)]
        for day in days:
            history.put(scored(day, 70.0))

        assert [row.day for row in history.range("desk", days[0], days[-1]).snapshots] == days

    def test_queues_are_kept_apart(self, history: History) -> None:
        """The same day of two queues are two items."""
        history.put(scored(LAST, 70.0))
        history.put(replace(scored(LAST, 80.0), queue="desk-2"))

        assert [row.score for row in history.range("desk", LAST, LAST).snapshots] == [70.0]
        assert list(history.days("desk-2")) == [LAST]

    def test_days_say_where_each_came_from(self, history: History) -> None:
        """The list of days is in order and names each source."""
        history.put(scored(LAST, 70.0, "live"))
        history.put(scored(LAST - timedelta(days=2), 70.0, "import"))
        history.put(scored(LAST - timedelta(days=1), 70.0, "backfill"))

        assert list(history.days("desk").items()) == [
            (LAST - timedelta(days=2), "import"),
            (LAST - timedelta(days=1), "backfill"),
            (LAST, "live"),
        ]

    def test_a_day_taken_twice_is_as_taken_once(self, history: History) -> None:
        """The second snapshot of a day is told to have changed nothing, and has not."""
        assert history.put(scored(LAST, 70.0))
        assert not history.put(scored(LAST, 99.0))
        assert [row.score for row in history.range("desk", LAST, LAST).snapshots] == [70.0]

    @pytest.mark.parametrize(
        ("first", "second", "stays"),
        [
            ("live", "backfill", True),
            ("live", "import", True),
            ("backfill", "import", True),
            ("backfill", "live", False),
            ("import", "backfill", False),
            ("import", "live", False),
        ],
    )
    def test_a_rebuilt_day_never_overwrites_a_live_one(
        self, history: History, first: SnapshotSource, second: SnapshotSource, *, stays: bool
    ) -> None:
        """Live stands over rebuilt, rebuilt over imported, whichever came first."""
        history.put(scored(LAST, 70.0, first))

        assert history.put(scored(LAST, 99.0, second)) is not stays
        assert history.range("desk", LAST, LAST).snapshots[0].score == (70.0 if stays else 99.0)
        assert history.days("desk") == {LAST: first if stays else second}

    def test_a_complete_day_replaces_an_incomplete_one_of_its_source(self, history: History) -> None:
        """A day that lacked something can be taken again; a whole one does not give way to a lesser one."""
        lesser = replace(scored(LAST, 70.0), complete=False, lacks=("hours",))

        assert history.put(lesser)
        assert history.put(scored(LAST, 80.0))
        assert not history.put(lesser)
        assert history.range("desk", LAST, LAST).snapshots[0].score == 80.0

    def test_an_incomplete_live_day_stands_over_a_complete_rebuilt_one(self, history: History) -> None:
        """What was seen live is never overwritten by a replay."""
        history.put(replace(scored(LAST, 70.0), complete=False, lacks=("tickets",)))

        assert not history.put(scored(LAST, 80.0, "backfill"))

    def test_a_broken_row_is_told_and_the_others_stand(self, history: History) -> None:
        """One unreadable day costs that day alone."""
        broken = scored(LAST - timedelta(days=1), 75.0)
        for row in (scored(LAST - timedelta(days=2), 70.0), broken, scored(LAST, 80.0)):
            history.put(row)
        self.damage(history, broken)

        found = history.range("desk", LAST - timedelta(days=5), LAST)

        assert [row.score for row in found.snapshots] == [70.0, 80.0]
        assert list(found.unreadable) == [broken.day]
        assert found.unreadable[broken.day]

    def test_a_broken_row_gives_way_to_any_snapshot(self, history: History) -> None:
        """A rebuilt day mends a broken live one."""
        history.put(scored(LAST, 70.0))
        self.damage(history, scored(LAST, 70.0))

        assert history.put(scored(LAST, 71.0, "backfill"))
        found = history.range("desk", LAST, LAST)
        assert (found.snapshots[0].score, found.unreadable) == (71.0, {})
