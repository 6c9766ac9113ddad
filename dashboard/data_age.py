"""How old the oldest queue's numbers are: one event a minute in the log, which an alarm looks for and misses."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from opsportal.ports import Now
from servicelevel.errors import PortalError
from servicelevel.freshness import Freshness
from servicelevel.instants import SECOND_MS

AGE: Final = "data.age"
EVERY_S: Final = 60.0

_log = logging.getLogger(__name__)


class DataAge:
    """Tells the age of the oldest of the last good readings.

    A queue that was never read is as old as this process, or as its failures where those began earlier; one that came
    up later, as the moment at which it did. While nobody can say how the queues stand, what was known last grows older.
    """

    def __init__(
        self,
        standings: Callable[[], Mapping[str, Freshness]],
        now: Now,
        *,
        every_s: float = EVERY_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._standings, self._now, self._every_s, self._clock_s = standings, now, every_s, clock_s
        self._known: Mapping[str, Freshness] | None = None
        self._began_s = self._unread_from_s = self._next_s = clock_s()
        self._unread_since_s: dict[str, float] = {}

    def tell(self) -> None:
        """Log the age if the last time was a minute ago; call it as often as you like, in one thread."""
        if self._clock_s() < self._next_s:
            return
        self._next_s = self._clock_s() + self._every_s
        try:
            self._look()
        except PortalError as error:
            _log.warning("How old the queues' numbers are is reckoned from what was known last. %s", error)
        ages_s = self._ages_s()
        oldest = max(ages_s, key=ages_s.__getitem__, default=None)
        # Before the first look nobody knows any queue: then nothing was read since this process began.
        age_s = self._clock_s() - self._began_s if self._known is None else ages_s.get(oldest or "", 0.0)
        fields = {"oldest_age_s": round(age_s, 1), "oldest": oldest, "queues": len(ages_s)}
        _log.info(AGE, extra={**fields, "unread": len(self._unread_since_s)})

    def _look(self) -> None:
        self._known = self._standings()
        unread = [queue_id for queue_id, standing in self._known.items() if standing.as_of is None]
        self._unread_since_s = {each: self._unread_since_s.get(each, self._unread_from_s) for each in unread}
        self._unread_from_s = self._clock_s()

    def _ages_s(self) -> dict[str, float]:
        now = self._now()
        return {queue_id: self._age_s(queue_id, standing, now) for queue_id, standing in (self._known or {}).items()}

    def _age_s(self, queue_id: str, standing: Freshness, now: int) -> float:
        age_ms = standing.age_ms(now)
        if age_ms is not None:
            return age_ms / SECOND_MS
        failing_ms = 0 if standing.since is None else max(now - standing.since, 0)
        return max(self._clock_s() - self._unread_since_s[queue_id], failing_ms / SECOND_MS)
