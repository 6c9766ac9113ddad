"""What makes a ticket hard to time: breaks, holidays, pauses, reopens and the clock change."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from tests.oracle.business_time import cycle_end_ms, spans
from tests.oracle.cycles import Cycle
from tests.oracle.definitions import SLAS
from tests.oracle.facts import Ticket
from tests.oracle.instants import MINUTE_MS, local_date, midnight_ms, ms_of
from tests.oracle.queue_facts import QueueFacts

FEATURES = ("lunch break", "holiday", "pause", "reopen", "clock change in Berlin")
_CLOCK_CHANGE_MS = ms_of("2026-10-25T01:00:00+00:00")


def features(facts: QueueFacts, tickets: Iterable[Ticket]) -> Counter[str]:
    """How many of the tickets have each feature."""
    return Counter(feature for ticket in tickets for feature in _of(facts, ticket))


def _of(facts: QueueFacts, ticket: Ticket) -> set[str]:
    found = {"reopen"} if ticket.out_of_done(facts.read_ms) else set()
    for sla in SLAS:
        for cycle in facts.clock(ticket, sla).cycles:
            found |= _crossed(facts, cycle)
            if sla == "resolution" and _is_paused(facts, ticket, cycle):
                found.add("pause")
    return found


def _crossed(facts: QueueFacts, cycle: Cycle) -> set[str]:
    work, end_ms = facts.definition.work, cycle_end_ms(facts, cycle)
    found = set()
    day, last = local_date(cycle.start_ms, work.zone), local_date(end_ms, work.zone)
    while day <= last:
        if any(cycle.start_ms < from_ms and to_ms < end_ms for from_ms, to_ms in _breaks(facts, day)):
            found.add("lunch break")
        if work.is_holiday(day) and cycle.start_ms < midnight_ms(day, work.zone) and day < last:
            found.add("holiday")
        day += timedelta(days=1)
    if work.zone.key == "Europe/Berlin" and cycle.start_ms < _CLOCK_CHANGE_MS < end_ms:
        found.add("clock change in Berlin")
    return found


def _breaks(facts: QueueFacts, day: date) -> list[tuple[int, int]]:
    hours, start_ms = facts.definition.work.hours_on(day), midnight_ms(day, facts.definition.work.zone)
    return [
        (start_ms + end * MINUTE_MS, start_ms + following * MINUTE_MS) for (_, end), (following, _) in pairwise(hours)
    ]


def _is_paused(facts: QueueFacts, ticket: Ticket, cycle: Cycle) -> bool:
    stretches = spans(facts, ticket, cycle.start_ms, cycle_end_ms(facts, cycle))
    return any(paused and facts.definition.work.between(from_ms, to_ms) for from_ms, to_ms, paused in stretches)
