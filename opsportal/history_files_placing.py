"""Entries of a file put into history: what is there already stays, and what cannot be put is told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, TypeAlias

from opsportal.history_files import Entry, Told, Unplaced
from opsportal.ports import History
from servicelevel.snapshot import Snapshot

AT_ONCE = 2_000
"""Entries held in memory, whose days are looked up together."""

Placed: TypeAlias = Literal["put", "there"] | Unplaced


def placed(told: Iterable[Told], history: History, *, dry_run: bool) -> Iterator[Placed]:
    """What becomes of each entry, in any order; nothing is put in a dry run. "there" was kept just so before.

    Raises:
        PortalError: history cannot be read or written. What was put until then stays.
    """
    going = iter(told)
    while some := list(islice(going, AT_ONCE)):
        by_queue: dict[str, list[Entry]] = {}
        for each in some:
            if isinstance(each, Unplaced):
                yield each
            else:
                by_queue.setdefault(each.snapshot.queue, []).append(each)
        for queue, entries in by_queue.items():
            yield from _of_queue(queue, entries, history, dry_run=dry_run)


def _of_queue(queue: str, entries: Sequence[Entry], history: History, *, dry_run: bool) -> Iterator[Placed]:
    days = [entry.snapshot.day for entry in entries]
    there = {kept.day: kept for kept in history.range(queue, min(days), max(days)).snapshots}
    for entry in entries:
        new, kept = entry.snapshot, there.get(entry.snapshot.day)
        if kept is not None and _alike(new, kept):
            yield "there"
        elif kept is not None and kept.rank >= new.rank:
            yield Unplaced(entry.place, f"{queue} on {new.day} stays as it is kept: {_of_kind(kept)}")
        elif dry_run or history.put(new):
            yield "put"
        else:
            yield Unplaced(entry.place, f"{queue} on {new.day} was kept by somebody else just now; that one stays")


def _alike(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots differ in nothing but when they were taken."""
    return replace(one, taken_at=0) == replace(other, taken_at=0)


def _of_kind(kept: Snapshot) -> str:
    kinds = {"live": "it was taken live", "backfill": "it was rebuilt", "import": "it was imported"}
    score = "no score" if kept.score is None else f"a score of {kept.score:.1f}"
    return f"{kinds[kept.source]}{'' if kept.complete else ', incomplete'}, with {score}"
