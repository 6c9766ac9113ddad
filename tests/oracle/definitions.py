"""The registry file, read for its promises alone: it is taken to be sound."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from tests.oracle.instants import HOUR_MS, MINUTE_MS
from tests.oracle.minutes import Intervals, WorkMinutes

SLAS = ("first_response", "resolution")
WEIGHTS = {"responsiveness": 25, "resolution": 25, "backlog": 20, "flow": 10, "quality": 10, "capacity": 10}
_POINTS = {"first_response": (-25, 4), "resolution": (-30, 7)}
_ANCHORS = {
    "backlog_days": ("20", "5", "2"),
    "ageing_share": ("0.80", "0.20", "0.10"),
    "net_flow": ("0.80", "1.00", "1.10"),
    "reopen_rate": ("0.15", "0.05", "0.02"),
    "utilisation": ("1.00", "0.75", "0.65"),
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEARS = range(2020, 2032)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Inputs worth 0, 80 and 100."""

    at_0: Fraction
    at_80: Fraction
    at_100: Fraction


@dataclass(frozen=True, slots=True)
class Goal:
    """A time promised from a local date on (None: always) for a priority and a type (None: any)."""

    goal_ms: int
    priority: str | None
    type: str | None
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class Promise:
    """One SLA of a queue; one without a field is computed by its goals."""

    name: str
    field: str | None
    goals: tuple[Goal, ...]
    stops_at: str
    policy: str
    target: Fraction
    anchors: Anchors


@dataclass(frozen=True, slots=True)
class Definition:
    """One queue of the registry with its defaults filled in."""

    id: str
    name: str
    team: str
    projects: tuple[str, ...]
    jql: str | None
    work: WorkMinutes
    promises: Mapping[str, Promise]
    anchors: Mapping[str, Anchors]
    weights: Mapping[str, Fraction]
    pause_statuses: frozenset[str]
    exclude_resolutions: frozenset[str]
    analysts: frozenset[str]
    tempo_team: int | None
    by_month: bool


def exact(number: float | str) -> Fraction:
    """A decimal as it is written, not as the nearest binary number."""
    return Fraction(str(number))


def read_definitions(path: Path) -> dict[str, Definition]:
    """Every queue of a registry file by its id."""
    registry = json.loads(path.read_text(encoding="utf-8"))
    calendars = {name: _work(section) for name, section in registry.get("calendars", {}).items()}
    defaults = registry.get("defaults", {})
    return {queue["id"]: _definition(queue, defaults, calendars) for queue in registry["queues"]}


def _definition(queue: Any, defaults: Any, calendars: Mapping[str, WorkMinutes]) -> Definition:
    def either(key: str, otherwise: Any) -> Any:
        return queue.get(key, defaults.get(key, otherwise))

    def merged(key: str) -> dict[str, Any]:
        return {**defaults.get(key, {}), **queue.get(key, {})}

    project = queue["project"]
    anchors = merged("anchors")
    calendar = either("calendar", None)
    return Definition(
        id=queue["id"],
        name=queue["name"],
        team=queue["team"],
        projects=tuple(project) if isinstance(project, list) else (project,),
        jql=queue.get("jql"),
        work=calendars[calendar] if calendar else WorkMinutes(ZoneInfo("UTC"), (((0, 1440),),) * 7),
        promises={
            name: _promise(name, queue["sla"][name], merged("goals").get(name, ()), merged("targets"), anchors)
            for name in SLAS
        },
        anchors={name: _anchors(name, anchors) for name in _ANCHORS},
        weights={name: exact(merged("weights").get(name, usual)) for name, usual in WEIGHTS.items()},
        pause_statuses=frozenset(either("pause_statuses", ())),
        exclude_resolutions=frozenset(either("exclude_resolutions", ())),
        analysts=frozenset(queue.get("analysts", ())),
        tempo_team=queue.get("tempo", {}).get("team"),
        by_month=queue.get("budget_window") == "calendar_month",
    )


def _promise(name: str, section: Any, goals: Any, targets: Any, anchors: Any) -> Promise:
    target = exact(targets[name])
    below, above = _POINTS[name]
    points = anchors.get(name, {"at_0": below, "at_100": above})
    at_0, at_100 = (target + exact(points[key]) / 100 for key in ("at_0", "at_100"))
    policy = section.get("judged", "first" if name == "first_response" else "last")
    return Promise(
        name=name,
        field=None if section.get("clock") == "computed" else section.get("field"),
        goals=tuple(_goal(goal) for goal in goals),
        stops_at=section.get("stops_at", "comment"),
        policy=policy,
        target=target,
        anchors=Anchors(at_0, target, min(Fraction(1), at_100)),
    )


def _goal(section: Any) -> Goal:
    hours, _, minutes = section["goal"].removesuffix("m").rpartition("h")
    since = section.get("valid_from")
    return Goal(
        goal_ms=int(hours or 0) * HOUR_MS + int(minutes or 0) * MINUTE_MS,
        priority=section.get("priority"),
        type=section.get("type"),
        valid_from=None if since is None else date.fromisoformat(since),
    )


def _anchors(name: str, sections: Any) -> Anchors:
    if name in sections:
        return Anchors(*(exact(sections[name][key]) for key in ("at_0", "at_80", "at_100")))
    return Anchors(*(Fraction(value) for value in _ANCHORS[name]))


def _work(section: Any) -> WorkMinutes:
    closed = {date.fromisoformat(day) for day in section.get("extra_holidays", ())}
    if "holidays" in section:
        country, subdivision = section["holidays"]["country"], section["holidays"].get("subdivision")
        closed |= set(holidays.country_holidays(country, subdiv=subdivision, years=_YEARS))
    exceptions = {date.fromisoformat(day): _intervals(hours) for day, hours in section.get("exceptions", {}).items()}
    return WorkMinutes(ZoneInfo(section["time_zone"]), _weekly(section.get("hours")), frozenset(closed), exceptions)


def _weekly(hours: Mapping[str, list[str]] | None) -> tuple[Intervals, ...]:
    if hours is None:
        return (((0, 1440),),) * 7
    week: list[Intervals] = [()] * 7
    for key, intervals in hours.items():
        for part in key.split(","):
            first, _, last = part.partition("-")
            for day in range(_WEEKDAYS.index(first), _WEEKDAYS.index(last or first) + 1):
                week[day] = _intervals(intervals)
    return tuple(week)


def _intervals(hours: list[str]) -> Intervals:
    def minute(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    return tuple((minute(hour[:5]), minute(hour[6:])) for hour in hours)
