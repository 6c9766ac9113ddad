"""The small record that stands before each queue's kept reading: which one it is, and how its reads went."""

from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from opsportal import encoding
from opsportal.source_note import ReadKind, SourceName


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

    `tried_at` is the last try. `quiet_until` is the instant before which the source is not asked, whoever wants it.
    """

    since: int
    tries: int
    tried_at: int
    next_try: int
    quiet_until: int
    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Which bytes are the last good reading: their marks name them. `hours_error` is why there are no hours in it.

    Of two readings of a queue the one with the higher `order` counts. It grows with the clock, and with every reading
    when the clock does not, so that a clock that was set makes no older reading the newer one.
    """

    order: int
    read_at: int
    revision: str
    tickets: str
    hours: str | None
    hours_error: str | None = None

    @property
    def name(self) -> tuple[int, str, str | None, str | None]:
        """What decides the numbers, and nothing else."""
        return self.read_at, self.tickets, self.hours, self.hours_error


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of one queue's reads. Of two heads the one with the higher `order` knows more.

    `leftover` are the marks of the reading before, which stays as long as somebody may still be fetching it.
    """

    kept: Kept | None = None
    accounts: dict[SourceName, Account] = field(default_factory=dict)
    failing: dict[SourceName, Failing] = field(default_factory=dict)
    order: int = 0
    leftover: tuple[str, ...] = ()


def newest(own: Head, shared: Head) -> Head:
    """What two heads know together: the newer reading, and what is known last of the sources."""
    one, other = (own.kept, shared.kept)
    if one is None or (other is not None and (other.order, other.tickets) >= (one.order, one.tickets)):
        one = other
    base = own if own.order > shared.order else shared
    return base if base.kept == one else replace(base, kept=one)


def next_order(head: Head, now: int) -> int:
    """The order of what comes after a head."""
    return max(now, head.order + 1, head.kept.order + 1 if head.kept else 0)


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
