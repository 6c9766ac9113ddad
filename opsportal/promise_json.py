"""Promises in the shape that others build on: attainment over the window, and its error budget."""

from collections.abc import Callable

from opsportal.json_units import Json, hours_of
from servicelevel.attainment import Attainment, Kept
from servicelevel.budget import Budget
from servicelevel.calendars import BusinessCalendar
from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import HOUR_MS
from servicelevel.policy import Sla


def sla(reached: Attainment, promise: Sla, calendar: BusinessCalendar, columns: TicketColumns) -> Json:
    """One promise over the window."""
    counts, spread = reached.kept, reached.percentiles
    p50, p85, p90 = (hours_of(value) for value in spread.values_ms)
    return {
        "source": "computed" if promise.computed else "jsm",
        "policy": promise.judged,
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
        "no_response": reached.no_response if promise.computed and promise.name == "first_response" else None,
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


def kept(counts: Kept) -> Json:
    """Counts of one group of promises."""
    return {"met": counts.met, "breached": counts.breached, "attainment": counts.rate}


def _interval(counts: Kept) -> list[float] | None:
    return list(counts.interval) if counts.interval else None


def _priority(columns: TicketColumns, code: int) -> str | None:
    return None if code == NONE_CODE else columns.priorities[code].name


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
