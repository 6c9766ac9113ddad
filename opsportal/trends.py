"""Trends: the kept days of queues as lines. What cannot be read is told, and never breaks a page that shows more."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from opsportal.ports import History, Now
from servicelevel.errors import PortalError
from servicelevel.policy import Policy, Queue
from servicelevel.signals import BASELINE_DAYS
from servicelevel.snapshot import last_ended_day
from servicelevel.trend import Trend, days_between, point, trend

Score = tuple[date, float | None]


class Trends:
    """Reads history for pages and answers. `policy` gives the registry as it stands, so that a change is seen."""

    def __init__(self, history: History, policy: Callable[[], Policy], now: Now) -> None:
        self._history, self._policy, self._now = history, policy, now

    def series(self, queue_ids: Sequence[str], first: date, last: date) -> Mapping[str, Trend]:
        """A trend for each of these queues that the registry has, from first to last local day, both included.

        Raises:
            PortalError: history could not be read.
        """
        policy, earlier = self._policy(), first - timedelta(days=BASELINE_DAYS)
        made = {}
        for queue in _chosen(policy, queue_ids):
            kept = self._history.range(queue.id, earlier, last)
            began = next(iter(self._history.days(queue.id)), None)
            expected = None if began is None else (began, last_ended_day(queue.calendar, self._now()))
            made[queue.id] = trend(queue, kept, first, last, expected=expected, notes=policy.notes)
        return made

    def revision(self, queue_ids: Sequence[str]) -> str:
        """A short name of the days that these queues have; another one whenever a day came or went.

        Raises:
            PortalError: history could not be read.
        """
        digest = hashlib.blake2b(digest_size=8)
        for queue in _chosen(self._policy(), queue_ids):
            days = self._history.days(queue.id)
            digest.update(repr((queue.id, queue.definition_hash, [*days.items()])).encode())
        return digest.hexdigest()

    def scores(self, queue_ids: Sequence[str], days: int = 30) -> Mapping[str, tuple[Score, ...]]:
        """The shown score of each of the last ended days, oldest first; None in gaps and for days without a score.

        History that cannot be read gives no days at all: a page with more on it stands without its sparklines.
        """
        made: dict[str, tuple[Score, ...]] = {}
        for queue in _chosen(self._policy(), queue_ids):
            last = last_ended_day(queue.calendar, self._now())
            first = last - timedelta(days=days - 1)
            try:
                known = self._scores(queue, first, last)
            except PortalError:
                made[queue.id] = ()
                continue
            made[queue.id] = tuple((day, known.get(day)) for day in days_between(first, last))
        return made

    def score_on(self, queue_id: str, day: date) -> float | None:
        """The shown score of a day's end; None where there is none, or history cannot be read."""
        for queue in _chosen(self._policy(), [queue_id]):
            try:
                return self._scores(queue, day, day).get(day)
            except PortalError:
                return None
        return None

    def _scores(self, queue: Queue, first: date, last: date) -> dict[date, float | None]:
        kept = self._history.range(queue.id, first, last).snapshots
        return {item.day: point(queue, item).score for item in kept}


def _chosen(policy: Policy, queue_ids: Sequence[str]) -> list[Queue]:
    wanted = set(queue_ids)
    return [queue for queue in policy.queues if queue.id in wanted]
