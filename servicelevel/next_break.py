"""What is overdue, and what breaks next: the clocks with under an hour of their goal left, and by when they break."""

from collections.abc import Iterable
from dataclasses import dataclass

from servicelevel.due import DueRow
from servicelevel.instants import MINUTE_MS


@dataclass(frozen=True, slots=True)
class NextBreak:
    """Clocks over their goal and those in the bucket of under an hour, which have all broken by `until`.

    `until` is None while nothing is in that bucket; `first` is the next clock to run out, whenever that is.
    """

    as_of: int
    overdue: int
    breaking: int
    until: int | None
    first: DueRow | None


def next_break(rows: Iterable[DueRow], as_of: int) -> NextBreak:
    """Count the clocks already overdue and those with under an hour of working time left: the buckets of at risk."""
    overdue, breaking = 0, 0
    soon: list[int] = []
    coming: list[tuple[int, DueRow]] = []
    for row in rows:
        if row.state == "overdue":
            overdue += 1
            continue
        breaking += row.state == "lt_1h"
        if row.due is not None:
            coming.append((row.due, row))
            if row.state == "lt_1h":
                soon.append(row.due)
    first = min(coming, key=lambda pair: (pair[0], pair[1].key), default=None)
    return NextBreak(as_of, overdue, breaking, broken_by(soon), None if first is None else first[1])


def broken_by(dues: Iterable[int]) -> int | None:
    """The full minute that has come when the last of these goals has run out, so that "before" holds for all."""
    last = max(dues, default=None)
    return None if last is None else last + MINUTE_MS - last % MINUTE_MS
