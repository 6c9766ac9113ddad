"""Time zones as tables of offsets: wall-clock time is looked up, never computed twice."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
UNIX_DAY = 719_163
"""`date.toordinal()` of 1970-01-01: a day number plus this is a date."""

FIRST_YEAR = 2022
LAST_YEAR = 2038
"""The years the demo knows, both included. Its clock keeps well inside them."""


def day_number(year: int, month: int, day: int) -> int:
    """The number of days from 1970-01-01 to the date."""
    return datetime(year, month, day, tzinfo=UTC).toordinal() - UNIX_DAY


class Zone:
    """One IANA zone between `FIRST_YEAR` and `LAST_YEAR`, instants as milliseconds since 1970 UTC."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._starts_ms, self._offsets_ms = _offset_table(ZoneInfo(name))

    def offset_ms(self, at_ms: int) -> int:
        """What the wall clock is ahead of UTC at the instant."""
        if len(self._starts_ms) == 1:
            return self._offsets_ms[0]
        return self._offsets_ms[max(0, bisect_right(self._starts_ms, at_ms) - 1)]

    def wall_ms(self, at_ms: int) -> int:
        """The wall clock at the instant, written as milliseconds since a local 1970-01-01 00:00."""
        return at_ms + self.offset_ms(at_ms)

    def day(self, at_ms: int) -> int:
        """The local date at the instant, as a day number."""
        return self.wall_ms(at_ms) // DAY_MS

    def instant_ms(self, wall_ms: int) -> int:
        """The earlier instant at which the wall clock shows this; a time in a spring gap moves forward with the gap."""
        candidates = sorted({wall_ms - self.offset_ms(wall_ms - shift) for shift in (-DAY_MS, 0, DAY_MS)})
        for candidate in candidates:
            if self.wall_ms(candidate) == wall_ms:
                return candidate
        return candidates[-1]

    def pieces(self, wall_from_ms: int, wall_to_ms: int) -> list[tuple[int, int]]:
        """Every span of instants whose wall clock lies in [from, to): two spans when the clock shows a time twice."""
        first = max(0, bisect_right(self._starts_ms, wall_from_ms - DAY_MS) - 1)
        last = max(0, bisect_right(self._starts_ms, wall_to_ms + DAY_MS) - 1)
        found: list[tuple[int, int]] = []
        for index in range(first, last + 1):
            offset = self._offsets_ms[index]
            start = wall_from_ms - offset
            if index:
                start = max(start, self._starts_ms[index])
            stop = wall_to_ms - offset
            if index + 1 < len(self._starts_ms):
                stop = min(stop, self._starts_ms[index + 1])
            if start < stop:
                found.append((start, stop))
        return found


@lru_cache(maxsize=32)
def zone(name: str) -> Zone:
    """The zone of that name; each is tabulated once."""
    return Zone(name)


def _offset_table(info: ZoneInfo) -> tuple[list[int], list[int]]:
    def offset_at(second: int) -> int:
        delta = datetime.fromtimestamp(second, info).utcoffset()
        return 0 if delta is None else round(delta.total_seconds()) * 1000

    second = day_number(FIRST_YEAR, 1, 1) * 86_400
    end = day_number(LAST_YEAR + 1, 1, 1) * 86_400
    starts, offsets = [second * 1000], [offset_at(second)]
    while second < end:
        following = second + 86_400
        if offset_at(following) != offsets[-1]:
            low, high = second, following
            while high - low > 1:
                middle = (low + high) // 2
                if offset_at(middle) == offsets[-1]:
                    low = middle
                else:
                    high = middle
            starts.append(high * 1000)
            offsets.append(offset_at(high))
        second = following
    return starts, offsets
