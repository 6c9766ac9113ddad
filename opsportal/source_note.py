"""What the portal knows of its own reads: one note a queue and source, and how far a read has come."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

SourceName: TypeAlias = Literal["Jira", "Tempo"]
ReadKind: TypeAlias = Literal["cold", "changed", "compared"]
"""Everything read; only what changed; or every ticket (of hours: the last weeks) compared with the source."""


@dataclass(frozen=True, slots=True)
class ReadProgress:
    """How far a read has come: `done` of about `of` in a phase (`waiting`, `ids`, `tickets`, `hours`, `done`).

    `of` is 0 while nobody knows. `started` is the instant at which the read began (epoch ms).
    """

    phase: str
    done: int
    of: int
    started: int


@dataclass(frozen=True, slots=True)
class SourceNote:
    """The last read of one queue from one source. Instants are epoch milliseconds.

    `read_at` is that of the last good read, and `duration_s`, `rows`, `missing`, `unreadable`, `requests` and `kind`
    are about it; they are None when there was none. `rows` are tickets of
    Jira, worklogs of Tempo. `error` is why the latest try failed, None if it did not; then `since`, `tries` and
    `next_try` tell since when, how often, and when it is tried again. A source that is not configured has no note.
    """

    queue_id: str
    source: SourceName
    read_at: int | None
    duration_s: float | None
    rows: int | None
    missing: int | None
    unreadable: int | None
    requests: int | None
    kind: ReadKind | None
    error: str | None = None
    since: int | None = None
    tries: int = 0
    next_try: int | None = None

    def outline(self) -> "SourceNote":
        """When it was read and is read next, without how that went."""
        return replace(
            self,
            duration_s=None,
            rows=None,
            missing=None,
            unreadable=None,
            requests=None,
            kind=None,
            error=None,
            tries=0,
        )


@dataclass(frozen=True, slots=True)
class RegistryNote:
    """Since when the registry in force is what it is, and every problem of a newer one that is not in force."""

    changed_at: int
    problems: tuple[str, ...]
