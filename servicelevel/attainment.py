"""Attainment: the share of promises kept among those decided in a window, with how much it proves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.days import Days
from servicelevel.evidence import wilson
from servicelevel.instants import Codes, Mask
from servicelevel.standing import Standing
from servicelevel.survival import Percentiles, percentiles
from servicelevel.verdicts import EXCLUSIONS, Verdicts
from servicelevel.window import Window, last_days

Proof: TypeAlias = Literal["met", "missed", "not_proven", "no_data"]
QUANTILES = (0.5, 0.85, 0.9)


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises kept out of those decided: the one form every attainment is counted in."""

    met: int
    n: int

    @property
    def rate(self) -> float | None:
        """Share kept; None when nothing was decided."""
        return self.met / self.n if self.n else None

    @property
    def breached(self) -> int:
        """Promises broken."""
        return self.n - self.met

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share."""
        return wilson(self.met, self.n)

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.met + other.met, self.n + other.n)


def proof(kept: Kept, target: float) -> Proof:
    """What the interval says about the target. A target of 100 % is never proven, and any breach misses it."""
    interval = kept.interval
    if interval is None:
        return "no_data"
    if target >= 1:
        return "missed" if kept.breached else "not_proven"
    low, high = interval
    if low >= target:
        return "met"
    return "missed" if high < target else "not_proven"


@dataclass(frozen=True, slots=True)
class DayCount:
    """Promises decided on one local date; `partial` when the window cuts the day."""

    day: date
    met: int
    breached: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Attainment:
    """One SLA of one queue over a window. Cycles count by the instant they were decided, each in one period only."""

    target: float
    kept: Kept
    breached_open: int
    undecided: int
    excluded: Mapping[str, int]
    percentiles: Percentiles
    completed_only: Kept
    jsm_goals: Kept
    by_priority: Mapping[int, Kept]
    by_day: tuple[DayCount, ...]
    trailing_90d: Kept

    @property
    def proof(self) -> Proof:
        """Whether the target is met, missed, or not proven either way."""
        return proof(self.kept, self.target)


def decided_in(judged: Verdicts, window: Window, rows: Mask) -> tuple[Mask, Mask]:
    """Cycles of the chosen tickets met, and breached, in the window."""
    here = window.holds(judged.decided_at) & rows[judged.row]
    return judged.met & here, judged.breached & here


def kept_in(judged: Verdicts, window: Window, rows: Mask) -> Kept:
    """Promises of the chosen tickets decided in the window."""
    met, breached = decided_in(judged, window, rows)
    return Kept(int(met.sum()), int(met.sum() + breached.sum()))


def attainment(
    columns: TicketColumns,
    judged: Verdicts,
    stood: Standing,
    window: Window,
    calendar: BusinessCalendar,
    target: float,
    rows: Mask,
) -> Attainment:
    """Everything an attainment carries, over the tickets chosen by `rows` (one flag a ticket)."""
    met, breached = decided_in(judged, window, rows)
    chosen = rows[judged.row]
    created_here = rows & window.holds(columns.created)
    reasons = judged.exclusion[created_here]
    began = judged.judged & chosen & window.holds(judged.start)
    priorities = stood.priority[judged.row]
    return Attainment(
        target=target,
        kept=Kept(int(met.sum()), int(met.sum() + breached.sum())),
        breached_open=int((breached & judged.running).sum()),
        undecided=int((judged.undecided & chosen).sum()),
        excluded={name: int((reasons == code).sum()) for code, name in enumerate(EXCLUSIONS) if code},
        percentiles=percentiles(judged.elapsed_ms[began], ~judged.running[began], QUANTILES),
        completed_only=_completed_only(judged, window, chosen),
        jsm_goals=_jsm_goals(judged, window, chosen),
        by_priority=_by_priority(met, breached, priorities, len(columns.priorities)),
        by_day=_by_day(judged, met, breached, window, calendar),
        trailing_90d=kept_in(judged, last_days(window.end, 90), rows),
    )


def _completed_only(judged: Verdicts, window: Window, chosen: Mask) -> Kept:
    """Met / stopped in the window: what reports of closed tickets show. It forgets breaches left open."""
    stopped = chosen & window.holds(judged.stop)
    return Kept(int((stopped & judged.kept_goal).sum()), int(stopped.sum()))


def _jsm_goals(judged: Verdicts, window: Window, chosen: Mask) -> Kept:
    """Jira's own goal report: as completed only, and running cycles that broke their goal in the window."""
    stopped = chosen & window.holds(judged.stop)
    overrun = chosen & judged.running & ~judged.kept_goal & window.holds(judged.goal_passed_at)
    return Kept(int((stopped & judged.kept_goal).sum()), int(stopped.sum() + overrun.sum()))


def _by_priority(met: Mask, breached: Mask, priorities: Codes, n: int) -> dict[int, Kept]:
    """Counts per priority code, in Jira's order, tickets without one last; only priorities with decided cycles."""
    kept = np.bincount(priorities[met] + 1, minlength=n + 1)
    broken = np.bincount(priorities[breached] + 1, minlength=n + 1)
    order = [*range(n), NONE_CODE]
    return {
        code: Kept(int(kept[code + 1]), int(kept[code + 1] + broken[code + 1]))
        for code in order
        if kept[code + 1] + broken[code + 1]
    }


def _by_day(
    judged: Verdicts, met: Mask, breached: Mask, window: Window, calendar: BusinessCalendar
) -> tuple[DayCount, ...]:
    days = Days(window, calendar)
    kept, broken = days.count(judged.decided_at[met]), days.count(judged.decided_at[breached])
    return tuple(
        DayCount(day, int(k), int(b), partial)
        for day, partial, k, b in zip(days.dates, days.partial, kept, broken, strict=True)
    )
