"""Promises in the shape that others build on: attainment over the window, and its error budget."""

from collections.abc import Mapping

from opsportal.json_units import hours_of, instant
from opsportal.shapes.envelope import Lens
from opsportal.shapes.promises import (
    BudgetJson,
    BudgetsJson,
    ExcludedJson,
    LensedJson,
    PooledSlaJson,
    PooledSlasJson,
    SlaJson,
    SlasJson,
)
from servicelevel.attainment import Attainment, Kept, Proof
from servicelevel.budget import Budget
from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import HOUR_MS
from servicelevel.policy import Sla, SlaName
from servicelevel.report import QueueReport
from servicelevel.rollup import PooledSla


def slas(made: QueueReport, lens: Lens) -> SlasJson:
    """Both promises of a queue over the window."""
    return {"first_response": _sla(made, "first_response", lens), "resolution": _sla(made, "resolution", lens)}


def _sla(made: QueueReport, name: SlaName, lens: Lens) -> SlaJson:
    queue = made.queue
    return sla(made.now.sla[name], queue.sla(name), queue.calendar, made.columns, lens)


def pooled_slas(pooled: Mapping[SlaName, PooledSla]) -> PooledSlasJson:
    """Both promises of several queues."""
    return {"first_response": _pooled(pooled["first_response"]), "resolution": _pooled(pooled["resolution"])}


def _pooled(reached: PooledSla) -> PooledSlaJson:
    return _counts(
        reached.kept, reached.target, reached.proof, reached.breached_open, reached.undecided, reached.excluded
    )


def _counts(
    kept_: Kept, target: float, proof: Proof, breached_open: int, undecided: int, excluded: Mapping[str, int]
) -> PooledSlaJson:
    return {
        "target": target,
        "attainment": kept_.rate,
        "reason": None if kept_.n else "no_data",
        "interval": kept_.interval,
        "verdict": proof,
        "met": kept_.met,
        "breached": kept_.breached,
        "breached_closed": kept_.breached - breached_open,
        "breached_open": breached_open,
        "undecided": undecided,
        "excluded": _excluded(excluded),
        "n": kept_.n,
    }


def _excluded(tickets: Mapping[str, int]) -> ExcludedJson:
    return {
        "no_goal": tickets.get("no_goal", 0),
        "no_start": tickets.get("no_start", 0),
        "excluded_resolution": tickets.get("excluded_resolution", 0),
        "unreadable": tickets.get("unreadable", 0),
    }


def sla(
    reached: Attainment, promise: Sla, calendar: BusinessCalendar, columns: TicketColumns, lens: Lens = "decided"
) -> SlaJson:
    """One promise over the window."""
    counts, spread = reached.kept, reached.percentiles
    p50, p85, p90 = (hours_of(value) for value in spread.values_ms)
    seen = {"decided": counts, "completed_only": reached.completed_only, "jsm_goals": reached.jsm_goals}[lens]
    return {
        **_counts(counts, reached.target, reached.proof, reached.breached_open, reached.undecided, reached.excluded),
        "source": "computed" if promise.computed else "jsm",
        "policy": promise.judged,
        "p50_h": p50,
        "p85_h": p85,
        "p90_h": p90,
        "percentiles_n": spread.stopped + spread.censored,
        "censored": spread.censored,
        "percentiles_reason": spread.reason,
        "mean_h": hours_of(spread.mean_ms),
        "no_response": reached.no_response if promise.computed and promise.name == "first_response" else None,
        "lenses": {"completed_only": kept(reached.completed_only), "jsm_goals": kept(reached.jsm_goals)},
        "shown": {"lens": lens, **kept(seen), "n": seen.n},
        "by_priority": [
            {"priority": _priority(columns, code), **kept(part), "n": part.n, "interval": part.interval}
            for code, part in reached.by_priority.items()
        ],
        "by_day": [
            {"day": day.day.isoformat(), "met": day.met, "breached": day.breached, "partial": day.partial}
            for day in reached.by_day
        ],
        "trailing_90d": {"met": reached.trailing_90d.met, "n": reached.trailing_90d.n},
        "business_day_h": calendar.business_day_ms / HOUR_MS,
    }


def kept(counts: Kept) -> LensedJson:
    """Counts of one group of promises."""
    return {"met": counts.met, "breached": counts.breached, "attainment": counts.rate}


def _priority(columns: TicketColumns, code: int) -> str | None:
    return None if code == NONE_CODE else columns.priorities[code].name


def budgets(made: QueueReport) -> BudgetsJson:
    """The error budgets of both promises."""
    calendar = made.queue.calendar
    return {
        "first_response": budget(made.budgets["first_response"], calendar),
        "resolution": budget(made.budgets["resolution"], calendar),
    }


def budget(spent: Budget, calendar: BusinessCalendar) -> BudgetJson:
    """One promise's error budget."""
    earliest, latest = spent.exhausted_band_at
    return {
        "target": spent.target,
        "window": {"from": instant(spent.window.start, calendar), "to": instant(spent.window.end, calendar)},
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
        "exhausted_on": instant(spent.exhausted_at, calendar),
        "exhausted_band": (instant(earliest, calendar), instant(latest, calendar)),
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
