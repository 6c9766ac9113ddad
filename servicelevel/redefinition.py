"""Where the days of a queue begin to be judged otherwise: by another definition, another engine, or another portal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, Protocol, TypeAlias

from servicelevel.snapshot import SnapshotSource

ScoresUnder: TypeAlias = Literal["today", "recorded"]
"""Scores of old days made again from their counts by the queue's present definition, or as each day recorded them."""

WhatChanged: TypeAlias = Literal["definition", "engine", "origin"]
"""The queue's definition, the version of the rules, or whether the portal counted the day or a file told its score."""

IMPORTED = "imported"
_WORDS: Mapping[WhatChanged, str] = {
    "definition": "definition changed",
    "engine": "new version of the rules",
    "origin": "imported scores meet the portal’s own",
}


class Judged(Protocol):
    """A day and by what it was judged."""

    @property
    def day(self) -> date:
        """Which."""

    @property
    def source(self) -> SnapshotSource:
        """Where it came from."""

    @property
    def definition_hash(self) -> str:
        """The fingerprint of the queue's definition."""

    @property
    def engine_version(self) -> str:
        """The version of the rules that judged it."""


@dataclass(frozen=True, slots=True)
class Redefinition:
    """`day` is the first that was judged otherwise than `before`, the last kept day ahead of it."""

    day: date
    before: date
    what: tuple[WhatChanged, ...]

    @property
    def words(self) -> str:
        """What changed, as a phrase."""
        return ", ".join(_WORDS[what] for what in self.what)


def basis(judged: Judged) -> str:
    """A text that two days share when they were judged alike. An imported score is like any other imported one."""
    return IMPORTED if judged.source == "import" else f"{judged.definition_hash} {judged.engine_version}"


def redefinitions(days: Sequence[Judged]) -> tuple[Redefinition, ...]:
    """Every change between kept days that follow each other, which are in order."""
    return tuple(
        Redefinition(now.day, then.day, changed) for then, now in pairwise(days) if (changed := tuple(_what(then, now)))
    )


def _what(then: Judged, now: Judged) -> Iterator[WhatChanged]:
    imported = [each.source == "import" for each in (then, now)]
    if any(imported):
        if not all(imported):
            yield "origin"
        return
    if then.definition_hash != now.definition_hash:
        yield "definition"
    if then.engine_version != now.engine_version:
        yield "engine"
