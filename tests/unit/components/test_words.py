"""Numbers and instants in words."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from components import words
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS
from tests.factories import ms

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOW = ms("2026-11-24T12:41:00+00:00")


def _plain(text: str) -> str:
    return text.replace(words.SPACE, " ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.percent(0.9412), "94.1 %"),
        (words.percent(1.0), "100.0 %"),
        (words.percent(None), "—"),
        (words.target(0.95), "95 %"),
        (words.target(0.995), "99.5 %"),
        (words.target(1.0), "100 %"),
        (words.interval(0.941, 0.958), "94.1–95.8 %"),
        (words.decimal(1234.56), "1,234.6"),
        (words.decimal(-2.0), "−2.0"),
        (words.count(2172), "2,172"),
        (words.signed(9.04), "+9.0"),
        (words.signed(-9.04), "−9.0"),
        (words.signed(-0.04), "0.0"),
        (words.plural(1, "ticket"), "1 ticket"),
        (words.plural(0, "ticket"), "0 tickets"),
        (words.plural(2, "query", "queries"), "2 queries"),
        (words.listed(["A"]), "A"),
        (words.listed(["A", "B", "C"]), "A, B and C"),
        (words.listed([]), ""),
    ],
)
def test_a_number_is_said_as_people_read_it(said: str, expected: str) -> None:
    """With a sign that is a minus, thousands apart, and a dash for what is not known."""
    assert _plain(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.time_left(8 * MINUTE_MS), "0h 08m"),
        (words.time_left(-75 * MINUTE_MS), "−1h 15m"),
        (words.time_left(-1), "−0h 00m"),
        (words.duration(30 * MINUTE_MS), "30m"),
        (words.duration(4 * HOUR_MS), "4h"),
        (words.duration(75 * MINUTE_MS), "1h 15m"),
        (words.duration(0), "0m"),
        (words.age(9_000), "9 s"),
        (words.age(-1), "0 s"),
        (words.age(43 * MINUTE_MS), "43 min"),
        (words.age(2 * HOUR_MS), "2 h"),
        (words.age(2 * HOUR_MS + 5 * MINUTE_MS), "2 h 05 min"),
        (words.age(3 * DAY_MS), "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_own_way(said: str, expected: str) -> None:
    """What is left keeps its hours, a length is short, an age is rounded down."""
    assert _plain(said) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-24T13:25:00+00:00", "10:25"),
        ("2026-11-24T02:59:00+00:00", "Mon 23:59"),
        ("2026-11-18T16:26:00+00:00", "Wed 13:26"),
        ("2026-11-17T16:26:00+00:00", "17 Nov 13:26"),
        ("2025-11-24T16:26:00+00:00", "24 Nov 2025 13:26"),
    ],
)
def test_an_instant_is_said_as_near_as_it_is(at: str, expected: str) -> None:
    """In the zone of the queue: the time alone today, the weekday within six days, then the date."""
    assert words.instant(ms(at), NOW, SAO_PAULO) == expected


def test_dates_share_what_they_have_in_common() -> None:
    """A month once, a year only where it is another."""
    assert words.day_range(date(2026, 10, 26), date(2026, 11, 24)) == "26 Oct–24 Nov"
    assert words.day_range(date(2026, 10, 1), date(2026, 10, 30)) == "1–30 Oct"
    assert words.day_range(date(2026, 10, 27), date(2026, 10, 27)) == "27 Oct"
    assert words.day_range(date(2025, 12, 27), date(2026, 1, 3)) == "27 Dec 2025–3 Jan"


def test_machines_read_utc() -> None:
    """To the second."""
    assert words.iso(NOW) == "2026-11-24T12:41:00Z"
