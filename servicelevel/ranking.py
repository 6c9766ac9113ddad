"""Places among queues: a range of places for as long as the intervals overlap, so that chance ranks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from servicelevel.attainment import Kept
from servicelevel.evidence import MIN_SAMPLE

Id = TypeVar("Id", bound=str)


@dataclass(frozen=True, slots=True)
class Rank:
    """The best and the worst place a queue may have, counted from 1."""

    best: int
    worst: int

    @property
    def certain(self) -> bool:
        """Whether the place is known."""
        return self.best == self.worst

    def __str__(self) -> str:
        return str(self.best) if self.certain else f"{self.best}–{self.worst}"


def ranks(kept: Mapping[Id, Kept]) -> dict[Id, Rank | None]:
    """Places by share kept, the best first; None under five decided promises.

    A queue stands behind another only where its whole 95 % interval lies below the other's.
    """
    intervals = {key: value.interval for key, value in kept.items() if value.n >= MIN_SAMPLE}
    known = {key: interval for key, interval in intervals.items() if interval is not None}
    return {key: _rank(known[key], list(known.values())) if key in known else None for key in kept}


def _rank(own: tuple[float, float], all_of_them: list[tuple[float, float]]) -> Rank:
    low, high = own
    ahead = sum(other_low > high for other_low, _ in all_of_them)
    behind = sum(other_high < low for _, other_high in all_of_them)
    return Rank(1 + ahead, len(all_of_them) - behind)
