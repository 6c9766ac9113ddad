"""Instants, durations and hours as answers write them."""

from datetime import datetime
from typing import Any, TypeAlias, overload

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS, to_datetime

Json: TypeAlias = dict[str, Any]

SECONDS_PER_HOUR = 3600


@overload
def instant(at: int, calendar: BusinessCalendar) -> str: ...


@overload
def instant(at: None, calendar: BusinessCalendar) -> None: ...


@overload
def instant(at: int | None, calendar: BusinessCalendar) -> str | None: ...


def instant(at: int | None, calendar: BusinessCalendar) -> str | None:
    """ISO 8601 with the offset of the queue's zone, to the millisecond."""
    if at is None:
        return None
    local: datetime = to_datetime(at).astimezone(calendar.zone)
    return local.isoformat(timespec="milliseconds")


@overload
def hours_of(ms: float) -> float: ...


@overload
def hours_of(ms: float | None) -> float | None: ...


def hours_of(ms: float | None) -> float | None:
    """Business hours of milliseconds."""
    return None if ms is None else ms / HOUR_MS
