"""How fresh what is shown is, and what is being done about it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

FreshnessState: TypeAlias = Literal["fresh", "stale", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class Freshness:
    """The standing of one queue's numbers; instants are epoch milliseconds.

    fresh: the last good reading is young, whatever has become of the tries since. partial: the same, but tickets of
    the queue are missing from it. stale: nothing younger could be had, or nothing has been read so far (then `as_of`
    is None). failed: there never was a good reading, and reading failed.

    `reason` says what is missing or why it does not go on, None while all is well. While reading fails, `since` is
    when it began to, `tries` how often it did, `next_try` when it is tried again, and `code` the kind of failure.
    """

    state: FreshnessState
    as_of: int | None
    reason: str | None = None
    since: int | None = None
    tries: int = 0
    next_try: int | None = None
    reading: bool = False
    code: str | None = None

    def age_ms(self, now: int) -> int | None:
        """Milliseconds since the last good reading; None when there is none."""
        return None if self.as_of is None else max(now - self.as_of, 0)
