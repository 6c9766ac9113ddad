from hypothesis import given
from hypothesis import strategies as st

from servicelevel.instants import HOUR_MS
from tests.factories import always, ms, sao_paulo
from tests.unit.servicelevel.bounded import examples


def test_intervals_are_cut_at_both_ends() -> None:
    """A stretch that begins at work and ends at work has whole intervals between."""
    found = sao_paulo().intervals(ms("2026-11-20T20:00:00+00:00"), ms("2026-11-23T17:00:00+00:00"))

    assert found == (
        (ms("2026-11-20T20:00:00+00:00"), ms("2026-11-20T21:00:00+00:00")),
        (ms("2026-11-23T12:00:00+00:00"), ms("2026-11-23T15:00:00+00:00")),
        (ms("2026-11-23T16:00:00+00:00"), ms("2026-11-23T17:00:00+00:00")),
    )


def test_a_closed_stretch_has_none() -> None:
    """Nothing is worked on a Sunday; around the clock everything is one interval."""
    sunday = ms("2026-11-22T10:00:00+00:00"), ms("2026-11-22T20:00:00+00:00")

    assert sao_paulo().intervals(*sunday) == ()
    assert always().intervals(*sunday) == (sunday,)


@examples(50)
@given(st.integers(0, 60 * 24), st.integers(0, 60 * 24))
def test_intervals_hold_the_business_time(start_h: int, length_h: int) -> None:
    """Their lengths add up to the time elapsed, and none is empty."""
    start = ms("2026-09-01T00:00:00+00:00") + start_h * HOUR_MS
    end = start + length_h * HOUR_MS
    found = sao_paulo().intervals(start, end)

    assert sum(b - a for a, b in found) == sao_paulo().elapsed_ms(start, end)
    assert all(b > a for a, b in found)
