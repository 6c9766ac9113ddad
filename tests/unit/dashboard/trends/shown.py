"""The trends page over made-up histories: its panels by their names, and what stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from dash.development.base_component import Component

from components.figures.trend import PLOTS, Line
from dashboard.pages import trends as page
from dashboard.portal import Portal
from dashboard.urls import View
from opsportal.cached import Served
from opsportal.judging import judged_alone
from opsportal.reading import Reading
from opsportal.reports import Period
from opsportal.trends import Trends
from servicelevel.freshness import Freshness
from servicelevel.policy import Note, Policy
from servicelevel.snapshot import SnapshotRange
from servicelevel.trend import trend
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.unit.servicelevel.days import DESK, ENGINE, LAST, NOON, TABLE, days_ago, scored

TODAY = LAST + timedelta(days=1)
IDS = ("desk", "billing", "network", "people")
QUEUES = tuple(replace(DESK, id=name, name=name.title(), tempo_team=None) for name in IDS)
POLICY = Policy(QUEUES, (Note(days_ago(3), "Mail outage"),))
SLOTS = (
    "picker",
    "notice",
    "key",
    *(plot.measure for plot in PLOTS),
    "subject",
    "dates",
    "a",
    "b",
    "signals",
    "signals_note",
    "changes",
    "gaps",
    "gaps_note",
)


class Kept:
    """Reports of the made-up queues as of noon."""

    policy = POLICY

    def __init__(self, *, read: bool = True) -> None:
        self.read = read

    def queue(self, queue_id: str) -> Served:
        """One queue."""
        queue = next(known for known in QUEUES if known.id == queue_id)
        if not self.read:
            return Served(queue, None, None, Freshness("failed", None, "Jira is down."), None, "none")
        made = judged_alone(reading(queue.id), last_days(NOON, 30), None, 28)
        return Served(queue, made, None, Freshness("fresh", NOON), None, f"revision of {queue_id}")


def reading(queue_id: str) -> Reading:
    """What was read of a queue."""
    queue = next(known for known in QUEUES if known.id == queue_id)
    return Reading(queue, TABLE, no_worklogs("not_configured", ""))


def portal(history: object, *, read: bool = True, prefix: str = "/") -> Portal:
    """A portal with that history."""
    settings = SimpleNamespace(url_prefix=prefix, cache_ttl=300)
    trends = Trends(cast(Any, history), lambda: POLICY, lambda: NOON)
    return Portal(cast(Any, Kept(read=read)), trends, cast(Any, settings), "https://jira.example", lambda: NOON)


def filled(services: Portal, view: View) -> Mapping[str, Any]:
    """The panels of a view by their names."""
    return dict(zip(SLOTS, page._fill(view, services).panels, strict=True))


def trends_view(**changes: Any) -> View:
    """The page's view as an address without a query has it."""
    return View("trends", period=Period(90)).with_(**changes)


def text(part: object) -> str:
    """Every word in a component."""
    if isinstance(part, Component):
        return text(getattr(part, "children", None))
    if isinstance(part, Sequence) and not isinstance(part, str):
        return " ".join(text(item) for item in part)
    return "" if part is None else str(part)


def links(part: object) -> list[str]:
    """Every address a component leads to."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [found for item in part for found in links(item)]
    if not isinstance(part, Component):
        return []
    href = getattr(part, "href", None)
    return ([href] if href else []) + links(getattr(part, "children", None))


def size(part: object) -> int:
    """How many components there are."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        return sum(size(item) for item in part)
    return 1 + size(getattr(part, "children", None)) if isinstance(part, Component) else 0


def of_scores(name: str, values: Sequence[float | None], place: int = 0) -> Line:
    """A line of one score a day that ends on LAST."""
    days = [days_ago(len(values) - 1 - at) for at in range(len(values))]
    rows = [scored(day, value) for day, value in zip(days, values, strict=True) if value is not None]
    made = trend(
        replace(DESK, id=name.lower()),
        SnapshotRange(tuple(rows)),
        days[0],
        LAST,
        expected=(days[0], LAST),
        engine_version=ENGINE,
    )
    return Line(made, name, place, lambda day: f"/queue/{name.lower()}?day={day}")
