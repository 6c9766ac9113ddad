"""Values made once: by one thread, for as long as there is room."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from opsportal.memo import Memo, Of

DESK = Of("desk", 1)


def test_a_value_is_made_once() -> None:
    """And again after everything was forgotten."""
    memo: Memo[int] = Memo(10)
    made = iter(range(10))

    assert [memo.get("a", DESK, lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    assert memo.get("b", DESK, lambda: next(made)) == 1
    memo.clear()
    assert memo.get("a", DESK, lambda: next(made)) == 2


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
        waiting = [pool.submit(memo.get, "a", DESK, slow) for _ in range(3)]
        assert begun.wait(30)
        assert pool.submit(memo.get, "b", DESK, lambda: "quick").result(30) == "quick"
        go_on.set()
        assert [each.result(30) for each in waiting] == ["slow"] * 3

    assert made == ["slow"]


def test_the_longest_unused_makes_room() -> None:
    """By weight, not by number."""
    memo: Memo[str] = Memo(5, len)
    memo.get("a", DESK, lambda: "xx")
    memo.get("b", DESK, lambda: "xx")
    memo.get("a", DESK, lambda: pytest.fail("it is there"))
    memo.get("c", DESK, lambda: "xxx")

    assert memo.get("a", DESK, lambda: "made anew") == "xx"
    assert memo.get("b", DESK, lambda: "made anew") == "made anew"


def test_a_value_heavier_than_all_room_is_kept_alone() -> None:
    """It was asked for, after all."""
    memo: Memo[str] = Memo(5, len)
    memo.get("a", DESK, lambda: "x")
    memo.get("b", DESK, lambda: "xxxxxxxxx")

    assert memo.get("b", DESK, lambda: "made anew") == "xxxxxxxxx"
    assert memo.get("a", DESK, lambda: "y") == "y"


def test_what_cannot_be_made_is_tried_again() -> None:
    """The failure goes to who asked."""
    memo: Memo[int] = Memo(5)

    with pytest.raises(ZeroDivisionError):
        memo.get("a", DESK, lambda: 1 // 0)

    assert memo.get("a", DESK, lambda: 7) == 7


def test_what_is_made_of_a_newer_state_replaces_the_older() -> None:
    """All of it, and of nobody else; what is asked of the older state later is made and not kept."""
    memo: Memo[str] = Memo(10)
    for key in ("a", "b"):
        memo.get(key, DESK, lambda: "old")
    memo.get("a", Of("other", 1), lambda: "other")

    assert memo.get("a", Of("desk", 2), lambda: "new") == "new"
    assert len(memo) == 2
    assert memo.get("b", DESK, lambda: "made for once") == "made for once"
    assert memo.get("b", DESK, lambda: "made again") == "made again"
    assert memo.get("a", Of("other", 1), lambda: pytest.fail("it is there")) == "other"
    assert memo.get("a", Of("desk", 2), lambda: pytest.fail("it is there")) == "new"
    assert len(memo) == 2


def test_older_values_are_let_go_without_a_newer_one() -> None:
    """Nothing may be asked of the newer state for a long time."""
    memo: Memo[str] = Memo(10)
    memo.get("a", DESK, lambda: "old")
    memo.let_go(DESK)
    assert len(memo) == 1
    memo.let_go(Of("desk", 2))
    assert len(memo) == 0
