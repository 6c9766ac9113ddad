"""One queue of the small Jira, and reading it."""

from dataclasses import replace

from datasource.jira.read import JiraTickets, Progress
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue, Sla
from tests.factories import ms, queue
from tests.fakes.jira_json import FIRST_RESPONSE, RESOLUTION
from tests.fakes.jira_site import JiraSite

SINCE_MS = ms("2026-07-26T12:00:00+00:00")
READ_AT_MS = ms("2026-11-23T12:05:00+00:00")

DESK: Queue = replace(
    queue("desk"),
    first_response=Sla("first_response", 0.95, FIRST_RESPONSE, judged="first"),
    resolution=Sla("resolution", 0.9, RESOLUTION, judged="last"),
)


def read(site: JiraSite, *, lanes: int = 3, progress: Progress = lambda *_: None) -> TicketColumns:
    """All of the queue, read with a budget of a minute."""
    return JiraTickets(site.jira, lanes=lanes).read(DESK, SINCE_MS, READ_AT_MS, 60.0, progress)
