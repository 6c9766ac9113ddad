"""Open work: how many days of it there are, and how old it is against the queue's own pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import MISSING, Mask, Millis
from servicelevel.standing import Standing
from servicelevel.survival import Percentiles, percentiles
from servicelevel.window import last_days

PACE_DAYS = 28
"""Backlog days divide by what was resolved in so many days."""

OWN_PACE_DAYS = 90
"""The queue's own p85 is taken over tickets created in so many days, whatever the window."""

STALE_BUSINESS_DAYS = 5
AGE_BORDERS_BD = (1, 3, 10, 30)


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Open tickets aged from `from_bd` (in it) to `to_bd` (not in it; None: no end) business days."""

    from_bd: int
    to_bd: int | None
    tickets: int

    @property
    def label(self) -> str:
        """The range in words."""
        return f"{self.from_bd}+ d" if self.to_bd is None else f"{self.from_bd}-{self.to_bd} d"


@dataclass(frozen=True, slots=True)
class Backlog:
    """Open tickets at as_of. Durations are business milliseconds, `days` business days; None says "not known"."""

    open: int
    unassigned: int
    resolved_28d: int
    business_days_28d: float
    older: int | None
    own_p85_ms: int | None
    own_p85_reason: Literal["not_reached", "no_data"] | None
    buckets: tuple[AgeBucket, ...]
    stale: int
    business_day_ms: int

    @property
    def days(self) -> float | None:
        """Business days of work at the pace of 28 days; 0 when nothing is open, None when nothing was resolved."""
        if self.open == 0:
            return 0.0
        return self.open * self.business_days_28d / self.resolved_28d if self.resolved_28d else None

    @property
    def reason(self) -> Literal["nothing_resolved"] | None:
        """Why the days are not known."""
        return "nothing_resolved" if self.open and not self.resolved_28d else None

    @property
    def ageing_share(self) -> float | None:
        """Open tickets older than the queue's own p85 / open; 0 when nothing is open, None without a p85."""
        if self.open == 0:
            return 0.0
        return None if self.older is None else self.older / self.open


def ages_ms(columns: TicketColumns, as_of: int, calendar: BusinessCalendar) -> Millis:
    """Business time since each ticket's creation, pauses included."""
    return calendar.elapsed(columns.created, np.full(len(columns), as_of))


def own_pace(
    columns: TicketColumns, stood: Standing, calendar: BusinessCalendar, rows: Mask, quantiles: Sequence[float]
) -> Percentiles:
    """How long tickets of the last 90 days took from creation to resolved, pauses included, open ones censored."""
    age = ages_ms(columns, stood.as_of, calendar)
    resolved = stood.resolved_at != MISSING
    recent = rows & last_days(stood.as_of, OWN_PACE_DAYS).holds(columns.created) & (resolved | stood.open)
    lasted = np.where(resolved, calendar.elapsed(columns.created, np.maximum(stood.resolved_at, columns.created)), age)
    return percentiles(lasted[recent], resolved[recent], quantiles)


def backlog(columns: TicketColumns, stood: Standing, calendar: BusinessCalendar, rows: Mask) -> Backlog:
    """The open work among the chosen tickets."""
    as_of, day_ms = stood.as_of, calendar.business_day_ms
    pace = last_days(as_of, PACE_DAYS)
    open_ = rows & stood.open
    age = ages_ms(columns, as_of, calendar)
    own = own_pace(columns, stood, calendar, rows, (0.85,))
    p85 = own.values_ms[0]
    untouched = calendar.elapsed(np.minimum(columns.updated, as_of), np.full(len(columns), as_of))
    return Backlog(
        open=int(open_.sum()),
        unassigned=int((open_ & (stood.assignee == NONE_CODE)).sum()),
        resolved_28d=int((rows & pace.holds(stood.resolved_at)).sum()),
        business_days_28d=calendar.elapsed_ms(pace.start, pace.end) / day_ms,
        older=None if p85 is None else int((open_ & (age > p85)).sum()),
        own_p85_ms=p85,
        own_p85_reason=None if p85 is not None else ("not_reached" if own.stopped + own.censored else "no_data"),
        buckets=_buckets(age[open_], day_ms),
        stale=int((open_ & (untouched >= STALE_BUSINESS_DAYS * day_ms)).sum()),
        business_day_ms=day_ms,
    )


def _buckets(ages: Millis, day_ms: int) -> tuple[AgeBucket, ...]:
    borders = np.array(AGE_BORDERS_BD) * day_ms
    counts = np.bincount(np.searchsorted(borders, ages, side="right"), minlength=len(borders) + 1)
    starts, ends = (0, *AGE_BORDERS_BD), (*AGE_BORDERS_BD, None)
    return tuple(AgeBucket(low, high, int(n)) for low, high, n in zip(starts, ends, counts, strict=True))
