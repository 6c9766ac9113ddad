"""Sources that go on from kept bytes: a second process begins where the first one ended, or from the beginning."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from opsportal import encoding
from opsportal.kept import KeptHours, KeptTickets
from opsportal.ports import Progress
from servicelevel.columns import TicketColumns
from servicelevel.errors import PortalError
from servicelevel.policy import Queue, Sla
from servicelevel.worklogs import HoursRead
from tests.factories import columns, queue, ticket

DESK = queue("desk")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


class Down(PortalError):
    """A source or a store that fails."""


@dataclass(slots=True)
class Shelf:
    """Keeps bytes."""

    held: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        """As Store promises."""
        return self.held.get(key)

    def put(self, key: str, value: bytes) -> None:
        """As Store promises."""
        self.held[key] = value


@dataclass(slots=True)
class Tickets:
    """Reads one ticket more each time, and remembers from what it went on."""

    previous: list[TicketColumns | None] = field(default_factory=list)
    down: bool = False

    def read(
        self,
        queue: Queue,
        previous: TicketColumns | None,
        *,
        updated_since: int,
        read_at: int,
        budget_s: float,
        progress: Progress,
    ) -> TicketColumns:
        """As TicketSource promises."""
        self.previous.append(previous)
        if self.down:
            raise Down("Jira is down")
        many = columns(*(ticket(n + 1) for n in range(len(self.previous))))
        return replace(many, covers_from=updated_since, read_at=read_at, cursor=read_at)


@dataclass(slots=True)
class Hours:
    """Remembers from what it went on."""

    previous: list[HoursRead | None] = field(default_factory=list)
    down: bool = False

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
        self.previous.append(previous)
        if self.down:
            raise Down("Tempo is down")
        return HoursRead(first, last, (1,), (), frozenset(), frozenset(), {}, None, read_at, read_at)


def _read(
    shelf: Shelf,
    source: Tickets,
    desk: Queue = DESK,
    *,
    scope: str = "https://one.invalid",
    since: int = 100,
    read_at: int = 1000,
    previous: TicketColumns | None = None,
) -> TicketColumns:
    """A read by a process of its own, that knows nothing but what is kept."""
    kept = KeptTickets(source, shelf, scope)
    return kept.read(desk, previous, updated_since=since, read_at=read_at, budget_s=60.0, progress=lambda *_: None)


def _hours(shelf: Shelf, source: Hours, desk: Queue = DESK, *, read_at: int = 1000) -> HoursRead:
    kept = KeptHours(source, shelf, "https://one.invalid")
    return kept.read(desk, columns(), None, first=FIRST, last=LAST, read_at=read_at, budget_s=60.0)


def test_a_second_read_goes_on_from_the_first() -> None:
    """With exactly the facts of the first."""
    shelf, source = Shelf(), Tickets()

    first = _read(shelf, source)
    second = _read(shelf, source, read_at=2000)
    _read(shelf, source, read_at=3000)

    assert [None if each is None else (each.revision, each.cursor) for each in source.previous] == [
        None,
        (first.revision, 1000),
        (second.revision, 2000),
    ]


def test_what_is_handed_in_wins_over_what_is_kept() -> None:
    """A process that goes on has it nearer at hand."""
    shelf, source = Shelf(), Tickets()
    first = _read(shelf, source)
    _read(shelf, source, read_at=2000)

    _read(shelf, source, previous=first)

    assert source.previous[-1] is first


def test_a_wider_window_is_read_from_the_beginning_and_a_narrower_one_is_not() -> None:
    """What was read before does not reach back so far."""
    shelf, source = Shelf(), Tickets()
    _read(shelf, source, since=100)

    _read(shelf, source, since=99)
    _read(shelf, source, since=150)

    assert [each is None for each in source.previous] == [True, True, False]


_OTHERS: dict[str, Callable[[Queue], Queue]] = {
    "id": lambda desk: replace(desk, id="other"),
    "projects": lambda desk: replace(desk, projects=("SD", "HR")),
    "filter": lambda desk: replace(desk, jql="labels = onsite"),
    "field": lambda desk: replace(desk, resolution=Sla("resolution", 0.9, "customfield_1")),
    "clock": lambda desk: replace(desk, resolution=Sla("resolution", 0.9, clock="computed")),
    "what stops it": lambda desk: replace(
        desk, first_response=Sla("first_response", 0.9, clock="computed", stops_at="left_new")
    ),
}


@pytest.mark.parametrize("what", _OTHERS)
def test_a_queue_defined_otherwise_is_read_from_the_beginning(what: str) -> None:
    """Whatever decides which facts are read; the old ones are kept for whoever still wants them."""
    shelf, source = Shelf(), Tickets()
    _read(shelf, source)

    _read(shelf, source, _OTHERS[what](DESK))
    _read(shelf, source)

    assert [each is None for each in source.previous] == [True, True, False]


def test_targets_and_goals_change_nothing_of_what_is_read() -> None:
    """Promises are judged later."""
    shelf, source = Shelf(), Tickets()
    _read(shelf, source)

    easier = replace(DESK.first_response, target=0.5)
    _read(shelf, source, replace(DESK, name="Renamed", pause_statuses=("2",), first_response=easier))

    assert source.previous[-1] is not None


def test_another_jira_is_another_scope() -> None:
    """Ids of one site mean nothing on another."""
    shelf, source = Shelf(), Tickets()
    _read(shelf, source)

    _read(shelf, source, scope="https://two.invalid")

    assert source.previous == [None, None]


@pytest.mark.parametrize("broken", [b"", b"opsportal", b"something else", encoding.pack({"kind": "tickets"})])
def test_broken_bytes_are_read_from_the_beginning_and_replaced(broken: bytes) -> None:
    """A cache is never a reason to fail."""
    shelf, source = Shelf(), Tickets()
    _read(shelf, source)
    shelf.held = dict.fromkeys(shelf.held, broken)

    _read(shelf, source)
    _read(shelf, source)

    assert [each is None for each in source.previous] == [True, True, False]


def test_a_read_that_fails_keeps_the_bytes_of_the_one_before() -> None:
    """Byte for byte; the next one goes on from there."""
    shelf, source = Shelf(), Tickets()
    first = _read(shelf, source)
    before = dict(shelf.held)
    source.down = True

    with pytest.raises(Down, match="Jira is down"):
        _read(shelf, source, read_at=2000)

    assert shelf.held == before
    source.down = False
    _read(shelf, source, read_at=3000)
    assert source.previous[-1] is not None
    assert source.previous[-1].revision == first.revision


def test_hours_go_on_too() -> None:
    """With what they last knew."""
    shelf, source = Shelf(), Hours()

    _hours(shelf, source)
    _hours(shelf, source, read_at=2000)

    assert [None if each is None else each.cursor for each in source.previous] == [None, 1000]


def test_hours_of_another_team_are_read_from_the_beginning() -> None:
    """Its load is part of them."""
    shelf, source = Shelf(), Hours()
    _hours(shelf, source)

    _hours(shelf, source, replace(DESK, tempo_team=7))

    assert source.previous == [None, None]


def test_broken_hours_are_read_from_the_beginning_and_failing_ones_keep_the_bytes() -> None:
    """As tickets are."""
    shelf, source = Shelf(), Hours()
    _hours(shelf, source)
    before = dict(shelf.held)
    source.down = True
    with pytest.raises(Down):
        _hours(shelf, source)
    assert shelf.held == before

    source.down = False
    shelf.held = dict.fromkeys(before, b"torn")
    _hours(shelf, source)
    _hours(shelf, source)
    assert [each is None for each in source.previous] == [True, False, True, False]


def test_tickets_and_hours_of_one_queue_lie_apart() -> None:
    """One shelf holds both, of every queue."""
    shelf = Shelf()
    _read(shelf, Tickets())
    _hours(shelf, Hours())
    _read(shelf, Tickets(), queue("other"))

    assert len(shelf.held) == 3
