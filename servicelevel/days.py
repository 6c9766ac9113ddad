"""The local dates of a window, for counts by day."""

from datetime import timedelta
from functools import cached_property

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import Millis, date_of_day
from servicelevel.window import Window


class Days:
    """The local dates of a window, with the first and last marked where the window cuts them."""

    def __init__(self, window: Window, calendar: BusinessCalendar) -> None:
        self._calendar, self._window = calendar, window
        self._first, last = (int(day) for day in calendar.local_days(np.array([window.start + 1, window.end])))
        self.dates = [date_of_day(day) for day in range(self._first, last + 1)]
        starts_whole = calendar.midnight(self.dates[0]) == window.start + 1
        ends_whole = calendar.midnight(date_of_day(last + 1)) == window.end + 1
        self.partial = [False] * len(self.dates)
        self.partial[0] = not starts_whole
        self.partial[-1] = self.partial[-1] or not ends_whole

    @cached_property
    def ends(self) -> Millis:
        """The last instant of each date that lies in the window."""
        following = [self._calendar.midnight(day + timedelta(days=1)) - 1 for day in self.dates[:-1]]
        return np.array([*following, self._window.end])

    def count(self, at: Millis) -> Millis:
        """How many of these instants, all in the window, fall on each date."""
        return np.bincount(self._calendar.local_days(at) - self._first, minlength=len(self.dates))
