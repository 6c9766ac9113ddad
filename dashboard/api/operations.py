"""The operations of the API, each declared once: its address, its parameters, its answer, and what finds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.api import parameters as p
from dashboard.api.asked import Parameter
from dashboard.api.fleet_answers import at_risk, overview, queues, teams
from dashboard.api.found import Found
from dashboard.api.queue_answers import data, tickets
from dashboard.api.trend_answers import trends
from dashboard.urls import PageName
from opsportal.shapes.fleet import AtRiskJson, OverviewJson, QueuesJson, TeamsJson
from opsportal.shapes.history import TrendsJson
from opsportal.shapes.reports import QueueReportJson
from opsportal.shapes.tickets import TicketsJson

_FILTERS: Final = (p.PERIOD, p.PRIORITY, p.TYPE, p.ANALYST)


@dataclass(frozen=True, slots=True)
class Operation:
    """One address below `api/`, which may hold `{id}`. `find` takes the services, what is asked, and the id.

    `page` is the page that shows the same: who may not see it is not answered either. `waits` says that it answers 202
    while the first read is under way, and 503 when there never was one.
    """

    id: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    answer: type[Mapping[str, Any]]
    find: Callable[..., Found]
    page: PageName
    waits: bool = True
    of_history: bool = False

    @property
    def of_queue(self) -> bool:
        """Whether the address names a queue."""
        return "{id}" in self.path


OPERATIONS: Final = (
    Operation(
        "listQueues",
        "queues",
        "The queues of the registry",
        "Every queue with its promises and how its data stands. It is there before anything was read.",
        (p.QUEUE, p.TEAM),
        QueuesJson,
        queues,
        "overview",
        waits=False,
    ),
    Operation(
        "getOverview",
        "queues/overview",
        "All queues side by side and as one",
        "Consolidated health with its worst queue, every team, every queue, and the first 20 clocks of all. A queue "
        "without numbers stands there with the reason, and in nobody's way.",
        (*_FILTERS, p.LENS, p.COMPARE),
        OverviewJson,
        overview,
        "overview",
    ),
    Operation(
        "getQueueData",
        "queues/{id}/data",
        "The report of one queue",
        "The same report that the queue's page shows and `opsportal report ID --json` prints.",
        (*_FILTERS, p.LENS, p.COMPARE),
        QueueReportJson,
        data,
        "queue",
    ),
    Operation(
        "listTickets",
        "queues/{id}/tickets",
        "The tickets of one queue, page by page",
        "One row a ticket in the order of Jira's ids, with both of its clocks. A cursor names a place and a revision: "
        "after a refresh it goes on from that place, and `moved_on` says that the numbers are newer.",
        (*_FILTERS, p.DUE, p.PROMISE, p.MARK, p.LIMIT, p.CURSOR),
        TicketsJson,
        tickets,
        "queue",
    ),
    Operation(
        "listAtRisk",
        "at-risk",
        "Every running clock of all queues by when it is due",
        "Overdue first, then by due instant, paused clocks last.",
        (p.QUEUE, p.TEAM, p.PRIORITY, p.TYPE, p.ANALYST, p.DUE, p.PROMISE),
        AtRiskJson,
        at_risk,
        "at-risk",
    ),
    Operation(
        "getTrends",
        "trends",
        "Queues day by day",
        "The kept end of each day with its counts, the days that are missing, where days begin to be judged otherwise, "
        "and what was unlike the weeks before.",
        (p.QUEUE, p.TEAM, p.FROM, p.TO, p.MEASURE, p.SCORES_UNDER),
        TrendsJson,
        trends,
        "trends",
        waits=False,
        of_history=True,
    ),
    Operation(
        "listTeams",
        "teams",
        "The teams",
        "The counts of each team's queues pooled, and the score of those counts.",
        (*_FILTERS, p.TEAM),
        TeamsJson,
        teams,
        "overview",
    ),
)
