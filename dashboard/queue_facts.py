"""What the queue page shows of its queue: the report as asked for, with the names, dates and links that go with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from components import words
from components.sla_panel import Lens
from dashboard import people
from dashboard.portal import Portal
from dashboard.urls import LENSES, View
from opsportal.cached import Served
from servicelevel import marks
from servicelevel.due import DUE_STATES, DueRow
from servicelevel.instants import DAY_MS
from servicelevel.report import QueueReport

DUE_SHOWN: Final = 12


@dataclass(frozen=True)
class QueueFacts:
    """One queue as it is served now for a view."""

    view: View
    portal: Portal
    served: Served
    now: int

    @property
    def zone(self) -> ZoneInfo:
        """The queue's zone, in which all of its instants are said."""
        return self.served.queue.calendar.zone

    @property
    def as_of(self) -> int:
        """The instant of the numbers; now, while there are none."""
        return self.now if self.served.report is None else self.served.report.as_of

    @cached_property
    def dates(self) -> tuple[date, date]:
        """First and last local date of the period."""
        made = self.served.report
        if made is not None:
            return made.now.dates
        if self.view.period.first is not None and self.view.period.last is not None:
            return self.view.period.first, self.view.period.last
        today = words.local_date(self.now, self.zone)
        return today - timedelta(days=(self.view.period.days or 30) - 1), today

    @property
    def earlier(self) -> date:
        """The date that movements are measured against."""
        return words.local_date(self.as_of - self.view.compared_days * DAY_MS, self.zone)

    @property
    def against(self) -> str:
        """That date in words."""
        return words.day(self.earlier, words.local_date(self.now, self.zone))

    @property
    def today(self) -> str:
        """The date of the numbers in words."""
        return words.day(words.local_date(self.as_of, self.zone), words.local_date(self.now, self.zone))

    def link(self, mark: str) -> str:
        """The address that lists the tickets behind a mark of this queue."""
        return self.portal.href(self.view.with_(tickets=marks.of_queue(self.served.queue.id, mark)))

    @property
    def lens_hrefs(self) -> Mapping[Lens, str]:
        """The same view through each lens."""
        return {lens: self.portal.href(self.view.with_(lens=lens)) for lens in LENSES}

    @property
    def printed(self) -> str:
        """Period, filters and calendar in words, for views that have no controls."""
        chosen = [*self.view.priority, *self.view.type, *self.view.analyst]
        only = f"only {words.listed(chosen)}" if chosen else "all priorities"
        period = words.day_range(*self.dates)
        length = f"Last {self.view.period.days} days, {period}" if self.view.period.days else period
        return f"{length} · {only} · business hours, {self.zone.key}"

    @property
    def every_clock_href(self) -> str:
        """The at-risk page with every clock of this queue."""
        target = self.view.to("at-risk").with_(queues=(self.served.queue.id,), due=DUE_STATES)
        return self.portal.href(target)


def facts(view: View, portal: Portal) -> QueueFacts:
    """What is kept of the view's queue. Reads no source."""
    queue_id = view.queue or ""
    filters = people.filters_of(view, portal, (queue_id,))
    served = portal.reports.queue(queue_id, period=view.period, filters=filters, compared_days=view.compared_days)
    return QueueFacts(view, portal, served, portal.now())


def due_shown(made: QueueReport) -> list[DueRow]:
    """The first clocks of the due list, half of them kept for what can still break: old breaches hide nothing."""
    late = [row for row in made.due if row.state == "overdue"]
    coming = [row for row in made.due if row.state != "overdue"]
    shown = late[: max(DUE_SHOWN // 2, DUE_SHOWN - len(coming))]
    return [*shown, *coming[: DUE_SHOWN - len(shown)]]
