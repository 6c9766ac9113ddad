"""Answers about history: queues day by day."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from dashboard.api.asked import Asked
from dashboard.api.found import Found
from dashboard.api.narrowing import queues_of
from dashboard.api.parameters import MEASURES, too_long
from dashboard.api.problems import HISTORY_UNREADABLE, BadParameters, Problem, Wrong
from dashboard.portal import Portal
from dashboard.tables_of_queues import trends_table
from opsportal.shapes.history import TrendsJson
from opsportal.trends_json import trends as shaped_trends
from servicelevel.errors import PortalError
from servicelevel.snapshot import end_of_day, last_ended_day

USUAL_DAYS = 90
RETRY_S = 60


def trends(services: Portal, asked: Asked) -> Found:
    """The days of queues from history, as of the end of the last one asked for that has ended."""
    queues, now = queues_of(asked, services.policy), services.now()
    ids = [queue.id for queue in queues]
    ended = [last_ended_day(queue.calendar, now) for queue in queues]
    first, last = dates(asked, max(ended))
    ends = [end_of_day(queue.calendar, min(last, day)) for queue, day in zip(queues, ended, strict=True)]
    with _readable(services):
        kept = services.trends.read(ids, first, last)
    # A day that ended and has no snapshot becomes a gap, though nothing came to the history.
    revision = _digest(kept.revision, ended, first, last)

    def shaped() -> TrendsJson:
        measures = asked.measures or MEASURES
        return shaped_trends(
            queues,
            kept.series(asked.scores),
            (first, last),
            measures,
            scores=asked.scores,
            as_of=max(ends),
            revision=revision,
            now=services.now(),
        )

    return Found(revision, max(ends), shaped, lambda: trends_table(queues, kept.series(asked.scores)))


@contextmanager
def _readable(services: Portal) -> Iterator[None]:
    """Tell a history that fails as a problem."""
    try:
        yield
    except PortalError as problem:
        detail = f"The history cannot be read: {services.why(problem)}"
        raise Problem(HISTORY_UNREADABLE, detail, headers={"Retry-After": str(RETRY_S)}) from problem


def dates(asked: Asked, last_ended: date) -> tuple[date, date]:
    """The first and last day asked for; by default the last ninety that have ended.

    Raises:
        BadParameters: they are no stretch of days, or too long a one.
    """
    last = asked.last or max(last_ended, asked.first or last_ended)
    first = asked.first or last - timedelta(days=USUAL_DAYS - 1)
    problem = too_long(first, last)
    if problem is not None:
        given = {"from": asked.first, "to": asked.last}
        raise BadParameters([Wrong(name, str(value), problem) for name, value in given.items() if value is not None])
    return first, last


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()
