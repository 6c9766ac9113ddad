"""A snapshot as compressed JSON with the version of its form beside it, checked as a whole when it comes back.

The version is kept outside of the bytes, so that an older portal need not understand what a newer one wrote to leave it
alone.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import msgspec

from servicelevel.errors import PortalError
from servicelevel.snapshot import Snapshot
from servicelevel.snapshot_run import SnapshotRun

VERSION = 1
"""Of what is written now. A new one adds a reader below; the readers of earlier versions stay."""

_LARGEST_BYTES = 1_000_000
"""Of the JSON of one item. What unpacks to more is no snapshot, however small it was packed."""

_REASON_CHARS = (None, 200, 60, 0)
"""How much of a run's reasons is kept, from all to nothing, until its record fits."""


class UnreadableDay(PortalError):
    """The bytes kept for a day are not a whole snapshot of that queue and day."""


class NewerDay(UnreadableDay):
    """They were written by a newer version of the portal, which can read them."""


class UnreadableRun(PortalError):
    """The bytes kept for a run are not the record of one."""


def to_bytes(snapshot: Snapshot) -> bytes:
    """A snapshot in the form of VERSION."""
    return zlib.compress(msgspec.json.encode(snapshot))


def from_bytes(version: object, data: bytes, queue: str, day: date) -> Snapshot:
    """The snapshot of these bytes, which has to be that of the queue and day they were found under.

    Raises:
        NewerDay: a newer version of the portal wrote them.
        UnreadableDay: there is no such snapshot in them, with what is wrong about it.
    """
    read = _READERS.get(version) if isinstance(version, int) else None
    if read is None:
        if isinstance(version, int) and version > VERSION:
            raise NewerDay(f"kept by version {version} of the portal's form; this one reads up to version {VERSION}")
        raise UnreadableDay("not a snapshot: no version of its form is known")
    try:
        kept = read(_unpacked(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, zlib.error) as error:
        raise UnreadableDay(f"not a snapshot: {error}") from None
    if (kept.queue, kept.day) != (queue, day):
        raise UnreadableDay(f"the snapshot of {kept.queue} on {kept.day}, found under {queue} on {day}")
    return kept


def gives_way(version: object, data: bytes, to: Snapshot) -> bool:
    """Whether what is kept for a day makes room for a snapshot: of a lower rank, or nothing that can be read.

    What a newer version of the portal wrote stays, whatever it may be.
    """
    try:
        return from_bytes(version, data, to.queue, to.day).rank < to.rank
    except NewerDay:
        return False
    except UnreadableDay:
        return True


def run_to_bytes(run: SnapshotRun, largest_bytes: int | None = None) -> bytes:
    """The record of a run in the form of VERSION; reasons are cut where it would not fit into so many bytes."""
    packed = b""
    for most in _REASON_CHARS:
        packed = zlib.compress(msgspec.json.encode(run if most is None else _shortened(run, most)))
        if largest_bytes is None or len(packed) <= largest_bytes:
            break
    return packed


def run_from_bytes(version: object, data: bytes) -> SnapshotRun:
    """The record of these bytes.

    Raises:
        UnreadableRun: there is none in them, or a newer version of the portal wrote it.
    """
    if version != VERSION:
        raise UnreadableRun(f"not a record of version {VERSION}")
    try:
        return msgspec.json.decode(_unpacked(data), type=SnapshotRun)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, zlib.error) as error:
        raise UnreadableRun(f"not the record of a run: {error}") from None


def _version_1(text: bytes) -> Snapshot:
    return msgspec.json.decode(text, type=Snapshot)


_READERS: Mapping[int, Callable[[bytes], Snapshot]] = {1: _version_1}


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(data, _LARGEST_BYTES)
    if not unpacking.eof:
        raise zlib.error("it breaks off, or is larger than any snapshot")
    return text


def _shortened(run: SnapshotRun, most: int) -> SnapshotRun:
    outcomes = (
        replace(outcome, reason=None if outcome.reason is None else outcome.reason[:most]) for outcome in run.outcomes
    )
    return replace(run, outcomes=tuple(outcomes))
