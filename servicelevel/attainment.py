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
    """One SLA of one queue over a window. Cycles count by the instant they were decided, each in one period only.

    `no_response` are those of a computed first response that ended with the resolution, for want of an answer.
    """

    target: float
    kept: Kept
    breached_open: int
    undecided: int
    excluded: Mapping[str, int]
    no_response: int
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
    return _kept(*decided_in(judged, window, rows))


def _kept(met: Mask, breached: Mask) -> Kept:
    kept = _count(met)
    return Kept(kept, kept + _count(breached))


def _count(mask: Mask) -> int:
    return int(np.count_nonzero(mask))


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
    chosen, here = rows[judged.row], window.holds(judged.decided_at)
    met_ever, breached_ever = judged.met & chosen, judged.breached & chosen
    met, breached = met_ever & here, breached_ever & here
    usual = last_days(window.end, 90).holds(judged.decided_at)
    reasons = np.bincount(judged.exclusion[rows & window.holds(columns.created)], minlength=len(EXCLUSIONS))
    began = judged.judged & chosen & window.holds(judged.start)
    kept_rows, broken_rows = judged.row[met], judged.row[breached]
    return Attainment(
        target=target,
        kept=_kept(met, breached),
        breached_open=_count(breached & judged.running),
        undecided=_count(judged.undecided & chosen),
        excluded={name: int(reasons[code]) for code, name in enumerate(EXCLUSIONS) if code},
        no_response=_count((met | breached) & judged.unanswered),
        percentiles=percentiles(judged.elapsed_ms[began], ~judged.running[began], QUANTILES),
        completed_only=_completed_only(judged, window, chosen),
        jsm_goals=_jsm_goals(judged, window, chosen),
        by_priority=_by_priority(stood.priority[kept_rows], stood.priority[broken_rows], len(columns.priorities)),
        by_day=_by_day(judged, met, breached, window, calendar),
        trailing_90d=_kept(met_ever & usual, breached_ever & usual),
    )


def _completed_only(judged: Verdicts, window: Window, chosen: Mask) -> Kept:
    """Met / stopped in the window: what reports of closed tickets show. It forgets breaches left open."""
    stopped = chosen & window.holds(judged.stop)
    return Kept(_count(stopped & judged.kept_goal), _count(stopped))


def _jsm_goals(judged: Verdicts, window: Window, chosen: Mask) -> Kept:
    """Jira's own goal report: as completed only, and running cycles that broke their goal in the window."""
    stopped = chosen & window.holds(judged.stop)
    overrun = chosen & judged.running & ~judged.kept_goal & window.holds(judged.goal_passed_at)
    n = _count(stopped) + _count(overrun)
    return Kept(_count(stopped & judged.kept_goal), n)


def _by_priority(met: Codes, breached: Codes, n: int) -> dict[int, Kept]:
    """Counts per priority code, in Jira's order, tickets without one last; only priorities with decided cycles."""
    kept = np.bincount(met + 1, minlength=n + 1)
    broken = np.bincount(breached + 1, minlength=n + 1)
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
