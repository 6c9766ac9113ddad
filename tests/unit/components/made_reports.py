"""Reports of made-up queues for the tests of what pages draw."""

from collections.abc import Sequence

from servicelevel.measures import Filters
from servicelevel.policy import Queue
from servicelevel.report import QueueReport, report
from servicelevel.ticket import Ticket
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import AS_OF, booked, columns, crowd, ms, queue, sao_paulo, team_hours, worklog

NO_HOURS = no_worklogs("not_configured", "No Tempo is configured.")


def busy(seed: int = 11, size: int = 160, *, filters: Filters | None = None, days: int = 30) -> QueueReport:
    """A queue with work of every kind, hours, and a team."""
    tickets, changes = crowd(seed, size, calendar=sao_paulo())
    table = columns(*tickets, changes=changes)
    spent = booked(
        table, *(worklog(n, n, "2026-11-20", 1.5) for n in range(1, size)), team=team_hours("2026-11-20", 60, 80)
    )
    desk = queue("desk", calendar=sao_paulo(), tempo_team=7)
    return report(desk, table, spent, last_days(ms(AS_OF), days), filters=filters)


def small(*tickets: Ticket, desk: Queue | None = None, as_of: str = AS_OF) -> QueueReport:
    """A queue of these tickets without hours, over thirty days."""
    return report(desk or queue("desk"), columns(*tickets), NO_HOURS, last_days(ms(as_of), 30))


def link(mark: str) -> str:
    """An address that shows its mark."""
    return f"/here?tickets=desk/{mark}"


SEEDS: Sequence[int] = (1, 2, 3, 11, 12)
"""A few different queues: with and without a score, improving and worsening."""
