"""Whose turn it is, and which of two heads knows more: lots fall alike everywhere, and clocks may be set."""

from dataclasses import replace

import pytest

from opsportal.head import Failing, Head, Kept, head_from_bytes, head_to_bytes, newest, next_order
from opsportal.source_state import SourceState
from opsportal.turns import Patience, due_at, foreseen
from servicelevel.instants import HOUR_MS, MINUTE_MS
from tests.fakes.clock import Clock
from tests.fakes.desk_world import NOON
from tests.fakes.shared import MemoryCache

TTL_MS = 5 * MINUTE_MS
KEPT = Kept(NOON, NOON, "r1", "aa", "bb")
FAILING = Failing(NOON, 1, NOON, NOON + MINUTE_MS, NOON, "away", "Down")


def test_queues_come_to_be_read_in_rounds_and_not_at_once() -> None:
    """Wherever they began; always well before a reading is too old, and never soon after it was made."""
    readings = {f"queue-{number}": NOON + number * TTL_MS // 20 for number in range(20)}

    for _ in range(6):
        for queue, read_at in readings.items():
            turn = due_at(queue, replace(KEPT, read_at=read_at), TTL_MS)
            assert 0.7 * TTL_MS - 1 <= turn - read_at <= 0.9 * TTL_MS
            readings[queue] = turn + 700

    first = min(readings.values())
    places = sorted((turn - first) % (0.8 * TTL_MS) for turn in readings.values())
    assert places[-1] <= 0.1 * TTL_MS
    assert len(set(places)) == len(places)
    assert places[10] > 0.02 * TTL_MS


def test_an_instant_that_was_reckoned_in_the_future_means_nothing() -> None:
    """Clocks of two machines may differ a little."""
    assert foreseen(NOON + HOUR_MS, NOON, NOON + 5) == NOON + HOUR_MS
    assert foreseen(NOON + HOUR_MS, NOON + MINUTE_MS, NOON) == NOON + HOUR_MS
    assert foreseen(NOON + HOUR_MS, NOON + 2 * MINUTE_MS, NOON) is None


@pytest.mark.parametrize("jump_ms", [0, -HOUR_MS, -400 * 24 * HOUR_MS])
def test_a_wait_ends_by_the_clock_that_is_first(jump_ms: int) -> None:
    """That of the portal may stand or be set back; this process's own does neither."""
    clock, now = Clock(), NOON + jump_ms
    patience = Patience(lambda: now, clock)
    assert not patience.over("desk", FAILING, FAILING.next_try)
    clock.at_s += 59.9
    assert not patience.over("desk", FAILING, FAILING.next_try)
    clock.at_s += 0.1
    assert patience.over("desk", FAILING, FAILING.next_try)

    again = replace(FAILING, tried_at=NOON + 1, next_try=NOON + 1 + MINUTE_MS)
    assert not patience.over("desk", again, again.next_try)
    now = again.next_try
    assert patience.over("desk", again, again.next_try)


def test_of_two_heads_each_gives_what_it_knows_last() -> None:
    """The newer reading and the later news may come from different ones; equal orders are decided alike everywhere."""
    younger = replace(KEPT, order=NOON + 1, tickets="cc")
    told = Head(KEPT, failing={"Jira": FAILING}, order=NOON + 9)
    read = Head(younger, order=NOON + 1)

    for own, shared in ((told, read), (read, told)):
        assert newest(own, shared) == replace(told, kept=younger)
    assert newest(Head(), read) == newest(read, Head()) == read
    twin = Head(replace(younger, tickets="dd"), order=NOON + 1)
    assert newest(twin, read).kept == newest(read, twin).kept == twin.kept


def test_orders_grow_whatever_the_clock_does() -> None:
    """With it, and beyond it when it was set back."""
    assert next_order(Head(), NOON) == NOON
    head = Head(KEPT, order=NOON + 3)
    assert next_order(head, NOON + HOUR_MS) == NOON + HOUR_MS
    assert next_order(head, NOON - HOUR_MS) == NOON + 4
    assert next_order(replace(head, order=0), NOON - HOUR_MS) == NOON + 1


def test_a_head_comes_back_as_it_was() -> None:
    """With all it holds."""
    head = Head(KEPT, {}, {"Jira": FAILING}, NOON + 3, ("cc", "dd"))
    assert head_from_bytes(head_to_bytes(head)) == head


def test_the_state_of_a_source_is_told_as_far_as_the_cache_takes_it() -> None:
    """By source and site; a claim that cannot be told is granted."""
    cache = MemoryCache()
    one, other = SourceState(cache, "Jira", "https://site.invalid"), SourceState(cache, "Jira", "https://site.invalid")
    one.set(b"open")
    assert other.get() == b"open"
    assert SourceState(cache, "Tempo", "https://site.invalid").get() is None
    assert SourceState(cache, "Jira", "https://other.invalid").get() is None
    assert one.claim("1", 20)
    assert not other.claim("1", 20)
    assert other.claim("2", 20)

    cache.full = True
    one.set(b"closed")
    assert one.get() == b"open"
    assert one.claim("3", 20)
    assert one.claim("3", 20)
