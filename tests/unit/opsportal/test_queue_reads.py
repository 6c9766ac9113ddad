"""Queues read side by side within one time for all: who fails, who is left over, and what each may take."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from opsportal.moved import MovedTickets
from opsportal.ports import Progress
from opsportal.queue_reads import NoTimeLeft, QueueReads
from opsportal.read_result import NotExpected
from opsportal.reading import Reading, Sources
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.policy import Queue
from servicelevel.ticket import Label
from servicelevel.worklogs import HoursRead
from tests.factories import change, columns, ms, queue, ticket
from tests.fakes.desk_world import NOON, Hours, Tickets

QUEUES = (queue("desk"), queue("billing"))
MIDNIGHT = ms("2026-11-23T00:00:00+00:00")
SD, OPS = Label("1", "Service desk"), Label("2", "Platform ops")


class Down(PortalError):
    """A source that fails."""


@dataclass(slots=True)
class Time:
    """Seconds left, one value a question; the last one stays."""

    left_s: list[float]

    def __call__(self) -> float:
        """As `remaining_s` promises."""
        return self.left_s.pop(0) if len(self.left_s) > 1 else self.left_s[0]


@dataclass(slots=True)
class Budgets(Hours):
    """Hours that remember the budget they were given."""

    given_s: list[float] = field(default_factory=list)

    def read(
        self,
        queue: Queue,
        tickets: TicketColumns,
        previous: HoursRead | None,
        *,
        first: date,
        last: date,
        read_at: int,
        budget_s: float,
    ) -> HoursRead:
        """As HoursSource promises."""
        self.given_s.append(budget_s)
        return Hours.read(self, queue, tickets, previous, first=first, last=last, read_at=read_at, budget_s=budget_s)


def reads(tickets: Tickets, hours: Hours, left_s: Sequence[float] = (900.0,)) -> QueueReads:
    """Reads at noon, of 120 days, each within 60 s."""
    moved = MovedTickets(tickets, lambda: NOON, 60.0)
    return QueueReads(Sources(tickets, hours, 120, 60.0), moved, lambda: NOON, Time([*left_s]))


def test_every_queue_has_a_reading_or_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    """One that fails, on purpose or not, stops no other; what nobody expected is in the log."""
    tickets = Tickets(down={"billing": Down("Jira answers 503."), "network": ZeroDivisionError()})

    read = reads(tickets, Hours()).read((*QUEUES, queue("network")), MIDNIGHT)

    assert isinstance(read["desk"], Reading)
    assert str(read["billing"]) == "Jira answers 503."
    assert isinstance(read["network"], NotExpected)
    assert "Reading network failed" in caplog.text


def test_hours_that_fail_are_missing_with_their_reason() -> None:
    """The tickets stand."""
    read = reads(Tickets(), Hours(down=Down("Tempo answers 500."))).read(QUEUES, MIDNIGHT)["desk"]

    assert isinstance(read, Reading)
    assert (read.booked.state, read.booked.state_reason) == ("failed", "Tempo answers 500.")


def test_when_the_time_is_over_no_other_queue_is_begun(caplog: pytest.LogCaptureFixture) -> None:
    """It is told apart from a source that failed, and nothing is asked of it."""
    caplog.set_level(logging.WARNING)
    tickets = Tickets()

    read = reads(tickets, Hours(), [-0.1]).read(QUEUES, MIDNIGHT)

    assert all(isinstance(result, NoTimeLeft) for result in read.values())
    assert not tickets.asked
    assert not caplog.records


def test_a_read_under_way_ends_at_its_next_step() -> None:
    """And its tickets count for nothing, since they are not all there."""
    seen: list[str] = []

    def listen(_: str) -> Progress:
        return lambda phase, _done, _of: seen.append(phase)

    read = reads(Tickets(), Hours(), [10.0, 0.0]).read(QUEUES[:1], MIDNIGHT, listen)

    assert isinstance(read["desk"], NoTimeLeft)
    assert seen == []


def test_no_read_may_take_longer_than_what_is_left() -> None:
    """Nor longer than any refresh may."""
    hours = Budgets()

    reads(Tickets(), hours, [900.0, 900.0, 900.0]).read(QUEUES[:1], MIDNIGHT)
    reads(Tickets(), hours, [900.0, 900.0, 7.5]).read(QUEUES[:1], MIDNIGHT)

    assert hours.given_s == [60.0, 7.5]


def moved_at(at: str) -> TicketColumns:
    """Three tickets, one of which was moved."""
    return columns(ticket(1), ticket(2), ticket(3), changes={2: [change(at, "project", SD, OPS)]})


def test_tickets_that_were_moved_since_are_brought_back() -> None:
    """Once every queue was read; what was moved before belongs to whoever has it."""
    tickets = Tickets(moved_at("2026-11-23T08:00:00+00:00"))
    read = reads(tickets, Hours()).read(QUEUES, MIDNIGHT)

    assert tickets.brought_back == [("desk", (2,)), ("billing", (2,))]
    assert [len(result.columns) for result in read.values() if isinstance(result, Reading)] == [len(tickets.joined)] * 2

    earlier = Tickets(moved_at("2026-11-22T08:00:00+00:00"))
    reads(earlier, Hours()).read(QUEUES[:1], MIDNIGHT)
    assert not earlier.brought_back


def test_a_queue_whose_moved_tickets_cannot_be_had_has_the_reason() -> None:
    """It would count too few. When the time is over before, that is the reason."""
    tickets = Tickets(moved_at("2026-11-23T08:00:00+00:00"))
    tickets.lost["billing"] = Down("Jira answers 503.")

    read = reads(tickets, Hours()).read(QUEUES, MIDNIGHT)

    assert isinstance(read["desk"], Reading)
    assert str(read["billing"]) == "Jira answers 503."
    late = reads(tickets, Hours(), [900.0] * 4 + [-0.1]).read(QUEUES[:1], MIDNIGHT)
    assert isinstance(late["desk"], NoTimeLeft)
