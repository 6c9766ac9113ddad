"""From readings to reports: one queue's, and what all of them add up to. Nothing here reads a source."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import TypeAlias

from opsportal.reading import Reading
from servicelevel.due import DueRow, due_order
from servicelevel.instants import DAY_MS
from servicelevel.measures import NO_TRAILING, Filters, Trailing, trailing, wants_fleet
from servicelevel.policy import Queue
from servicelevel.report import QueueReport, report
from servicelevel.rollup import Consolidated, Pool, consolidated, teams
from servicelevel.window import Window

FleetAt: TypeAlias = Callable[[int], Trailing]
"""The trailing evidence of all queues as of an instant (epoch ms)."""


def fleet_of(readings: Iterable[Reading], as_of: int) -> Trailing:
    """The trailing evidence of all queues that could be read."""
    return reduce(add, (trailing(r.queue, r.columns, as_of) for r in readings), NO_TRAILING)


def judged(
    reading: Reading, window: Window, filters: Filters | None, compared_days: int, fleet_at: FleetAt
) -> QueueReport:
    """A queue's report. The fleet is asked for only when the queue's own small samples need its rates.

    Raises:
        PeriodNotCovered: the window begins before every change is known.
    """
    made = judged_alone(reading, window, filters, compared_days)
    return filled_up(reading, made, fleet_at) if needs_fleet(made) else made


def judged_alone(reading: Reading, window: Window, filters: Filters | None, compared_days: int) -> QueueReport:
    """A queue's report with nothing to fill up small samples but its own 90 days and its targets.

    Raises:
        PeriodNotCovered: the window begins before every change is known.
    """
    queue, columns, booked = reading.queue, reading.columns, reading.booked
    return report(queue, columns, booked, window, filters=filters, compared_days=compared_days)


def needs_fleet(made: QueueReport) -> bool:
    """Whether the rates of all queues would change a report."""
    return wants_fleet(made.now) or (made.previous is not None and wants_fleet(made.previous))


def filled_up(reading: Reading, made: QueueReport, fleet_at: FleetAt) -> QueueReport:
    """The same report with small samples filled up from the rates of all queues."""
    window = made.now.window
    return report(
        reading.queue,
        reading.columns,
        reading.booked,
        window,
        filters=made.filters,
        fleet=fleet_at(window.end),
        fleet_then=fleet_at(window.end - made.compared_days * DAY_MS),
        compared_days=made.compared_days,
    )


def added_up(
    reports: Sequence[QueueReport], fleet: Trailing
) -> tuple[tuple[Pool, ...], Consolidated, tuple[tuple[Queue, DueRow], ...]]:
    """Teams, the consolidated score, and the due rows of all queues, most overdue first."""
    members = [(made.queue, made.now) for made in reports]
    due = sorted(((made.queue, row) for made in reports for row in made.due), key=lambda pair: due_order(pair[1]))
    return teams(members, fleet), consolidated(members), tuple(due)
