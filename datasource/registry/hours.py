"""Working hours as they are written: `"mon-fri": ["09:00-12:00", "13:00-18:00"]`."""

import re
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from datasource.registry.problem import nearest
from datasource.registry.refusal import refusal, text_of
from servicelevel.calendars import Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MIN = 24 * 60
_INTERVAL_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_INTERVAL = re.compile(_INTERVAL_PATTERN.removesuffix("$"))
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_DAYS_PATTERN = rf"^{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*$"
_EXPECTED_INTERVAL = 'hours of one day as "HH:MM-HH:MM", two digits each, 24:00 allowed as the end'
_EXPECTED_DAYS = "weekdays as `mon`, `mon-fri` or `sat,sun`, from the earlier to the later"


def _interval(value: Any) -> tuple[int, int]:
    written = text_of(value, _EXPECTED_INTERVAL)
    if not _INTERVAL.fullmatch(written):
        raise refusal(_EXPECTED_INTERVAL)
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in written.split("-"))
    if start == end:
        raise refusal("an end after the start (a whole day is 00:00-24:00)")
    if end < start:
        first, last = written.split("-")
        pieces = f"{first}-24:00 on this day" + (f" and 00:00-{last} on the next" if end else "")
        raise refusal(f"an end after the start; a night shift is written as the pieces of its two days: {pieces}")
    return start, end


def _in_order(hours: Hours) -> Hours:
    for (start, end), (next_start, _) in pairwise(hours):
        if next_start < start:
            raise refusal(f"hours from early to late ({_clock(next_start)} is written after {_clock(start)})")
        if next_start < end:
            raise refusal(f"hours that do not overlap ({_clock(next_start)} lies before the end at {_clock(end)})")
    return hours


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def days_of(written: str) -> tuple[int, ...]:
    """The weekday numbers (Monday 0) that a key names.

    Raises:
        PydanticCustomError: it names none, a range runs backwards, or a day stands in it twice.
    """
    numbers: list[int] = []
    for part in written.split(","):
        names = part.split("-")
        if len(names) > 2 or not set(names) <= set(WEEKDAYS):
            raise refusal(_EXPECTED_DAYS, nearest(written, (*WEEKDAYS, "mon-fri", "sat,sun", "mon-sun")))
        first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
        if last < first or (last == first and len(names) == 2):
            raise refusal(_EXPECTED_DAYS)
        numbers.extend(range(first, last + 1))
    if len(set(numbers)) < len(numbers):
        raise refusal("each weekday once")
    return tuple(numbers)


def _written_days(value: Any) -> str:
    written = text_of(value, _EXPECTED_DAYS)
    days_of(written)
    return written


def _week(hours: dict[str, Hours]) -> dict[str, Hours]:
    taken: dict[int, str] = {}
    for key in hours:
        for day in days_of(key):
            if day in taken:
                raise refusal(f"each weekday in one place ({WEEKDAYS[day]} is in `{taken[day]}` and in `{key}`)")
            taken[day] = key
    if not any(hours.values()):
        raise refusal("at least one weekday with hours (without `hours` at all a calendar is 24/7)")
    return hours


Interval: TypeAlias = Annotated[
    tuple[int, int],
    BeforeValidator(_interval),
    WithJsonSchema({"type": "string", "pattern": _INTERVAL_PATTERN, "examples": ["09:00-12:00"]}),
]
DayHours: TypeAlias = Annotated[tuple[Interval, ...], AfterValidator(_in_order)]
Days: TypeAlias = Annotated[str, BeforeValidator(_written_days), WithJsonSchema({"pattern": _DAYS_PATTERN})]
WeekHours: TypeAlias = Annotated[
    dict[Days, DayHours], AfterValidator(_week), Field(json_schema_extra={"additionalProperties": False})
]


def weekly(hours: WeekHours | None) -> tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]:
    """Hours by weekday from Monday; days that are not written are closed, and without any hours all is open."""
    if hours is None:
        return (((0, _DAY_MIN),),) * 7
    by_day = {day: intervals for key, intervals in hours.items() for day in days_of(key)}
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (by_day.get(day, ()) for day in range(7))
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday
