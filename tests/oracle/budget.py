"""Error budgets: what may break, what did, how fast it burns and when it is gone."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.figures import tail, wilson
from tests.oracle.flow import business_days
from tests.oracle.instants import Window, iso, last_ms_of, local_date, window_of
from tests.oracle.promises import decided, met_of
from tests.oracle.queue_facts import QueueFacts

_LEVELS = (("1bd", 1, 6, "urgent"), ("3bd", 3, 3, "today"), ("7bd", 7, Fraction(3, 2), "week"))
_RECENT_DAYS = 7


def budget_section(facts: QueueFacts, sla: str, at_ms: int) -> dict[str, Any]:
    """The section `budget.<name>` of a report."""
    window, allowed_rate = _window(facts, at_ms), 1 - facts.definition.promises[sla].target
    met, n = met_of(decided(facts, sla, at_ms, window))
    allowed = allowed_rate * n
    left = allowed - (n - met)
    recent_met, recent_n = met_of(decided(facts, sla, at_ms, _last_days(facts, at_ms, _RECENT_DAYS)))
    recent = Fraction(recent_n - recent_met, recent_n) if recent_n else None
    burn = [
        _level(facts, sla, at_ms, _last_days(facts, at_ms, days), (name, Fraction(days), Fraction(at_least), urgency))
        for name, days, at_least, urgency in _LEVELS
    ]
    burn.append(_level(facts, sla, at_ms, window, ("window", business_days(facts, window), Fraction(1), "policy")))
    return {
        "target": float(facts.definition.promises[sla].target),
        "window": {"from": iso(window.from_ms), "to": iso(window.to_ms)},
        "decided": n,
        "allowed": float(allowed),
        "used": n - met,
        "remaining": float(left),
        "remaining_share": float(left / allowed) if allowed else None,
        "recent": {
            "business_days": _RECENT_DAYS,
            "decided": recent_n,
            "breaches": recent_n - recent_met,
            "rate": None if recent is None else float(recent),
        },
        **_exhaustion(facts, sla, at_ms, window, n, left, recent, recent_n),
        "burn": burn,
    }


def _window(facts: QueueFacts, at_ms: int) -> Window:
    zone = facts.definition.work.zone
    if not facts.definition.by_month:
        return window_of(at_ms, 28)
    first = local_date(at_ms, zone).replace(day=1)
    return Window(last_ms_of(first - timedelta(days=1), zone), at_ms)


def _last_days(facts: QueueFacts, at_ms: int, days: int) -> Window:
    work = facts.definition.work
    return Window(work.back(at_ms, days * work.business_day_ms), at_ms)


def _level(
    facts: QueueFacts, sla: str, at_ms: int, window: Window, level: tuple[str, Fraction, Fraction, str]
) -> dict[str, Any]:
    name, days, at_least, urgency = level
    met, n = met_of(decided(facts, sla, at_ms, window))
    breaches, allowed_rate = n - met, 1 - facts.definition.promises[sla].target
    rate = Fraction(breaches, n) / allowed_rate if n and allowed_rate else None
    chance = tail(breaches, n, allowed_rate) if n else None
    burns = rate is not None and chance is not None and rate >= at_least and chance < Fraction(1, 100)
    return {
        "level": name,
        "business_days": float(days),
        "rate": None if rate is None else float(rate),
        "threshold": float(at_least),
        "breaches": breaches,
        "decided": n,
        "tail": None if chance is None else float(chance),
        "firing": breaches >= 3 and (allowed_rate == 0 or burns),
        "urgency": urgency,
    }


def _exhaustion(
    facts: QueueFacts,
    sla: str,
    at_ms: int,
    window: Window,
    n: int,
    left: Fraction,
    recent: Fraction | None,
    recent_n: int,
) -> dict[str, Any]:
    days, allowed_rate = business_days(facts, window), 1 - facts.definition.promises[sla].target
    reason = "no_data" if n == 0 else "exhausted" if left <= 0 else "no_data" if recent is None else None
    if reason is not None or recent is None:
        return {"exhausted_on": None, "exhausted_band": [None, None], "exhausted_reason": reason}

    def gone_ms(rate: Fraction) -> int | None:
        pace = left / days + n / days * (rate - allowed_rate)
        in_days = left / pace if rate > allowed_rate else None
        if in_days is None or not 0 < in_days < days:
            return None
        work = facts.definition.work
        return work.after(at_ms, round(in_days * work.business_day_ms))

    interval = wilson(round(recent * recent_n), recent_n) or (0.0, 0.0)
    low, high = (gone_ms(Fraction(rate)) for rate in interval)
    middle = gone_ms(recent)
    return {
        "exhausted_on": iso(middle),
        "exhausted_band": [iso(high), iso(low)],
        "exhausted_reason": "not_burning" if middle is None else None,
    }
