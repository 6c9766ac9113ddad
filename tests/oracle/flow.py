"""What came, what went, what came back, and what is left."""

from collections import Counter
from fractions import Fraction
from typing import Any

from tests.oracle.figures import quantiles
from tests.oracle.instants import DAY_MS, HOUR_MS, Window, iso, last_ms_of, local_date, window_of
from tests.oracle.queue_facts import QueueFacts

REOPEN_DAYS = 14
_BUCKETS = ((0, 1), (1, 3), (3, 10), (10, 30), (30, None))


def created(facts: QueueFacts, window: Window) -> int:
    """How many tickets were created in a period."""
    return sum(ticket.created_ms in window for ticket in facts.existing(window.to_ms))


def resolved(facts: QueueFacts, window: Window) -> int:
    """How many tickets are resolved at the end of a period and were in it."""
    return sum(ticket.resolved_ms(window.to_ms) in window for ticket in facts.existing(window.to_ms))


def reopening(facts: QueueFacts, window: Window, at_ms: int) -> tuple[int, int]:
    """How many changes into Done in a (moved) period were undone within 14 days, and how many changes there are."""
    undone = n = 0
    for ticket in facts.existing(at_ms):
        out = ticket.out_of_done(at_ms)
        for done_ms in ticket.into_done(at_ms):
            if done_ms in window:
                n += 1
                next_ms = min((left_ms for left_ms in out if left_ms > done_ms), default=None)
                undone += next_ms is not None and next_ms - done_ms <= REOPEN_DAYS * DAY_MS
    return undone, n


def flow_section(facts: QueueFacts, window: Window) -> dict[str, Any]:
    """The section `flow` of a report."""
    at_ms, moved = window.to_ms, window.moved_back(REOPEN_DAYS)
    came, went = created(facts, window), resolved(facts, window)
    undone, n = reopening(facts, moved, at_ms)
    covered = facts.covers(moved.from_ms)
    return {
        "created": came,
        "resolved": went,
        "open": len(facts.open(at_ms)),
        "net_flow": went / came if came else None,
        "reopened": sum(
            any(left_ms in window for left_ms in ticket.out_of_done(at_ms)) for ticket in facts.existing(at_ms)
        ),
        "reopen_rate": undone / n if n and covered else None,
        "reopen": {"resolutions": n, "reopened": undone, "from": iso(moved.from_ms), "to": iso(moved.to_ms)},
        "by_day": _by_day(facts, window),
    }


def _by_day(facts: QueueFacts, window: Window) -> list[dict[str, Any]]:
    zone, at_ms = facts.definition.work.zone, window.to_ms
    existing = facts.existing(at_ms)
    came = Counter(local_date(ticket.created_ms, zone) for ticket in existing if ticket.created_ms in window)
    ends = [resolved_ms for ticket in existing if (resolved_ms := ticket.resolved_ms(at_ms)) is not None]
    went = Counter(local_date(resolved_ms, zone) for resolved_ms in ends if resolved_ms in window)
    return [
        {
            "day": day.isoformat(),
            "created": came[day],
            "resolved": went[day],
            "open": sum(ticket.is_open(min(at_ms, last_ms_of(day, zone))) for ticket in existing),
            "partial": partial,
        }
        for day, partial in window.days(zone)
    ]


def own_p85_ms(facts: QueueFacts, at_ms: int) -> tuple[int | None, int]:
    """Kaplan–Meier p85 of creation to resolution over 90 days in business time, and the number of tickets in it."""
    work, window = facts.definition.work, window_of(at_ms, 90)
    lives = []
    for ticket in facts.existing(at_ms):
        end_ms = ticket.resolved_ms(at_ms)
        if ticket.created_ms in window and (end_ms is not None or ticket.is_open(at_ms)):
            stop_ms = at_ms if end_ms is None else end_ms
            lives.append((work.between(ticket.created_ms, stop_ms), end_ms is not None))
    return quantiles(lives, Fraction(85, 100))[0], len(lives)


def business_days(facts: QueueFacts, window: Window) -> Fraction:
    """Business days in a period, a fraction."""
    work = facts.definition.work
    return Fraction(work.between(window.from_ms, window.to_ms), work.business_day_ms)


def backlog_section(facts: QueueFacts, at_ms: int) -> dict[str, Any]:
    """The section `backlog` of a report."""
    work, still_open, month = facts.definition.work, facts.open(at_ms), window_of(at_ms, 28)
    ages_ms = [work.between(ticket.created_ms, at_ms) for ticket in still_open]
    p85_ms, lives = own_p85_ms(facts, at_ms)
    older = None if p85_ms is None else sum(age_ms > p85_ms for age_ms in ages_ms)
    went, days = resolved(facts, month), business_days(facts, month)
    return {
        "open": len(still_open),
        "unassigned": sum(ticket.at("assignee", at_ms) is None for ticket in still_open),
        "backlog_days": float(len(still_open) / (went / days)) if went else None if still_open else 0,
        "backlog_reason": "nothing_resolved" if still_open and not went else None,
        "resolved_28d": went,
        "business_days_28d": float(days),
        "ageing_share": 0 if not still_open else None if older is None else older / len(still_open),
        "older": older,
        "age_buckets": [
            {"from_bd": low, "to_bd": high, "tickets": sum(_in_bucket(facts, age_ms, low, high) for age_ms in ages_ms)}
            for low, high in _BUCKETS
        ],
        "stale": sum(work.between(ticket.updated_ms, at_ms) >= 5 * work.business_day_ms for ticket in still_open),
        "own_p85_h": None if p85_ms is None else p85_ms / HOUR_MS,
        "own_p85_reason": None if p85_ms is not None else "not_reached" if lives else "no_data",
        "business_day_h": work.business_day_ms / HOUR_MS,
    }


def _in_bucket(facts: QueueFacts, age_ms: int, low: int, high: int | None) -> bool:
    day_ms = facts.definition.work.business_day_ms
    return low * day_ms <= age_ms and (high is None or age_ms < high * day_ms)
