"""History in one SQLite file, safe for several processes of one machine."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_args

from datasource.history.encoding import (
    VERSION,
    UnreadableDay,
    UnreadableRun,
    from_bytes,
    gives_way,
    run_from_bytes,
    run_to_bytes,
    to_bytes,
)
from datasource.history.errors import HistoryFailed
from datasource.history.sqlite_failures import history_error
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource
from servicelevel.snapshot_run import SnapshotRun

_WAIT_S = 5.0
_READ_WAIT_S = 2.0
"""How long a reader waits for who keeps even readers out, as no other process of the portal does."""
LEFT_ALONE_S = 15.0
"""How long such a file is not read again: the threads that answer pages must not all wait."""
_LOOK_S = 0.01
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FORMAT = 3
_WHOSE = "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version"
# Days of a queue lie side by side. On larger pages a day with many priorities still fits among its neighbours, where
# SQLite's usual ones would give each such day a page of its own.
_PAGE_BYTES = 8192
_TABLE = """
    CREATE TABLE IF NOT EXISTS snapshots (
        queue TEXT NOT NULL, day TEXT NOT NULL, version INTEGER NOT NULL, source TEXT NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (queue, day)
    ) WITHOUT ROWID
"""
# Which days there are is asked far more often than what they hold; this answers it without touching any body.
_INDEX = "CREATE INDEX IF NOT EXISTS days ON snapshots (queue, day, source)"
_RUNS = """
    CREATE TABLE IF NOT EXISTS runs (
        id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL
    )
"""
_RUNS_INDEX = "CREATE INDEX IF NOT EXISTS latest ON runs (started_at)"


class SqliteHistory:
    """Keeps one row a queue and day. The file and its folder are made when they are first needed.

    Readers never wait for a writer (write-ahead log), so the file belongs on a local disk and not on a network share.
    A file that is damaged, or that is none of ours, is never changed.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._held: tuple[float, str] | None = None

    def put(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when the day has one of the same or a higher rank, which then stays.

        A row that cannot be read gives way to any snapshot, but for one that a newer version of the portal wrote.

        Raises:
            HistoryFailed: it could not be kept.
        """
        key, body = (snapshot.queue, snapshot.day.isoformat()), to_bytes(snapshot)
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT version, body FROM snapshots WHERE queue = ? AND day = ?", key).fetchone()
            stays = row is not None and not gives_way(row[0], _bytes(row[1]), snapshot)
            if not stays:
                values = (*key, VERSION, snapshot.source, body)
                connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", values)
            connection.execute("COMMIT")
        return not stays

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """A queue's days from first to last, both included, in order; a broken row is told, not raised.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        with self._read() as connection:
            return _range(connection, queue, first, last)

    def ranges(self, queues: Sequence[str], first: date, last: date) -> Mapping[str, SnapshotRange]:
        """As `range`, of several queues.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        with self._read() as connection:
            return {queue: _range(connection, queue, first, last) for queue in queues}

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """Every day of a queue that has a snapshot, in order, and where it came from.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        chosen = "SELECT day, source FROM snapshots WHERE queue = ? ORDER BY day"
        with self._read() as connection:
            rows = connection.execute(chosen, (queue,)).fetchall()
        dated = ((_date(text), source) for text, source in rows)
        return {day: source for day, source in dated if day is not None and source in get_args(SnapshotSource)}

    def begins(self, queue: str) -> date | None:
        """The first day of a queue that has a snapshot; None when it has none.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        # The index is walked from its beginning only as far as the first row that is a day.
        chosen = "SELECT day, source FROM snapshots WHERE queue = ? ORDER BY day"
        with self._read() as connection:
            rows = connection.execute(chosen, (queue,))
            dated = ((_date(text), source) for text, source in rows)
            return next((day for day, source in dated if day is not None and source in get_args(SnapshotSource)), None)

    def record(self, run: SnapshotRun) -> None:
        """Keep the record of a run, in place of an earlier one of the same id.

        Raises:
            HistoryFailed: it could not be kept.
        """
        values = (run.id, run.started_at, VERSION, run_to_bytes(run))
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", values)

    def runs(self, limit: int) -> tuple[SnapshotRun, ...]:
        """The latest runs, the last one begun first; records that cannot be read are left out.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        chosen = "SELECT version, body FROM runs ORDER BY started_at DESC, id DESC LIMIT ?"
        with self._read() as connection:
            rows = connection.execute(chosen, (limit,)).fetchall()
        found = []
        for version, body in rows:
            with contextlib.suppress(UnreadableRun):
                found.append(run_from_bytes(version, _bytes(body)))
        return tuple(found)

    def prove(self) -> str:
        """That the file can be read and written, tried by writing what it says already.

        Raises:
            HistoryFailed: it cannot.
        """
        with self._open() as connection:
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        return f"{self._file}: can be read and written"

    @contextlib.contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        """A connection for who answers pages: not for a while after the file was found held."""
        if (held := self._held) is not None and time.monotonic() < held[0]:
            again = HistoryFailed(held[1])
            again.held_back = True
            raise again
        with self._open(reading=True) as connection:
            yield connection
        self._held = None

    @contextlib.contextmanager
    def _open(self, *, reading: bool = False) -> Iterator[sqlite3.Connection]:
        wait_s = _READ_WAIT_S if reading else _WAIT_S
        # A connection an operation: it costs a fraction of a millisecond and survives neither forks nor threads.
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._file, timeout=wait_s, isolation_level=None)) as connection:
                self._prepare(connection, wait_s)
                yield connection
        except (sqlite3.Error, OSError) as error:
            told = history_error(self._file, error, wait_s)
            if reading and _is_held(error):
                self._held = time.monotonic() + LEFT_ALONE_S, str(told)
            raise told from None

    def _prepare(self, connection: sqlite3.Connection, wait_s: float) -> None:
        # Both in one look: everything below comes into being at once.
        found, tables = connection.execute(_WHOSE).fetchone()
        if found == _FORMAT:
            return
        if found or tables:
            kind = f"format {found}; this version of the portal knows format {_FORMAT}" if found else "tables of others"
            raise HistoryFailed(
                f"History in {self._file} cannot be used: it has {kind}. It was left as it is. Run the version that "
                "made it, or set HISTORY_URL to another file."
            )
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        _write_ahead(connection, wait_s)
        connection.execute("BEGIN IMMEDIATE")
        for statement in (_TABLE, _INDEX, _RUNS, _RUNS_INDEX):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    # Where several make the file at once SQLite itself does not wait for this.
    ends = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_held(error) or time.monotonic() >= ends:
                raise
            time.sleep(_LOOK_S)
        else:
            return


def _is_held(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _HELD


def _range(connection: sqlite3.Connection, queue: str, first: date, last: date) -> SnapshotRange:
    chosen = "SELECT day, version, body FROM snapshots WHERE queue = ? AND day BETWEEN ? AND ? ORDER BY day"
    snapshots, unreadable = [], {}
    for text, version, body in connection.execute(chosen, (queue, first.isoformat(), last.isoformat())):
        day = _date(text)
        if day is None:
            continue  # a row of no day belongs to no range
        try:
            snapshots.append(from_bytes(version, _bytes(body), queue, day))
        except UnreadableDay as error:
            unreadable[day] = str(error)
    return SnapshotRange(tuple(snapshots), unreadable)


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
