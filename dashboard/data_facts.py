"""What the portal knows of its own data, in rows: sources, tickets left out, gaps in the history, definitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from components import words
from components.source_table import SourceRow, SourceState
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import Served, ServedOverview, SourceNote
from opsportal.source_note import SourceName
from servicelevel.errors import PortalError
from servicelevel.policy import Queue
from servicelevel.report import QueueReport
from servicelevel.snapshot_run import SnapshotRun
from servicelevel.trend import Trend

GAP_DAYS: Final = 90
SOURCE_NAMES: Final[tuple[SourceName, ...]] = ("Jira", "Tempo")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One ticket that is in no number, and why."""

    queue: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """By which definition a queue is judged."""

    queue: str
    hash: str
    clocks: str
    calendar: str
    zone: str


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """What history has of each queue, and how days were put into it last. `problem` is why it cannot be read."""

    trends: Sequence[tuple[Queue, Trend]]
    last_run: SnapshotRun | None
    problem: str | None = None


@dataclass(frozen=True)
class DataFacts:
    """Everything the page shows, as kept: no source is read for it."""

    view: View
    portal: Portal
    seen: ServedOverview
    now: int

    @property
    def served(self) -> Sequence[Served]:
        """The queues shown: those asked for, else all, in the registry's order."""
        every = list(self.seen.served.values())
        return [served for served in every if served.queue.id in self.view.queues] or every

    @property
    def reports(self) -> Sequence[QueueReport]:
        """The reports there are."""
        return [served.report for served in self.served if served.report is not None]

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times of the whole page are said in."""
        return next((served.queue.calendar.zone for served in self.served), ZoneInfo("UTC"))

    @property
    def sources(self) -> Sequence[SourceRow]:
        """One row a queue and source that was tried; a queue that never was has a row for Jira.

        How the reads went is for administrators.
        """
        notes = {(note.queue_id, note.source): note for note in self.portal.reports.source_notes()}
        rows = []
        for served in self.served:
            for source in SOURCE_NAMES:
                note = notes.get((served.queue.id, source))
                if note is not None or source == "Jira":
                    row = _source(served, source, note)
                    rows.append(row if self.portal.scope.admin else row.outline())
        return rows

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """Tickets that Jira named and did not deliver, or that could not be read."""
        rows = []
        for made in self.reports:
            name, columns = made.queue.name, made.columns
            rows += [LeftOut(name, key, reason) for key, reason in sorted(columns.unreadable.items())]
            rows += [LeftOut(name, f"id {ticket}", "Jira did not deliver it.") for ticket in columns.missing]
        return rows

    @property
    def definitions(self) -> Sequence[DefinitionRow]:
        """By which definition each queue is judged."""
        return [
            DefinitionRow(
                served.queue.name,
                served.queue.definition_hash,
                _clocks(served.queue.first_response.computed, served.queue.resolution.computed),
                served.queue.calendar.name,
                served.queue.calendar.time_zone,
            )
            for served in self.served
        ]

    @cached_property
    def history(self) -> HistoryFacts:
        """The kept days of each queue and the last run that kept some, or why history cannot be read."""
        first, last = self.history_dates
        try:
            queues = [served.queue.id for served in self.served]
            series = self.portal.trends.series(queues, first, last, for_signals=False)
            run = self.portal.trends.last_run()
        except PortalError as problem:
            return HistoryFacts((), None, str(problem))
        by_id = {served.queue.id: served.queue for served in self.served}
        return HistoryFacts([(by_id[queue_id], trend) for queue_id, trend in series.items()], run)

    @property
    def not_kept(self) -> Sequence[str]:
        """Names of the queues whose day the last run could not keep."""
        run = self.history.last_run
        failed = {outcome.queue for outcome in run.outcomes if outcome.result == "failed"} if run is not None else ()
        return [served.queue.name for served in self.served if served.queue.id in failed]

    @property
    def history_dates(self) -> tuple[date, date]:
        """The days looked at: 90 that end with yesterday."""
        last = words.local_date(self.now, self.zone) - timedelta(days=1)
        return last - timedelta(days=GAP_DAYS - 1), last


def facts(view: View, portal: Portal) -> DataFacts:
    """What is kept of all queues over the standard period."""
    return DataFacts(view, portal, portal.reports.overview(), portal.now())


def revision(view: View, portal: Portal) -> str:
    """Changes whenever the page would show something else."""
    try:
        queues, (first, last) = [queue.id for queue in portal.policy.queues], facts(view, portal).history_dates
        days = portal.trends.revision(queues, first, last, for_signals=False)
        history = repr((days, portal.trends.last_run()))
    except PortalError as problem:
        history = str(problem)
    reports = portal.reports
    return repr((reports.overview().revision, reports.source_notes(), reports.registry_note(), history))


def _source(served: Served, source: str, note: SourceNote | None) -> SourceRow:
    queue, standing = served.queue, served.freshness
    left_out = None if note is None or note.missing is None else note.missing + (note.unreadable or 0)
    reading = source == "Jira" and standing.reading
    following = standing.next_try if source == "Jira" and (note is None or note.error is None) else None
    return SourceRow(
        queue_id=queue.id,
        queue=queue.name,
        source=source,
        state=_state(note, left_out, reading=reading),
        read_at=None if note is None else note.read_at,
        kind=None if note is None else note.kind,
        took_s=None if note is None else note.duration_s,
        rows=None if note is None else note.rows,
        left_out=left_out if source == "Jira" else None,
        requests=None if note is None else note.requests,
        error=None if note is None else note.error,
        tries=0 if note is None else note.tries,
        next_at=following if note is None or note.next_try is None else note.next_try,
    )


def _state(note: SourceNote | None, left_out: int | None, *, reading: bool) -> SourceState:
    if note is not None and note.error is not None:
        return "failing"
    if reading:
        return "reading"
    if note is None or note.read_at is None:
        return "never"
    return "partial" if left_out else "ok"


def _clocks(first_response: bool, resolution: bool) -> str:
    words = {True: "computed", False: "Jira’s"}
    if first_response == resolution:
        return "computed from the history" if resolution else "Jira’s own"
    return f"first response {words[first_response]}, resolution {words[resolution]}"
