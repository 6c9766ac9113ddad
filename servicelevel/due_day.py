"""The day of a due list in equal bins: which of them are closed, and where each clock's goal runs out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import DAY_MS, MINUTE_MS

BIN_MS = 15 * MINUTE_MS
_FULL_DAY_HOURS_MS = DAY_MS - BIN_MS
_A_HOUR = 4
"""Bins of an hour."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """Bins of 15 minutes from `start` (an instant, epoch ms); `closed` has one flag a bin.

    A bin is closed when no calendar is open in any part of it.
    """

    start: int
    closed: tuple[bool, ...]
    zone: ZoneInfo

    @property
    def end(self) -> int:
        """The instant at which the last bin ends."""
        return self.start + len(self.closed) * BIN_MS

    def place(self, at: int) -> int | None:
        """The bin of an instant; None outside the day. A bin takes its end, not its start, as goals run out at ends."""
        place = -((self.start - at) // BIN_MS) - 1
        return place if 0 <= place < len(self.closed) else None

    def position(self, at: int) -> float:
        """Where an instant lies, in bins from the start; may lie outside the day."""
        return (at - self.start) / BIN_MS


def due_day(calendars: Sequence[BusinessCalendar], as_of: int, zone: ZoneInfo, dues: Iterable[int]) -> DueDay:
    """The local date of as_of in `zone`: the calendars' working hours, as_of itself and every due instant of that day.

    Hours of work that are over are left out unless something was due in them or before.
    Calendars that never close say nothing about when a day begins; without others it is the whole date.
    """
    day = BusinessCalendar("day", zone.key)
    today = day.local_date(as_of)
    midnight = day.midnight(today)
    following = day.midnight(type(today).fromordinal(today.toordinal() + 1))
    starts = np.arange(midnight, following, BIN_MS, dtype=np.int64)
    worked = [calendar.elapsed(starts, np.minimum(starts + BIN_MS, following)) for calendar in calendars]
    open_ = np.zeros(len(starts), bool)
    hours = np.zeros(len(starts), bool)
    for spent in worked:
        open_ |= spent > 0
        if spent.sum() < _FULL_DAY_HOURS_MS:
            hours |= spent > 0
    whole = DueDay(midnight, tuple(not flag for flag in open_), zone)
    if not hours.any():
        return whole
    wanted = {place for at in (as_of, *dues) if (place := whole.place(at)) is not None}
    begin = min(wanted, default=0)
    wanted |= {place for place in np.flatnonzero(hours).tolist() if place >= begin}
    first, last = _hour(min(wanted), down=True), _hour(max(wanted) + 1, down=False)
    last = min(last, len(starts))
    return DueDay(midnight + first * BIN_MS, whole.closed[first:last], zone)


def _hour(place: int, *, down: bool) -> int:
    """The bin at which the hour around a bin begins, or the next one does."""
    return place - place % _A_HOUR if down else place + -place % _A_HOUR
