from __future__ import annotations

import pytest

from demo.clock import Clock, ClockError, iso


def test_frozen_clock_stands() -> None:
    """A frozen clock shows its instant for ever; without an offset that is UTC."""
    clock = Clock("frozen:2026-11-23T12:00:00")

    assert {clock.now_ms(), clock.now_ms()} == {Clock("frozen:2026-11-23T09:00:00-03:00").now_ms()}
    assert iso(clock.now_ms()) == "2026-11-23T12:00:00.000Z"


def test_stepped_clock_moves_by_hand_and_only_forward() -> None:
    """A step moves the clock by exactly its seconds; there is no way back."""
    clock = Clock("stepped:2026-11-23T12:00:00Z")
    before_ms = clock.now_ms()

    assert clock.step(90.5) - before_ms == 90_500
    assert clock.now_ms() - before_ms == 90_500
    with pytest.raises(ClockError, match="forward"):
        clock.step(-1)


def test_fast_clock_runs_ahead() -> None:
    """A fast clock never goes back and starts at its instant."""
    clock = Clock("fast:1000@2026-11-23T12:00:00Z")
    readings = [clock.now_ms() for _ in range(50)]

    assert readings == sorted(readings)
    assert readings[0] >= Clock("frozen:2026-11-23T12:00:00Z").now_ms()


@pytest.mark.parametrize(
    "description",
    ["", "frozen", "frozen:yesterday", "fast:0", "fast:x", "stepped:1999-01-01", "real:now", "sundial:noon"],
)
def test_clock_refuses_what_it_cannot_read(description: str) -> None:
    """A description that makes no sense is an error, not another clock."""
    with pytest.raises(ClockError):
        Clock(description)


@pytest.mark.parametrize("description", ["real", "frozen:2026-11-23T12:00:00Z", "fast:2"])
def test_only_a_stepped_clock_is_moved_by_hand(description: str) -> None:
    """The other clocks refuse a step."""
    with pytest.raises(ClockError, match="stepped"):
        Clock(description).step(1)
