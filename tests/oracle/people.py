"""Who holds what, and whose hours they were."""

from fractions import Fraction
from typing import Any

from tests.oracle.definitions import SLAS
from tests.oracle.figures import quantiles
from tests.oracle.hours import booked_in
from tests.oracle.instants import HOUR_MS, Window
from tests.oracle.promises import decided
from tests.oracle.queue_facts import QueueFacts


def analysts_section(facts: QueueFacts, window: Window, days: int) -> list[dict[str, Any]]:
    """One row for everybody who holds, held or booked anything; the id None is for what nobody holds."""
    at_ms = window.to_ms
    authors = {booking.author for booking in booked_in(facts, at_ms, days)}
    holders = {ticket.at("assignee", at_ms) for ticket in facts.existing(at_ms)}
    return [_row(facts, window, days, who) for who in sorted(authors | holders, key=lambda who: who or "")]


def _row(facts: QueueFacts, window: Window, days: int, who: str | None) -> dict[str, Any]:
    at_ms = window.to_ms
    held = {ticket.id: ticket for ticket in facts.existing(at_ms) if ticket.at("assignee", at_ms) == who}
    verdicts = {
        sla: [one.standing.verdict for one in decided(facts, sla, at_ms, window) if one.ticket.id in held]
        for sla in SLAS
    }
    started = [
        (one.standing.elapsed_ms, one.standing.is_stopped)
        for one in facts.judged("resolution", at_ms)
        if one.ticket.id in held and one.standing.cycle.start_ms in window
    ]
    p50_ms = quantiles(started, Fraction(1, 2))[0]
    booked_s = sum(booking.booked_s for booking in booked_in(facts, at_ms, days) if booking.author == who)
    return {
        "id": who,
        "open": sum(ticket.is_open(at_ms) for ticket in held.values()),
        "resolved": sum(ticket.resolved_ms(at_ms) in window for ticket in held.values()),
        "met": {sla: verdicts[sla].count("met") for sla in SLAS},
        "breached": {sla: verdicts[sla].count("breached") for sla in SLAS},
        "breached_held": len(_breached_open(facts, at_ms) & set(held)),
        "p50_resolution_h": None if p50_ms is None else p50_ms / HOUR_MS,
        "hours": booked_s / 3600,
    }


def _breached_open(facts: QueueFacts, at_ms: int) -> set[str]:
    return {
        one.ticket.id
        for sla in SLAS
        for one in facts.judged(sla, at_ms)
        if one.ticket.is_open(at_ms) and one.standing.verdict == "breached" and not one.standing.is_stopped
    }
