"""A queue's report in the shape that others build on: names and units are fixed, unknown is null with a reason."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from opsportal.health_json import health
from opsportal.json_units import SECONDS_PER_HOUR, Json, hours_of, instant
from opsportal.naming import Naming
from opsportal.promise_json import budget, sla
from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import TicketColumns
from servicelevel.due import DueRow
from servicelevel.instants import HOUR_MS, SECOND_MS
from servicelevel.measures import Filters, Measures
from servicelevel.policy import SLA_NAMES, Queue
from servicelevel.quality import QualityRow
from servicelevel.report import QueueReport
from servicelevel.window import Window
from servicelevel.worklogs import Hours


def queue_report(made: QueueReport, naming: Naming, jira_url: str, now: int) -> Json:
    """The whole report of one queue."""
    queue, measured = made.queue, made.now
    at = partial(instant, calendar=queue.calendar)
    return {
        **envelope(made, now),
        "queue": queue_head(queue, jira_url),
        "sla": {name: sla(measured.sla[name], queue.sla(name), queue.calendar, made.columns) for name in SLA_NAMES},
        "flow": flow(measured, at),
        "backlog": backlog(measured),
        "analysts": analysts(made, naming),
        "hours": hours(measured.hours, naming),
        "health": health(made, at),
        "due": [due_row(row, queue, naming, jira_url) for row in made.due],
        "budget": {name: budget(made.budgets[name], at) for name in SLA_NAMES},
        "forecast": dict.fromkeys(SLA_NAMES, _NO_FORECAST),
        "quality": [quality(row) for row in made.quality],
    }


def envelope(made: QueueReport, now: int) -> Json:
    """What every answer with numbers carries: as of when, how old, how complete, about what."""
    queue, columns = made.queue, made.columns
    return {
        "as_of": instant(made.as_of, queue.calendar),
        "age_s": max(now - columns.read_at, 0) / SECOND_MS,
        "state": "partial" if made.partial else "fresh",
        "state_reason": _partial_reason(columns) if made.partial else None,
        "revision": columns.revision,
        "definition_hash": queue.definition_hash,
        "window": window(made.now.window, queue.calendar),
        "filters": filters(made.filters),
        "lens": "decided",
    }


def _partial_reason(columns: TicketColumns) -> str:
    missing, unreadable = len(columns.missing), len(columns.unreadable)
    return f"{missing + unreadable} tickets are left out: {missing} not delivered by Jira, {unreadable} not readable."


def window(span: Window, calendar: BusinessCalendar) -> Json:
    """A period with the local dates it touches."""
    return {
        "from": instant(span.start, calendar),
        "to": instant(span.end, calendar),
        "days": span.days,
        "first_date": calendar.local_date(span.start + 1).isoformat(),
        "last_date": calendar.local_date(span.end).isoformat(),
        "time_zone": calendar.time_zone,
    }


def filters(chosen: Filters) -> Json:
    """The filters a report was made with."""
    return {"priority": list(chosen.priority), "type": list(chosen.type), "analyst": list(chosen.analyst)}


def queue_head(queue: Queue, jira_url: str) -> Json:
    """Which queue."""
    return {
        "id": queue.id,
        "name": queue.name,
        "team": queue.team,
        "project": list(queue.projects),
        "jira_url": jira_url,
    }


def flow(measured: Measures, at: Callable[[int], str | None]) -> Json:
    """Arrivals, departures, reopens."""
    moved, again = measured.flow, measured.flow.reopens
    return {
        "created": moved.created,
        "resolved": moved.resolved,
        "open": moved.open,
        "net_flow": moved.net_flow,
        "reopened": moved.reopened,
        "reopen_rate": again.rate,
        "reopen_reason": None if again.rate is not None else "no_data" if again.covered else "not_covered",
        "reopen": {
            "resolutions": again.resolutions,
            "reopened": again.reopened,
            "from": at(again.window.start),
            "to": at(again.window.end),
        },
        "by_day": [
            {
                "day": day.day.isoformat(),
                "created": day.created,
                "resolved": day.resolved,
                "open": day.open,
                "partial": day.partial,
            }
            for day in moved.by_day
        ],
    }


def backlog(measured: Measures) -> Json:
    """Open work and its age."""
    stock = measured.backlog
    return {
        "open": stock.open,
        "unassigned": stock.unassigned,
        "backlog_days": stock.days,
        "backlog_reason": stock.reason,
        "resolved_28d": stock.resolved_28d,
        "business_days_28d": stock.business_days_28d,
        "ageing_share": stock.ageing_share,
        "older": stock.older,
        "age_buckets": [
            {"label": bucket.label, "from_bd": bucket.from_bd, "to_bd": bucket.to_bd, "tickets": bucket.tickets}
            for bucket in stock.buckets
        ],
        "stale": stock.stale,
        "own_p85_h": hours_of(stock.own_p85_ms),
        "own_p85_reason": stock.own_p85_reason,
        "business_day_h": stock.business_day_ms / HOUR_MS,
    }


def analysts(made: QueueReport, naming: Naming) -> list[Json]:
    """Rows by analyst, most open tickets first; none at all where people are not shown."""
    if not naming.shows_people:
        return []
    return [
        {
            "id": naming.id(row.person),
            "name": naming.name(row.person),
            "active": row.person.active if row.person else None,
            "open": row.open,
            "resolved": row.resolved,
            "met": dict(row.met),
            "breached": dict(row.breached),
            "breached_held": row.breached_held,
            "p50_resolution_h": hours_of(row.p50_resolution_ms),
            "hours": _booked(row.booked_s),
        }
        for row in made.analysts
    ]


def _booked(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / SECONDS_PER_HOUR


def hours(spent: Hours, naming: Naming) -> Json:
    """Booked hours, most first."""
    known = spent.state == "ok"
    people = spent.by_analyst if naming.shows_people else ()
    return {
        "total_h": _booked(spent.total_s),
        "billable_h": _booked(spent.billable_s),
        "per_resolved_h": _booked(spent.per_resolved_s),
        "orphan_h": _booked(spent.orphan_s),
        "coverage": spent.coverage,
        "by_analyst": [
            {"id": naming.id(person), "name": naming.name(person), "hours": _booked(s), "billable_h": _booked(b)}
            for person, s, b in people
        ],
        "by_type": [{"type": name, "hours": _booked(s)} for name, s in spent.by_type],
        "utilisation": spent.utilisation,
        "team_h": _booked(spent.team_s),
        "scheduled_h": _booked(spent.scheduled_s),
        "state": spent.state,
        "state_reason": None if known else spent.state_reason,
        "utilisation_reason": spent.utilisation_reason,
    }


def due_row(row: DueRow, queue: Queue, naming: Naming, jira_url: str) -> Json:
    """One running clock of one ticket."""
    return {
        "key": row.key,
        "url": f"{jira_url}/browse/{row.key}",
        "summary": row.summary,
        "type": row.type,
        "priority": row.priority,
        "status": row.status,
        "analyst": naming.name(row.analyst),
        "sla": row.sla,
        "goal_s": row.goal_ms / SECOND_MS,
        "elapsed_s": row.elapsed_ms / SECOND_MS,
        "remaining_s": row.remaining_ms / SECOND_MS,
        "due": instant(row.due, queue.calendar),
        "state": row.state,
        "ticking": row.ticking,
    }


def quality(row: QualityRow) -> Json:
    """One rule of the ledger."""
    return {
        "rule": row.rule,
        "tickets": row.tickets,
        "share": row.share,
        "keys": list(row.keys),
        "effect": row.effect,
        "reason": row.reason,
    }


_NO_FORECAST: Mapping[str, Any] = {
    # Forecasts are shown only while calibrated, and calibration needs forecasts that were kept: there are none.
    "state": "not_calibrated",
    "business_hours": None,
    "expected_breaches": None,
    "brier": None,
    "n": 0,
    "by_ticket": [],
}
