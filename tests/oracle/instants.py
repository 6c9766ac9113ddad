"""Instants as milliseconds since 1970 in UTC, and the local dates they fall on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ms_of(text: str) -> int:
    """The instant that an ISO text with an offset names."""
    return _ms(datetime.fromisoformat(text))


def iso(at_ms: int | None) -> str | None:
    """An instant as an ISO text in UTC to the millisecond; none is none."""
    return None if at_ms is None else (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")


def local_date(at_ms: int, zone: ZoneInfo) -> date:
    """The date on the wall at an instant."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone).date()


def last_ms_of(day: date, zone: ZoneInfo) -> int:
    """The last millisecond of a local date."""
    return midnight_ms(day + timedelta(days=1), zone) - 1


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """The first instant of a local date."""
    return _ms(datetime(day.year, day.month, day.day, tzinfo=zone))


def _ms(at: datetime) -> int:
    return (at.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A period: `from_ms` is not in it, `to_ms` is."""

    from_ms: int
    to_ms: int

    def __contains__(self, at_ms: int | None) -> bool:
        """Whether an instant lies in the period; none lies in no period."""
        return at_ms is not None and self.from_ms < at_ms <= self.to_ms

    def moved_back(self, days: int) -> "Window":
        """The same period so many times 24 hours earlier."""
        return Window(self.from_ms - days * DAY_MS, self.to_ms - days * DAY_MS)

    def days(self, zone: ZoneInfo) -> list[tuple[date, bool]]:
        """The local dates with an instant in the period, each with whether only a part of it lies in the period."""
        first, last = local_date(self.from_ms + 1, zone), local_date(self.to_ms, zone)
        dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [(day, self.from_ms >= midnight_ms(day, zone) or self.to_ms < last_ms_of(day, zone)) for day in dates]


def window_of(as_of_ms: int, days: int) -> Window:
    """The period of so many times 24 hours that ends at an instant."""
    return Window(as_of_ms - days * DAY_MS, as_of_ms)
