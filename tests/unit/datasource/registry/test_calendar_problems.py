"""What is wrong with a calendar, each rule by its path and its sentence."""

from typing import Any

import pytest

from tests.unit.datasource.registry.examples import changed, parsed, problems

_HOURS = ("calendars", "business", "hours")
_PLACE = ("calendars", "business", "holidays")

_BROKEN: dict[str, tuple[tuple[str | int, ...], Any, str, str, str | None]] = {
    # what is wrong: where it is put, the value, the path reported, a piece of what was expected, the name meant
    "a zone by its city": (
        ("calendars", "always", "time_zone"),
        "São Paulo",
        "calendars.always.time_zone",
        "IANA",
        "America/Sao_Paulo",
    ),
    "a zone misspelt": (
        ("calendars", "always", "time_zone"),
        "Europe/Berln",
        "calendars.always.time_zone",
        "IANA",
        "Europe/Berlin",
    ),
    "a zone that is a path": (
        ("calendars", "always", "time_zone"),
        "../UTC",
        "calendars.always.time_zone",
        "IANA",
        "UTC",
    ),
    "a country by its name": (
        (*_PLACE, "country"),
        "Brazil",
        "calendars.business.holidays.country",
        "country code",
        "BR",
    ),
    "a country in small letters": (
        (*_PLACE, "country"),
        "br",
        "calendars.business.holidays.country",
        "country code",
        "BR",
    ),
    "a subdivision by its name": (
        (*_PLACE, "subdivision"),
        "São Paulo",
        "calendars.business.holidays.subdivision",
        "SP",
        "SP",
    ),
    "a country without subdivisions": (
        _PLACE,
        {"country": "JP", "subdivision": "13"},
        "calendars.business.holidays.subdivision",
        "same everywhere",
        None,
    ),
    "a holiday twice": (
        ("calendars", "business", "extra_holidays"),
        ["2026-12-24"] * 2,
        "calendars.business.extra_holidays",
        "once",
        None,
    ),
    "an exception of no date": (
        ("calendars", "business", "exceptions"),
        {"2026-2-1": []},
        "calendars.business.exceptions.2026-2-1",
        "YYYY",
        None,
    ),
    "hours of no day": (_HOURS, {}, "calendars.business.hours", "at least one weekday", None),
    "hours that are all closed": (_HOURS, {"mon": []}, "calendars.business.hours", "at least one weekday", None),
    "an unknown weekday": (_HOURS, {"Mon-Fri": []}, "calendars.business.hours.Mon-Fri", "weekdays as", "mon-fri"),
    "a week around its end": (
        _HOURS,
        {"fri-mon": []},
        "calendars.business.hours.fri-mon",
        "earlier to the later",
        None,
    ),
    "a weekday in two places": (
        _HOURS,
        {"mon-fri": [], "fri": []},
        "calendars.business.hours",
        "`mon-fri` and in `fri`",
        None,
    ),
    "a weekday twice in a key": (
        _HOURS,
        {"mon,mon": []},
        'calendars.business.hours["mon,mon"]',
        "each weekday once",
        None,
    ),
    "hours without minutes": (_HOURS, {"mon": ["9-12"]}, "calendars.business.hours.mon[0]", "HH:MM-HH:MM", None),
    "hours after midnight": (
        _HOURS,
        {"mon": ["09:00-24:30"]},
        "calendars.business.hours.mon[0]",
        "24:00 allowed",
        None,
    ),
    "hours of other digits": (
        _HOURS,
        {"mon": ["\u0660\u0669:00-12:00"]},
        "calendars.business.hours.mon[0]",
        "HH:MM-HH:MM",
        None,
    ),
    "hours of no length": (_HOURS, {"mon": ["09:00-09:00"]}, "calendars.business.hours.mon[0]", "00:00-24:00", None),
    "a night shift": (
        _HOURS,
        {"mon": ["22:00-06:00"]},
        "calendars.business.hours.mon[0]",
        "22:00-24:00 on this day and 00:00-06:00 on the next",
        None,
    ),
    "hours that overlap": (
        _HOURS,
        {"mon": ["09:00-12:00", "11:00-13:00"]},
        "calendars.business.hours.mon",
        "overlap",
        None,
    ),
    "hours that are unsorted": (
        _HOURS,
        {"mon": ["13:00-18:00", "09:00-12:00"]},
        "calendars.business.hours.mon",
        "early to late",
        None,
    ),
}


@pytest.mark.parametrize(("where", "value", "path", "expected", "nearest"), _BROKEN.values(), ids=_BROKEN)
def test_a_broken_value_is_told_by_path_and_expectation(
    where: tuple[str | int, ...], value: Any, path: str, expected: str, nearest: str | None
) -> None:
    """One thing wrong is one problem: its place, what should be there, and what may have been meant."""
    (problem,) = problems(changed(*where, to=value))
    assert (problem.path, problem.nearest) == (path, nearest)
    assert expected in problem.expected
    assert len(problem.found) <= 80


def test_intervals_that_touch_are_no_overlap() -> None:
    """A change of shift at noon is allowed."""
    calendar = parsed(changed(*_HOURS, to={"mon": ["09:00-12:00", "12:00-18:00"]})).queues[0].calendar
    assert calendar.weekly[0] == ((540, 720), (720, 1080))
