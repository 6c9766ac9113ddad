"""What is said when the file cannot be used, and that nothing in it is lost."""

import errno
import multiprocessing
import os
import resource
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from datasource.history.errors import HistoryFailed
from datasource.history.sqlite import LEFT_ALONE_S, SqliteHistory
from datasource.history.sqlite_failures import history_error
from tests.fakes.clock import StillClock
from tests.unit.servicelevel.days import LAST, days_ago, kept, scored


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a history is."""
    return tmp_path / "history.db"


def fails(history: SqliteHistory, words: str) -> None:
    """Every use says what is wrong."""
    for use in (
        lambda: history.put(scored(LAST, 70.0)),
        lambda: history.range("desk", LAST, LAST),
        lambda: history.ranges(["desk"], LAST, LAST),
        lambda: history.days("desk"),
        lambda: history.begins("desk"),
        lambda: history.runs(1),
        history.prove,
    ):
        with pytest.raises(HistoryFailed, match=words):
            use()


def test_a_file_that_is_no_database_is_left_as_it_is(file: Path) -> None:
    """Whatever it is, somebody may want it."""
    file.write_bytes(b"something else " * 500)

    fails(SqliteHistory(file), r"history\.db cannot be used: it is damaged or no database .*move it away.*HISTORY_URL")
    assert file.read_bytes() == b"something else " * 500
    assert [path.name for path in file.parent.iterdir()] == ["history.db"]


def test_a_damaged_file_is_left_as_it_is(file: Path) -> None:
    """Pages overwritten in the middle: nothing is mended on the sly, and no byte of what may be rescued is lost."""
    history = SqliteHistory(file)
    row = kept()
    for ago in range(60):
        history.put(replace(row, day=days_ago(ago)))
    whole = file.read_bytes()
    broken = whole[:8192] + b"\xa5" * (len(whole) - 8192)
    file.write_bytes(broken)

    for use in (lambda: history.range("desk", days_ago(90), LAST), lambda: history.put(kept(days_ago(61)))):
        with pytest.raises(HistoryFailed, match=r"damaged or no database \(.*malformed\).*backfill"):
            use()
    assert file.read_bytes() == broken

    file.write_bytes(whole)
    assert len(history.range("desk", days_ago(90), LAST).snapshots) == 60


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    """With a file that could be in it."""
    fails(SqliteHistory(tmp_path), rf"it is a folder\. Set HISTORY_URL to .*sqlite:///{tmp_path}/history\.db")


def test_a_folder_that_cannot_be_made_is_told(file: Path) -> None:
    """As when a file is in its place."""
    file.write_bytes(b"")

    fails(SqliteHistory(file / "deeper" / "history.db"), r"cannot be used: .*Make the file and its folder writable")


def test_a_file_that_may_not_be_written_is_told(file: Path) -> None:
    """In words of its own kind, as SQLite gives it."""
    SqliteHistory(file).put(scored(LAST, 70.0))
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError) as raised,
    ):
        connection.execute("PRAGMA user_version = 3")

    assert "readonly database. Make the file and its folder writable" in str(history_error(file, raised.value, 5.0))


def test_a_full_disk_is_told_by_sqlite_or_by_the_system(file: Path) -> None:
    """Both ask for room."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as raised:
            connection.execute("CREATE TABLE more (id)")
    for error in (raised.value, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))):
        said = str(history_error(file, error, 5.0))
        assert "Make room on the disk and try again; what was kept before stands." in said


def _fill_up(file: Path, room_bytes: int) -> None:
    """Keep days until no file of this process may grow any more, and say how it went by the exit code."""
    history = SqliteHistory(file)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + room_bytes, resource.RLIM_INFINITY))
    row, told = kept(), 0
    for ago in range(1, 500):
        try:
            history.put(replace(row, day=days_ago(ago)))
        except HistoryFailed as error:
            told += "Make room on the disk" in str(error)
            if told == 3:
                break
    with suppress(HistoryFailed):
        history.put(scored(LAST, 99.0, "live"))
    os._exit(0 if told == 3 else 1)


def test_a_disk_that_fills_up_loses_nothing(file: Path) -> None:
    """Days that were told to be kept are there, those that were not can be kept once there is room."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    writer = multiprocessing.get_context("spawn").Process(target=_fill_up, args=(file, 40_000))
    writer.start()
    writer.join(60)
    assert writer.exitcode == 0

    found = history.range("desk", days_ago(500), LAST)
    known = {row.day for row in found.snapshots}
    assert (found.unreadable, len(known) > 5) == ({}, True)
    assert found.snapshots[-1].score == 70.0
    lacking = min(known) - timedelta(days=1)
    assert history.put(replace(kept(), day=lacking))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_lock_that_is_never_let_go_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer waits for another one, but not for ever; readers do not wait at all."""
    monkeypatch.setattr("datasource.history.sqlite._WAIT_S", 0.05)
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(HistoryFailed, match=r"another program has held it for 0\.05 s .*End that program"):
            history.put(scored(LAST, 71.0))
        assert list(history.days("desk")) == [LAST]
        other.execute("ROLLBACK")


def test_a_file_that_is_held_from_readers_is_not_read_again_for_a_while(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads that answer pages do not all wait for it, one after the other; writers try at once."""
    clock = StillClock()
    monkeypatch.setattr("datasource.history.sqlite.time", clock)
    monkeypatch.setattr("datasource.history.sqlite._READ_WAIT_S", 0.05)
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE somebody_elses (a)")
        with pytest.raises(HistoryFailed, match=r"another program has held it for 0\.05 s") as first:
            history.days("desk")
        other.execute("ROLLBACK")
    with pytest.raises(HistoryFailed, match=r"another program has held it for 0\.05 s") as second:
        history.ranges(["desk"], LAST, LAST)

    assert (first.value.held_back, second.value.held_back) == (False, True)
    assert not history.put(scored(LAST, 71.0))
    clock.sleep(LEFT_ALONE_S)
    assert list(history.days("desk")) == [LAST]
    assert list(history.days("desk")) == [LAST]


def test_another_format_is_left_alone(file: Path) -> None:
    """A file of another version of the portal is neither read nor changed."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 7")
    before = file.read_bytes()

    fails(SqliteHistory(file), "format 7; .* knows format 3")
    assert file.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(file: Path) -> None:
    """A wrong path must not put tables into somebody else's file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    before = file.read_bytes()

    fails(SqliteHistory(file), r"cannot be used: it has tables of others\. It was left as it is")
    assert file.read_bytes() == before


def test_a_file_can_be_proved(file: Path) -> None:
    """It is read and written without a day being kept."""
    history = SqliteHistory(file)
    history.put(scored(LAST, 70.0))

    assert history.prove() == f"{file}: can be read and written"
    assert list(history.days("desk")) == [LAST]
