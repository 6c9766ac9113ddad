"""Three years of fifty queues in one SQLite file: its size, and reads of 30 days there against a file of 90 days."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from datasource.history.encoding import VERSION, to_bytes
from datasource.history.sqlite import SqliteHistory
from servicelevel.snapshot import Snapshot
from tests.bench.measuring import Line, best_of
from tests.unit.datasource.history.large_days import twenty_priorities
from tests.unit.servicelevel.days import LAST

QUEUES = tuple(f"queue-{number:02}" for number in range(50))
LARGE_DAYS, SMALL_DAYS, READ_DAYS = 1_095, 90, 30
GOAL = 2
"""How many times as long a read may take where history is twelve times as long."""
LARGEST_DAY_KB = 8


def lines() -> Iterator[Line]:
    """Size of the file, and reads of one queue, of all queues, of a beginning."""
    with TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.db", Path(folder) / "small.db"
        began = perf_counter()
        _fill(large, LARGE_DAYS)
        took_s = perf_counter() - began
        _fill(small, SMALL_DAYS)
        items, size_bytes = LARGE_DAYS * len(QUEUES), large.stat().st_size
        detail = f"{items:,} days, {size_bytes / 1e6:.0f} MB, filled in {took_s:.0f} s"
        yield Line("history: a day on disk", size_bytes / items / 1e3, LARGEST_DAY_KB, False, "kB", detail)
        yield from _reads(SqliteHistory(large), SqliteHistory(small))


def _reads(large: SqliteHistory, small: SqliteHistory) -> Iterator[Line]:
    first, middle = LAST - timedelta(days=READ_DAYS - 1), QUEUES[25]
    reads: Sequence[tuple[str, Callable[[SqliteHistory], object], int]] = (
        ("30 days of a queue", lambda history: history.range(middle, first, LAST), 40),
        ("30 days of 50 queues", lambda history: history.ranges(QUEUES, first, LAST), 1),
        ("first day of a queue", lambda history: history.begins(middle), 200),
    )
    for name, read, times in reads:
        large_s, small_s = best_of(partial(read, large), partial(read, small), rounds=7, times=times)
        detail = f"{large_s * 1e3:.2f} ms against {small_s * 1e3:.2f} ms"
        yield Line(f"history: {name}, 3 years ÷ 90 days", large_s / small_s, GOAL, False, "x", detail)


def _fill(file: Path, days: int) -> None:
    """Day after day, all queues of each, as a daily task does; in one transaction a day, as it is faster."""
    SqliteHistory(file).days("any")  # makes the file
    row = twenty_priorities()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for ago in range(days - 1, -1, -1):
            kept = (_other(row, queue, ago) for queue in QUEUES)
            values = [(each.queue, each.day.isoformat(), VERSION, each.source, to_bytes(each)) for each in kept]
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?)", values)
            connection.execute("COMMIT")


def _other(row: Snapshot, queue: str, ago: int) -> Snapshot:
    """The same day as another one, of another queue, with five priorities."""
    assert row.counts is not None
    flow = replace(row.counts.flow, created=ago, resolved=ago + 1)
    first = ago % 15
    counts = replace(row.counts, flow=flow, by_priority=row.counts.by_priority[first : first + 5])
    return replace(row, queue=queue, day=LAST - timedelta(days=ago), counts=counts)
