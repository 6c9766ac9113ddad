"""A cycle's business time counted from the changelog alone: from its start to its end, pauses left out."""

from itertools import pairwise

from tests.oracle.cycles import Cycle
from tests.oracle.facts import Ticket
from tests.oracle.queue_facts import QueueFacts


def spans(facts: QueueFacts, ticket: Ticket, start_ms: int, end_ms: int) -> list[tuple[int, int, bool]]:
    """The stretches between two instants during which the status stayed the same, each with whether it pauses.

    A clock reacts to the status that a change enters, also where the next change says that it left another one.
    """
    moves = [change for change in ticket.changes if change.field == "status"]
    edges = sorted({start_ms, end_ms, *(move.at_ms for move in moves if start_ms < move.at_ms < end_ms)})
    first = moves[0].before if moves else ticket.now["status"]
    found = []
    for from_ms, to_ms in pairwise(edges):
        entered = [move.after for move in moves if move.at_ms <= from_ms]
        found.append((from_ms, to_ms, _pauses(facts, entered[-1] if entered else first)))
    return found


def cycle_end_ms(facts: QueueFacts, cycle: Cycle) -> int:
    """The stop of a cycle, or the instant it was read at while it runs."""
    return facts.read_ms if cycle.stop_ms is None else cycle.stop_ms


def counted_ms(facts: QueueFacts, ticket: Ticket, sla: str, cycle: Cycle) -> int:
    """The business time of a cycle until its stop, or until it was read; only resolution pauses."""
    return sum(
        facts.definition.work.between(from_ms, to_ms)
        for from_ms, to_ms, paused in spans(facts, ticket, cycle.start_ms, cycle_end_ms(facts, cycle))
        if not (paused and sla == "resolution")
    )


def goal_passed_ms(facts: QueueFacts, ticket: Ticket, sla: str, cycle: Cycle) -> int | None:
    """The earliest instant at which the business time of a cycle reaches its goal, or None if it does not."""
    left_ms = cycle.goal_ms
    for from_ms, to_ms, paused in spans(facts, ticket, cycle.start_ms, cycle_end_ms(facts, cycle)):
        if paused and sla == "resolution":
            continue
        passed_ms = facts.definition.work.between(from_ms, to_ms)
        if passed_ms >= left_ms:
            return facts.definition.work.after(from_ms, left_ms)
        left_ms -= passed_ms
    return None


def _pauses(facts: QueueFacts, status: str | None) -> bool:
    name = facts.categories.status_names.get(status or "")
    return bool({status, name} & facts.definition.pause_statuses)
