"""Values made once: by one thread, for as long as there is room."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from opsportal.memo import Memo


def test_a_value_is_made_once() -> None:
    """And again after everything was forgotten."""
    memo: Memo[int] = Memo(10)
    made = iter(range(10))

    assert [memo.get("a", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    assert memo.get("b", lambda: next(made)) == 1
    memo.clear()
    assert memo.get("a", lambda: next(made)) == 2


def test_threads_that_ask_at_once_wait_for_one_of_them() -> None:
    """Another key waits for nobody."""
    memo: Memo[str] = Memo(10)
    begun, go_on, made = threading.Event(), threading.Event(), list[str]()

    def slow() -> str:
        begun.set()
        assert go_on.wait(30)
        made.append("slow")
        return "slow"

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(memo.get, "a", slow) for _ in range(3)]
        assert begun.wait(30)
        assert pool.submit(memo.get, "b", lambda: "quick").result(30) == "quick"
        go_on.set()
        assert [each.result(30) for each in waiting] == ["slow"] * 3

    assert made == ["slow"]


def test_the_longest_unused_makes_room() -> None:
    """By weight, not by number."""
    memo: Memo[str] = Memo(5, len)
    memo.get("a", lambda: "xx")
    memo.get("b", lambda: "xx")
    memo.get("a", lambda: pytest.fail("it is there"))
    memo.get("c", lambda: "xxx")

    assert memo.get("a", lambda: "made anew") == "xx"
    assert memo.get("b", lambda: "made anew") == "made anew"


def test_a_value_heavier_than_all_room_is_kept_alone() -> None:
    """It was asked for, after all."""
    memo: Memo[str] = Memo(5, len)
    memo.get("a", lambda: "x")
    memo.get("b", lambda: "xxxxxxxxx")

    assert memo.get("b", lambda: "made anew") == "xxxxxxxxx"
    assert memo.get("a", lambda: "y") == "y"


def test_what_cannot_be_made_is_tried_again() -> None:
    """The failure goes to who asked."""
    memo: Memo[int] = Memo(5)

    with pytest.raises(ZeroDivisionError):
        memo.get("a", lambda: 1 // 0)

    assert memo.get("a", lambda: 7) == 7
