from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.judging import judged_alone
from opsportal.reading import Reading
from opsportal.snapshots import DayEnds, Filled, fill
from servicelevel.policy import Queue
from servicelevel.snapshot import end_of_day
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import columns, crowd, sao_paulo
from tests.unit.servicelevel.days import CHANGES, DESK, LAST, NOON, TICKETS, days_ago, scored

OFFICE = sao_paulo()


def reading(desk: Queue = DESK, covers_from: str = "2025-01-01T00:00:00+00:00") -> Reading:
    """What was read of the made-up queue."""
    table = columns(*TICKETS, changes=CHANGES, covers_from=covers_from)
    return Reading(desk, table, no_worklogs("not_configured", ""))


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """An empty history."""
    return SqliteHistory(tmp_path / "history.db")


def put_in(history: SqliteHistory, *readings: Reading, first: date, last: date = LAST) -> dict[str, Filled]:
    """Fill a range of days at noon of the 23rd."""
    return dict(fill(readings, history, first, last, engine_version="1", now=lambda: NOON))


def test_every_day_is_the_report_of_its_end(history: SqliteHistory) -> None:
    """A rebuilt day says what the report said at the end of that day."""
    put_in(history, reading(), first=days_ago(9))
    rows = history.range("desk", days_ago(9), LAST).snapshots

    assert [row.day for row in rows] == [days_ago(ago) for ago in range(9, -1, -1)]
    for row in rows:
        made = judged_alone(reading(), last_days(end_of_day(OFFICE, row.day), 30), None, 28)
        assert row.counts is not None
        assert row.score == made.now.health.score
        assert row.counts.flow.open == made.now.flow.open


def test_the_last_ended_day_is_live_and_those_before_are_rebuilt(history: SqliteHistory) -> None:
    """Only yesterday was seen as it was; today is left alone."""
    put_in(history, reading(), first=days_ago(2), last=LAST + timedelta(days=3))

    assert dict(history.days("desk")) == {days_ago(2): "backfill", days_ago(1): "backfill", LAST: "live"}


def test_filling_twice_changes_nothing(history: SqliteHistory) -> None:
    """A second run finds every day there."""
    assert put_in(history, reading(), first=days_ago(4)) == {"desk": Filled(5, 0, 0)}
    before = history.range("desk", days_ago(9), LAST)

    assert put_in(history, reading(), first=days_ago(4)) == {"desk": Filled(0, 5, 0)}
    assert history.range("desk", days_ago(9), LAST) == before


def test_days_that_are_there_stay(history: SqliteHistory) -> None:
    """A live day in the middle is not rebuilt."""
    history.put(scored(days_ago(2), 12.3))

    assert put_in(history, reading(), first=days_ago(3)) == {"desk": Filled(3, 1, 0)}
    assert history.range("desk", days_ago(2), days_ago(2)).snapshots[0].score == 12.3


def test_days_that_are_not_covered_stay_gaps(history: SqliteHistory) -> None:
    """A window that begins before every change is known is not counted from what happens to be there."""
    begin = end_of_day(OFFICE, days_ago(3)) - 30 * 86_400_000
    table = replace(reading().columns, covers_from=begin)
    known = replace(reading(), columns=table)

    assert put_in(history, known, first=days_ago(9)) == {"desk": Filled(4, 0, 6)}
    assert list(history.days("desk")) == [days_ago(ago) for ago in (3, 2, 1, 0)]
    assert {row.complete for row in history.range("desk", days_ago(9), LAST).snapshots} == {False}


def test_a_small_queue_is_filled_up_with_the_rates_of_all(history: SqliteHistory) -> None:
    """The evidence of the other queues counts as it does in a report."""
    few, changes = crowd(5, 60, calendar=OFFICE)
    small = Reading(
        replace(DESK, id="small", tempo_team=None),
        columns(*few, changes=changes),
        no_worklogs("not_configured", ""),
    )
    day = LAST
    alone = DayEnds([small], "1", lambda: NOON).snapshot("small", day, "live")
    together = DayEnds([small, reading()], "1", lambda: NOON).snapshot("small", day, "live")

    assert alone.counts is not None
    assert together.counts is not None
    assert alone.counts.sla["resolution"].kept == together.counts.sla["resolution"].kept
    assert together.counts.sla["resolution"].fleet_90d.n > alone.counts.sla["resolution"].fleet_90d.n


def test_progress_counts_every_day_of_every_queue(history: SqliteHistory) -> None:
    """Whoever watches sees how far it is."""
    seen: list[tuple[str, int, int]] = []
    other = reading(replace(DESK, id="other"))

    fill(
        [reading(), other],
        history,
        days_ago(2),
        LAST,
        engine_version="1",
        now=lambda: NOON,
        progress=lambda *step: seen.append(step),
    )

    assert seen == [("history", done, 6) for done in range(1, 7)]
