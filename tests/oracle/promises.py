"""One SLA of a queue: verdicts, attainment, percentiles, lenses and the days they fall on."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tests.oracle.figures import quantiles, wilson
from tests.oracle.instants import HOUR_MS, Window, local_date, window_of
from tests.oracle.queue_facts import Judged, QueueFacts

EXCLUSIONS = ("no_goal", "no_start", "excluded_resolution", "unreadable")
_SHARES = (Fraction(50, 100), Fraction(85, 100), Fraction(90, 100))


def decided(facts: QueueFacts, sla: str, at_ms: int, window: Window) -> list[Judged]:
    """The judged cycles whose promise was kept or broken in a period, as of an instant."""
    return [judged for judged in facts.judged(sla, at_ms) if judged.standing.decided_ms in window]


def met_of(judged: Iterable[Judged]) -> tuple[int, int]:
    """How many of the decided cycles were met, and how many there are."""
    verdicts = [one.standing.verdict for one in judged]
    return verdicts.count("met"), len(verdicts)


def met_by_priority(facts: QueueFacts, sla: str, at_ms: int, window: Window) -> dict[str | None, tuple[int, int]]:
    """Met and decided for each priority, the ticket's at the instant."""
    groups: dict[str | None, list[Judged]] = {}
    for judged in decided(facts, sla, at_ms, window):
        groups.setdefault(facts.priority_name(judged.ticket, at_ms), []).append(judged)
    return {priority: met_of(group) for priority, group in groups.items()}


def percentiles(judged: Iterable[Judged], window: Window) -> tuple[list[int | None], list[Judged]]:
    """p50, p85 and p90 of the business time to stop, over the cycles started in a period, and those cycles."""
    started = [one for one in judged if one.standing.cycle.start_ms in window]
    durations = [(one.standing.elapsed_ms, one.standing.is_stopped) for one in started]
    return quantiles(durations, *_SHARES), started


def promise_section(facts: QueueFacts, sla: str, window: Window) -> dict[str, Any]:
    """The section `sla.<name>` of a report as of the window's end."""
    at_ms, promise = window.to_ms, facts.definition.promises[sla]
    judged, settled = facts.judged(sla, at_ms), decided(facts, sla, at_ms, window)
    met, n = met_of(settled)
    held_open = sum(one.standing.verdict == "breached" and not one.standing.is_stopped for one in settled)
    return {
        "source": "computed" if facts.is_computed(sla) else "jsm",
        "policy": promise.policy,
        "target": float(promise.target),
        "attainment": met / n if n else None,
        "interval": wilson(met, n),
        "verdict": _verdict(met, n, promise.target),
        "met": met,
        "breached": n - met,
        "breached_closed": n - met - held_open,
        "breached_open": held_open,
        "undecided": sum(one.standing.verdict == "undecided" for one in judged),
        "excluded": _excluded(facts, sla, window),
        "n": n,
        **_percentile_rows(judged, window),
        "no_response": _no_response(facts, sla, settled, at_ms),
        "lenses": _lenses(facts, sla, window),
        "by_priority": [
            {"priority": priority, "met": k, "breached": m - k, "attainment": k / m, "n": m, "interval": wilson(k, m)}
            for priority, (k, m) in met_by_priority(facts, sla, at_ms, window).items()
        ],
        "by_day": _by_day(facts, settled, window),
        "trailing_90d": dict(zip(("met", "n"), met_of(decided(facts, sla, at_ms, window_of(at_ms, 90))), strict=True)),
    }


def _verdict(met: int, n: int, target: Fraction) -> str:
    interval = wilson(met, n)
    if interval is None:
        return "no_data"
    if target == 1:
        return "not_proven" if met == n else "missed"
    low, high = interval
    return "met" if low >= target else "missed" if high < target else "not_proven"


def _excluded(facts: QueueFacts, sla: str, window: Window) -> dict[str, int]:
    reasons = Counter(
        facts.exclusion(ticket, sla, window.to_ms)
        for ticket in facts.existing(window.to_ms)
        if ticket.created_ms in window
    )
    return {reason: reasons[reason] for reason in EXCLUSIONS}


def _no_response(facts: QueueFacts, sla: str, settled: list[Judged], at_ms: int) -> int | None:
    if sla != "first_response" or not facts.is_computed(sla):
        return None
    return sum(facts.unanswered(one.ticket, at_ms) for one in settled)


def _percentile_rows(judged: list[Judged], window: Window) -> dict[str, Any]:
    found, started = percentiles(judged, window)
    stopped_ms = [one.standing.elapsed_ms for one in started if one.standing.is_stopped]
    reason = "no_data" if not started else "not_reached" if None in found else None
    hours = [None if value is None else value / HOUR_MS for value in found]
    return {
        **dict(zip(("p50_h", "p85_h", "p90_h"), hours, strict=True)),
        "percentiles_n": len(started),
        "censored": len(started) - len(stopped_ms),
        "percentiles_reason": reason,
        "mean_h": sum(stopped_ms) / len(stopped_ms) / HOUR_MS if stopped_ms else None,
    }


def _lenses(facts: QueueFacts, sla: str, window: Window) -> dict[str, Any]:
    every = list(facts.all_standings(sla, window.to_ms))
    stopped = [one for one in every if one.is_stopped and one.cycle.stop_ms in window]
    met = sum(one.verdict == "met" for one in stopped)
    running = sum(not one.is_stopped and one.verdict == "breached" and one.decided_ms in window for one in every)
    return {"completed_only": _lens(met, len(stopped)), "jsm_goals": _lens(met, len(stopped) + running)}


def _lens(met: int, n: int) -> dict[str, Any]:
    return {"met": met, "breached": n - met, "attainment": met / n if n else None}


def _by_day(facts: QueueFacts, settled: list[Judged], window: Window) -> list[dict[str, Any]]:
    zone = facts.definition.work.zone
    counts = Counter((local_date(one.standing.decided_ms or 0, zone), one.standing.verdict) for one in settled)
    return [
        {"day": day.isoformat(), "met": counts[day, "met"], "breached": counts[day, "breached"], "partial": partial}
        for day, partial in window.days(zone)
    ]
