"""Days with more in them than most."""

import hashlib
from dataclasses import replace
from datetime import date

from servicelevel.snapshot import Snapshot
from tests.unit.servicelevel.days import LAST, kept, scored


def large_day(day: date, chars: int = 13_000) -> Snapshot:
    """A day that takes about half as many bytes as characters however it is packed."""
    text = hashlib.shake_128(day.isoformat().encode()).hexdigest(chars // 2)
    return replace(scored(day, 70.0), definition_hash=text)


def twenty_priorities(day: date = LAST) -> Snapshot:
    """A day whose every count of twenty priorities is another number."""
    row = kept(day)
    assert row.counts is not None
    some = row.counts.by_priority
    many = []
    for number in range(20):
        one = some[number % len(some)]
        kept_of = {name: replace(k, met=k.met + 31 * number, n=k.n + 97 * number) for name, k in one.kept.items()}
        undecided = {name: count + 13 * number for name, count in one.undecided.items()}
        many.append(
            replace(
                one,
                id=str(10_000 + 7 * number),
                name=f"Priority {number:02} of a queue",
                created=one.created + 173 * number,
                resolved=one.resolved + 211 * number,
                open=one.open + 89 * number,
                kept=kept_of,
                undecided=undecided,
                hours_s=123_457 * number,
            )
        )
    return replace(row, counts=replace(row.counts, by_priority=tuple(many)))
