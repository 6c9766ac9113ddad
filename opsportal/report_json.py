"""A queue's report in the shape that others build on: names and units are fixed, unknown is null with a reason."""

from collections.abc import Mapping

from opsportal.due_json import due_row
from opsportal.envelope_json import Standing, envelope, own_read, queue_head
from opsportal.health_json import health
from opsportal.json_units import SECONDS_PER_HOUR, hours_of, instant
from opsportal.naming import Naming
from opsportal.promise_json import budgets, slas
from opsportal.shapes.reports import (
    AnalystJson,
    BacklogJson,
    BySlaJson,
    FlowJson,
    ForecastJson,
    HoursJson,
    QualityJson,
    QueueReportJson,
)
from servicelevel.calendars import BusinessCalendar
from servicelevel.instants import HOUR_MS
from servicelevel.measures import Measures
from servicelevel.policy import SlaName
from servicelevel.quality import QualityRow
from servicelevel.report import QueueReport
from servicelevel.worklogs import Hours


def queue_report(
    made: QueueReport, naming: Naming, jira_url: str, now: int, standing: Standing | None = None
) -> QueueReportJson:
    """The whole report of one queue; without a standing it is told as one that was just read for itself."""
    queue, measured = made.queue, made.now
    told = standing or own_read(made)
    return {
        **envelope(made, told, now),
        "queue": queue_head(queue, jira_url),
        "sla": slas(made, told.lens),
        "flow": flow(measured, queue.calendar),
        "backlog": backlog(measured),
        "analysts": analysts(made, naming),
        "hours": hours(measured.hours, naming),
        "health": health(made),
        "due": [due_row(row, queue, naming, jira_url) for row in made.due],
        "budget": budgets(made),
        "forecast": {"first_response": _no_forecast(), "resolution": _no_forecast()},
        "quality": [quality(row) for row in made.quality],
    }


def flow(measured: Measures, calendar: BusinessCalendar) -> FlowJson:
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
            "from": instant(again.window.start, calendar),
            "to": instant(again.window.end, calendar),
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


def backlog(measured: Measures) -> BacklogJson:
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


def analysts(made: QueueReport, naming: Naming) -> list[AnalystJson]:
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
            "met": _by_sla(row.met),
            "breached": _by_sla(row.breached),
            "breached_held": row.breached_held,
            "p50_resolution_h": hours_of(row.p50_resolution_ms),
            "hours": _booked(row.booked_s),
        }
        for row in made.analysts
    ]


def _by_sla(counts: Mapping[SlaName, int]) -> BySlaJson:
    return {"first_response": counts["first_response"], "resolution": counts["resolution"]}


def _booked(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / SECONDS_PER_HOUR


def hours(spent: Hours, naming: Naming) -> HoursJson:
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
            {
                "id": naming.id(person),
                "name": naming.name(person),
                "hours": s / SECONDS_PER_HOUR,
                "billable_h": b / SECONDS_PER_HOUR,
            }
            for person, s, b in people
        ],
        "by_type": [{"type": name, "hours": s / SECONDS_PER_HOUR} for name, s in spent.by_type],
        "utilisation": spent.utilisation,
        "team_h": _booked(spent.team_s),
        "scheduled_h": _booked(spent.scheduled_s),
        "state": spent.state,
        "state_reason": None if known else spent.state_reason,
        "utilisation_reason": spent.utilisation_reason,
    }


def quality(row: QualityRow) -> QualityJson:
    """One rule of the ledger."""
    return {
        "rule": row.rule,
        "tickets": row.tickets,
        "share": row.share,
        "keys": list(row.keys),
        "effect": row.effect,
        "reason": row.reason,
    }


def _no_forecast() -> ForecastJson:
    # Forecasts are shown only while calibrated, and calibration needs forecasts that were kept: there are none.
    return {
        "state": "not_calibrated",
        "business_hours": None,
        "expected_breaches": None,
        "brier": None,
        "n": 0,
        "by_ticket": [],
    }
