"""History in one SQLite file, safe for several processes of one machine.

```
PortalError
└── HistoryFailed    the file cannot be read or written; says which and what to do
```
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from datasource.history.encoding import UnreadableDay, from_bytes, to_bytes
from servicelevel.errors import PortalError
from servicelevel.snapshot import Snapshot, SnapshotRange, SnapshotSource

_WAIT_S = 5.0
_FORMAT = 1
_TABLE = """
    CREATE TABLE IF NOT EXISTS snapshots (
        queue TEXT NOT NULL, day TEXT NOT NULL, source TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (queue, day)
    ) WITHOUT ROWID
"""
# Which days there are is asked far more often than what they hold; this answers it without touching any body.
_INDEX = "CREATE INDEX IF NOT EXISTS days ON snapshots (queue, day, source)"


class HistoryFailed(PortalError):
    """The history file cannot be used."""


class SqliteHistory:
    """Keeps one row a queue and day. The file and its folder are made when they are first needed.

    Readers never wait for a writer (write-ahead log), so the file belongs on a local disk and not on a network share.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def put(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when the day has one of the same or a higher rank, which then stays.

        A row that cannot be read gives way to any snapshot.

        Raises:
            HistoryFailed: it could not be kept.
        """
        key, body = (snapshot.queue, snapshot.day.isoformat()), to_bytes(snapshot)
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT body FROM snapshots WHERE queue = ? AND day = ?", key).fetchone()
            stays = row is not None and _rank(row[0], snapshot) >= snapshot.rank
            if not stays:
                connection.execute(
                    "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", (*key, snapshot.source, body)
                )
            connection.execute("COMMIT")
        return not stays

    def range(self, queue: str, first: date, last: date) -> SnapshotRange:
        """A queue's days from first to last, both included, in order; a broken row is told, not raised.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        chosen = "SELECT day, body FROM snapshots WHERE queue = ? AND day BETWEEN ? AND ? ORDER BY day"
        with self._open() as connection:
            rows = connection.execute(chosen, (queue, first.isoformat(), last.isoformat())).fetchall()
        snapshots, unreadable = [], {}
        for text, body in rows:
            day = _date(text)
            if day is None:
                continue  # a row of no day belongs to no range
            try:
                snapshots.append(from_bytes(_bytes(body), queue, day))
            except UnreadableDay as error:
                unreadable[day] = str(error)
        return SnapshotRange(tuple(snapshots), unreadable)

    def days(self, queue: str) -> Mapping[date, SnapshotSource]:
        """Every day of a queue that has a snapshot, in order, and where it came from.

        Raises:
            HistoryFailed: the file cannot be read.
        """
        with self._open() as connection:
            rows = connection.execute(
                "SELECT day, source FROM snapshots WHERE queue = ? ORDER BY day", (queue,)
            ).fetchall()
        dated = ((_date(text), source) for text, source in rows)
        return {day: source for day, source in dated if day is not None and source in get_args(SnapshotSource)}

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection an operation: it costs a fraction of a millisecond and survives neither forks nor threads.
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._file, timeout=_WAIT_S, isolation_level=None)) as connection:
                self._prepare(connection)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise HistoryFailed(
                f"History in {self._file} cannot be used: {error}. Make the file and its folder writable for the "
                "portal, or set HISTORY_URL to another file."
            ) from None

    def _prepare(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == _FORMAT:
            return
        if found:
            raise HistoryFailed(
                f"History in {self._file} has format {found}; this version of the portal knows format {_FORMAT}. "
                "Run the newer version, or set HISTORY_URL to another file."
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)
        connection.execute(_INDEX)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")


def _rank(body: object, beside: Snapshot) -> int:
    try:
        return from_bytes(_bytes(body), beside.queue, beside.day).rank
    except UnreadableDay:
        return -1


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
