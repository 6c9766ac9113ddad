"""Trends: the kept days of queues as lines. What cannot be read is told, and never breaks a page that shows more."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from opsportal.ports import History, Now
from servicelevel.policy import Policy, Queue
from servicelevel.signals import BASELINE_DAYS
from servicelevel.snapshot import last_ended_day
from servicelevel.trend import Trend, trend


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


def _chosen(policy: Policy, queue_ids: Sequence[str]) -> list[Queue]:
    wanted = set(queue_ids)
    return [queue for queue in policy.queues if queue.id in wanted]
