"""The daily taking: the last day of every queue put into history, whoever asks for it, and the record of that run.

Asked twice, or by two at once, it leaves what one would have left: history keeps one item a queue and day, and a run
reads nothing when there is nothing left to take.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from opsportal.ports import History, Now
from opsportal.read_result import NotExpected, ReadResult
from opsportal.reading import Reading
from opsportal.snapshots import DayEnds
from servicelevel.errors import PortalError
from servicelevel.policy import Queue
from servicelevel.snapshot import Lack, Snapshot, SnapshotSource, end_of_day, full_rank, last_ended_day
from servicelevel.snapshot_run import QueueOutcome, SnapshotRun, Taker

_LACKS: Final[Mapping[Lack, str]] = {
    "tickets": "tickets that Jira did not deliver or that cannot be read",
    "hours": "the hours",
    "past": "changes of the 90 days before, since WINDOW_DAYS reaches less far back",
    "fleet": "the rates of a queue that could not be read",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who takes days where, and which: `day`, else of each queue the last one that had ended at `at` (epoch ms)."""

    run_id: str
    taker: Taker
    host: str
    at: int
    day: date | None = None

    def day_of(self, queue: Queue) -> date:
        """The day that is taken of a queue."""
        return self.day or last_ended_day(queue.calendar, self.at)


def take(
    queues: Sequence[Queue],
    read: Callable[[int], Mapping[str, ReadResult]],
    history: History,
    occasion: Occasion,
    *,
    engine_version: str,
    now: Now,
) -> SnapshotRun:
    """Take one day of each of these queues.

    `read` gives every queue of the registry, since all their rates fill up small samples. It is told the earliest end
    of the days to be taken (epoch ms), from which on its readings have to know what each queue had. It is not called
    when nothing is left to take.

    A day counts as seen live while it is the queue's last one that has ended, later as rebuilt. What cannot be taken is
    told in the outcome of its queue and stops no other one. The run is recorded when it begins and when it ends; days
    are kept whether it can be recorded or not.
    """
    run = SnapshotRun(occasion.run_id, occasion.taker, occasion.host, now())
    _recorded(history, run)
    outcomes = _Taking(queues, read, history, occasion, engine_version, now, run.started_at).outcomes()
    run = replace(run, ended_at=now(), outcomes=outcomes)
    problem = _recorded(history, run)
    if problem is not None and any(outcome.complete for outcome in outcomes):
        _log.warning("snapshot.unrecorded", extra={"run": run.id, "reason": problem})
    return run


def not_ended(queue: Queue, day: date, now: int) -> str | None:
    """Why a day cannot be taken yet; None when it has ended."""
    if day <= last_ended_day(queue.calendar, now):
        return None
    return f"{day} has not ended in {queue.calendar.time_zone}. Take it after midnight there."


def source_of(queue: Queue, day: date, now: int) -> SnapshotSource:
    """What a day counts as that is taken now."""
    return "live" if day == last_ended_day(queue.calendar, now) else "backfill"


def settled(kept: Snapshot | None, source: SnapshotSource) -> bool:
    """Whether nothing better than what is kept of a day can be taken from a source."""
    return kept is not None and kept.rank >= full_rank(source)


def kept_days(history: History, days: Mapping[str, date]) -> Mapping[str, Snapshot | None]:
    """What history has of one day of each queue.

    Raises:
        PortalError: history cannot be read.
    """
    if not days:
        return {}
    ranges = history.ranges(tuple(days), min(days.values()), max(days.values()))
    return {
        queue: next((kept for kept in ranges[queue].snapshots if kept.day == day), None) for queue, day in days.items()
    }


def put(history: History, made: Snapshot) -> QueueOutcome:
    """Keep a snapshot, and say what history has of its day then.

    Raises:
        PortalError: history cannot be used.
    """
    if history.put(made):
        return _told(made, "kept")
    there = history.range(made.queue, made.day, made.day)
    if there.snapshots:
        return _told(there.snapshots[0], "there")
    reason = there.unreadable.get(made.day, "History did not take it and shows nothing in its place.")
    return QueueOutcome(made.queue, made.day, "failed", reason)


def _told(kept: Snapshot, how: Literal["kept", "there"]) -> QueueOutcome:
    if kept.complete:
        return QueueOutcome(kept.queue, kept.day, how)
    without = "; ".join(_LACKS[lack] for lack in kept.lacks) or "something it does not name"
    hours = kept.counts.hours.state_reason if kept.counts is not None and "hours" in kept.lacks else None
    return QueueOutcome(kept.queue, kept.day, "incomplete", f"Without {without}{f' ({hours})' if hours else ''}.")


def _recorded(history: History, run: SnapshotRun) -> str | None:
    """Why a run could not be recorded, if it could not."""
    try:
        history.record(run)
    except PortalError as error:
        return str(error)
    return None


@dataclass(frozen=True, slots=True)
class _Taking:
    queues: Sequence[Queue]
    read: Callable[[int], Mapping[str, ReadResult]]
    history: History
    occasion: Occasion
    engine_version: str
    now: Now
    began: int

    def outcomes(self) -> tuple[QueueOutcome, ...]:
        """One a queue, in their order."""
        days = {queue.id: self.occasion.day_of(queue) for queue in self.queues}
        try:
            kept = kept_days(self.history, days)
        except PortalError as error:
            # Whoever cannot read history cannot write it either, as a rule: Jira need not be read for nothing.
            return tuple(QueueOutcome(queue, day, "failed", str(error)) for queue, day in days.items())
        found = {queue.id: self._before_reading(queue, days[queue.id], kept[queue.id]) for queue in self.queues}
        ends_at = [end_of_day(queue.calendar, days[queue.id]) for queue in self.queues if found[queue.id] is None]
        if ends_at:
            results = self.read(min(ends_at))
            read = [result for result in results.values() if isinstance(result, Reading)]
            ends = DayEnds(read, self.engine_version, self.now, whole=len(read) == len(results))
            for queue in self.queues:
                if found[queue.id] is None:
                    found[queue.id] = self._taken(queue, days[queue.id], results[queue.id], ends)
        return tuple(outcome for outcome in found.values() if outcome is not None)

    def _before_reading(self, queue: Queue, day: date, kept: Snapshot | None) -> QueueOutcome | None:
        problem = not_ended(queue, day, self.began)
        if problem is not None:
            return QueueOutcome(queue.id, day, "failed", problem)
        if kept is not None and settled(kept, source_of(queue, day, self.began)):
            return _told(kept, "there")
        return None

    def _taken(self, queue: Queue, day: date, result: ReadResult, ends: DayEnds) -> QueueOutcome:
        if isinstance(result, PortalError):
            return QueueOutcome(queue.id, day, "failed", str(result))
        try:
            if not ends.covers(queue.id, day):
                problem = "What was read does not reach back to the beginning of its 30 days. Raise WINDOW_DAYS."
                return QueueOutcome(queue.id, day, "failed", problem)
            return put(self.history, ends.snapshot(queue.id, day, source_of(queue, day, self.began)))
        except PortalError as error:
            return QueueOutcome(queue.id, day, "failed", str(error))
        except Exception as error:  # noqa: BLE001 - whatever one queue has in it, the others have their day
            _log.exception("Taking the day of %s failed", queue.id)
            return QueueOutcome(queue.id, day, "failed", str(NotExpected(error)))
