"""Sampled tickets with clocks that behave as a test wants."""

from collections.abc import Mapping

from datasource.registry.evidence import SampledTicket
from servicelevel.instants import HOUR_MS
from servicelevel.ticket import SlaCycle

CREATED = 1_790_000_000_000
ANSWERED = CREATED + HOUR_MS
RESOLVED = CREATED + 5 * HOUR_MS
CLOSED = CREATED + 100 * HOUR_MS


def cycle(start: int | None, stop: int | None) -> SlaCycle:
    """A run of a clock."""
    return SlaCycle(start, stop, None, HOUR_MS, HOUR_MS, breached=False)


ANSWER = (cycle(CREATED, ANSWERED),)
"""A clock that stops with the answer."""
RESOLUTION = (cycle(CREATED, RESOLVED),)
"""A clock that stops as the ticket is resolved."""
CLOSURE = (cycle(RESOLVED, CLOSED),)
"""A clock that starts only when the ticket is resolved."""
RUNNING = (cycle(CREATED, None),)
"""A clock that has not stopped."""
ODD = (SlaCycle(None, None, None, None, None, breached=False, defect="unreadable"),)
"""A value that is no clock."""


def ticket(cycles: Mapping[str, tuple[SlaCycle, ...]], *, status: str = "Resolved", done: bool = True) -> SampledTicket:
    """A ticket answered after an hour and resolved after five."""
    return SampledTicket(CREATED, RESOLVED if done else None, status, done, cycles)
