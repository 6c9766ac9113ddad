"""What is overdue, and what breaks next by the clock on the wall."""

from collections.abc import Iterable
from dataclasses import dataclass

from servicelevel.due import DueRow
from servicelevel.instants import HOUR_MS


@dataclass(frozen=True, slots=True)
class NextBreak:
    """Clocks over their goal, and those that run out by `until`; `first` is the next to run out, whenever that is."""

    as_of: int
    overdue: int
    breaking: int
    until: int
    first: DueRow | None


def next_break(rows: Iterable[DueRow], as_of: int, *, ahead_ms: int = HOUR_MS) -> NextBreak:
    """Count the clocks already overdue and those whose goal runs out within `ahead_ms` of wall time after as_of.

    Wall time, not business time: the answer names a time of day, and nothing runs out over night.
    """
    until, overdue = as_of + ahead_ms, 0
    coming: list[tuple[int, DueRow]] = []
    for row in rows:
        if row.state == "overdue":
            overdue += 1
        elif row.due is not None:
            coming.append((row.due, row))
    first = min(coming, key=lambda pair: (pair[0], pair[1].key), default=None)
    return NextBreak(as_of, overdue, sum(due <= until for due, _ in coming), until, None if first is None else first[1])
