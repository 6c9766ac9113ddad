"""What the trends page is about: which queues, which days, which two dates, and what history and the readings say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from components import words
from components.figures.trend import Line
from dashboard import urls
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import Served
from opsportal.engine import ENGINE_VERSION
from opsportal.reports import Period
from opsportal.snapshots import WINDOW_DAYS
from servicelevel.errors import PortalError
from servicelevel.measures import NO_TRAILING
from servicelevel.policy import Queue
from servicelevel.snapshot_taking import taken
from servicelevel.trend import Trend, TrendPoint, point, with_today
from servicelevel.two_dates import TwoDates, two_dates

FIRST_SHOWN = 3
"""Queues shown when the address names none."""
APART_DAYS = 28
"""Date a lies so many days before date b unless the address says otherwise: the same weekday."""

WORTH_TELLING = 3.0
"""A loss of so many points is told before any gain."""


@dataclass(frozen=True, slots=True, eq=False)
class TrendFacts:
    """Everything the panels are filled with. `problem` says why history cannot be read; then there are no lines."""

    view: View
    portal: Portal
    chosen: tuple[Queue, ...]
    served: tuple[Served, ...]
    first: date
    last: date
    today: date
    now: int
    lines: tuple[Line, ...]
    problem: str | None

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the page's times are said in."""
        return _zone(self.chosen)

    @property
    def drawn(self) -> tuple[Line, ...]:
        """The queues that have anything to draw."""
        return tuple(line for line in self.lines if line.trend.points)

    @property
    def kept(self) -> bool:
        """Whether history has any day of these queues, in this period or before it."""
        return any(line.trend.begins is not None for line in self.lines)

    @property
    def b(self) -> date | None:
        """The later of the two dates; by default the last day that any queue has."""
        days = [line.trend.points[-1].day for line in self.drawn]
        if not days:
            return None
        given = [day for day in (self.view.a, self.view.b) if day is not None and self.first <= day <= self.last]
        return max(given) if self.view.b is not None and given else max(days)

    @property
    def a(self) -> date | None:
        """The earlier of the two dates; by default 28 days before the other, or the first day there is."""
        b = self.b
        if b is None:
            return None
        given = [day for day in (self.view.a, self.view.b) if day is not None and self.first <= day < b]
        if self.view.a is not None and given:
            return min(given)
        begin = min(line.trend.points[0].day for line in self.drawn)
        a = max(b - timedelta(days=APART_DAYS), begin)
        return a if a < b else None

    @property
    def subject(self) -> Line | None:
        """The queue whose two dates are compared: the one that lost most between them, else that moved furthest."""
        a, b = self.a, self.b
        lost = min(self.drawn, key=lambda line: _moved(line, a, b), default=None)
        if lost is not None and _moved(lost, a, b) <= -WORTH_TELLING:
            return lost
        return max(self.drawn, key=lambda line: abs(_moved(line, a, b)), default=None)

    @property
    def compared(self) -> TwoDates | None:
        """The two dates of that queue; None unless it has both days."""
        line, a, b = self.subject, self.a, self.b
        if line is None or a is None or b is None:
            return None
        then, now = line.trend.on(a), line.trend.on(b)
        queue = next(queue for queue in self.chosen if queue.id == line.trend.queue)
        return None if then is None or now is None else two_dates(queue, then, now)


def facts(view: View, portal: Portal) -> TrendFacts:
    """Ask history and the kept readings for what the view shows."""
    policy, now = portal.policy, portal.now()
    chosen = shown_queues(view, policy.queues)
    today = words.local_date(now, _zone(chosen))
    first, last = _dates(view.period, today)
    served = tuple(portal.reports.queue(queue.id) for queue in chosen)
    try:
        series = portal.trends.series([queue.id for queue in chosen], first, last, view.scores)
    except PortalError as problem:
        return TrendFacts(view, portal, chosen, served, first, last, today, now, (), portal.why(problem))
    lines = tuple(
        Line(
            _with_today(series[queue.id], each),
            queue.name,
            next(place for place, known in enumerate(policy.queues) if known.id == queue.id),
            _link(queue, today),
        )
        for queue, each in zip(chosen, served, strict=True)
    )
    return TrendFacts(view, portal, chosen, served, first, last, today, now, lines, None)


def revision(view: View, portal: Portal) -> str:
    """Another text whenever the page would show something else for the same view."""
    chosen = shown_queues(view, portal.policy.queues)
    read = [portal.reports.queue(queue.id).revision for queue in chosen]
    today = words.local_date(portal.now(), _zone(chosen))
    first, last = _dates(view.period, today)
    try:
        kept = portal.trends.revision([queue.id for queue in chosen], first, last)
    except PortalError as problem:
        kept = str(problem)
    return f"{today} {kept} {' '.join(read)}"


def shown_queues(view: View, queues: Sequence[Queue]) -> tuple[Queue, ...]:
    """The queues chosen in the address; without any those of its team, else the first of the registry."""
    if view.queues:
        return tuple(queue for queue in queues if queue.id in view.queues)
    if view.team is not None:
        return tuple(queue for queue in queues if queue.team == view.team)
    return tuple(queues[:FIRST_SHOWN])


def _zone(chosen: Sequence[Queue]) -> ZoneInfo:
    return next((queue.calendar.zone for queue in chosen), ZoneInfo("UTC"))


def _dates(period: Period, today: date) -> tuple[date, date]:
    if period.first is not None and period.last is not None:
        return period.first, period.last
    days = period.days or APART_DAYS
    return today - timedelta(days=days - 1), today


def _with_today(trend: Trend, served: Served) -> Trend:
    live = _live_point(served)
    return trend if live is None else with_today(trend, live)


def _live_point(served: Served) -> TrendPoint | None:
    """The day that has not ended, from the report as it is now."""
    made = served.report
    if made is None:
        return None
    now = taken(
        made.queue,
        made.columns,
        None,
        made.now,
        NO_TRAILING,
        taken_at=made.as_of,
        source="live",
        engine_version=ENGINE_VERSION,
    )
    return point(made.queue, now, ENGINE_VERSION)


def _link(queue: Queue, today: date) -> Callable[[date], str]:
    """Where a day leads: the queue's page over the days that its snapshot counts."""

    def link(day: date) -> str:
        window = Period() if day >= today else Period(None, day - timedelta(days=WINDOW_DAYS - 1), day)
        return urls.href(View("queue", queue.id, period=window))

    return link


def _moved(line: Line, a: date | None, b: date | None) -> float:
    """Points by which a queue's score moved between two dates; 0 where either is not known."""
    then = None if a is None else line.trend.on(a)
    now = None if b is None else line.trend.on(b)
    if then is None or now is None or then.score is None or now.score is None:
        return 0.0
    return now.score - then.score
