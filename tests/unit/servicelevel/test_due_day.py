"""The day of a due list: where it begins and ends, what of it is closed, and which stretch an instant is in."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from servicelevel.calendars import ALWAYS_OPEN, BusinessCalendar
from servicelevel.due_day import BIN_MS, DueDay, due_day
from servicelevel.instants import DAY_MS, HOUR_MS
from tests.factories import ms, sao_paulo

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MORNING = ms("2026-11-24T09:41:00-03:00")


def _hours(day: DueDay) -> tuple[int, int]:
    midnight = ms("2026-11-24T00:00:00-03:00")
    return (day.start - midnight) // HOUR_MS, (day.end - midnight) // HOUR_MS


def test_a_day_is_the_working_hours_and_lunch_is_closed() -> None:
    """9 to 12 and 13 to 18 are 36 stretches of a quarter of an hour, of which the four of lunch are closed."""
    day = due_day([sao_paulo()], MORNING, SAO_PAULO, [])

    assert _hours(day) == (9, 18)
    assert [place for place, closed in enumerate(day.closed) if closed] == [12, 13, 14, 15]


def test_a_goal_that_ends_with_the_day_is_in_its_last_stretch() -> None:
    """A stretch takes its end: due at 18:00 is before closing, due at 9:00 would have been yesterday's."""
    day = due_day([sao_paulo()], MORNING, SAO_PAULO, [])

    assert day.place(ms("2026-11-24T18:00:00-03:00")) == 35
    assert day.place(ms("2026-11-24T09:00:00-03:00")) is None
    assert day.place(ms("2026-11-24T09:00:00.001-03:00")) == 0
    assert day.place(ms("2026-11-24T18:00:00.001-03:00")) is None


def test_a_day_reaches_to_what_is_due_outside_of_hours() -> None:
    """A clock that runs out at 20:10 of a queue that never closes makes the day longer, by whole hours."""
    day = due_day([sao_paulo(), ALWAYS_OPEN], MORNING, SAO_PAULO, [ms("2026-11-24T20:10:00-03:00")])

    assert _hours(day) == (9, 21)
    assert not any(day.closed), "a queue that never closes has no break"


def test_a_morning_that_is_over_without_anything_due_is_left_out() -> None:
    """At 16:20 the day begins with that hour; with something due at 10:10 with the hour of that."""
    afternoon = ms("2026-11-24T16:20:00-03:00")

    def begins(*dues: str) -> int:
        return due_day([sao_paulo()], afternoon, SAO_PAULO, [ms(due) for due in dues]).start

    assert begins() == begins("2026-11-24T17:00:00-03:00") == ms("2026-11-24T16:00:00-03:00")
    assert begins("2026-11-24T10:10:00-03:00") == ms("2026-11-24T10:00:00-03:00")


def test_what_is_due_on_another_date_does_not_stretch_the_day() -> None:
    """Yesterday's and tomorrow's clocks are not of this day."""
    others = [MORNING - DAY_MS, MORNING + DAY_MS]

    assert due_day([sao_paulo()], MORNING, SAO_PAULO, others) == due_day([sao_paulo()], MORNING, SAO_PAULO, [])


def test_a_free_day_is_closed_from_end_to_end() -> None:
    """On a Sunday nothing is open, so the whole date is shown, closed."""
    day = due_day([sao_paulo()], ms("2026-11-22T10:00:00-03:00"), SAO_PAULO, [])

    assert (len(day.closed), all(day.closed)) == (96, True)


def test_a_day_on_which_clocks_change_has_its_own_length() -> None:
    """25 October 2026 has 25 hours in Berlin."""
    berlin = BusinessCalendar("always", "Europe/Berlin")

    assert len(due_day([berlin], ms("2026-10-25T12:00:00+01:00"), berlin.zone, []).closed) == 25 * 4


@given(st.integers(0, 30 * DAY_MS), st.lists(st.integers(-DAY_MS, DAY_MS), max_size=5))
def test_what_is_due_today_has_a_place_and_only_that(later: int, distances: list[int]) -> None:
    """Every due instant of the date has a stretch that holds it; no other instant has one on another date."""
    as_of = MORNING + later
    dues = [as_of + distance for distance in distances]
    calendar = sao_paulo()
    day = due_day([calendar], as_of, SAO_PAULO, dues)

    for due in [as_of, *dues]:
        place = day.place(due)
        if place is not None:
            assert day.start + place * BIN_MS < due <= day.start + (place + 1) * BIN_MS
        else:
            first = calendar.midnight(calendar.local_date(as_of))
            assert due <= first or due > first + DAY_MS
