import pytest

from servicelevel.columns import NONE_CODE, TicketColumns
from servicelevel.instants import MISSING
from servicelevel.standing import standing
from tests.factories import (
    ANA,
    AS_OF,
    BRUNO,
    CLOSED,
    DOING,
    DONE,
    FIXED,
    NEW,
    P1,
    P3,
    change,
    columns,
    moved,
    ms,
    ticket,
)

CREATED = "2026-11-01T00:00:00+00:00"


def history() -> TicketColumns:
    """One ticket that was taken up, handed over, raised, resolved, reopened and closed."""
    return columns(
        ticket(
            1, CREATED, status=CLOSED, priority=P1, assignee=BRUNO, resolution=FIXED,
            resolved_on="2026-11-12T00:00:00+00:00",
        ),
        changes={
            1: [
                moved("2026-11-02T00:00:00+00:00", NEW, DOING),
                change("2026-11-03T00:00:00+00:00", "assignee", None, ANA),
                change("2026-11-04T00:00:00+00:00", "assignee", ANA, BRUNO),
                change("2026-11-05T00:00:00+00:00", "priority", P3, P1),
                moved("2026-11-06T00:00:00+00:00", DOING, DONE),
                change("2026-11-06T00:00:00+00:00", "resolution", None, FIXED),
                moved("2026-11-08T00:00:00+00:00", DONE, DOING),
                change("2026-11-08T00:00:00+00:00", "resolution", FIXED, None),
                moved("2026-11-12T00:00:00+00:00", DOING, CLOSED),
                change("2026-11-12T00:00:00+00:00", "resolution", None, FIXED),
            ]
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "status", "assignee", "priority", "resolution"),
    [
        ("2026-11-01T00:00:00+00:00", "New", None, "Medium", None),
        ("2026-11-01T23:59:59.999+00:00", "New", None, "Medium", None),
        ("2026-11-02T00:00:00+00:00", "In progress", None, "Medium", None),
        ("2026-11-03T12:00:00+00:00", "In progress", "ana", "Medium", None),
        ("2026-11-04T00:00:00+00:00", "In progress", "bruno", "Medium", None),
        ("2026-11-05T00:00:00+00:00", "In progress", "bruno", "Highest", None),
        ("2026-11-07T00:00:00+00:00", "Resolved", "bruno", "Highest", "Fixed"),
        ("2026-11-09T00:00:00+00:00", "In progress", "bruno", "Highest", None),
        (AS_OF, "Closed", "bruno", "Highest", "Fixed"),
    ],
)
def test_every_value_is_as_the_history_shows_it(
    as_of: str, status: str, assignee: str | None, priority: str, resolution: str | None
) -> None:
    """A change counts from its own instant on; before the first one its old value holds."""
    table = history()
    stood = standing(table, ms(as_of))
    held, closed = stood.assignee[0], stood.resolution[0]

    assert table.statuses[stood.status[0]].name == status
    assert (None if held == NONE_CODE else table.people[held].id) == assignee
    assert table.priorities[stood.priority[0]].name == priority
    assert (None if closed == NONE_CODE else table.resolutions[closed].name) == resolution


@pytest.mark.parametrize(
    ("as_of", "exists", "open_", "resolved_at"),
    [
        ("2026-10-31T23:59:59.999+00:00", False, False, None),
        (CREATED, True, True, None),
        ("2026-11-07T00:00:00+00:00", True, False, "2026-11-06T00:00:00+00:00"),
        ("2026-11-09T00:00:00+00:00", True, True, None),
        ("2026-11-13T00:00:00+00:00", True, False, "2026-11-12T00:00:00+00:00"),
    ],
)
def test_open_and_resolved_follow_the_history(as_of: str, exists: bool, open_: bool, resolved_at: str | None) -> None:
    """A reopened ticket leaves the count of the resolved, and a ticket of tomorrow is not there yet."""
    stood = standing(history(), ms(as_of))

    assert (stood.exists.tolist(), stood.open.tolist()) == ([exists], [open_])
    assert stood.resolved_at.tolist() == [MISSING if resolved_at is None else ms(resolved_at)]


def test_a_later_closure_does_not_move_the_resolution() -> None:
    """From one Done status to another is no new resolution, be it a workflow's last step or a migration."""
    table = columns(
        ticket(1, CREATED, status=CLOSED),
        changes={
            1: [
                moved("2026-11-05T00:00:00+00:00", DOING, DONE),
                moved("2026-11-20T00:00:00+00:00", DONE, CLOSED),
            ]
        },
    )

    assert standing(table, ms(AS_OF)).resolved_at.tolist() == [ms("2026-11-05T00:00:00+00:00")]


def test_a_resolution_date_wins_over_the_change_into_done() -> None:
    """The date that Jira sets is the instant, when it is set."""
    table = columns(
        ticket(1, CREATED, status=DONE, resolved_on="2026-11-05T00:00:03+00:00"),
        ticket(2, CREATED, status=DONE),
        changes={i: [moved("2026-11-05T00:00:00+00:00", DOING, DONE)] for i in (1, 2)},
    )

    assert standing(table, ms(AS_OF)).resolved_at.tolist() == [
        ms("2026-11-05T00:00:03+00:00"),
        ms("2026-11-05T00:00:00+00:00"),
    ]


def test_a_resolution_left_over_on_an_open_ticket_resolves_nothing() -> None:
    """Open with a resolution and its date is open."""
    stood = standing(
        columns(ticket(1, CREATED, status=DOING, resolution=FIXED, resolved_on="2026-11-05T00:00:00+00:00")), ms(AS_OF)
    )

    assert (stood.open.tolist(), stood.resolved_at.tolist()) == ([True], [MISSING])


def test_done_from_the_start_without_any_date_is_neither_open_nor_resolved_at_an_instant() -> None:
    """A ticket created in Done has no instant at which it was resolved."""
    stood = standing(columns(ticket(1, CREATED, status=DONE)), ms(AS_OF))

    assert (stood.open.tolist(), stood.resolved_at.tolist()) == ([False], [MISSING])


def test_a_gap_in_the_history_is_told_by_the_change_that_follows() -> None:
    """Where two changes do not meet, the later one's old value holds between them."""
    table = columns(
        ticket(1, CREATED, status=DOING),
        changes={
            1: [
                moved("2026-11-02T00:00:00+00:00", NEW, DOING),
                moved("2026-11-10T00:00:00+00:00", DONE, DOING),
            ]
        },
    )

    assert table.statuses[standing(table, ms("2026-11-05T00:00:00+00:00")).status[0]] == DONE


def test_two_changes_at_one_instant_follow_their_history_ids() -> None:
    """The last of them stands, in whatever order they were sent."""
    at = "2026-11-02T00:00:00+00:00"
    steps = [moved(at, NEW, DOING, history_id=1), moved(at, DOING, DONE, history_id=2)]

    for sent in (steps, steps[::-1]):
        table = columns(ticket(1, CREATED, status=DONE), changes={1: sent})

        assert table.statuses[standing(table, ms(at) - 1).status[0]] == NEW
        assert standing(table, ms(at)).done.tolist() == [True]
