"""Instants and durations as Jira writes them, in the zone of the account that reads."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from demo.zones import DAY_MS, MINUTE_MS, UNIX_DAY, zone

ACCOUNT_ZONE = "America/Sao_Paulo"
"""The zone of the account whose credentials the demo accepts: Jira reads and writes dates in it."""

_ZONE = zone(ACCOUNT_ZONE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=20_000)
def iso_date(day: int) -> str:
    """A day number as yyyy-MM-dd."""
    return date.fromordinal(day + UNIX_DAY).isoformat()


@lru_cache(maxsize=20_000)
def _friendly_date(day: int) -> str:
    on = date.fromordinal(day + UNIX_DAY)
    return f"{on.day:02d}/{_MONTHS[on.month - 1]}/{on.year % 100:02d}"


@lru_cache(maxsize=64)
def _offset(offset_ms: int) -> str:
    sign = "-" if offset_ms < 0 else "+"
    hours, minutes = divmod(abs(offset_ms) // MINUTE_MS, 60)
    return f"{sign}{hours:02d}{minutes:02d}"


def jira_stamp(at_ms: int) -> str:
    """`2026-07-06T18:02:13.432-0300`: milliseconds, an offset without a colon."""
    return _stamp(at_ms, _ZONE.offset_ms(at_ms))


def utc_offset_stamp(at_ms: int) -> str:
    """`2026-07-06T21:02:13.432+0000`: the same as a server does that runs on UTC."""
    return _stamp(at_ms, 0)


def _stamp(at_ms: int, offset: int) -> str:
    day, rest = divmod(at_ms + offset, DAY_MS)
    seconds, milliseconds = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{iso_date(day)}T{hour:02d}:{minute:02d}:{second:02d}.{milliseconds:03d}{_offset(offset)}"


def utc_stamp(at_ms: int) -> str:
    """`2026-07-06T21:02:13Z`: whole seconds in UTC, as Tempo writes them."""
    day, rest = divmod(at_ms, DAY_MS)
    minutes, second = divmod(rest // 1000, 60)
    hour, minute = divmod(minutes, 60)
    return f"{iso_date(day)}T{hour:02d}:{minute:02d}:{second:02d}Z"


def account_day(at_ms: int) -> int:
    """The account's local date at the instant, as a day number."""
    return _ZONE.day(at_ms)


def date_json(at_ms: int, today: int) -> str:
    """The four forms in which Jira Service Management writes an instant; `today` is the reader's day number."""
    stamp = jira_stamp(at_ms)
    wall = _ZONE.wall_ms(at_ms)
    day, rest = divmod(wall, DAY_MS)
    minutes = rest // MINUTE_MS
    hour, minute = divmod(minutes, 60)
    if day == today:
        name = "Today"
    elif day == today - 1:
        name = "Yesterday"
    else:
        name = _friendly_date(day)
    friendly = f"{name} {(hour + 11) % 12 + 1}:{minute:02d} {'AM' if hour < 12 else 'PM'}"
    return f'{{"iso8601":"{stamp[:19]}{stamp[23:]}","jira":"{stamp}","friendly":"{friendly}","epochMillis":{at_ms}}}'


def duration_json(duration_ms: int) -> str:
    """Milliseconds, and hours and minutes for people."""
    sign = "-" if duration_ms < 0 else ""
    hours, minutes = divmod(abs(duration_ms) // MINUTE_MS, 60)
    parts = [f"{hours}h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes}m")
    return f'{{"millis":{duration_ms},"friendly":"{sign}{" ".join(parts)}"}}'
