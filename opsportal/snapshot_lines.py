"""What a run of snapshots says: one event in the log, which alarms look for, and a line a queue for people."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from servicelevel.errors import PortalError
from servicelevel.snapshot_run import QueueResult, SnapshotRun

COMPLETED: Final = "snapshot.completed"
GAP: Final = "snapshot.gap"
FAILED: Final = "snapshot.failed"

RESULT_WORDS: Final[Mapping[QueueResult, str]] = {
    "kept": "kept",
    "there": "there already",
    "incomplete": "incomplete",
    "failed": "not kept",
}

_log = logging.getLogger(__name__)


def tell(run: SnapshotRun) -> None:
    """Log how a run went, as one event: `snapshot.completed`, or `snapshot.gap` with the queues and reasons."""
    fields: dict[str, Any] = {
        "run": run.id,
        "taker": run.taker,
        "duration_s": run.duration_s,
        "days": sorted({outcome.day.isoformat() for outcome in run.outcomes}),
        "results": counted(run),
    }
    if not run.gaps:
        _log.info(COMPLETED, extra=fields)
        return
    _log.error(GAP, extra={**fields, "queues": [gap.queue for gap in run.gaps], "reasons": reasons(run)})


@contextmanager
def told_if_it_fails() -> Iterator[None]:
    """Log what ends a run before its own event as `snapshot.failed`, with the reason, and let it through."""
    try:
        yield
    except Exception as error:
        unforeseen = None if isinstance(error, PortalError) else error
        _log.error(FAILED, exc_info=unforeseen, extra={"error": type(error).__name__, "reason": str(error)})
        raise


def counted(run: SnapshotRun) -> dict[QueueResult, int]:
    """How many queues had each result; results that none had are left out."""
    results = [outcome.result for outcome in run.outcomes]
    return {result: results.count(result) for result in RESULT_WORDS if result in results}


def reasons(run: SnapshotRun) -> dict[str, list[str]]:
    """Why days are not complete, each reason once, with the ids of its queues."""
    told: dict[str, list[str]] = {}
    for gap in run.gaps:
        told.setdefault(gap.reason or RESULT_WORDS[gap.result], []).append(gap.queue)
    return told


def reason_lines(run: SnapshotRun) -> list[str]:
    """The same for people, one line a reason."""
    every = len(run.outcomes)
    return [
        f"{'Every queue' if len(queues) == every > 1 else ', '.join(queues)}: {reason}"
        for reason, queues in reasons(run).items()
    ]
