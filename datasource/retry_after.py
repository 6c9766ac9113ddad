"""When an answer was made, and how long its source asks to wait: what its headers say of time."""

import contextlib
import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long the source asks to wait, in seconds: `Retry-After` as a number or a date, else the reset instant.

    None when it says nothing that can be read; a moment in the past is 0. Moments are measured from the answer's own
    `Date`, so that a clock of ours that is off does not matter.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    answered_at = made_at(headers)
    if answered_at is None:
        return None
    reset = headers.get("X-RateLimit-Reset", "")
    for read, text in ((email.utils.parsedate_to_datetime, value), (_instant, reset)):
        with contextlib.suppress(ValueError, TypeError):
            return max(read(text).timestamp() - answered_at / 1000, 0.0)
    return None


def _instant(text: str) -> datetime:
    """An instant in ISO 8601, which some sites write without seconds; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def made_at(headers: Mapping[str, str]) -> int | None:
    """When an answer was made by its source's own clock (epoch ms); None when it does not say."""
    with contextlib.suppress(ValueError, TypeError):
        return int(email.utils.parsedate_to_datetime(headers.get("Date", "")).timestamp()) * 1000
    return None
