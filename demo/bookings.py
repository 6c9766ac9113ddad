"""Hours booked: on tickets while they are worked on, and by everybody on work that is no ticket."""

from __future__ import annotations

from demo.effort import Desk
from demo.fleet import ADMIN_LANE, ADMIN_TASKS
from demo.life import Life
from demo.numbering import issue_id
from demo.people import UNKNOWN, Person
from demo.streams import Stream, Weighted
from demo.teams import Membership, Team
from demo.ticket import Worklog
from demo.wording import WORKED
from demo.worktime import WorkCalendar
from demo.zones import DAY_MS, HOUR_MS, MINUTE_MS, zone

_PER_TICKET = 16
_NO_TICKET_BASE = 900_000_000
_PER_DAY = 4096
_STEP_S = 300
_BILLED = Weighted(66, 16, 18)


def book(
    desk: Desk, stream: Stream, ticket_id: int, spans_ms: list[tuple[int, int]], life: Life
) -> tuple[Worklog, ...]:
    """The hours of one ticket: several pieces while it was worked on, mostly by whoever it was assigned to."""
    if not stream.chance(desk.plan.covered):
        return ()
    found = []
    for position in range(min(1 + stream.poisson(1.1), _PER_TICKET)):
        start_ms, end_ms = stream.pick(spans_ms)
        start_ms = max(start_ms, end_ms - 6 * DAY_MS)
        passed = desk.calendar.passed_ms(start_ms)
        within_ms = int(desk.calendar.between_ms(start_ms, end_ms) * stream.uniform())
        at_ms = desk.calendar.reached_ms(passed + 1 + within_ms)
        assignee = life.assignee if life.assignee is not UNKNOWN and stream.chance(0.85) else None
        author = assignee or desk.analyst(stream, at_ms)
        drawn_s = round(stream.lognormal(desk.plan.booked_h * 3600, 0.7) / _STEP_S) * _STEP_S
        seconds = min(7 * 3600, max(_STEP_S, drawn_s))
        billable_s = (seconds, seconds // 600 * 300, 0)[_BILLED.index(stream.uniform())]
        found.append(
            _worklog(stream, ticket_id * _PER_TICKET + position, ticket_id, (author, at_ms), (seconds, billable_s))
        )
    return tuple(found)


def without_ticket(seed: int, team: Team, calendar: WorkCalendar, day: int) -> tuple[Worklog, ...]:
    """What the members of a team book on that day on meetings, training and the like.

    It fills up what tickets usually leave of the hours owed, so that the team is about as busy as planned.
    """
    found: list[Worklog] = []
    for position, membership in enumerate(team.memberships):
        owed_s = owed_seconds(membership, calendar, day)
        if not owed_s or not membership.holds_on(day):
            continue
        stream = Stream(seed, "no ticket", team.plan.id, position, day)
        if stream.chance(0.06):
            continue
        ticket_s = team.plan.ticket_h * 3600 * owed_s / 28_800
        wanted_s = (owed_s * team.plan.busy / 0.94 - ticket_s) * stream.between(0.7, 1.3)
        seconds = round(wanted_s / 900) * 900
        if seconds <= 0:
            continue
        number = 1 + int(stream.uniform() ** 2 * len(ADMIN_TASKS))
        wall_ms = day * DAY_MS + 9 * HOUR_MS + stream.whole(0, 12) * 15 * MINUTE_MS
        at_ms = zone(membership.member.zone_name).instant_ms(wall_ms)
        id_ = _NO_TICKET_BASE + day * _PER_DAY + (team.plan.id % 10) * 800 + position
        found.append(_worklog(stream, id_, issue_id(ADMIN_LANE, number), (membership.member, at_ms), (seconds, 0)))
    return tuple(found)


def owed_seconds(membership: Membership, calendar: WorkCalendar, day: int) -> int:
    """What the person owes on that day by scheme and holidays, member or not."""
    if day in calendar.holiday_names:
        return 0
    return membership.scheme.seconds[(day + 3) % 7]


def _worklog(
    stream: Stream, id_: int, ticket_id: int, who_when: tuple[Person, int], seconds: tuple[int, int]
) -> Worklog:
    author, at_ms = who_when
    day, within_ms = divmod(zone(author.zone_name).wall_ms(at_ms) // 60_000 * 60_000, DAY_MS)
    created_ms = (at_ms + seconds[0] * 1000 + int(stream.uniform() ** 3 * 20 * HOUR_MS)) // 1000 * 1000
    edited = stream.chance(0.08)
    return Worklog(
        id=id_,
        issue_id=ticket_id,
        author=author,
        seconds=seconds[0],
        billable_s=seconds[1],
        day=day,
        second=within_ms // 1000,
        text=stream.pick(WORKED),
        created_ms=created_ms,
        updated_ms=created_ms + int(stream.between(0.1, 60)) * HOUR_MS if edited else created_ms,
    )
