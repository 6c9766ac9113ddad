"""Every clock of every queue as one list, narrowed by what the address asks for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import Served, ServedOverview
from opsportal.naming import Naming
from servicelevel.columns import codes_of
from servicelevel.due import DUE_STATES, DueRow, DueState
from servicelevel.measures import UNASSIGNED
from servicelevel.policy import Queue
from servicelevel.report import QueueReport

PRESSING: tuple[DueState, ...] = ("overdue", "lt_1h")
"""What is listed while the address names no states: all that is overdue or about to be."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One row of a due list with the report it comes from."""

    report: QueueReport
    row: DueRow

    @property
    def queue(self) -> Queue:
        """Its queue."""
        return self.report.queue

    @property
    def place(self) -> int | None:
        """The place of its priority in Jira's own list, 0 the most urgent; None without a priority."""
        names = [label.name for label in self.report.columns.priorities]
        return names.index(self.row.priority) if self.row.priority in names else None


@dataclass(frozen=True)
class Clocks:
    """All clocks as served, and those the view asks for: by queue, priority, type, analyst, promise, then by state."""

    view: View
    naming: Naming
    seen: ServedOverview

    @cached_property
    def every(self) -> Sequence[Clock]:
        """Every running or paused clock there is, overdue first, then by due, paused last."""
        reports = {report.queue.id: report for report in self.reports}
        return [Clock(reports[queue.id], row) for queue, row in self.seen.due]

    @property
    def served(self) -> Sequence[Served]:
        """The queues shown: those asked for, else all, in the registry's order."""
        every = list(self.seen.served.values())
        return [served for served in every if served.queue.id in self.view.queues] or every

    @property
    def reports(self) -> Sequence[QueueReport]:
        """The reports there are, in the registry's order."""
        return [served.report for served in self.seen.served.values() if served.report is not None]

    @cached_property
    def narrowed(self) -> Sequence[Clock]:
        """The clocks that every filter lets pass but that of the states."""
        return self.but()

    @property
    def states(self) -> tuple[DueState, ...]:
        """The states listed."""
        return self.view.due or PRESSING

    @cached_property
    def listed(self) -> Sequence[Clock]:
        """The clocks of the list."""
        states = set(self.states)
        return [clock for clock in self.narrowed if clock.row.state in states]

    @property
    def counts(self) -> Mapping[DueState, int]:
        """How many clocks are in each state; they add up to all that are narrowed to."""
        found = Counter(clock.row.state for clock in self.narrowed)
        return {state: found[state] for state in DUE_STATES}

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the page: that of the first queue shown."""
        return next((served.queue.calendar.zone for served in self.served), ZoneInfo("UTC"))

    def but(self, *left_out: str) -> Sequence[Clock]:
        """The clocks that every filter but the named ones (`queues`, `priority`, `analyst`, `promise`) lets pass."""
        view = self.view
        queues = set() if "queues" in left_out else set(view.queues)
        promise = None if "promise" in left_out else view.promise
        people = set() if "analyst" in left_out else {name.casefold() for name in view.analyst}
        priorities = () if "priority" in left_out else view.priority
        allowed = {
            report.queue.id: (_names(report, "priorities", priorities), _names(report, "types", view.type))
            for report in self.reports
        }
        chosen = []
        for clock in self.every:
            named, typed = allowed[clock.queue.id]
            if queues and clock.queue.id not in queues:
                continue
            if promise not in (None, clock.row.sla):
                continue
            if named is not None and clock.row.priority not in named:
                continue
            if typed is not None and clock.row.type not in typed:
                continue
            if people and people.isdisjoint(self.called(clock.row)):
                continue
            chosen.append(clock)
        return chosen

    def called(self, row: DueRow) -> tuple[str, ...]:
        """The words by which the address may name the analyst of a clock, without capitals."""
        if row.analyst is None:
            return (UNASSIGNED,)
        return tuple(text.casefold() for text in (self.naming.id(row.analyst), self.naming.name(row.analyst)) if text)


def clocks(view: View, services: Portal) -> Clocks:
    """What is kept of all queues. States do not depend on a period, so the standard one is asked for: it is at hand."""
    return Clocks(view, services.naming, services.reports.overview())


def _names(report: QueueReport, table: str, asked: Sequence[str]) -> frozenset[str] | None:
    """Names of the entries meant by ids or names; None where nothing is asked for."""
    if not asked:
        return None
    entries = getattr(report.columns, table)
    return frozenset(entries[code].name for code in codes_of(entries, asked))
