import multiprocessing
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from datasource.history.sqlite import HistoryFailed, SqliteHistory
from opsportal.ports import History
from servicelevel.snapshot import Snapshot
from tests.unit.datasource.history.history_contract import HistoryContract
from tests.unit.servicelevel.days import LAST, scored


class TestSqliteHistory(HistoryContract):
    """The promises of every history, kept by a file."""

    @pytest.fixture
    def history(self, tmp_path: Path) -> History:
        """A file that is not there yet, in a folder that is not either."""
        self.file = tmp_path / "new" / "history.db"
        return SqliteHistory(self.file)

    def damage(self, history: History, snapshot: Snapshot) -> None:
        """Cut the row's text in half."""
        change(self.file, "UPDATE snapshots SET body = substr(body, 1, 40) WHERE day = ?", snapshot.day.isoformat())


def change(file: Path, statement: str, *values: object) -> None:
    """Change a file behind the store's back."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement, values)
        connection.commit()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a history is."""
    return tmp_path / "history.db"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xfe", "not a snapshot"),
        (b'{"version": 9}', "version 9"),
        (b'{"version": 1, "queue": "desk"}', "missing required field"),
        (b'{"version": 1, "queue": 5}', "queue"),
        (b"[" * 100_000, "not a snapshot"),
        ("not even bytes", "not a snapshot"),
        (None, "not a snapshot"),
    ],
)
def test_whatever_stands_in_a_row_is_told(file: Path, body: object, words: str) -> None:
    """Bytes of another kind, version or shape are that day's reason, never an error of the whole range."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    history.put(scored(LAST - timedelta(days=1), 71.0))
    if body is None:
        body = b""
    change(file, "UPDATE snapshots SET body = ? WHERE day = ?", body, LAST.isoformat())

    found = history.range("desk", LAST - timedelta(days=1), LAST)

    assert [row.score for row in found.snapshots] == [71.0]
    assert words in found.unreadable[LAST]


def test_a_row_of_another_day_is_not_passed_off_as_this_one(file: Path) -> None:
    """A snapshot has to be the one of the queue and day it is found under."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    yesterday = LAST - timedelta(days=1)
    change(file, "UPDATE snapshots SET day = ?", yesterday.isoformat())

    found = history.range("desk", yesterday, LAST)

    assert found.snapshots == ()
    assert "2026-11-22" in found.unreadable[yesterday]


def test_rows_of_no_day_or_source_are_passed_over(file: Path) -> None:
    """A key that is no date belongs to no range."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    change(file, "INSERT INTO snapshots VALUES ('desk', '2026-11-2x', 'live', x'00')")
    change(file, "INSERT INTO snapshots VALUES ('desk', '2026-11-20', 'dreamt', x'00')")

    assert list(history.days("desk")) == [LAST]
    assert len(history.range("desk", LAST - timedelta(days=9), LAST).snapshots) == 1


def test_a_file_that_is_no_database_fails_with_its_name(file: Path) -> None:
    """Reading and writing say which file cannot be used and what to do."""
    file.write_bytes(b"something else " * 500)
    history = SqliteHistory(file)

    for use in (lambda: history.put(scored(LAST, 70.0)), lambda: history.days("desk")):
        with pytest.raises(HistoryFailed, match=r"history\.db cannot be used: .*HISTORY_URL"):
            use()
    assert file.read_bytes().startswith(b"something else")


def test_a_folder_in_place_of_the_file_fails(tmp_path: Path) -> None:
    """A path that cannot be opened is told, not raised as it comes."""
    with pytest.raises(HistoryFailed, match="cannot be used"):
        SqliteHistory(tmp_path).range("desk", LAST, LAST)


def test_a_newer_format_is_left_alone(file: Path) -> None:
    """A file of a newer portal is neither read nor changed."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 7")

    with pytest.raises(HistoryFailed, match="format 7"):
        SqliteHistory(file).put(scored(LAST, 70.0))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_readers_go_on_while_somebody_writes(file: Path) -> None:
    """A write under way holds up no page."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM snapshots")

        assert [row.score for row in history.range("desk", LAST, LAST).snapshots] == [70.0]
        writer.execute("ROLLBACK")


def _keep(file: Path, offset: int, count: int) -> None:
    history = SqliteHistory(file)
    for ago in range(count):
        history.put(scored(LAST - timedelta(days=ago), float(offset), "live"))


def test_processes_share_one_file(file: Path) -> None:
    """Four processes that begin with no file and keep the same days leave each day once, whole."""
    fork = multiprocessing.get_context("spawn")
    workers = [fork.Process(target=_keep, args=(file, n, 25)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0] * 4
    found = SqliteHistory(file).range("desk", LAST - timedelta(days=40), LAST)
    assert len(found.snapshots) == 25
    assert found.unreadable == {}
