"""Requests at an even pace, and threads that know for whom they work."""

from contextvars import ContextVar
from itertools import pairwise

import pytest

from datasource.lanes import Lanes
from datasource.rate import BURST_S, Rate
from tests.fakes.clock import Clock

NAME: ContextVar[str] = ContextVar("name", default="nobody")


def test_no_more_begin_in_a_second_than_may() -> None:
    """After a quiet time a few at once, and then one after the other."""
    clock, begun = Clock(), list[float]()

    def sleep(seconds: float) -> None:
        clock.at_s += seconds

    rate = Rate(50, clock_s=clock, sleep=sleep)
    for _ in range(200):
        rate.wait()
        begun.append(clock.at_s)

    assert begun.count(begun[0]) == 50 * BURST_S
    gaps = [later - sooner for sooner, later in pairwise(begun[10:])]
    assert gaps == pytest.approx([1 / 50] * len(gaps))
    clock.at_s += 60
    rate.wait()
    assert clock.at_s == pytest.approx(begun[-1] + 60)


def test_a_slow_rate_allows_no_two_at_once() -> None:
    """One a second is one a second."""
    clock, waits = Clock(), list[float]()
    rate = Rate(1, clock_s=clock, sleep=waits.append)
    for _ in range(3):
        rate.wait()

    assert waits == pytest.approx([1.0, 2.0])


def test_a_call_runs_in_the_context_of_its_caller() -> None:
    """Submitted or mapped; each its own, and the thread forgets it."""
    with Lanes(1) as pool:
        NAME.set("r-1")
        first, mapped = pool.submit(NAME.get), pool.map(lambda n: (n, NAME.get()), [1, 2])
        NAME.set("r-2")
        second = pool.submit(NAME.get)
        assert (first.result(), list(mapped), second.result()) == ("r-1", [(1, "r-1"), (2, "r-1")], "r-2")

        def set_it() -> None:
            NAME.set("left behind")

        pool.submit(set_it).result()
        assert pool.submit(NAME.get).result() == "r-2"
