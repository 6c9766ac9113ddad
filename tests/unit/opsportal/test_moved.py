from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from opsportal.moved import NOTHING_MOVED, Moved, MovedTickets, with_hours_of
from opsportal.reading import Reading
from servicelevel.columns import TicketColumns
from servicelevel.policy import Goal, Queue
from servicelevel.ticket import Label, Person, Worklog
from servicelevel.worklogs import HoursRead, no_worklogs
from tests.factories import ANA, BRUNO, change, columns, hours, ms, queue, ticket, worklog
from tests.fakes.desk_world import Tickets

SD, OPS = Label("100", "Service desk"), Label("200", "Platform ops")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 20)


def desk() -> TicketColumns:
    """Two tickets, the second of which was moved away."""
    table = columns(ticket(1), ticket(2), changes={2: [change("2026-11-22T12:00:00Z", "project", SD, OPS)]})
    return replace(table, own=np.array([project.id == SD.id for project in table.projects], bool))


def read(*worklogs: Worklog, people: tuple[Person, ...] = (ANA,)) -> HoursRead:
    """Hours as read for one queue."""
    known = {person.id: person for person in people}
    return HoursRead(FIRST, LAST, (1,), worklogs, frozenset(), frozenset(), known, None, 0, 0)


def test_hours_on_a_ticket_follow_it_back() -> None:
    """They are read with the queue that has it now; those of other tickets and dates stay there."""
    mine, its = worklog(1, 1, "2026-11-10", 1), worklog(2, 2, "2026-11-11", 2, author=BRUNO)
    others = read(
        its, worklog(3, 3, "2026-11-11", 4), worklog(4, 2, "2026-10-31", 8, author=BRUNO), people=(ANA, BRUNO)
    )

    joined = with_hours_of(read(mine), desk(), [others])

    assert joined.worklogs == (mine, its)
    laid = joined.columns(desk())
    assert [laid.spent_on(row) for row in (0, 1)] == [3600, 7200]
    assert {person.id for person in laid.authors} == {ANA.id, BRUNO.id}


@pytest.mark.parametrize(
    ("clocks", "told"),
    [
        ("computed", Moved(1)),
        ("jira's, with goals", Moved(1, recomputed=1)),
        ("jira's, without", Moved(1, as_elsewhere=1)),
    ],
)
def test_what_is_known_of_the_clocks_is_told(clocks: str, told: Moved) -> None:
    """Clocks of our own are as good as ever; Jira's are computed by the queue's goals, if it has any."""
    assert Moved.of(ruled(clocks), desk()) == told


def test_where_nothing_was_moved_nothing_is_told() -> None:
    """Whoever runs the clocks."""
    assert Moved.of(queue(), columns(ticket(1))) == NOTHING_MOVED


def ruled(clocks: str) -> Queue:
    """A queue whose clocks are run by the portal, or by Jira with or without goals in the registry."""
    made = queue()
    both = made.first_response, made.resolution
    if clocks == "computed":
        both = replace(both[0], clock="computed"), replace(both[1], clock="computed")
    elif clocks == "jira's, with goals":
        both = replace(both[0], goals=(Goal(hours(4)),)), replace(both[1], goals=(Goal(hours(8)),))
    return replace(made, first_response=both[0], resolution=both[1])


NO_HOURS = no_worklogs("not_configured", "")
MIDNIGHT = ms("2026-11-23T00:00:00Z")


def reading(
    name: str, own: Label | None, *numbers: int, moved: dict[int, str], hours: HoursRead | None = None
) -> Reading:
    """A queue's tickets, some of which came from the service desk; `own` is its project, where that is known."""
    changes = {number: [change(at, "project", SD, OPS)] for number, at in moved.items()}
    table = columns(*(ticket(number) for number in numbers), changes=changes)
    table = replace(table, own=np.array([project == own for project in table.projects], bool))
    return Reading(queue(name), table, NO_HOURS, hours)


def asked_for(*readings: Reading) -> list[tuple[str, tuple[int, ...]]]:
    """Which queues are asked for which tickets, so that they are as they were from midnight on."""
    tickets = Tickets()
    MovedTickets(tickets, lambda: MIDNIGHT, 60.0).joined({each.queue.id: each for each in readings}, MIDNIGHT)
    return tickets.brought_back


def test_tickets_moved_since_are_asked_of_every_queue_that_may_have_had_them() -> None:
    """One that knows its projects, from earlier moves or from its hours, and lost none is not asked."""
    ops = reading("ops", OPS, 1, 2, moved={1: "2026-11-22T12:00:00Z", 2: "2026-11-23T08:00:00Z"})
    hours_of_ops = replace(read(), projects=(int(OPS.id),))
    hours_of_sd = replace(read(), projects=(int(SD.id),))

    assert asked_for(ops, reading("desk", None, 3, moved={})) == [("desk", (2,))]
    assert asked_for(ops, reading("desk", None, 3, moved={}, hours=hours_of_sd)) == [("desk", (2,))]
    assert asked_for(ops, reading("other", None, 3, moved={}, hours=hours_of_ops)) == []


def test_a_queue_that_has_not_noticed_what_it_lost_is_told() -> None:
    """By the queue that has it now, however long ago it was moved."""
    ops = reading("ops", OPS, 1, moved={1: "2026-11-20T12:00:00Z"})

    assert asked_for(ops, reading("desk", None, 1, 3, moved={})) == [("desk", (1,))]
    assert asked_for(ops, reading("desk", None, 3, moved={})) == []
