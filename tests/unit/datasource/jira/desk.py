"""One queue of the small Jira, and reading it."""

from dataclasses import replace

from datasource.jira.tickets import JiraTickets
from datasource.progress import Progress
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue, Sla
from tests.factories import ms, queue
from tests.fakes.jira_json import FIRST_RESPONSE, RESOLUTION
from tests.fakes.jira_site import JiraSite

SINCE_MS = ms("2026-07-26T12:00:00+00:00")
READ_AT_MS = ms("2026-11-23T12:05:00+00:00")
SWEEP_HOURS = 24.0

DESK: Queue = replace(
    queue("desk"),
    first_response=Sla("first_response", 0.95, FIRST_RESPONSE, judged="first"),
    resolution=Sla("resolution", 0.9, RESOLUTION, judged="last"),
)
ANSWERED_BY_COMMENT: Queue = replace(DESK, first_response=Sla("first_response", 0.95, clock="computed"))
"""The same queue without a first-response field: the portal runs that clock itself, from comments."""


def read(
    site: JiraSite,
    previous: TicketColumns | None = None,
    *,
    queue: Queue = DESK,
    lanes: int = 3,
    since: int = SINCE_MS,
    read_at: int = READ_AT_MS,
    budget_s: float = 60.0,
    progress: Progress = lambda *_: None,
) -> TicketColumns:
    """All of the queue, or what changed since `previous`, read with a budget of a minute."""
    source = JiraTickets(site.dialect(lanes=lanes), sweep_hours=SWEEP_HOURS)
    return source.read(queue, previous, updated_since=since, read_at=read_at, budget_s=budget_s, progress=progress)
