"""Hypothesis settings of these tests: the same examples on every machine and day, no deadline, no folder left."""

from hypothesis import HealthCheck, settings


def examples(count: int) -> settings:
    """So many examples, always the same."""
    return settings(
        max_examples=count, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
