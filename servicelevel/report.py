"""A queue's report: everything a screen, the API or a snapshot needs, from the same facts, as of one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from servicelevel.analysts import AnalystRow, by_analyst, hours_only
from servicelevel.budget import Budget, budget
from servicelevel.columns import TicketColumns
from servicelevel.due import DueRow, due_list
from servicelevel.errors import PortalError
from servicelevel.instants import DAY_MS, to_datetime
from servicelevel.measures import NO_TRAILING, Filters, Measures, Trailing, measure
from servicelevel.movement import Movement, movement
from servicelevel.policy import SLA_NAMES, Queue, SlaName
from servicelevel.quality import QualityRow, ledger
from servicelevel.window import Window
from servicelevel.worklogs import WorklogColumns

COMPARED_DAYS = 28
"""Scores are compared with the same weekday so many days ago, unless a reader chooses another distance."""


class PeriodNotCovered(PortalError):
    """The period reaches further back than the tickets read: counting would silently leave some out."""

    def __init__(self, queue: str, start: int, covers_from: int) -> None:
        self.queue, self.start, self.covers_from = queue, start, covers_from
        super().__init__(
            f"{queue}: the period begins {to_datetime(start):%Y-%m-%d %H:%M} UTC, but every change is known only since "
            f"{to_datetime(covers_from):%Y-%m-%d %H:%M} UTC. Ask for a shorter period, or raise WINDOW_DAYS."
        )


@dataclass(frozen=True, slots=True, eq=False)
class QueueReport:
    """One queue as of `window.end`.

    `previous` measures the same length of window `compared_days` earlier by replaying the changelogs; None with a
    `movement_reason` when that reaches too far back. `movement` is None when either side has no score.
    """

    queue: Queue
    columns: TicketColumns
    filters: Filters
    now: Measures
    previous: Measures | None
    movement: tuple[Movement, ...] | None
    movement_reason: Literal["not_covered", "no_score", "no_previous_score"] | None
    analysts: tuple[AnalystRow, ...]
    due: tuple[DueRow, ...]
    budgets: Mapping[SlaName, Budget]
    quality: tuple[QualityRow, ...]
    compared_days: int = COMPARED_DAYS

    @property
    def as_of(self) -> int:
        """The instant everything is judged at."""
        return self.now.window.end

    @property
    def partial(self) -> bool:
        """Whether tickets that belong to the queue are missing from every number."""
        return bool(self.columns.missing or self.columns.unreadable)


def report(
    queue: Queue,
    columns: TicketColumns,
    booked: WorklogColumns,
    window: Window,
    *,
    filters: Filters | None = None,
    fleet: Trailing = NO_TRAILING,
    fleet_then: Trailing = NO_TRAILING,
    compared_days: int = COMPARED_DAYS,
) -> QueueReport:
    """Build a queue's report as of the window's end, compared with what held `compared_days` earlier.

    Raises:
        PeriodNotCovered: the window begins before every change is known.
    """
    if window.start < columns.covers_from:
        raise PeriodNotCovered(queue.id, window.start, columns.covers_from)
    filters = filters or Filters()
    now = measure(queue, columns, booked, window, filters, fleet)
    earlier = window.moved(-compared_days * DAY_MS)
    then = (
        measure(queue, columns, booked, earlier, filters, fleet_then) if earlier.start >= columns.covers_from else None
    )
    moved = None
    if then is not None:
        before, after = then.kept_by_priority(columns), now.kept_by_priority(columns)
        moved = movement(then.health, now.health, before, after)
    calendar, as_of = queue.calendar, window.end
    return QueueReport(
        queue=queue,
        columns=columns,
        filters=filters,
        now=now,
        previous=then,
        movement=moved,
        movement_reason=_movement_reason(now, then),
        analysts=_analysts(columns, now),
        due=due_list(columns, now.judged, now.stood, calendar, now.rows),
        budgets={
            name: budget(
                now.judged[name],
                as_of,
                calendar,
                queue.sla(name).target,
                now.rows,
                by_month=queue.budget_window == "calendar_month",
            )
            for name in SLA_NAMES
        },
        quality=ledger(
            columns,
            now.judged,
            now.stood,
            now.rows,
            now.hours.orphan_tickets if now.hours.state == "ok" else None,
            own_clock=queue.first_response.computed,
        ),
        compared_days=compared_days,
    )


def _movement_reason(
    now: Measures, then: Measures | None
) -> Literal["not_covered", "no_score", "no_previous_score"] | None:
    if now.health.score is None:
        return "no_score"
    if then is None:
        return "not_covered"
    return "no_previous_score" if then.health.score is None else None


def _analysts(columns: TicketColumns, now: Measures) -> tuple[AnalystRow, ...]:
    known = now.hours.state == "ok"
    spent = {person.id: seconds for person, seconds, _ in now.hours.by_analyst}
    rows = by_analyst(columns, now.judged, now.stood, now.window, now.rows, spent if known else None)
    shown = {row.person.id for row in rows if row.person}
    others = [hours_only(person, seconds) for person, seconds, _ in now.hours.by_analyst if person.id not in shown]
    return (*rows, *others)
