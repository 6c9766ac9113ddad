"""The small record that stands before each queue's kept reading: which one it is, and how its reads went."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec

from opsportal import encoding
from opsportal.source_note import ReadKind, SourceName

Slot: TypeAlias = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Account:
    """What one good read of one source took and brought; instants in epoch ms."""

    read_at: int
    duration_s: float
    rows: int
    missing: int
    unreadable: int
    requests: int
    kind: ReadKind


@dataclass(frozen=True, slots=True)
class Failing:
    """Since when a source cannot be read, how often it was tried, why not, and when it may be tried again.

    `quiet_until` is the instant before which the source itself asked to be left alone.
    """

    since: int
    tries: int
    next_try: int
    quiet_until: int
    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Which bytes are the last good reading, and by what marks they are known to belong together."""

    read_at: int
    revision: str
    slot: Slot
    tickets: str
    hours: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of one queue's reads. `hours_error` is why the kept reading has no hours."""

    kept: Kept | None = None
    hours_error: str | None = None
    accounts: dict[SourceName, Account] = field(default_factory=dict)
    failing: dict[SourceName, Failing] = field(default_factory=dict)


class _Packed(msgspec.Struct):
    kind: Literal["head"]
    head: Head


def head_to_bytes(head: Head) -> bytes:
    """A head as bytes."""
    return encoding.pack({"kind": "head", "head": head})


def head_from_bytes(data: bytes) -> Head:
    """A head from bytes.

    Raises:
        NotOurs: the bytes are no whole head.
    """
    return encoding.unpack(data, _Packed).head
