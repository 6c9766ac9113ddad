"""Changes in hours are asked once for all queues, and each queue takes what is its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from datasource.deadline import Deadline
from datasource.errors import SourceRejected
from datasource.shared_changes import SharedChanges, Wanted
from tests.fakes.canned import Call, Canned
from tests.fakes.tempo_site import WORKLOGS, TempoSite, worklog

NOON: Final = 1_795_435_200_000
SHARED_S: Final = 60.0
BEFORE: Final = NOON - 300_000
DESK: Final = Wanted(
    "desk", frozenset({1}), date(2026, 11, 1), date(2026, 11, 30), BEFORE, BEFORE, frozenset({101, 102})
)
BILLING: Final = replace(DESK, queue="billing", projects=frozenset({2}), known=frozenset({201}))


def _booked(*tickets: int) -> TempoSite:
    """One worklog a ticket, written lately; ticket 201 and those after it are in project 2, up to 300."""
    each = [worklog(number, ticket, "2026-11-20", updated="2027") for number, ticket in enumerate(tickets, 1)]
    site = TempoSite(each)

    def of_projects(call: Call, straight: Canned) -> Canned:
        wanted = call.params["projectId"]
        site.worklogs = [one for one in each if (2 if 200 < int(one["issue"]["id"]) <= 300 else 1) in wanted]
        return Canned(site.content(call)) if straight.status == 200 else straight

    site.bend(WORKLOGS, of_projects)
    return site


def _read(changes: SharedChanges, wanted: Wanted, read_at: int = NOON) -> tuple[list[int], int]:
    found, told_at = changes.read(wanted, read_at, Deadline.after(30.0))
    return [item.ticket_id for item in found], told_at


def _projects(tempo: TempoSite) -> Sequence[object]:
    return [call.params["projectId"] for call in tempo.transport.asked(WORKLOGS) if call.params["offset"] == 0]


def test_queues_of_one_round_share_one_request() -> None:
    """The first round gets to know the queues; from then on one answer serves all, as of when it was asked for."""
    tempo = _booked(101, 201)
    changes = SharedChanges(tempo.tempo, SHARED_S)
    _read(changes, DESK)
    _read(changes, BILLING, NOON + 1_000)
    tempo.transport.calls.clear()

    later = NOON + 240_000
    desk = _read(changes, replace(DESK, told_at=NOON), later)
    billing = _read(changes, replace(BILLING, told_at=NOON + 1_000), later + 5_000)

    assert _projects(tempo) == [[1, 2]]
    assert desk == ([101], later)
    assert billing == ([201], later)


def test_what_is_shared_is_known_by_the_clock_of_tempo() -> None:
    """Ours may be ahead, and changes from then on would not be told before Tempo's clock has come as far."""
    tempo = _booked(101, 201)
    tempo.date = "Mon, 23 Nov 2026 09:00:00 GMT"
    changes = SharedChanges(tempo.tempo, SHARED_S)
    _read(changes, DESK)
    known_at = NOON - 10_800_000

    assert _read(changes, replace(BILLING, told_at=known_at - 1_000), NOON + 1_000) == ([201], known_at)
    assert _read(changes, replace(DESK, told_at=known_at - 1_000), NOON + 2_000) == ([101], known_at)
    assert len(_projects(tempo)) == 2


def test_hours_on_a_ticket_that_nobody_knows_are_asked_for_queue_by_queue() -> None:
    """They may be anybody's, and only Tempo knows which project the ticket is in."""
    tempo = _booked(101, 999)
    changes = SharedChanges(tempo.tempo, SHARED_S)

    assert _read(changes, DESK) == ([101, 999], NOON)
    assert _read(changes, BILLING, NOON + 1_000) == ([], NOON + 1_000)
    assert _projects(tempo) == [[1], [1, 2], [2]]


def test_a_queue_that_knows_as_much_asks_anew() -> None:
    """Whoever asks for a refresh just after one must not be given the same again."""
    tempo = _booked(101)
    changes = SharedChanges(tempo.tempo, SHARED_S)
    _, told_at = _read(changes, DESK)

    assert _read(changes, replace(DESK, told_at=told_at), NOON + 2_000) == ([101], NOON + 2_000)
    assert len(_projects(tempo)) == 2


@pytest.mark.parametrize("later_ms", [61_000, -1_000])
def test_an_answer_is_shared_for_a_while_only(later_ms: int) -> None:
    """Hours are at most so much older than the tickets beside them; a clock set back makes no answer younger."""
    tempo = _booked(101, 201)
    changes = SharedChanges(tempo.tempo, SHARED_S)
    _read(changes, DESK)
    _read(changes, BILLING)

    assert _read(changes, DESK, NOON + later_ms) == ([101], NOON + later_ms)
    assert len(_projects(tempo)) == 3


def test_tickets_of_a_queue_in_the_same_project_are_not_foreign() -> None:
    """Hours on them count as booked elsewhere in the project, which each queue finds out for itself."""
    tempo = _booked(101, 301)
    changes = SharedChanges(tempo.tempo, SHARED_S)
    other = replace(DESK, queue="desk-vip", known=frozenset({301}))
    _read(changes, other)

    assert _read(changes, DESK, NOON + 1_000) == ([101, 301], NOON)


def test_a_project_that_tempo_refuses_takes_only_its_own_queue_along() -> None:
    """A project may be deleted: the others still have their hours."""
    tempo = _booked(101)
    tempo.bend(WORKLOGS, lambda call, straight: Canned({}, 400) if 2 in call.params["projectId"] else straight)
    changes = SharedChanges(tempo.tempo, SHARED_S)
    _read(changes, DESK)

    with pytest.raises(SourceRejected):
        _read(changes, BILLING, NOON + 1_000)
    assert _read(changes, replace(DESK, told_at=NOON), NOON + 90_000)[0] == [101]


def test_a_queue_that_is_read_no_more_is_forgotten() -> None:
    """Its instant would make everybody's answer longer from day to day."""
    tempo = _booked(101, 201)
    changes = SharedChanges(tempo.tempo, SHARED_S)
    _read(changes, BILLING)
    later = NOON + 601_000

    _read(changes, replace(DESK, since=later - 300_000, told_at=later - 100_000), later)

    assert _projects(tempo)[-1] == [1]
