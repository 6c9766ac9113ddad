"""What breaks next: one row for every running cycle that is judged."""

from typing import Any

from tests.oracle.definitions import SLAS
from tests.oracle.instants import HOUR_MS, iso, local_date
from tests.oracle.queue_facts import Judged, QueueFacts

_FOREVER_MS = 1 << 62


def due_section(facts: QueueFacts, at_ms: int) -> list[dict[str, Any]]:
    """The section `due` of a report: overdue first, paused last, each by its due instant, then by key."""
    running = [(sla, one) for sla in SLAS for one in facts.judged(sla, at_ms) if not one.standing.is_stopped]
    stated = [(_state(facts, one, at_ms), sla, one) for sla, one in running]
    return [_row(facts, sla, one, state, at_ms) for state, sla, one in sorted(stated, key=_order)]


def _order(stated: tuple[str, str, Judged]) -> tuple[int, int, str]:
    state, _, one = stated
    due_ms = one.standing.due_ms
    return {"overdue": 0, "paused": 2}.get(state, 1), _FOREVER_MS if due_ms is None else due_ms, one.ticket.key


def _state(facts: QueueFacts, one: Judged, at_ms: int) -> str:
    work, standing = facts.definition.work, one.standing
    left_ms = standing.cycle.goal_ms - standing.elapsed_ms
    if standing.verdict == "breached":
        return "overdue"
    if standing.is_paused or standing.due_ms is None:
        return "paused"
    today, next_day = local_date(at_ms, work.zone), work.next_working_date(at_ms)
    due_day = local_date(standing.due_ms, work.zone)
    in_turn = (
        (left_ms < HOUR_MS, "lt_1h"),
        (left_ms < 4 * HOUR_MS, "lt_4h"),
        (due_day <= today, "today"),
        (due_day <= next_day, "next_day"),
    )
    return next((state for holds, state in in_turn if holds), "later")


def _row(facts: QueueFacts, sla: str, one: Judged, state: str, at_ms: int) -> dict[str, Any]:
    ticket, standing = one.ticket, one.standing
    ticking = not standing.is_paused and facts.definition.work.is_open(at_ms)
    return {
        "key": ticket.key,
        "sla": sla,
        "type": ticket.type_name,
        "priority": facts.priority_name(ticket, at_ms),
        "goal_s": standing.cycle.goal_ms / 1000,
        "elapsed_s": standing.elapsed_ms / 1000,
        "remaining_s": (standing.cycle.goal_ms - standing.elapsed_ms) / 1000,
        "due": iso(standing.due_ms),
        "state": state,
        "ticking": ticking,
    }
