"""What a sample of tickets shows about each SLA field: whether its clock is alive, and when it starts and stops."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servicelevel.instants import MINUTE_MS
from servicelevel.ticket import SlaCycle

_WITH_THE_TICKET_MS = 5 * MINUTE_MS
_WITH_THE_RESOLUTION_MS = MINUTE_MS


@dataclass(frozen=True, slots=True)
class SampledTicket:
    """A ticket of the sample. `cycles` holds the fields that have a value, instants are epoch milliseconds."""

    created: int
    resolved_on: int | None
    status: str
    done: bool
    """Whether the status is of the category that ends a ticket."""
    cycles: Mapping[str, Sequence[SlaCycle]]

    def first_stop(self, field: str) -> int | None:
        """When the first completed cycle of a field stopped."""
        return min((cycle.stop for cycle in self.cycles.get(field, ()) if cycle.stop is not None), default=None)


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """Counts of one SLA field over a sample: of tickets, but for `completed` and `running`, which are cycles."""

    field: str
    name: str
    tickets: int
    values: int
    """With a value that is not null."""
    unreadable: int
    """With a value that is no clock."""
    started: int
    """Whose clock has started at least once."""
    stopped: int
    """Whose clock has stopped at least once."""
    completed: int
    running: int
    with_ticket: int
    """Whose clock started when the ticket was created."""
    with_resolution: int
    """Whose clock stopped when the ticket was resolved."""

    @property
    def alive(self) -> bool:
        """Whether the clock started anywhere in the sample."""
        return self.started > 0

    def __str__(self) -> str:
        """The counts in words."""
        if not self.values:
            return f"null on all {self.tickets} tickets"
        odd = f", {self.unreadable} unreadable" if self.unreadable else ""
        return (
            f"a value on {self.values} of {self.tickets} tickets (null on {self.tickets - self.values}{odd}), "
            f"started on {self.started}, {self.completed} cycles completed, {self.running} running"
        )


@dataclass(frozen=True, slots=True)
class Order:
    """On how many tickets one field's first stop came before another's, after it, and how many have both."""

    before: int
    after: int
    both: int


def evidence(names: Mapping[str, str], tickets: Sequence[SampledTicket]) -> tuple[FieldEvidence, ...]:
    """The counts of every field in `names` (names by field id), in the order of the ids' numbers."""
    ids = sorted(names, key=lambda field: (len(field), field))
    return tuple(_of_field(field, names[field], tickets) for field in ids)


def order(first: str, second: str, tickets: Iterable[SampledTicket]) -> Order:
    """Which of two fields stops first."""
    stops = [(ticket.first_stop(first), ticket.first_stop(second)) for ticket in tickets]
    both = [(one, other) for one, other in stops if one is not None and other is not None]
    return Order(sum(one < other for one, other in both), sum(one > other for one, other in both), len(both))


def _of_field(field: str, name: str, tickets: Sequence[SampledTicket]) -> FieldEvidence:
    values = [(ticket, ticket.cycles[field]) for ticket in tickets if field in ticket.cycles]
    cycles = [cycle for _, found in values for cycle in found]
    return FieldEvidence(
        field=field,
        name=name,
        tickets=len(tickets),
        values=len(values),
        unreadable=sum(any(cycle.defect == "unreadable" for cycle in found) for _, found in values),
        started=sum(any(cycle.start is not None for cycle in found) for _, found in values),
        stopped=sum(any(cycle.stop is not None for cycle in found) for _, found in values),
        completed=sum(cycle.stop is not None for cycle in cycles),
        running=sum(cycle.start is not None and cycle.stop is None for cycle in cycles),
        with_ticket=sum(_starts_with(ticket, found) for ticket, found in values),
        with_resolution=sum(_stops_with(ticket, found) for ticket, found in values),
    )


def _starts_with(ticket: SampledTicket, cycles: Sequence[SlaCycle]) -> bool:
    starts = [cycle.start for cycle in cycles if cycle.start is not None]
    return bool(starts) and abs(min(starts) - ticket.created) <= _WITH_THE_TICKET_MS


def _stops_with(ticket: SampledTicket, cycles: Sequence[SlaCycle]) -> bool:
    at = ticket.resolved_on
    return at is not None and any(
        abs(cycle.stop - at) <= _WITH_THE_RESOLUTION_MS for cycle in cycles if cycle.stop is not None
    )
