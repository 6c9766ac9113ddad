"""Open work ticket by ticket: how old each is beside the queue's own pace."""

from dataclasses import dataclass

import numpy as np

from servicelevel.backlog import ages_ms, own_pace
from servicelevel.report import QueueReport


@dataclass(frozen=True, slots=True)
class Aged:
    """One open ticket: its row, its priority's code, and its age in business days."""

    row: int
    priority: int
    age_bd: float
    older: bool


@dataclass(frozen=True, slots=True)
class Ageing:
    """Every open ticket, and the queue's own pace from creation to resolved in business days (None: not reached)."""

    tickets: tuple[Aged, ...]
    median_bd: float | None
    p85_bd: float | None


def ageing(made: QueueReport) -> Ageing:
    """The open tickets of a report in the order of its columns; as many are `older` as its backlog counts."""
    columns, now, calendar = made.columns, made.now, made.queue.calendar
    day_ms = calendar.business_day_ms
    age = ages_ms(columns, made.as_of, calendar)
    median_ms, p85_ms = own_pace(columns, now.stood, calendar, now.rows, (0.5, 0.85)).values_ms
    open_rows = np.flatnonzero(now.rows & now.stood.open)
    return Ageing(
        tuple(
            Aged(
                row=int(row),
                priority=int(now.stood.priority[row]),
                age_bd=float(age[row]) / day_ms,
                older=p85_ms is not None and int(age[row]) > p85_ms,
            )
            for row in open_rows
        ),
        None if median_ms is None else median_ms / day_ms,
        None if p85_ms is None else p85_ms / day_ms,
    )
