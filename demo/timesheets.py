"""Tempo's worklogs at an instant: those of tickets, deleted ones too, and those of work on no ticket."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass

from demo.fleet import ADMIN_LANE, ADMIN_PROJECT
from demo.numbering import place_of
from demo.ticket import Worklog
from demo.world import World, horizon_day
from demo.zones import DAY_MS


@dataclass(frozen=True, slots=True)
class WorklogFilter:
    """What is asked for; an empty or absent part restricts nothing. Days are inclusive day numbers."""

    from_day: int | None = None
    to_day: int | None = None
    updated_from_ms: int | None = None
    projects: Collection[int] = ()
    issues: Collection[int] = ()
    authors: Collection[str] = ()
    order: str = "ID"


class Timesheets:
    """All hours of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = threading.Lock()
        self._kept: tuple[tuple[int, int], list[Worklog]] = ((0, 0), [])
        lanes = {project.plan.lane: int(project.plan.project_id) for project in world.projects.values()}
        self._projects = lanes | {ADMIN_LANE: int(ADMIN_PROJECT[1])}
        self.project_numbers = {key: int(project.plan.project_id) for key, project in world.projects.items()}
        self.project_numbers[ADMIN_PROJECT[0]] = int(ADMIN_PROJECT[1])

    def find(self, wanted: WorklogFilter, at_ms: int) -> list[Worklog]:
        """The worklogs that match and exist at the instant, in the order asked for."""
        found = [held for held in self._all(at_ms) if held.created_ms <= at_ms and self._matches(held, wanted, at_ms)]
        if wanted.order == "START_DATE_TIME":
            found.sort(key=lambda held: (held.day, held.second, held.id))
        elif wanted.order == "UPDATED":
            found.sort(key=lambda held: (updated_ms(held, at_ms), held.id))
        return found

    def _matches(self, held: Worklog, wanted: WorklogFilter, at_ms: int) -> bool:
        if wanted.from_day is not None and held.day < wanted.from_day:
            return False
        if wanted.to_day is not None and held.day > wanted.to_day:
            return False
        if wanted.updated_from_ms is not None and updated_ms(held, at_ms) < wanted.updated_from_ms:
            return False
        if wanted.issues and held.issue_id not in wanted.issues:
            return False
        if wanted.authors and held.author.account_id not in wanted.authors:
            return False
        return not wanted.projects or self._project(held.issue_id, at_ms) in wanted.projects

    def _project(self, issue_id: int, at_ms: int) -> int:
        edited = self.world.edits.all_at(at_ms).get(issue_id)
        return self._projects[place_of(issue_id)[0] if edited is None else edited.lane]

    def _all(self, at_ms: int) -> list[Worklog]:
        """Every worklog of the visible months, by id; some of them are still to come."""
        today = at_ms // DAY_MS + 1
        first = horizon_day(today)
        with self._lock:
            if self._kept[0] != (first, today):
                found = []
                for project in self.world.projects.values():
                    for ticket in project.drawn(first, today):
                        found += [held for held in ticket.worklogs if held.day >= first]
                for team in self.world.teams.values():
                    for day in range(first, today + 1):
                        found += self.world.without_ticket(team, day)
                self._kept = ((first, today), sorted(found, key=lambda held: held.id))
            return self._kept[1]


def updated_ms(worklog: Worklog, at_ms: int) -> int:
    """When the worklog was last edited, as of the instant."""
    return worklog.updated_ms if worklog.updated_ms <= at_ms else worklog.created_ms
