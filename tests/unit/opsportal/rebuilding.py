"""Made-up queues as read, for the days that are taken or rebuilt from them."""

from dataclasses import replace

from opsportal.reading import Reading
from servicelevel.policy import Queue
from servicelevel.worklogs import no_worklogs
from tests.factories import columns, crowd, sao_paulo
from tests.unit.servicelevel.days import CHANGES, DESK, TICKETS


def reading(desk: Queue = DESK, covers_from: str = "2025-01-01T00:00:00+00:00") -> Reading:
    """What was read of the made-up queue."""
    table = columns(*TICKETS, changes=CHANGES, covers_from=covers_from)
    return Reading(desk, table, no_worklogs("not_configured", ""))


def small_reading(queue_id: str) -> Reading:
    """What was read of a queue with too few tickets to be judged by itself."""
    few, changes = crowd(5, 60, calendar=sao_paulo())
    return Reading(
        replace(DESK, id=queue_id, tempo_team=None),
        columns(*few, changes=changes),
        no_worklogs("not_configured", ""),
    )
