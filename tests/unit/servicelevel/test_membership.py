from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from servicelevel.columns import TicketColumns
from servicelevel.membership import came_from, departed, members
from servicelevel.policy import Goal, Queue
from servicelevel.standing import standing
from servicelevel.ticket import Change, Comment, Label, SlaCycle
from servicelevel.verdicts import Verdict, verdicts
from tests.factories import ANA, DOING, DONE, always, change, columns, hours, moved, ms, queue, running, stopped, ticket

SD, OPS = Label("100", "Service desk"), Label("200", "Platform ops")
CREATED, AWAY, BACK = "2026-11-02T09:00:00+00:00", "2026-11-05T12:00:00+00:00", "2026-11-09T12:00:00+00:00"
BEFORE, BETWEEN, AFTER = ms("2026-11-04T00:00:00Z"), ms("2026-11-07T00:00:00Z"), ms("2026-11-20T00:00:00Z")


def desk(changes: Mapping[int, Sequence[Change]], *, answers: Sequence[SlaCycle] = ()) -> TicketColumns:
    """Three tickets as read by the queue of SD, with changes by ticket."""
    table = columns(*(ticket(n, CREATED, first_response=answers) for n in (1, 2, 3)), changes=changes)
    return replace(table, own=np.array([project.id == SD.id for project in table.projects], bool))


def test_a_ticket_that_never_moved_was_always_there() -> None:
    """Nothing of it says which project it is in, and nothing has to."""
    assert members(desk({}), BEFORE).tolist() == [True, True, True]
    assert departed(desk({})).tolist() == [False, False, False]


def test_a_ticket_that_came_counts_from_then_on() -> None:
    """Before, it was another queue's: it was neither open here nor created here."""
    table = desk({2: [change(AWAY, "project", OPS, SD)]})

    assert members(table, BEFORE).tolist() == [True, False, True]
    assert members(table, ms(AWAY) - 1).tolist() == [True, False, True]
    assert members(table, ms(AWAY)).tolist() == [True, True, True]
    assert standing(table, BEFORE).open.tolist() == [True, False, True]
    assert came_from(table) == {2: {OPS.id}}


def test_a_ticket_that_left_counts_until_then() -> None:
    """Read where it is now, with what happened to it here."""
    table = desk({2: [change(AWAY, "project", SD, OPS)]})

    assert departed(table).tolist() == [False, True, False]
    assert standing(table, BEFORE).exists.tolist() == [True, True, True]
    assert standing(table, BETWEEN).exists.tolist() == [True, False, True]


def test_a_ticket_goes_and_comes_back() -> None:
    """Each stretch counts where it was."""
    table = desk({2: [change(AWAY, "project", SD, OPS), change(BACK, "project", OPS, SD)]})

    assert [bool(members(table, at)[1]) for at in (BEFORE, BETWEEN, AFTER)] == [True, False, True]
    assert departed(table).tolist() == [False, False, False]
    assert came_from(table) == {2: {SD.id, OPS.id}}


def test_a_move_between_two_projects_of_one_queue_is_no_move() -> None:
    """The queue has both."""
    table = desk({2: [change(AWAY, "project", SD, OPS)]})
    both = replace(table, own=np.ones(len(table.projects), bool))

    assert [bool(members(both, at)[1]) for at in (BEFORE, AFTER)] == [True, True]
    assert not departed(both).any()


def ruled(goal_h: float | None) -> Queue:
    """A queue whose first response Jira times, with a goal for it in the registry or none."""
    made = queue(calendar=always())
    goals = () if goal_h is None else (Goal(hours(goal_h)),)
    return replace(made, first_response=replace(made.first_response, goals=goals))


@pytest.mark.parametrize(("goal_h", "verdict"), [(2, Verdict.BREACHED), (4, Verdict.MET)])
def test_the_clock_of_a_ticket_that_left_goes_by_the_goals_of_the_queue(goal_h: float, verdict: Verdict) -> None:
    """Jira shows the clock of the project that has it now; the answer came after three hours."""
    answer = Comment(1, ms(CREATED) + hours(3), ANA, public=True)
    table = answered(desk({2: [change(AWAY, "project", SD, OPS)]}, answers=[running(CREATED, hours(1))]), answer)

    judged = verdicts(table, "first_response", ruled(goal_h), standing(table, BEFORE))

    assert judged.row.tolist() == [0, 1, 2]
    assert judged.verdict.tolist() == [Verdict.BREACHED, verdict, Verdict.BREACHED]
    assert judged.goal_ms.tolist() == [hours(1), hours(goal_h), hours(1)]


def test_without_goals_the_clock_is_that_of_its_project_of_now() -> None:
    """There is nothing else to go by."""
    table = desk({2: [change(AWAY, "project", SD, OPS)]}, answers=[stopped(CREATED, AWAY, hours(1))])

    judged = verdicts(table, "first_response", ruled(None), standing(table, BEFORE))

    assert judged.verdict.tolist() == [Verdict.BREACHED] * 3


def test_after_it_left_its_clock_counts_nowhere() -> None:
    """Nor do its changes."""
    table = desk(
        {2: [moved("2026-11-06T12:00:00Z", DOING, DONE), change(AWAY, "project", SD, OPS)]},
        answers=[running(CREATED, hours(1))],
    )

    assert verdicts(table, "first_response", ruled(2), standing(table, BETWEEN)).row.tolist() == [0, 2]


def answered(table: TicketColumns, comment: Comment) -> TicketColumns:
    """The same with a comment on ticket 2 by somebody who holds tickets."""
    said = table.comments
    return replace(
        table,
        comments=replace(
            said,
            row=np.array([1], np.int32),
            at=np.array([comment.at]),
            id=np.array([comment.id]),
            author=np.array([[person.id for person in table.people].index(ANA.id)], np.int32),
            public=np.array([True]),
        ),
    )
