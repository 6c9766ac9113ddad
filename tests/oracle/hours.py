"""Hours booked on a queue's tickets, and how busy its team was."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.instants import Window, local_date
from tests.oracle.queue_facts import QueueFacts
from tests.oracle.upstream import Booking

_LEAST_COVERAGE = Fraction(60, 100)


def dates(facts: QueueFacts, at_ms: int, days: int) -> set[date]:
    """So many local dates, ending with the one of the instant."""
    last = local_date(at_ms, facts.definition.work.zone)
    return {last - timedelta(days=n) for n in range(days)}


def booked_in(facts: QueueFacts, at_ms: int, days: int) -> list[Booking]:
    """The worklogs of those dates on tickets that the queue has."""
    on, known = dates(facts, at_ms, days), {ticket.id for ticket in facts.existing(at_ms)}
    return [booking for booking in facts.bookings if booking.day in on and booking.issue_id in known]


def coverage(facts: QueueFacts, window: Window) -> Fraction | None:
    """The share of tickets resolved in a period with any worklog at all."""
    booked = {booking.issue_id for booking in facts.bookings}
    ends = [t.id in booked for t in facts.existing(window.to_ms) if t.resolved_ms(window.to_ms) in window]
    return Fraction(sum(ends), len(ends)) if ends else None


def team_s(facts: QueueFacts, at_ms: int, days: int) -> tuple[int, int] | None:
    """Seconds that the team's members booked anywhere and owed on those dates, or None without a team."""
    if facts.team is None:
        return None
    on = dates(facts, at_ms, days)
    return (
        sum(seconds for day, seconds in facts.team.booked_s.items() if day in on),
        sum(seconds for day, seconds in facts.team.scheduled_s.items() if day in on),
    )


def utilisation(facts: QueueFacts, window: Window, days: int) -> tuple[Fraction | None, str | None]:
    """Booked over owed, or None with the reason."""
    team, covered = team_s(facts, window.to_ms, days), coverage(facts, window)
    if team is None:
        return None, "no_team"
    booked_s, scheduled_s = team
    if scheduled_s == 0:
        return None, "no_schedule"
    if covered is None or covered < _LEAST_COVERAGE:
        return None, "low_coverage"
    return Fraction(booked_s, scheduled_s), None


def hours_section(facts: QueueFacts, window: Window, days: int) -> dict[str, Any]:
    """The section `hours` of a report."""
    at_ms = window.to_ms
    booked = booked_in(facts, at_ms, days)
    total_s = sum(booking.booked_s for booking in booked)
    went = sum(ticket.resolved_ms(at_ms) in window for ticket in facts.existing(at_ms))
    covered, (used, reason) = coverage(facts, window), utilisation(facts, window, days)
    team, on = team_s(facts, at_ms, days), dates(facts, at_ms, days)
    types = {ticket.id: ticket.type_name for ticket in facts.tickets}
    return {
        "total_h": total_s / 3600,
        "billable_h": sum(booking.billable_s for booking in booked) / 3600,
        "per_resolved_h": total_s / 3600 / went if went else None,
        "orphan_h": sum(booking.booked_s for booking in facts.orphans if booking.day in on) / 3600,
        "coverage": None if covered is None else float(covered),
        "by_analyst": [
            {
                "id": who,
                "name": facts.person_name(who),
                "hours": sum(booking.booked_s for booking in booked if booking.author == who) / 3600,
                "billable_h": sum(booking.billable_s for booking in booked if booking.author == who) / 3600,
            }
            for who in sorted({booking.author for booking in booked})
        ],
        "by_type": [
            {"type": type_, "hours": sum(b.booked_s for b in booked if types[b.issue_id] == type_) / 3600}
            for type_ in sorted({types[booking.issue_id] for booking in booked})
        ],
        "utilisation": None if used is None else float(used),
        "team_h": None if team is None else team[0] / 3600,
        "scheduled_h": None if team is None else team[1] / 3600,
        "state": "ok",
        "utilisation_reason": reason,
    }
