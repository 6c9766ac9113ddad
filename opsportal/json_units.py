"""Instants, durations and hours as answers write them."""

from datetime import datetime
from typing import Any, TypeAlias

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS, to_datetime

Json: TypeAlias = dict[str, Any]

SECONDS_PER_HOUR = 3600


def instant(at: int | None, calendar: BusinessCalendar) -> str | None:
    """ISO 8601 with the offset of the queue's zone, to the millisecond."""
    if at is None:
        return None
    local: datetime = to_datetime(at).astimezone(calendar.zone)
    return local.isoformat(timespec="milliseconds")


def hours_of(ms: float | None) -> float | None:
    """Business hours of milliseconds."""
    return None if ms is None else ms / HOUR_MS
