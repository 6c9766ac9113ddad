import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.ports import History
from servicelevel.snapshot import Snapshot
from tests.unit.datasource.history.history_contract import HistoryContract, Open
from tests.unit.servicelevel.days import LAST, scored


class TestSqliteHistory(HistoryContract):
    """The promises of every history, kept by a file."""

    @pytest.fixture
    def history(self, tmp_path: Path) -> History:
        """A file that is not there yet, in a folder that is not either."""
        self.file = tmp_path / "new" / "history.db"
        return SqliteHistory(self.file)

    def opener(self) -> Open:
        """The same file."""
        return partial(SqliteHistory, self.file)

    def write(self, snapshot: Snapshot, body: bytes, version: int) -> None:
        """Change the row."""
        key = (snapshot.queue, snapshot.day.isoformat())
        change(self.file, "UPDATE snapshots SET body = ?, version = ? WHERE queue = ? AND day = ?", body, version, *key)

    def damage_runs(self) -> None:
        """Cut their bytes in half."""
        change(self.file, "UPDATE runs SET body = substr(body, 1, 40)")


def change(file: Path, statement: str, *values: object) -> None:
    """Change a file behind the store's back."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement, values)
        connection.commit()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a history is."""
    return tmp_path / "history.db"


def test_rows_of_no_day_or_source_are_passed_over(file: Path) -> None:
    """A key that is no date belongs to no range."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    change(file, "INSERT INTO snapshots VALUES ('desk', '2026-11-2x', 1, 'live', x'00')")
    change(file, "INSERT INTO snapshots VALUES ('desk', '2026-11-20', 1, 'dreamt', x'00')")

    assert list(history.days("desk")) == [LAST]
    assert history.begins("desk") == LAST
    assert len(history.range("desk", LAST - timedelta(days=9), LAST).snapshots) == 1


def test_readers_go_on_while_somebody_writes(file: Path) -> None:
    """A write under way holds up no page."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM snapshots")

        assert [row.score for row in history.range("desk", LAST, LAST).snapshots] == [70.0]
        writer.execute("ROLLBACK")
