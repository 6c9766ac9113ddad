"""A snapshot as JSON of our own version: readable by people, checked as a whole when it comes back."""

from datetime import date
from typing import Any

import msgspec

from servicelevel.errors import PortalError
from servicelevel.snapshot import Snapshot

VERSION = 1


class UnreadableDay(PortalError):
    """The bytes kept for a day are not a whole snapshot of that queue and day."""


class _Version(msgspec.Struct):
    version: int


def to_bytes(snapshot: Snapshot) -> bytes:
    """A snapshot as versioned JSON."""
    fields: dict[str, Any] = msgspec.to_builtins(snapshot)
    return msgspec.json.encode({"version": VERSION, **fields})


def from_bytes(data: bytes, queue: str, day: date) -> Snapshot:
    """The snapshot of these bytes, which has to be that of the queue and day they were found under.

    Raises:
        UnreadableDay: it is not, with what is wrong about it.
    """
    try:
        version = msgspec.json.decode(data, type=_Version).version
        if version != VERSION:
            raise UnreadableDay(f"kept by version {version} of the portal's format; this one reads version {VERSION}")
        kept = msgspec.json.decode(data, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableDay(f"not a snapshot: {error}") from None
    if (kept.queue, kept.day) != (queue, day):
        raise UnreadableDay(f"the snapshot of {kept.queue} on {kept.day}, found under {queue} on {day}")
    return kept
