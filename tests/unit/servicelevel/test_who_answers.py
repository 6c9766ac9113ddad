"""Who answers for a queue that lists nobody: whoever had held one of its tickets by the instant it is judged at."""

from dataclasses import replace

import pytest

from servicelevel.building import ColumnsBuilder
from servicelevel.columns import TicketColumns
from servicelevel.policy import Goal, Queue
from servicelevel.standing import standing
from servicelevel.ticket import Comment
from servicelevel.verdicts import Verdict, verdicts
from tests.factories import AS_OF, BRUNO, CARLA, DOING, LONG_AGO, NEW, change, hours, ms, queue, ticket

ANSWERED, HANDED = "2026-11-20T13:00:00+00:00", "2026-11-22T12:00:00+00:00"
BEFORE, AFTER = "2026-11-21T12:00:00+00:00", "2026-11-22T13:00:00+00:00"


def desk() -> TicketColumns:
    """A ticket that Bruno answered two days before he was given the other one, which Carla had held until then."""
    builder = ColumnsBuilder((NEW, DOING))
    builder.add_ticket(ticket(1, assignee=None), ms(AS_OF))
    builder.add_ticket(ticket(2, assignee=BRUNO), ms(AS_OF))
    builder.add_changes(2, [change(HANDED, "assignee", CARLA, BRUNO)])
    builder.add_comments(1, [Comment(1, ms(ANSWERED), BRUNO, public=True)])
    return builder.build(ms(LONG_AGO), ms(AS_OF))


def ruled(*analysts: str) -> Queue:
    """A queue that promises an answer within two hours, by these analysts or by whoever holds tickets."""
    made = queue()
    first = replace(made.first_response, clock="computed", goals=(Goal(hours(2)),))
    return replace(made, first_response=first, analysts=analysts)


@pytest.mark.parametrize(
    ("as_of", "analysts", "verdict"),
    [
        (BEFORE, (), Verdict.BREACHED),
        (AFTER, (), Verdict.MET),
        (BEFORE, ("Bruno",), Verdict.MET),
        (AFTER, ("Carla",), Verdict.BREACHED),
    ],
)
def test_an_answer_counts_once_its_author_had_held_a_ticket(
    as_of: str, analysts: tuple[str, ...], verdict: Verdict
) -> None:
    """A day that is rebuilt says what was said then; those that the registry lists answer from the beginning."""
    columns = desk()

    judged = verdicts(columns, "first_response", ruled(*analysts), standing(columns, ms(as_of)))

    assert judged.verdict.tolist()[0] == verdict
