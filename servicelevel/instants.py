"""Instants and durations as the rules hold them: integer milliseconds, UTC, with one value for "missing"."""

from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

MISSING = int(np.iinfo(np.int64).min)
"""No such instant or duration. Compare with ``==`` only; it sorts before everything."""

EARLIEST_MS = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()) * SECOND_MS
LATEST_MS = int(datetime(2060, 1, 1, tzinfo=UTC).timestamp()) * SECOND_MS
"""What calendars are laid out for. A ticket that claims an instant outside is unreadable, not old."""

Millis: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int32]
Mask: TypeAlias = npt.NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware instant.

    Raises:
        ValueError: the instant has no offset, so it names no moment.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no offset from UTC, so it names no moment")
    return (instant - _EPOCH) // _MILLISECOND


def to_datetime(ms: int) -> datetime:
    """The UTC instant of epoch milliseconds, exact to the millisecond."""
    return _EPOCH + timedelta(milliseconds=ms)


def date_of_day(day: int) -> date:
    """The date of a day number counted from 1970-01-01."""
    return date.fromordinal(_EPOCH_ORDINAL + day)


def day_of_date(value: date) -> int:
    """The day number, counted from 1970-01-01, of a date."""
    return value.toordinal() - _EPOCH_ORDINAL
