"""The six teams, who belongs to them and when, and the hours each member owes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from demo.people import Person, analyst
from demo.zones import day_number

LARGEST = 400
"""The most members a team can grow to."""


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """A workload scheme: seconds owed on each weekday, Monday first."""

    id: int
    name: str
    seconds: tuple[int, ...]


FULL_TIME = Scheme(2, "Full time", (28_800,) * 5 + (0, 0))
PART_TIME = Scheme(3, "Part time, 24 h a week", (21_600,) * 4 + (0, 0, 0))
SCHEMES = (FULL_TIME, PART_TIME)


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """A person's time in a team, by day numbers; `to_day` is the last day, or None while it lasts."""

    id: int
    member: Person
    from_day: int | None
    to_day: int | None
    scheme: Scheme

    def holds_on(self, day: int) -> bool:
        """Whether the person belongs to the team on that day."""
        return (self.from_day is None or self.from_day <= day) and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True, eq=False)
class TeamPlan:
    """A team as Tempo knows it, and what it is like.

    `busy` is the share of the owed hours its members book; `ticket_h` what a member books on tickets on an average
    working day, so that the rest can be filled with work on no ticket at all. A `named` team is written down member
    by member in the registry and never grows; one that is not `in_tempo` books hours on tickets only.
    """

    id: int
    name: str
    size: int
    calendar: str
    zone_name: str
    busy: float
    ticket_h: float
    named: bool = False
    in_tempo: bool = True


TEAM_PLANS = (
    TeamPlan(11, "IT Support", 8, "office-sao-paulo", "America/Sao_Paulo", 0.83, 4.3),
    TeamPlan(12, "Finance Ops", 4, "office-sao-paulo", "America/Sao_Paulo", 0.93, 3.1),
    TeamPlan(13, "Platform", 7, "office-berlin", "Europe/Berlin", 0.76, 2.6),
    TeamPlan(14, "People", 3, "office-berlin", "Europe/Berlin", 0.7, 0.3),
    TeamPlan(20, "Engineering", 6, "office-sao-paulo", "America/Sao_Paulo", 0.8, 1.4, named=True),
    TeamPlan(21, "Web", 4, "office-berlin", "Europe/Berlin", 0.0, 0.0, in_tempo=False),
)

_LEFT_DAY = day_number(2026, 6, 30)
_JOINED_DAY = day_number(2026, 9, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """A team with its members, past and present, and their account ids."""

    plan: TeamPlan
    memberships: tuple[Membership, ...]
    accounts: frozenset[str]

    def on(self, day: int) -> tuple[Membership, ...]:
        """Those who belong to the team on that day."""
        return _on(self, day)


@lru_cache(maxsize=20_000)
def _on(team: Team, day: int) -> tuple[Membership, ...]:
    return tuple(membership for membership in team.memberships if membership.holds_on(day))


def build_team(plan: TeamPlan, growth: float) -> Team:
    """The team, `growth` times as large as planned when its queues were scaled up (never smaller).

    The second member left at the end of June 2026 and the last one joined that September; in IT Support another
    one left the year before.
    """
    size = min(LARGEST, max(plan.size, ceil(plan.size * growth)))
    memberships = []
    for index in range(size):
        left = _LEFT_DAY if index == 1 and size > 3 else None
        if index == 2 and plan.id == 11:
            left = day_number(2026, 2, 27)
        joined = _JOINED_DAY if index == size - 1 and size > 3 else None
        member = analyst(plan.name, index, plan.zone_name, left is None)
        scheme = PART_TIME if index % 6 == 3 else FULL_TIME
        memberships.append(Membership(plan.id * 1000 + index + 1, member, joined, left, scheme))
    accounts = frozenset(membership.member.account_id for membership in memberships)
    return Team(plan, tuple(memberships), accounts)
