"""All queues as one, day by day: the consolidated score of each kept day, from the counts that were kept."""

from collections.abc import Mapping, Sequence
from datetime import date

from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.rollup import weighted_score
from servicelevel.trend import Trend, TrendPoint, days_between


def consolidated_days(
    queues: Sequence[Queue], trends: Mapping[str, Trend], first: date, last: date
) -> tuple[tuple[date, float | None], ...]:
    """The mean score of each day from first to last, both included, weighed as the consolidated score of today is.

    A day on which a queue with history has no snapshot is a gap: a mean of the others would jump for no reason.
    """
    known = [(queue, trends[queue.id]) for queue in queues if queue.id in trends and trends[queue.id].points]
    by_day = [(queue, {point.day: point for point in trend.points}, _begin(trend)) for queue, trend in known]
    return tuple((day, _of_day(day, by_day)) for day in days_between(first, last))


def _of_day(day: date, known: Sequence[tuple[Queue, Mapping[date, TrendPoint], date]]) -> float | None:
    there = [(queue, points.get(day)) for queue, points, begin in known if begin <= day]
    scores = []
    for queue, point in there:
        if point is None:
            return None
        scores.append((queue.id, point.score, _weight(queue, point)))
    return weighted_score(scores)[0]


def _begin(trend: Trend) -> date:
    return trend.begins or trend.points[0].day


def _weight(queue: Queue, point: TrendPoint) -> float:
    """What the registry says, by default the promises decided; an imported day knows none and weighs nothing."""
    if queue.share is not None:
        return queue.share
    return float(sum(point.decided(name) or 0 for name in SLA_NAMES))
