"""The fingerprint of a queue's definition: two numbers may be compared when they were made under the same one."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from servicelevel.calendars import BusinessCalendar
from servicelevel.policy import Goal, Queue, Sla


def definition_hash(queue: Queue) -> str:
    """12 hexadecimal digits over everything that decides the queue's own numbers.

    What it is called, who sees it, what its calendar is named, its weight among other queues, and how the file is
    written change nothing; another goal, holiday or anchor does.
    """
    facts = {
        "calendar": _calendar(queue.calendar),
        "slas": [_sla(queue.first_response), _sla(queue.resolution)],
        "projects": sorted(queue.projects),
        "jql": queue.jql,
        "pause_statuses": sorted(queue.pause_statuses),
        "exclude_resolutions": sorted(queue.exclude_resolutions),
        "analysts": sorted(queue.analysts),
        "tempo_team": queue.tempo_team,
        "weights": {name: float(weight) for name, weight in queue.weights.items()},
        "anchors": {
            name: [float(anchors.at_0), float(anchors.at_80), float(anchors.at_100)]
            for name, anchors in queue.anchors.items()
        },
        "budget_window": queue.budget_window,
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.blake2b(canonical.encode(), digest_size=6).hexdigest()


def _calendar(calendar: BusinessCalendar) -> Mapping[str, Any]:
    return {
        "time_zone": calendar.time_zone,
        "weekly": calendar.weekly,
        "holidays": sorted(day.isoformat() for day in calendar.holidays),
        "exceptions": {day.isoformat(): hours for day, hours in calendar.exceptions.items()},
    }


def _sla(sla: Sla) -> Mapping[str, Any]:
    return {
        "target": float(sla.target),
        "field": sla.field,
        "clock": sla.clock,
        "judged": sla.judged,
        "stops_at": sla.stops_at,
        "goals": [_goal(goal) for goal in sla.goals],
    }


def _goal(goal: Goal) -> list[int | str | None]:
    valid_from: date | None = goal.valid_from
    return [goal.goal_ms, goal.priority, goal.type, valid_from.isoformat() if valid_from is not None else None]
