"""Reports: read a queue, compute, and return its report; one queue's failure is a value and stops no other."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, partial

from opsportal.judging import added_up, fleet_of, judged
from opsportal.ports import HoursSource, Now, Progress, TicketSource
from opsportal.reading import Reading, Sources
from servicelevel.columns import TicketColumns
from servicelevel.due import DueRow
from servicelevel.errors import PortalError
from servicelevel.measures import UNASSIGNED, Filters, Trailing
from servicelevel.policy import Policy, Queue
from servicelevel.report import COMPARED_DAYS, PeriodNotCovered, QueueReport
from servicelevel.rollup import Consolidated, Pool
from servicelevel.window import Window, last_days, local_dates

READS_AT_ONCE = 3
"""Queues read side by side. Requests have one limit for all of them; this only keeps slow starts from adding up."""


class UnknownQueue(PortalError):
    """The registry has no queue of that id."""

    def __init__(self, asked: str, known: Sequence[str], nearest: str | None) -> None:
        self.asked, self.nearest = asked, nearest
        hint = f" Did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"There is no queue {asked!r} in the registry.{hint} Known: {', '.join(known)}.")


class UnknownValue(PortalError):
    """A filter names something that no ticket of the queue has: an empty report would look like good news."""

    def __init__(self, filter_name: str, asked: str, known: Sequence[str]) -> None:
        self.filter_name, self.asked = filter_name, asked
        listed = f" There are: {', '.join(known[:20])}{', …' if len(known) > 20 else ''}." if known else ""
        super().__init__(f"No ticket read has {filter_name} {asked!r}.{listed}")


class EmptyPeriod(PortalError):
    """The period begins after the instant of the report."""

    def __init__(self, first: date) -> None:
        super().__init__(f"The period begins on {first}, after the instant of the report. Choose an earlier date.")


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is about: so many days back from as_of, or local dates first to last (both included)."""

    days: int | None = 30
    first: date | None = None
    last: date | None = None

    def window(self, queue: Queue, as_of: int) -> Window:
        """The period as a window of the queue. Dates end with as_of when their last day has not ended yet.

        Raises:
            EmptyPeriod: the first date lies after as_of.
        """
        if self.first is None or self.last is None:
            return last_days(as_of, self.days or 30)
        whole = local_dates(queue.calendar, self.first, self.last)
        if whole.start >= as_of:
            raise EmptyPeriod(self.first)
        return Window(whole.start, min(whole.end, as_of))


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """All queues at one instant: a report or the reason why there is none, and what the reports add up to."""

    as_of: int
    reports: Mapping[str, QueueReport | PortalError]
    teams: tuple[Pool, ...]
    consolidated: Consolidated
    due: tuple[tuple[Queue, DueRow], ...]


class Reports:
    """Makes reports straight from the sources; every call reads them anew."""

    def __init__(
        self,
        policy: Policy,
        tickets: TicketSource,
        hours: HoursSource | None,
        *,
        now: Now,
        window_days: int,
        budget_s: float,
    ) -> None:
        self.policy = policy
        self._sources, self._now = Sources(tickets, hours, window_days, budget_s), now

    def find(self, queue_id: str) -> Queue:
        """The queue of that id.

        Raises:
            UnknownQueue: there is none.
        """
        return found(self.policy, queue_id)

    def read(self, queue_id: str, as_of: int | None = None, progress: Progress = lambda *_: None) -> Reading:
        """Read a queue's tickets and hours. Hours that cannot be read are missing with their reason.

        Raises:
            UnknownQueue: there is no such queue.
            PortalError: its tickets could not be read.
        """
        return self._sources.read(self.find(queue_id), now=self._now(), as_of=as_of, progress=progress)

    def queue(
        self,
        queue_id: str,
        *,
        as_of: int | None = None,
        period: Period | None = None,
        filters: Filters | None = None,
        compared_days: int = COMPARED_DAYS,
        progress: Progress = lambda *_: None,
    ) -> QueueReport:
        """A queue's report. Other queues are read only when its own small samples need the fleet's rates.

        Raises:
            UnknownQueue, UnknownValue, EmptyPeriod, PeriodNotCovered: what was asked for cannot be had.
            PortalError: the queue could not be read.
        """
        as_of = self._now() if as_of is None else as_of
        window = (period or Period()).window(self.find(queue_id), as_of)
        covers_from = self._sources.covers_from(as_of)
        if window.start < covers_from:
            raise PeriodNotCovered(queue_id, window.start, covers_from)  # before the queue is read for nothing
        reading = self.read(queue_id, as_of, progress)
        check_values(reading.columns, filters or Filters(), names_shown=self.policy.analyst_names == "names")
        readings: list[Reading] = []

        def fleet_at(instant: int) -> Trailing:
            if not readings:
                others = [queue.id for queue in self.policy.queues if queue.id != queue_id]
                read = self._read_all(others, as_of, lambda _: progress).values()
                readings.extend([reading, *(other for other in read if isinstance(other, Reading))])
            return fleet_of(readings, instant)

        return judged(reading, window, filters, compared_days, fleet_at)

    def overview(
        self,
        *,
        as_of: int | None = None,
        period: Period | None = None,
        filters: Filters | None = None,
        compared_days: int = COMPARED_DAYS,
        progress: Callable[[str], Progress] = lambda _: lambda *_: None,
    ) -> Overview:
        """Every queue's report at one instant; `progress` is asked for one listener a queue."""
        as_of = self._now() if as_of is None else as_of
        period = period or Period()
        readings = self._read_all([queue.id for queue in self.policy.queues], as_of, progress)
        good = [reading for reading in readings.values() if isinstance(reading, Reading)]
        fleet_at = cache(partial(fleet_of, good))
        reports: dict[str, QueueReport | PortalError] = {}
        for queue_id, reading in readings.items():
            if isinstance(reading, PortalError):
                reports[queue_id] = reading
                continue
            try:
                window = period.window(reading.queue, as_of)
                reports[queue_id] = judged(reading, window, filters, compared_days, fleet_at)
            except PortalError as error:
                reports[queue_id] = error
        made = [made for made in reports.values() if isinstance(made, QueueReport)]
        return Overview(as_of, reports, *added_up(made, fleet_at(as_of)))

    def _read_all(
        self, queue_ids: Sequence[str], as_of: int, progress: Callable[[str], Progress]
    ) -> dict[str, Reading | PortalError]:
        def attempt(queue_id: str) -> Reading | PortalError:
            try:
                return self.read(queue_id, as_of, progress(queue_id))
            except PortalError as error:
                return error

        with ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="queue") as pool:
            return dict(zip(queue_ids, pool.map(attempt, queue_ids), strict=True))


def found(policy: Policy, queue_id: str) -> Queue:
    """The queue of that id.

    Raises:
        UnknownQueue: there is none.
    """
    by_id = {queue.id: queue for queue in policy.queues}
    if queue_id not in by_id:
        raise UnknownQueue(queue_id, list(by_id), nearest(queue_id, by_id))
    return by_id[queue_id]


def check_values(columns: TicketColumns, filters: Filters, *, names_shown: bool) -> None:
    """Refuse a filter value that nothing has; people are listed only where they are shown at all.

    Raises:
        UnknownValue: the first such value.
    """
    nobody = [("unassigned", UNASSIGNED)]
    known: dict[str, tuple[tuple[str, ...], list[tuple[str, str]]]] = {
        "priority": (filters.priority, [(item.name, item.id) for item in columns.priorities]),
        "type": (filters.type, [(item.name, item.id) for item in columns.types]),
        "analyst": (filters.analyst, [(person.name, person.id) for person in columns.people] + nobody),
    }
    for name, (asked, entries) in known.items():
        folded = {text.casefold() for entry in entries for text in entry}
        for value in asked:
            if value.casefold() not in folded:
                listed = [label for label, _ in entries] if names_shown or name != "analyst" else []
                raise UnknownValue(name, value, listed)


def nearest(asked: str, known: Mapping[str, object]) -> str | None:
    """The known id most like the one asked for, if one is near."""
    return next(iter(get_close_matches(asked, known, n=1)), None)
