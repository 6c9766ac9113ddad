"""A queue's report in the shape that others build on: names and units are fixed, unknown is null with a reason."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from opsportal.naming import Naming
from servicelevel.attainment import Attainment, Kept
from servicelevel.budget import Budget
from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.due import DueRow
from servicelevel.health import Dimension
from servicelevel.instants import HOUR_MS, SECOND_MS, to_datetime
from servicelevel.measures import Filters, Measures
from servicelevel.movement import Movement
from servicelevel.policy import SLA_NAMES, JudgedCycle, Queue
from servicelevel.quality import QualityRow
from servicelevel.report import COMPARED_DAYS, QueueReport
from servicelevel.window import Window
from servicelevel.worklogs import Hours

Json: TypeAlias = dict[str, Any]

SECONDS_PER_HOUR = 3600


def queue_report(made: QueueReport, naming: Naming, jira_url: str, now: int) -> Json:
    """The whole report of one queue."""
    queue, measured = made.queue, made.now
    at = partial(instant, calendar=queue.calendar)
    return {
        **envelope(made, now),
        "queue": queue_head(queue, jira_url),
        "sla": {
            name: sla(measured.sla[name], queue.sla(name).judged, queue.calendar, made.columns) for name in SLA_NAMES
        },
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


def instant(at: int | None, calendar: BusinessCalendar) -> str | None:
    """ISO 8601 with the offset of the queue's zone, to the millisecond."""
    if at is None:
        return None
    local: datetime = to_datetime(at).astimezone(calendar.zone)
    return local.isoformat(timespec="milliseconds")


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


def kept(counts: Kept) -> Json:
    """Counts of one group of promises."""
    return {"met": counts.met, "breached": counts.breached, "attainment": counts.rate}


def _interval(counts: Kept) -> list[float] | None:
    return list(counts.interval) if counts.interval else None


def sla(reached: Attainment, policy: JudgedCycle, calendar: BusinessCalendar, columns: TicketColumns) -> Json:
    """One promise over the window."""
    counts, spread = reached.kept, reached.percentiles
    p50, p85, p90 = (hours_of(value) for value in spread.values_ms)
    return {
        "source": "jsm",
        "policy": policy,
        "target": reached.target,
        "attainment": counts.rate,
        "reason": None if counts.n else "no_data",
        "interval": _interval(counts),
        "verdict": reached.proof,
        "met": counts.met,
        "breached": counts.breached,
        "breached_closed": counts.breached - reached.breached_open,
        "breached_open": reached.breached_open,
        "undecided": reached.undecided,
        "excluded": dict(reached.excluded),
        "n": counts.n,
        "p50_h": p50,
        "p85_h": p85,
        "p90_h": p90,
        "percentiles_n": spread.stopped + spread.censored,
        "censored": spread.censored,
        "percentiles_reason": spread.reason,
        "mean_h": hours_of(spread.mean_ms),
        "no_response": None,
        "lenses": {"completed_only": kept(reached.completed_only), "jsm_goals": kept(reached.jsm_goals)},
        "by_priority": [
            {"priority": _priority(columns, code), **kept(part), "n": part.n, "interval": _interval(part)}
            for code, part in reached.by_priority.items()
        ],
        "by_day": [
            {"day": day.day.isoformat(), "met": day.met, "breached": day.breached, "partial": day.partial}
            for day in reached.by_day
        ],
        "trailing_90d": {"met": reached.trailing_90d.met, "n": reached.trailing_90d.n},
        "business_day_h": calendar.business_day_ms / HOUR_MS,
    }


def _priority(columns: TicketColumns, code: int) -> str | None:
    return None if code == NONE_CODE else columns.priorities[code].name


def hours_of(ms: float | None) -> float | None:
    """Business hours of milliseconds."""
    return None if ms is None else ms / HOUR_MS


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


def health(made: QueueReport, at: Callable[[int], str | None]) -> Json:
    """The score, what it is made of, and why it moved."""
    score, then = made.now.health, made.previous
    previous = None
    if then is not None:
        previous = {"score": then.health.score, "as_of": at(then.window.end), "source": "replay"}
    return {
        "score": score.score,
        "band": score.band,
        "coverage": score.coverage,
        "weights_sum": sum(score.weights.values()),
        "dimensions": [_dimension(d, score.weights[d.name], score.contributions.get(d.name)) for d in score.dimensions],
        "previous": previous,
        "compared_days": COMPARED_DAYS,
        "movement": None if made.movement is None else [_movement(row) for row in made.movement],
        "movement_reason": made.movement_reason,
    }


def _dimension(d: Dimension, weight: float, contribution: float | None) -> Json:
    anchors = d.anchors and {"at_0": d.anchors.at_0, "at_80": d.anchors.at_80, "at_100": d.anchors.at_100}
    shaped: Json = {
        "name": d.name,
        "weight": weight,
        "input": d.input,
        "raw": d.raw,
        "prior": d.prior,
        "n": d.n,
        "unit": d.unit,
        "target": d.target,
        "anchors": anchors,
        "utility": d.utility,
        "contribution": contribution,
        "low_sample": d.low_sample,
        "reason": d.reason,
    }
    if d.name == "backlog":
        shaped["parts"] = [{"name": part.name, "input": part.input, "utility": part.utility} for part in d.parts]
    return shaped


def _movement(row: Movement) -> Json:
    return {
        "name": row.name,
        "delta": row.shown,
        "rate_effect": row.rate_effect,
        "mix_effect": row.mix_effect,
        "prior_effect": row.prior_effect,
        "raw_rate_effect": row.raw and row.raw.rate,
        "raw_mix_effect": row.raw and row.raw.mix,
        "came": list(row.came),
        "gone": list(row.gone),
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


def budget(spent: Budget, at: Callable[[int | None], str | None]) -> Json:
    """One promise's error budget."""
    return {
        "target": spent.target,
        "window": {"from": at(spent.window.start), "to": at(spent.window.end)},
        "decided": spent.kept.n,
        "allowed": spent.allowed,
        "used": spent.kept.breached,
        "remaining": spent.remaining,
        "remaining_share": spent.remaining_share,
        "reason": None if spent.remaining_share is not None else "no_budget" if spent.kept.n else "no_data",
        "recent": {
            "business_days": 7,
            "decided": spent.recent.n,
            "breaches": spent.recent.breached,
            "rate": None if spent.recent.rate is None else 1 - spent.recent.rate,
        },
        "exhausted_on": at(spent.exhausted_at),
        "exhausted_band": [at(spent.exhausted_band_at[0]), at(spent.exhausted_band_at[1])],
        "exhausted_reason": spent.exhaustion.reason,
        "exhausted_business_days": spent.exhaustion.business_days,
        "burn": [
            {
                "level": level.level,
                "business_days": level.business_days,
                "rate": level.rate,
                "threshold": level.threshold,
                "breaches": level.breaches,
                "decided": level.decided,
                "tail": level.tail,
                "firing": level.firing,
                "urgency": level.urgency,
            }
            for level in spent.burn
        ],
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
