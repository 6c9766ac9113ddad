"""The period a number is about: from (not in it) to as_of (in it)."""

from dataclasses import dataclass
from datetime import date, timedelta

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import DAY_MS, Mask, Millis


@dataclass(frozen=True, slots=True)
class Window:
    """A period `start < t <= end`, in epoch milliseconds."""

    start: int
    end: int

    def holds(self, at: Millis) -> Mask:
        """Which instants lie in the period. Missing ones do not."""
        return (at > self.start) & (at <= self.end)

    def moved(self, by_ms: int) -> "Window":
        """The same length, moved by wall time (negative: back)."""
        return Window(self.start + by_ms, self.end + by_ms)

    @property
    def days(self) -> float:
        """Length in days of 24 h."""
        return (self.end - self.start) / DAY_MS


def last_days(as_of: int, days: float) -> Window:
    """The `days` × 24 h that end with as_of, whatever the zone and daylight saving."""
    return Window(as_of - int(days * DAY_MS), as_of)


def local_dates(calendar: BusinessCalendar, first: date, last: date) -> Window:
    """Whole local days of the calendar's zone: up to the last millisecond of the last day."""
    return Window(calendar.midnight(first) - 1, calendar.midnight(last + timedelta(days=1)) - 1)


def booked_dates(window: Window, calendar: BusinessCalendar) -> tuple[date, date]:
    """First and last start date of the hours that belong to a window: as many dates as it has days, both included.

    The last is the local date of the window's end.
    """
    last = calendar.local_date(window.end)
    return last - timedelta(days=max(round(window.days), 1) - 1), last
