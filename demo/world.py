"""Everything the site holds, by instant: tickets are drawn day by day when somebody first asks, and kept."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from demo.arrivals import count_on
from demo.births import births
from demo.bookings import without_ticket
from demo.edits import Edits
from demo.effort import Desk
from demo.fleet import ADMIN_LANE, ADMIN_PROJECT, ADMIN_TASKS, CALENDAR_PLANS, QUEUE_PLANS
from demo.numbering import issue_id, place_of
from demo.people import READER
from demo.teams import TEAM_PLANS, Team, build_team
from demo.ticket import Ticket, Worklog
from demo.workflow import PRIORITIES, TASK, TO_DO
from demo.worktime import WorkCalendar
from demo.zones import DAY_MS, HOUR_MS, UNIX_DAY, day_number

EPOCH_DAY = day_number(2023, 1, 2)
"""Tickets are numbered from this local day on."""


class SizeError(ValueError):
    """A size names a queue that is not there, or is not a sensible number."""


@lru_cache(maxsize=4096)
def horizon_day(day: int) -> int:
    """The first day of the month twelve months before that day: older tickets are archived."""
    on = date.fromordinal(day + UNIX_DAY)
    return date(on.year - 1, on.month, 1).toordinal() - UNIX_DAY


class Project:
    """The tickets of one project."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.plan = desk.plan
        self._lock = threading.Lock()
        self._days: dict[int, tuple[Ticket, ...]] = {}
        self._before: list[int] = [0]
        self._window: tuple[int, int, list[Ticket], list[int]] = (0, -1, [], [])

    def known(self, at_ms: int) -> list[Ticket]:
        """The tickets that exist or existed at the instant, oldest first; archived ones are not among them."""
        today = self.desk.calendar.zone.day(at_ms)
        tickets, created = self._between(horizon_day(today), today)
        return tickets[: bisect_right(created, at_ms)]

    def drawn(self, first: int, last: int) -> list[Ticket]:
        """The tickets of those local days, both included, whether they exist yet, still or no longer."""
        with self._lock:
            self._count_through(last)
            return [ticket for day in range(first, last + 1) for ticket in self._on(day)]

    def numbered(self, number: int, at_ms: int) -> Ticket | None:
        """The ticket with that number, if it exists or existed at the instant."""
        today = self.desk.calendar.zone.day(at_ms)
        with self._lock:
            self._count_through(today)
            index = bisect_right(self._before, number - 1) - 1
            day = EPOCH_DAY + index
            if number < 1 or not horizon_day(today) <= day <= today:
                return None
            ticket = self._on(day)[number - 1 - self._before[index]]
        return None if ticket.created_ms > at_ms else ticket

    def _between(self, first: int, last: int) -> tuple[list[Ticket], list[int]]:
        with self._lock:
            if self._window[:2] != (first, last):
                self._count_through(last)
                tickets = [ticket for day in range(first, last + 1) for ticket in self._on(day)]
                self._window = (first, last, tickets, [ticket.created_ms for ticket in tickets])
            return self._window[2:]

    def _count_through(self, day: int) -> None:
        while len(self._before) <= day - EPOCH_DAY + 1:
            desk = self.desk
            following = EPOCH_DAY + len(self._before) - 1
            self._before.append(self._before[-1] + count_on(desk.seed, self.plan, desk.calendar, following, desk.scale))

    def _on(self, day: int) -> tuple[Ticket, ...]:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = births(self.desk, day, self._before[day - EPOCH_DAY] + 1)
        return found


class World:
    """All projects, teams and calendars of one seed.

    Args:
        seed: chooses the world.
        sizes: tickets a year by queue id, where it is not the queue's own.
        deletions: whether some tickets are deleted some day.

    Raises:
        SizeError: a queue is unknown, or a size lies outside 1 to 200,000.
    """

    def __init__(self, seed: int, sizes: Mapping[str, int], *, deletions: bool = True) -> None:
        self.seed = seed
        self.calendars = {plan.key: WorkCalendar(plan) for plan in CALENDAR_PLANS}
        scales = {plan.id: sizes.get(plan.id, plan.yearly) / plan.yearly for plan in QUEUE_PLANS}
        for queue, size in sizes.items():
            if queue not in scales or not 1 <= size <= 200_000:
                names = ", ".join(scales)
                raise SizeError(f"{queue}={size}: a size is 1 to 200000 tickets a year of one of {names}")
        self.edits = Edits()
        self.crews: dict[int, Team] = {}
        for team_plan in TEAM_PLANS:
            queues = [plan for plan in QUEUE_PLANS if plan.team == team_plan.id]
            growth = sum(plan.yearly * scales[plan.id] for plan in queues) / sum(plan.yearly for plan in queues)
            self.crews[team_plan.id] = build_team(team_plan, 1.0 if team_plan.named else growth)
        self.teams = {id_: crew for id_, crew in self.crews.items() if crew.plan.in_tempo}
        self.projects = {
            plan.project: Project(
                Desk(seed, plan, self.calendars[plan.calendar], self.crews[plan.team], scales[plan.id], deletions)
            )
            for plan in QUEUE_PLANS
        }
        self._by_lane = {project.plan.lane: project for project in self.projects.values()}
        self.tasks = tuple(_task(number, title) for number, title in enumerate(ADMIN_TASKS, 1))
        self._no_ticket: dict[tuple[int, int], tuple[Worklog, ...]] = {}

    def tickets(self, key: str, at_ms: int, *, gone_after_ms: int | None = None) -> list[Ticket]:
        """The tickets of a project that exist at the instant, oldest first.

        With `gone_after_ms` also those that left it, or were deleted, after that instant.
        """
        since_ms = at_ms if gone_after_ms is None else gone_after_ms
        found = self.projects[key].known(at_ms)
        edited = self.edits.all_at(at_ms)
        if edited:
            before = self.edits.all_at(since_ms)
            found = [ticket for ticket in found if ticket.id not in edited]
            found += [
                ticket
                for id_, ticket in edited.items()
                if ticket.created_ms <= at_ms
                and key in {_project_of(ticket), _project_of(before[id_])}
                and self.ever(id_, at_ms) is not None
            ]
            found.sort(key=lambda ticket: (ticket.created_ms, ticket.id))
        return [ticket for ticket in found if ticket.deleted_ms is None or ticket.deleted_ms > since_ms]

    def by_id(self, id_: int, at_ms: int) -> Ticket | None:
        """The ticket with that id, if it exists at the instant."""
        ticket = self.ever(id_, at_ms)
        return None if ticket is None or _is_gone(ticket, at_ms) else ticket

    def ever(self, id_: int, at_ms: int) -> Ticket | None:
        """The ticket with that id, deleted or not."""
        lane, number = place_of(id_)
        if lane == ADMIN_LANE:
            return self.tasks[number - 1] if 1 <= number <= len(self.tasks) else None
        project = self._by_lane.get(lane)
        drawn = None if project is None else project.numbered(number, at_ms)
        return None if drawn is None else self.edits.version(drawn, at_ms)

    def by_key(self, key: str, at_ms: int) -> Ticket | None:
        """The ticket with that key, whatever its case, if it exists at the instant; a moved one lost its old key."""
        name, _, number = key.upper().rpartition("-")
        if not number.isdecimal() or len(number) > 9:
            return None
        wanted = f"{name}-{int(number)}"
        for ticket in self.edits.all_at(at_ms).values():
            if ticket.key == wanted:
                return None if _is_gone(ticket, at_ms) else ticket
        lane = ADMIN_LANE if name == ADMIN_PROJECT[0] else None
        if name in self.projects:
            lane = self.projects[name].plan.lane
        found = None if lane is None else self.by_id(issue_id(lane, int(number)), at_ms)
        return found if found is not None and found.key == wanted else None

    def find(self, id_or_key: str, at_ms: int) -> Ticket | None:
        """The ticket with that id or key."""
        if id_or_key.isdecimal():
            return self.by_id(int(id_or_key), at_ms) if len(id_or_key) < 12 else None
        return self.by_key(id_or_key, at_ms)

    def of_lane(self, lane: int) -> Project | None:
        """The project whose tickets carry that lane; None for the tasks of no queue."""
        return self._by_lane.get(lane)

    def without_ticket(self, team: Team, day: int) -> tuple[Worklog, ...]:
        """What the team booked on that day on no ticket."""
        found = self._no_ticket.get((team.plan.id, day))
        if found is None:
            found = without_ticket(self.seed, team, self.calendars[team.plan.calendar], day)
            self._no_ticket[team.plan.id, day] = found
        return found

    def warm(self, at_ms: int) -> int:
        """Draw everything visible at the instant; returns the number of tickets."""
        return sum(len(self.tickets(key, at_ms)) for key in self.projects)


def _project_of(ticket: Ticket) -> str:
    return ticket.key.rpartition("-")[0]


def _is_gone(ticket: Ticket, at_ms: int) -> bool:
    return ticket.deleted_ms is not None and ticket.deleted_ms <= at_ms


def _task(number: int, title: str) -> Ticket:
    created_ms = EPOCH_DAY * DAY_MS + number * HOUR_MS
    return Ticket(
        id=issue_id(ADMIN_LANE, number),
        key=f"{ADMIN_PROJECT[0]}-{number}",
        number=number,
        lane=ADMIN_LANE,
        created_ms=created_ms,
        type=TASK,
        first_status=TO_DO,
        first_priority=PRIORITIES[2],
        first_assignee=None,
        reporter=READER,
        creator=READER,
        summary=title,
        text="Hours that belong to no ticket are booked here.",
        labels=(),
        parent=None,
        histories=(),
        comments=(),
        worklogs=(),
        deleted_ms=None,
        odd=None,
    )
