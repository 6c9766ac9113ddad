"""What the overview and the comparison show of all queues: reports, who has none and why, and the shared scales."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from components import words
from components.overview_sentence import Standings
from components.queue_card import TARGET_SCORE, Scales
from components.sparkline import Points
from dashboard import people
from dashboard.portal import Portal
from dashboard.urls import DEFAULT_PERIOD, View
from opsportal.cached import Served, ServedOverview
from servicelevel.consolidated_days import consolidated_days
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS
from servicelevel.measures import Filters
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.report import QueueReport
from servicelevel.rollup import consolidated

SPARK_DAYS: Final = 30
LEAST_AXIS: Final = 0.7
"""The promises' axis begins at 70 % unless a share lies lower: on an axis from 0 all queues look alike."""


@dataclass(frozen=True, slots=True, eq=False)
class OverviewFacts:
    """All queues as they are served now; `asked` is in the registry's order, `made` those that have a report."""

    view: View
    portal: Portal
    seen: ServedOverview
    now: int

    @property
    def asked(self) -> Sequence[Served]:
        """Every queue with a report or the reason why there is none."""
        return list(self.seen.served.values())

    @property
    def made(self) -> list[QueueReport]:
        """The reports there are."""
        return [served.report for served in self.asked if served.report is not None]

    @property
    def standings(self) -> Standings:
        """Reports and the names of the queues without one, by the reason."""
        absent = [served for served in self.asked if served.report is None]
        refused = [served for served in absent if served.problem is not None]
        reading = [served for served in absent if served.problem is None and served.progress is not None]
        unread = [served for served in absent if served not in refused and served not in reading]
        return Standings(self.made, _names(unread), _names(reading), _names(refused))

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times of the whole page are said in: that of the registry's first queue."""
        return next((served.queue.calendar.zone for served in self.asked), ZoneInfo("UTC"))

    @property
    def as_of(self) -> int:
        """The instant of the oldest numbers shown; now, while there are none."""
        return self.now if self.seen.as_of is None else self.seen.as_of

    @property
    def dates(self) -> tuple[date, date]:
        """First and last local date of the period shown."""
        for made in self.made:
            return made.now.dates
        if self.view.period.first is not None and self.view.period.last is not None:
            return self.view.period.first, self.view.period.last
        today = words.local_date(self.now, self.zone)
        return today - timedelta(days=(self.view.period.days or SPARK_DAYS) - 1), today

    @property
    def earlier(self) -> date:
        """The date that movements are measured against."""
        return words.local_date(self.as_of - self.view.compared_days * DAY_MS, self.zone)

    @property
    def against(self) -> str:
        """That date in words."""
        return words.day(self.earlier, words.local_date(self.now, self.zone))

    @property
    def change(self) -> float | None:
        """Points by which the consolidated score moved; None unless the same queues have a score on both dates."""
        members = [(made.queue, made.previous) for made in self.made if made.previous is not None]
        then, now = consolidated(members), self.seen.consolidated
        scored = {made.queue.id for made in self.made if made.now.health.score is not None}
        had = {queue.id for queue, measures in members if measures.health.score is not None}
        if now.score is None or then.score is None or scored != had:
            return None
        return round(now.score - then.score, 1)

    def href(self, view: View) -> str:
        """The address of a view."""
        return self.portal.href(view)

    def queue_href(self, queue: Queue) -> str:
        """The queue's own page with the same period and filters."""
        return self.href(self.view.to("queue", queue.id))

    def tickets_href(self, queue: Queue, mark: str) -> str:
        """This page with the tickets behind a mark of a queue listed beside it."""
        return self.href(self.view.with_(tickets=f"{queue.id}/{mark}"))


@dataclass(frozen=True, slots=True)
class Past:
    """Scores of the last days, each queue's and all queues' together; empty where there is no history to show."""

    of_queue: Mapping[str, Points]
    of_all: Points


def facts(view: View, portal: Portal) -> OverviewFacts:
    """What is kept of all queues, as asked for by the view. Reads no source."""
    filters = people.filters_of(view, portal, [queue.id for queue in portal.policy.queues])
    seen = portal.reports.overview(period=view.period, filters=filters, compared_days=view.compared_days)
    return OverviewFacts(view, portal, seen, portal.now())


def past(found: OverviewFacts) -> Past:
    """Thirty days of scores that end with today's so far.

    History is kept of all tickets over the standard period, so it is left out while the page shows another choice:
    a line of other numbers beside a number would mislead.
    """
    if not _shows_past(found.view):
        return Past({}, ())
    first, yesterday, today = _past_days(found)
    queues = [made.queue for made in found.made]
    try:
        trends = found.portal.trends.series([queue.id for queue in queues], first, yesterday, for_signals=False)
    except PortalError:
        return Past({}, ())  # the Data page says what failed; the numbers of today stand without their past
    scores = {made.queue.id: made.now.health.score for made in found.made}
    of_queue = {
        queue: (*((day, value) for day, value in trend.values("score")), (today, scores[queue]))
        for queue, trend in trends.items()
        if trend.points
    }
    if not of_queue:
        return Past({}, ())
    of_all = (*consolidated_days(queues, trends, first, yesterday), (today, found.seen.consolidated.score))
    return Past(of_queue, of_all)


def scales(found: OverviewFacts, scores: Past) -> Scales:
    """One axis for every promise and one for every score on the page."""
    rates = [rate for made in found.made for name in SLA_NAMES if (rate := made.now.sla[name].kept.rate) is not None]
    axis = min([LEAST_AXIS, *(math.floor((rate - 0.05) * 10) / 10 for rate in rates)])
    known = [*_known(scores.of_queue.values()), TARGET_SCORE]
    low, high = math.floor(min(known) / 10) * 10, math.ceil(max(known) / 10) * 10
    return Scales(max(axis, 0.0), float(low), float(max(high, low + 10)))


def revision(found: OverviewFacts) -> str:
    """Changes whenever the page would show something else for the same address, its past included."""
    parts = [
        f"{queue_id}:{served.revision}:{served.freshness.state}:{served.freshness.as_of}:{served.progress}"
        for queue_id, served in found.seen.served.items()
    ]
    if _shows_past(found.view):
        try:
            first, yesterday, _ = _past_days(found)
            kept = found.portal.trends.revision(list(found.seen.served), first, yesterday, for_signals=False)
            parts.append(kept)
        except PortalError as problem:
            parts.append(str(problem))
    return "|".join(parts)


def _past_days(found: OverviewFacts) -> tuple[date, date, date]:
    """The first and last day of the past that is shown, and today, which follows it."""
    today = words.local_date(found.as_of, found.zone)
    return today - timedelta(days=SPARK_DAYS - 1), today - timedelta(days=1), today


def _shows_past(view: View) -> bool:
    """Whether the numbers shown are those that history keeps."""
    return view.filters == Filters() and view.period == DEFAULT_PERIOD


def _known(series: Iterable[Points]) -> list[float]:
    return [value for points in series for _, value in points if value is not None]


def _names(served: Sequence[Served]) -> tuple[str, ...]:
    return tuple(one.queue.name for one in served)
