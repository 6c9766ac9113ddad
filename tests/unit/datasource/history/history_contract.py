"""What every history store promises, written once: a store's test file makes a class of these tests its own."""

import multiprocessing
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count, product
from typing import TypeAlias, get_args

import pytest
from hypothesis import HealthCheck, given, settings

from datasource.history.encoding import to_bytes
from opsportal.ports import History
from servicelevel.snapshot import Snapshot, SnapshotSource
from servicelevel.snapshot_run import QueueOutcome, SnapshotRun
from tests.unit.datasource.history.any_snapshot import snapshots_of
from tests.unit.servicelevel.days import LAST, NOON, kept, scored

Open: TypeAlias = Callable[[], History]
"""Opens a store; fit to be sent to another process."""

_NAMES = count()


def days_kept(opened: Open, score: float, days: int) -> list[date]:
    """Put so many days, all with one score: those that were kept. Runs in a process of its own."""
    history = opened()
    wanted = [LAST - timedelta(days=ago) for ago in range(days)]
    return [day for day in wanted if history.put(scored(day, score))]


def run_of(number: int, **changes: object) -> SnapshotRun:
    """A run that began so many minutes after noon."""
    made = SnapshotRun(f"run-{number}", "command", "host", NOON + number * 60_000)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of the run by name


class HistoryContract(ABC):
    """Tests of a store; `history` gives a new, empty one."""

    @pytest.fixture
    @abstractmethod
    def history(self) -> History:
        """An empty store."""

    @abstractmethod
    def opener(self) -> Open:
        """How another process opens the store that `history` gave."""

    @abstractmethod
    def write(self, snapshot: Snapshot, body: bytes, version: int) -> None:
        """Put other bytes and another version into the kept row of a snapshot, behind the store's back."""

    @abstractmethod
    def damage_runs(self) -> None:
        """Make every kept record of a run unreadable."""

    def damage(self, snapshot: Snapshot) -> None:
        """Make the kept row of a snapshot unreadable."""
        self.write(snapshot, to_bytes(snapshot)[:40], 1)

    def test_a_snapshot_comes_back_as_it_went_in(self, history: History) -> None:
        """Every count, name and instant survives."""
        row = kept()

        assert history.put(row)
        assert history.range("desk", LAST, LAST).snapshots == (row,)

    def test_an_empty_history_has_no_days(self, history: History) -> None:
        """Nothing kept is an empty answer, no error."""
        assert history.days("desk") == {}
        assert history.range("desk", date(2020, 1, 1), LAST).snapshots == ()
        assert history.begins("desk") is None
        assert history.runs(5) == ()

    # Each store draws for itself, and what one draw left behind is of another queue than the next one's.
    @settings(
        max_examples=5,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(drawn=snapshots_of("any"))
    def test_any_snapshot_comes_back_as_it_went_in(self, history: History, drawn: list[Snapshot]) -> None:
        """Whatever its fields hold: nothing is rounded, reordered or translated."""
        queue = f"any-{next(_NAMES)}"
        rows = [replace(row, queue=queue) for row in drawn]
        for row in rows:
            assert history.put(row)

        found = history.range(queue, date(2020, 1, 1), date(2030, 1, 1))

        assert list(found.snapshots) == sorted(rows, key=lambda row: row.day)
        assert found.unreadable == {}
        assert list(history.days(queue)) == [row.day for row in found.snapshots]

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

    def test_a_gap_is_no_day(self, history: History) -> None:
        """A range says nothing of days that nobody kept, and one that ends before it begins holds none."""
        for ago in (6, 2):
            history.put(scored(LAST - timedelta(days=ago), 70.0))

        found = history.range("desk", LAST - timedelta(days=6), LAST)

        assert [row.day for row in found.snapshots] == [LAST - timedelta(days=6), LAST - timedelta(days=2)]
        assert found.unreadable == {}
        assert history.range("desk", LAST, LAST - timedelta(days=6)).snapshots == ()

    def test_several_queues_are_read_together(self, history: History) -> None:
        """Each queue asked for has its range, whether it has days or not, however often it is named."""
        for number in range(15):
            history.put(replace(scored(LAST, 50.0 + number), queue=f"q-{number}"))
        asked = [*(f"q-{number}" for number in range(15)), "nobody", "q-3"]

        found = history.ranges(asked, LAST - timedelta(days=3), LAST)

        assert set(found) == set(asked)
        assert found["nobody"].snapshots == ()
        for number in range(15):
            assert [row.score for row in found[f"q-{number}"].snapshots] == [50.0 + number]
        assert history.ranges([], LAST, LAST) == {}

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
        assert history.begins("desk") == LAST - timedelta(days=2)
        assert history.begins("desk-2") is None

    def test_a_day_taken_twice_is_as_taken_once(self, history: History) -> None:
        """The second snapshot of a day is told to have changed nothing, and has not."""
        assert history.put(scored(LAST, 70.0))
        assert not history.put(scored(LAST, 99.0))
        assert [row.score for row in history.range("desk", LAST, LAST).snapshots] == [70.0]

    def test_the_higher_rank_stays_whichever_came_first(self, history: History) -> None:
        """Live stands over rebuilt, rebuilt over imported, complete over incomplete of one source; equals stay."""
        sources: tuple[SnapshotSource, ...] = ("import", "backfill", "live")
        kinds = [(source, whole) for source in sources for whole in (False, True)]
        for number, (first, second) in enumerate(product(range(6), repeat=2)):
            day = LAST - timedelta(days=number)
            rows = [
                replace(scored(day, 70.0 + rank, kinds[rank][0]), complete=kinds[rank][1]) for rank in (first, second)
            ]

            replaced = rows[1].rank > rows[0].rank

            assert history.put(rows[0])
            assert history.put(rows[1]) is replaced
            assert history.range("desk", day, day).snapshots == (rows[replaced],)
            assert history.days("desk")[day] == rows[replaced].source

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
        self.damage(broken)

        found = history.range("desk", LAST - timedelta(days=5), LAST)

        assert [row.score for row in found.snapshots] == [70.0, 80.0]
        assert list(found.unreadable) == [broken.day]
        assert found.unreadable[broken.day]

    def test_a_broken_row_gives_way_to_any_snapshot(self, history: History) -> None:
        """A rebuilt day mends a broken live one."""
        history.put(scored(LAST, 70.0))
        self.damage(scored(LAST, 70.0))

        assert history.put(scored(LAST, 71.0, "backfill"))
        found = history.range("desk", LAST, LAST)
        assert (found.snapshots[0].score, found.unreadable) == (71.0, {})
        assert history.days("desk") == {LAST: "backfill"}

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"x" * 6_000, to_bytes(kept())[:-4]])
    def test_whatever_stands_in_a_row_is_told(self, history: History, body: bytes) -> None:
        """Bytes of another kind are that day's reason, never an error of the whole range."""
        history.put(scored(LAST, 70.0))
        history.put(scored(LAST - timedelta(days=1), 71.0))
        self.write(scored(LAST, 70.0), body, 1)

        found = history.range("desk", LAST - timedelta(days=1), LAST)

        assert [row.score for row in found.snapshots] == [71.0]
        assert "not a snapshot" in found.unreadable[LAST]

    def test_a_row_of_another_day_is_not_passed_off_as_this_one(self, history: History) -> None:
        """A snapshot has to be the one of the queue and day it is found under."""
        history.put(scored(LAST, 70.0))
        self.write(scored(LAST, 70.0), to_bytes(scored(LAST - timedelta(days=1), 70.0)), 1)

        found = history.range("desk", LAST, LAST)

        assert found.snapshots == ()
        assert "2026-11-21" in found.unreadable[LAST]

    @pytest.mark.parametrize("source", get_args(SnapshotSource))
    def test_what_a_newer_portal_kept_is_told_and_stays(self, history: History, source: SnapshotSource) -> None:
        """An older version that runs beside it neither reads nor replaces it, whatever the ranks are."""
        history.put(scored(LAST, 70.0, source))
        self.write(scored(LAST, 70.0, source), b"a form of the future", 9)

        assert not history.put(scored(LAST, 99.0, "live"))
        found = history.range("desk", LAST, LAST)
        assert found.snapshots == ()
        assert "version 9" in found.unreadable[LAST]
        assert history.days("desk") == {LAST: source}

    def test_a_row_of_no_known_version_gives_way(self, history: History) -> None:
        """Versions begin with 1: such a row is broken."""
        history.put(scored(LAST, 70.0))
        self.write(scored(LAST, 70.0), to_bytes(scored(LAST, 70.0)), 0)

        assert "no version" in history.range("desk", LAST, LAST).unreadable[LAST]
        assert history.put(scored(LAST, 71.0, "import"))
        assert history.range("desk", LAST, LAST).snapshots[0].score == 71.0

    def test_of_threads_at_once_one_is_told_that_it_kept_the_day(self, history: History) -> None:
        """The others find it there; nothing is mixed or lost."""
        told: list[tuple[date, float]] = []
        begin = threading.Barrier(4)

        def keep(score: float) -> None:
            begin.wait()
            for ago in range(6):
                row = scored(LAST - timedelta(days=ago), score)
                if history.put(row):
                    told.append((row.day, score))

        _together([partial(keep, float(n)) for n in range(4)])

        found = history.range("desk", LAST - timedelta(days=9), LAST).snapshots
        assert len(found) == 6
        assert sorted(told) == [(row.day, row.score) for row in found]

    def test_of_ranks_at_once_the_highest_stays(self, history: History) -> None:
        """In whatever order they arrive."""
        kinds = [(source, whole) for source in get_args(SnapshotSource) for whole in (False, True)]
        begin = threading.Barrier(len(kinds))

        def keep(source: SnapshotSource, *, whole: bool) -> None:
            begin.wait()
            for ago in range(4):
                history.put(replace(scored(LAST - timedelta(days=ago), 70.0, source), complete=whole))

        _together([partial(keep, source, whole=whole) for source, whole in kinds])

        found = history.range("desk", LAST - timedelta(days=9), LAST).snapshots
        assert [(row.source, row.complete) for row in found] == [("live", True)] * 4

    def test_processes_share_one_history(self, history: History) -> None:
        """Two that keep the same days at once keep each day once, whole; each is told which were its own."""
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            asked = [pool.apply_async(days_kept, (self.opener(), score, 12)) for score in (1.0, 2.0)]
            told = [answer.get(120) for answer in asked]

        found = history.range("desk", LAST - timedelta(days=40), LAST)
        assert found.unreadable == {}
        assert sorted(told[0] + told[1]) == [row.day for row in found.snapshots]
        for score, days in zip((1.0, 2.0), told, strict=True):
            assert {row.day for row in found.snapshots if row.score == score} == set(days)

    def test_runs_are_told_from_the_latest_back(self, history: History) -> None:
        """As many as are asked for, in the order in which they began."""
        for number in (3, 1, 4, 2):
            history.record(run_of(number))

        assert [run.id for run in history.runs(3)] == ["run-4", "run-3", "run-2"]
        assert history.runs(0) == ()
        assert len(history.runs(9)) == 4

    def test_a_run_is_kept_again_when_it_has_ended(self, history: History) -> None:
        """In place of what was kept when it began, with every outcome as it was."""
        history.record(run_of(1))
        outcomes = (QueueOutcome("desk", LAST, "kept"), QueueOutcome("späti", LAST, "failed", "Jira: „nein“"))
        ended = run_of(1, ended_at=NOON + 90_000, outcomes=outcomes)
        history.record(ended)

        assert history.runs(9) == (ended,)

    def test_a_record_that_cannot_be_read_is_left_out(self, history: History) -> None:
        """The others stand, and days have nothing to do with runs."""
        history.put(scored(LAST, 70.0))
        history.record(run_of(1))
        self.damage_runs()
        history.record(run_of(2))

        assert [run.id for run in history.runs(9)] == ["run-2"]
        assert list(history.days("desk")) == [LAST]


def _together(uses: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=use) for use in uses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
