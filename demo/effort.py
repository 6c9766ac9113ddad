"""How long things take: business time to the first answer and to the solution, and who is there to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import exp

from demo.arrivals import strain
from demo.fleet import GoalPlan, QueuePlan
from demo.people import Person
from demo.streams import NORMAL, Stream
from demo.teams import Team
from demo.workflow import Priority
from demo.worktime import WorkCalendar
from demo.zones import DAY_MS, HOUR_MS, UNIX_DAY

_BY_PRIORITY = (-0.05, -0.022, 0.0, 0.012, 0.015)
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Desk:
    """A queue at work: its plan, calendar, team and seed, and whether some of its tickets are deleted some day."""

    seed: int
    plan: QueuePlan
    calendar: WorkCalendar
    team: Team
    scale: float
    deletions: bool = True

    def local_date(self, at_ms: int) -> date:
        """The local date of the queue at the instant."""
        return date.fromordinal(self.calendar.zone.day(at_ms) + UNIX_DAY)

    def deleted_ms(self, stream: Stream, created_ms: int) -> int | None:
        """When a ticket is deleted, as few are; what is drawn after it is the same either way."""
        if not stream.chance(0.005):
            return None
        gone_ms = created_ms + int(stream.between(1, 40) * DAY_MS)
        return gone_ms if self.deletions else None

    def goal_ms(self, level: int, priority: Priority, at_ms: int) -> int:
        """The promise to a cycle that starts at the instant: level 0 is the first response, 1 the resolution."""
        goals: GoalPlan = self.plan.resolution if level else self.plan.first_response
        return self.plan.goal_ms(goals, priority.id, self.local_date(at_ms))

    def needed_ms(self, stream: Stream, level: int, priority: Priority, at_ms: int) -> int:
        """A draw of the business time it takes; the chance to stay within the goal is what the plan says."""
        day = self.calendar.zone.day(at_ms)
        into_year = _into_drift_year(day)
        met = self.plan.met[level] - self.plan.drift[level] * into_year
        met += _BY_PRIORITY[int(priority.id) - 1] - 0.36 * strain(self.seed, self.plan, day)
        ratio = exp(self.plan.spread[level] * (stream.normal() - NORMAL.inv_cdf(min(0.997, max(0.2, met)))))
        return max(20_000, int(min(_LONGEST, ratio) * self.goal_ms(level, priority, at_ms)))

    def analyst(self, stream: Stream, at_ms: int) -> Person:
        """Somebody of the team who is there at the instant; some take more than others."""
        wall = self.calendar.zone.wall_ms(at_ms)
        members = self.team.on(wall // (24 * HOUR_MS))
        if self.plan.round_the_clock:
            shift = (wall // HOUR_MS % 24 + 2) // 8 % 3
            members = tuple(member for member in members if member.id % 3 == shift) or members
        return members[int(len(members) * stream.uniform() ** 1.35)].member


@lru_cache(maxsize=20_000)
def _into_drift_year(day: int) -> float:
    on = date.fromordinal(day + UNIX_DAY)
    start = date(on.year if on.month >= 2 else on.year - 1, 2, 1)
    return (on - start).days / 365.25
