import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from datasource.history.sqlite import SqliteHistory
from opsportal.gaps import gaps_of
from servicelevel.trend import Gap
from tests.unit.servicelevel.days import DESK, LAST, NOON, days_ago, scored


def kept_in(folder: Path, *ago: int) -> SqliteHistory:
    """A history with days so long before the last one that has ended."""
    history = SqliteHistory(folder / "history.db")
    for n in ago:
        history.put(scored(days_ago(n), 80.0))
    return history


def test_days_without_an_item_are_lacking(tmp_path: Path) -> None:
    """From the first day on to the last that has ended, in order, and in stretches."""
    found = gaps_of(DESK, kept_in(tmp_path, 7, 5, 2), lambda: NOON)

    assert (found.first, found.last) == (days_ago(7), LAST)
    assert found.days == tuple(days_ago(n) for n in (6, 4, 3, 1, 0))
    assert found.stretches == (
        Gap(days_ago(6), days_ago(6)),
        Gap(days_ago(4), days_ago(3)),
        Gap(days_ago(1), LAST),
    )


def test_a_whole_history_lacks_nothing(tmp_path: Path) -> None:
    """The day that has not ended is expected by nobody, and no gap when it is there."""
    assert gaps_of(DESK, kept_in(tmp_path, 1, 0, -1), lambda: NOON).days == ()


def test_a_day_that_cannot_be_read_is_lacking_with_its_reason(tmp_path: Path) -> None:
    """It stands apart from the missing day beside it."""
    history = kept_in(tmp_path, 4, 3, 1, 0)
    with closing(sqlite3.connect(tmp_path / "history.db")) as connection, connection:
        connection.execute("UPDATE snapshots SET body = 'broken' WHERE day = ?", (days_ago(3).isoformat(),))

    found = gaps_of(DESK, history, lambda: NOON)

    assert found.days == (days_ago(3), days_ago(2))
    assert list(found.unreadable) == [days_ago(3)]
    broken, missing = found.stretches
    assert (broken.first, broken.reason) == (days_ago(3), found.unreadable[days_ago(3)])
    assert (missing.first, missing.reason) == (days_ago(2), None)


def test_a_queue_without_any_day_lacks_the_last_one(tmp_path: Path) -> None:
    """A queue that nobody takes is no queue without gaps; one whose first day is still to come lacks as much."""
    assert gaps_of(DESK, kept_in(tmp_path), lambda: NOON).days == (LAST,)
    assert gaps_of(DESK, kept_in(tmp_path, -1), lambda: NOON).days == (LAST,)
    assert gaps_of(DESK, kept_in(tmp_path, 0), lambda: NOON - timedelta(days=9) // timedelta(milliseconds=1)).days
