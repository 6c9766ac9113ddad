"""All queues' score, day by day."""

from datetime import date, timedelta

from servicelevel.consolidated_days import consolidated_days
from servicelevel.trend import Trend, TrendPoint
from tests.factories import queue

FIRST = date(2026, 11, 1)


def _point(day: date, score: float | None) -> TrendPoint:
    return TrendPoint(day, "import", True, (), score, {}, False, "", "", None)


def _trend(name: str, scores: dict[int, float | None]) -> Trend:
    points = tuple(_point(FIRST + timedelta(days=n), score) for n, score in scores.items())
    return Trend(name, FIRST, FIRST + timedelta(days=3), points[0].day if points else None, points, ())


def _days(trends: dict[str, Trend], shares: dict[str, float | None], last: int = 2) -> list[float | None]:
    queues = [queue(name, share=share) for name, share in shares.items()]
    return [score for _, score in consolidated_days(queues, trends, FIRST, FIRST + timedelta(days=last))]


def test_scores_are_weighed_as_the_registry_says() -> None:
    """Three parts of 80 and one of 40."""
    trends = {"a": _trend("a", {0: 80.0}), "b": _trend("b", {0: 40.0})}

    assert _days(trends, {"a": 3.0, "b": 1.0}, last=0) == [70.0]


def test_a_day_that_one_queue_lacks_is_a_gap() -> None:
    """A mean of the others would jump for no reason; before its history begins a queue is not missed."""
    trends = {"a": _trend("a", {0: 80.0, 1: 80.0, 2: 80.0}), "b": _trend("b", {1: 40.0})}

    assert _days(trends, {"a": 1.0, "b": 1.0}) == [80.0, 60.0, None]


def test_a_queue_without_a_score_that_day_weighs_nothing() -> None:
    """It was there and could not be judged, as in the consolidated score of today."""
    trends = {"a": _trend("a", {0: 80.0}), "b": _trend("b", {0: None})}

    assert _days(trends, {"a": 1.0, "b": 9.0}, last=0) == [80.0]


def test_without_counts_or_a_share_a_day_weighs_nothing() -> None:
    """An imported day knows a score alone, and a mean of no weight is no number."""
    assert _days({"a": _trend("a", {0: 80.0})}, {"a": None}, last=0) == [None]


def test_without_history_every_day_is_a_gap() -> None:
    """Nothing is invented for queues that have no past."""
    assert _days({"a": _trend("a", {})}, {"a": 1.0}) == [None, None, None]
