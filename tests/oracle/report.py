"""The whole report of a queue as of an instant."""

from collections.abc import Mapping
from typing import Any

from tests.oracle.budget import budget_section
from tests.oracle.definitions import SLAS
from tests.oracle.due import due_section
from tests.oracle.flow import backlog_section, flow_section
from tests.oracle.health import health_rows, score
from tests.oracle.hours import hours_section
from tests.oracle.instants import DAY_MS, iso, window_of
from tests.oracle.ledger import quality_section
from tests.oracle.movement import movement_rows
from tests.oracle.people import analysts_section
from tests.oracle.promises import promise_section
from tests.oracle.queue_facts import QueueFacts

EARLIER_DAYS = 28


def report(facts: QueueFacts, fleet: Mapping[str, QueueFacts], at_ms: int, days: int) -> dict[str, Any]:
    """Every section of a queue's report over so many days; `fleet` are all queues, unfiltered."""
    window = window_of(at_ms, days)
    earlier = window.moved_back(EARLIER_DAYS)
    everyone = tuple(fleet.values())
    now, before = (score(facts, everyone, period, days) for period in (window, earlier))
    return {
        "sla": {sla: promise_section(facts, sla, window) for sla in SLAS},
        "flow": flow_section(facts, window),
        "backlog": backlog_section(facts, at_ms),
        "analysts": analysts_section(facts, window, days),
        "hours": hours_section(facts, window, days),
        "health": {
            **health_rows(now),
            "previous": {
                "score": None if before.shown is None else float(before.shown),
                "as_of": iso(at_ms - EARLIER_DAYS * DAY_MS),
            },
            "movement": movement_rows(before, now),
        },
        "due": due_section(facts, at_ms),
        "budget": {sla: budget_section(facts, sla, at_ms) for sla in SLAS},
        "quality": quality_section(facts, at_ms, days),
    }
