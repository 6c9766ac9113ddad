"""Reports: read a queue, compute, and return its report; one queue's failure is a value and stops no other."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import reduce
from operator import add

from opsportal.ports import HoursSource, Now, Progress, TicketSource
from servicelevel.columns import TicketColumns
from servicelevel.due import DueRow, due_order
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.measures import NO_TRAILING, UNASSIGNED, Filters, Trailing, trailing, wants_fleet
from servicelevel.policy import Policy, Queue
from servicelevel.report import COMPARED_DAYS, PeriodNotCovered, QueueReport, report
from servicelevel.rollup import Consolidated, Pool, consolidated, teams
from servicelevel.window import Window, last_days, local_dates
from servicelevel.worklogs import WorklogColumns, no_worklogs

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
class Reading:
    """One queue's facts as read."""

    queue: Queue
    columns: TicketColumns
    booked: WorklogColumns


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
        self._tickets, self._hours, self._now = tickets, hours, now
        self._window_days, self._budget_s = window_days, budget_s

    def find(self, queue_id: str) -> Queue:
        """The queue of that id.

        Raises:
            UnknownQueue: there is none.
        """
        by_id = {queue.id: queue for queue in self.policy.queues}
        if queue_id not in by_id:
            raise UnknownQueue(queue_id, list(by_id), nearest(queue_id, by_id))
        return by_id[queue_id]

    def read(self, queue_id: str, as_of: int | None = None, progress: Progress = lambda *_: None) -> Reading:
        """Read a queue's tickets and hours. Hours that cannot be read are missing with their reason.

        Raises:
            UnknownQueue: there is no such queue.
            PortalError: its tickets could not be read.
        """
        queue, now = self.find(queue_id), self._now()
        end = now if as_of is None else as_of
        since = end - self._window_days * DAY_MS
        columns = self._tickets.read(
            queue, None, updated_since=since, read_at=now, budget_s=self._budget_s, progress=progress
        )
        progress("hours", 0, 0)
        return Reading(queue, columns, self._booked(queue, columns, since, end, now))

    def queue(
        self,
        queue_id: str,
        *,
        as_of: int | None = None,
        period: Period | None = None,
        filters: Filters | None = None,
        progress: Progress = lambda *_: None,
    ) -> QueueReport:
        """A queue's report. Other queues are read only when its own small samples need the fleet's rates.

        Raises:
            UnknownQueue, UnknownValue, EmptyPeriod, PeriodNotCovered: what was asked for cannot be had.
            PortalError: the queue could not be read.
        """
        as_of = self._now() if as_of is None else as_of
        window = (period or Period()).window(self.find(queue_id), as_of)
        covers_from = as_of - self._window_days * DAY_MS
        if window.start < covers_from:
            raise PeriodNotCovered(queue_id, window.start, covers_from)  # before the queue is read for nothing
        reading = self.read(queue_id, as_of, progress)
        _known_values(reading.columns, filters or Filters(), names_shown=self.policy.analyst_names == "names")
        made = report(reading.queue, reading.columns, reading.booked, window, filters=filters)
        if not (wants_fleet(made.now) or (made.previous and wants_fleet(made.previous))):
            return made
        others = [queue.id for queue in self.policy.queues if queue.id != queue_id]
        readings = [r for r in self._read_all(others, as_of, lambda _: progress).values() if isinstance(r, Reading)]
        return self._report(reading, [reading, *readings], window, filters)

    def overview(
        self,
        *,
        as_of: int | None = None,
        period: Period | None = None,
        filters: Filters | None = None,
        progress: Callable[[str], Progress] = lambda _: lambda *_: None,
    ) -> Overview:
        """Every queue's report at one instant; `progress` is asked for one listener a queue."""
        as_of = self._now() if as_of is None else as_of
        period = period or Period()
        readings = self._read_all([queue.id for queue in self.policy.queues], as_of, progress)
        good = [reading for reading in readings.values() if isinstance(reading, Reading)]
        reports: dict[str, QueueReport | PortalError] = {}
        for queue_id, reading in readings.items():
            if isinstance(reading, PortalError):
                reports[queue_id] = reading
                continue
            try:
                reports[queue_id] = self._report(reading, good, period.window(reading.queue, as_of), filters)
            except PortalError as error:
                reports[queue_id] = error
        made = [made for made in reports.values() if isinstance(made, QueueReport)]
        members = [(made.queue, made.now) for made in made]
        due = sorted(((m.queue, row) for m in made for row in m.due), key=lambda pair: due_order(pair[1]))
        return Overview(as_of, reports, teams(members, _fleet(good, as_of)), consolidated(members), tuple(due))

    def _report(
        self, reading: Reading, readings: Sequence[Reading], window: Window, filters: Filters | None
    ) -> QueueReport:
        then = window.end - COMPARED_DAYS * DAY_MS
        return report(
            reading.queue,
            reading.columns,
            reading.booked,
            window,
            filters=filters,
            fleet=_fleet(readings, window.end),
            fleet_then=_fleet(readings, then),
        )

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

    def _booked(self, queue: Queue, columns: TicketColumns, since: int, end: int, now: int) -> WorklogColumns:
        if self._hours is None:
            return no_worklogs("not_configured", "No Tempo is configured; set TEMPO_BASE_URL and TEMPO_API_TOKEN.")
        last = queue.calendar.local_date(end)
        first = queue.calendar.local_date(since) + timedelta(days=1)
        try:
            read = self._hours.read(queue, columns, None, first=first, last=last, read_at=now, budget_s=self._budget_s)
            return read.columns(columns)
        except PortalError as error:
            return no_worklogs("failed", str(error))


def _known_values(columns: TicketColumns, filters: Filters, *, names_shown: bool) -> None:
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


def _fleet(readings: Sequence[Reading], as_of: int) -> Trailing:
    """The trailing evidence of all queues that could be read."""
    return reduce(add, (trailing(r.queue, r.columns, as_of) for r in readings), NO_TRAILING)


def nearest(asked: str, known: Mapping[str, object]) -> str | None:
    """The known id most like the one asked for, if one is near."""
    return next(iter(get_close_matches(asked, known, n=1)), None)
