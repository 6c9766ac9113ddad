"""How long everything takes: the intervals of the portal in proportion to what counts as a minute."""

from dataclasses import dataclass
from typing import Final

BUDGET_S: Final = 10
"""What one refresh may take: as little as the portal can be told."""

_FAULT_BEGINS: Final = 0.08
_FAULT_ENDS: Final = 0.65
_SHORTEST_TTL_S: Final = 2
_TTL: Final = 0.2
"""The share of a minute that is the cache time: a fault of Jira lasts until numbers are stale, and afterwards there is
time for them to be fresh again before the next one."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`minutes` of `minute_s` seconds each, with so many requests a second.

    `growth` is by what share a worker's memory may be above what it was after the first fifth, and `growth_mb` what it
    may grow by in any case. `late` is the share of requests that may be sent late.
    """

    minutes: int
    minute_s: float = 60.0
    rate: float = 30.0
    growth: float = 0.1
    growth_mb: float = 0.0
    late: float = 0.01

    @property
    def total_s(self) -> float:
        """How long requests come."""
        return self.minutes * self.minute_s

    @property
    def on_s(self) -> float:
        """Seconds into each minute at which its faults begin."""
        return self.minute_s * _FAULT_BEGINS

    @property
    def off_s(self) -> float:
        """Seconds into each minute at which its faults end."""
        return self.minute_s * _FAULT_ENDS

    @property
    def ttl_s(self) -> int:
        """The cache time."""
        return max(_SHORTEST_TTL_S, round(self.minute_s * _TTL))

    @property
    def stale_s(self) -> int:
        """The age from which on a reading is stale."""
        return 2 * self.ttl_s

    @property
    def settles_s(self) -> float:
        """Seconds after a fault's end in which a read that it spoiled may still end, and its source be left alone."""
        return BUDGET_S + self.ttl_s + 5.0

    @property
    def settings(self) -> dict[str, str]:
        """The portal's intervals."""
        return {
            "CACHE_TTL": str(self.ttl_s),
            "RETRY_FIRST": str(self.ttl_s / 4),
            "RETRY_LONGEST": str(self.ttl_s),
            "LOCK_TTL": str(max(1, self.ttl_s // 4)),
            "REFRESH_BUDGET": str(BUDGET_S),
        }
