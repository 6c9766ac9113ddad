"""What is answered of queues: a report or why there is none, how fresh it is, and its revision."""

from collections.abc import Mapping
from dataclasses import dataclass

from opsportal.source_note import ReadProgress
from servicelevel.due import DueRow
from servicelevel.errors import PortalError
from servicelevel.freshness import Freshness
from servicelevel.policy import Queue
from servicelevel.report import QueueReport
from servicelevel.rollup import Consolidated, Pool


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """One queue as it is now.

    Without a report: with `problem` what was asked for cannot be had (PeriodNotCovered, EmptyPeriod, UnknownValue);
    else the queue was not read yet, and `progress` says how far its first read is, unless `freshness` has failed.
    `revision` differs whenever anything but the age does.
    """

    queue: Queue
    report: QueueReport | None
    problem: PortalError | None
    freshness: Freshness
    progress: ReadProgress | None
    revision: str


@dataclass(frozen=True, slots=True, eq=False)
class ServedOverview:
    """All queues as they are now, in the order of the registry, and what those with a report add up to.

    `as_of` is the instant of the oldest reading that is not stale, else of the oldest; None without any.
    """

    as_of: int | None
    served: Mapping[str, Served]
    teams: tuple[Pool, ...]
    consolidated: Consolidated
    due: tuple[tuple[Queue, DueRow], ...]
    revision: str
