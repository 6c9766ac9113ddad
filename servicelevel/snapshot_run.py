"""The record of one taking of snapshots: who took them, when, for how long, and what became of every queue."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Taker: TypeAlias = Literal["command", "lambda", "portal"]
"""Who takes snapshots: somebody at a command line or a container, the scheduled function, or the portal itself."""

QueueResult: TypeAlias = Literal["kept", "there", "incomplete", "failed"]
"""What became of a queue's day: kept now, complete there already, kept or there without something, or not kept."""


@dataclass(frozen=True, slots=True)
class QueueOutcome:
    """One queue of a run. `reason` is in words wherever the day is not complete."""

    queue: str
    day: date
    result: QueueResult
    reason: str | None = None

    @property
    def complete(self) -> bool:
        """Whether history has a complete item of the day."""
        return self.result in ("kept", "there")


@dataclass(frozen=True, slots=True)
class SnapshotRun:
    """A run that began at `started_at`; one without `ended_at` is under way, or died. Instants are epoch milliseconds.

    `id` names it among all runs; `host` is the machine that it ran on.
    """

    id: str
    taker: Taker
    host: str
    started_at: int
    ended_at: int | None = None
    outcomes: tuple[QueueOutcome, ...] = ()

    @property
    def duration_s(self) -> float | None:
        """How long it took; None until it has ended."""
        return None if self.ended_at is None else (self.ended_at - self.started_at) / 1000

    @property
    def gaps(self) -> tuple[QueueOutcome, ...]:
        """The queues whose day is not complete."""
        return tuple(outcome for outcome in self.outcomes if not outcome.complete)
