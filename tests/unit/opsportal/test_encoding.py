"""What was read, as bytes: the same facts come back, and any other bytes count as not there."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsportal import encoding
from opsportal.encoding import (
    NotOurs,
    hours_from_bytes,
    hours_to_bytes,
    pack,
    tickets_from_bytes,
    tickets_to_bytes,
    unpack,
)
from servicelevel.building import ColumnsBuilder
from servicelevel.columns import TicketColumns
from servicelevel.policy import SLA_NAMES
from servicelevel.ticket import Comment, Label, Person, Status, Worklog
from servicelevel.worklogs import HoursRead, TeamHours
from tests.factories import (
    ANA,
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
    crowd,
    defective,
    ms,
    ticket,
)

SAID = "2026-11-01T00:00:00+00:00"
GONE = Status("77", "Gone", "indeterminate")


def _full(seed: int = 1, size: int = 12) -> TicketColumns:
    """Tickets with everything that can be read of them, a status that no list knows and a clock that is odd."""
    tickets, histories = crowd(seed, size)
    builder = ColumnsBuilder((NEW, DOING, DONE, CLOSED), (P1, P3), (FIXED,))
    for item in tickets:
        cycles = {**item.cycles, "first_response": (defective("no_goal"),)}
        builder.add_ticket(replace(item, creator=BRUNO, cycles=cycles), seed)
    for number, changes in histories.items():
        builder.add_changes(number, changes)
        said = ANA if number % 2 else None
        builder.add_comments(number, [Comment(number, ms(SAID) + number, said, number % 3 > 0)])
    robot = Person("bot", "\u202eBot 🤖", active=False, automation=True)
    builder.add_ticket(ticket(99, status=GONE, assignee=robot), 5)
    builder.add_unreadable("SD-7", "its id is no number")
    builder.add_unreadable("SD-8", "created lies outside 1990 to 2060", 800)
    builder.add_changes(99, [change("2026-11-21T12:00:00Z", "project", Label("200", "Ops"), Label("100", "Désk"))])
    built = builder.build(3, 4, [501, 500], cursor=5, swept_at=2)
    return replace(built, own=np.array([project.id == "100" for project in built.projects], bool))


def _facts(value: Any) -> Any:
    """Anything as plain values that compare."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.tolist())
    if isinstance(value, dict):
        return {key: _facts(each) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: _facts(getattr(value, each.name)) for each in fields(value)}
    return value


def _hours(team: TeamHours | None = None) -> HoursRead:
    booked = (Worklog(1, 10, "ana", date(2026, 11, 2), 3600, 0), Worklog(2, 99, "zoë", date(2026, 11, 3), 60, 60))
    people = {"ana": ANA, "zoë": Person("zoë", "Zoë", active=False)}
    return HoursRead(
        date(2026, 11, 1), date(2026, 11, 30), (10_001,), booked, frozenset({99}), frozenset({7}), people, team, 8, 6
    )


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_tickets_come_back_as_they_went(seed: int, size: int) -> None:
    """Every column, table and mark, and so the same revision."""
    kept = _full(seed, size)

    back = tickets_from_bytes(tickets_to_bytes(kept))

    assert _facts(back) == _facts(kept)
    assert back.revision == kept.revision


def test_a_queue_without_tickets_comes_back_too() -> None:
    """Empty columns are columns."""
    assert _facts(tickets_from_bytes(tickets_to_bytes(columns()))) == _facts(columns())


@pytest.mark.parametrize("team", [None, TeamHours({20_000: 3600}, {20_000: 28_800, 20_001: 0}), TeamHours({}, {})])
def test_hours_come_back_as_they_went(team: TeamHours | None) -> None:
    """With and without a team's load."""
    assert _facts(hours_from_bytes(hours_to_bytes(_hours(team)))) == _facts(_hours(team))


def test_equal_facts_are_equal_bytes() -> None:
    """Whatever was read again and had not changed need not be told apart."""
    assert tickets_to_bytes(_full()) == tickets_to_bytes(_full())


PACKED = {"tickets": tickets_to_bytes(_full()), "hours": hours_to_bytes(_hours(TeamHours({1: 2}, {3: 4})))}


def _refused(data: bytes) -> None:
    for read in (tickets_from_bytes, hours_from_bytes):
        with pytest.raises(NotOurs):
            read(data)


@pytest.mark.parametrize("kind", PACKED)
@given(st.data())
def test_cut_bytes_are_not_ours(kind: str, data: st.DataObject) -> None:
    """A file may end anywhere."""
    whole = PACKED[kind]

    _refused(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("kind", PACKED)
@given(st.data())
def test_one_flipped_bit_is_noticed(kind: str, data: st.DataObject) -> None:
    """Wherever it lies."""
    whole = bytearray(PACKED[kind])
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    _refused(bytes(whole))


@given(st.binary(max_size=300))
def test_bytes_of_others_are_not_ours(data: bytes) -> None:
    """Whoever wrote them."""
    _refused(data)


def test_bytes_of_another_version_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even with a good checksum: an older program wrote other columns."""
    monkeypatch.setattr(encoding, "VERSION", encoding.VERSION + 1)
    newer = tickets_to_bytes(_full()), hours_to_bytes(_hours())
    monkeypatch.undo()

    for data in newer:
        _refused(data)


def test_one_kind_is_not_the_other() -> None:
    """Tickets are never read as hours, nor hours as tickets."""
    with pytest.raises(NotOurs, match="something else"):
        hours_from_bytes(PACKED["tickets"])
    with pytest.raises(NotOurs, match="something else"):
        tickets_from_bytes(PACKED["hours"])


def test_bytes_after_the_end_are_noticed() -> None:
    """They are under the checksum."""
    _refused(PACKED["tickets"] + b"\0")


def _with(kind: str, path: tuple[Any, ...], value: object) -> bytes:
    """Packed bytes with a good checksum and one part replaced."""
    content = unpack(PACKED[kind], dict)
    inside = content
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return pack(content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tickets", "id"), b"1234567"),
        (("tickets", "status"), np.full(13, 99, np.int32).tobytes()),
        (("tickets", "id"), np.full(13, 5).tobytes()),
        (("changes", "row"), b""),
        (("comments", "author"), np.full(12, -2, np.int32).tobytes()),
        (("cycles", "resolution"), {}),
        (("key",), ["SD-1"]),
        (("summary",), 5),
        (("statuses",), [["1", "New", "blue"]] * 5),
        (("people",), [["1"]]),
        (("people",), [[1, 2, 3, 4]] * 4),
        (("unmapped",), [True]),
        (("own",), [True]),
        (("projects",), []),
        (("covers_from",), float("inf")),
        (("cursor",), "soon"),
        (("cursor",), 1 << 63),
        (("missing",), [None]),
        (("unreadable",), [1]),
        (("unreadable",), {"SD-1": 5}),
    ],
)
def test_parts_that_do_not_fit_together_are_not_ours(path: tuple[Any, ...], value: object) -> None:
    """A checksum only says that nothing was changed since."""
    with pytest.raises(NotOurs):
        tickets_from_bytes(_with("tickets", path, value))


_PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats()
_ODD: Any = st.recursive(
    _PLAIN | st.text(max_size=8) | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", PACKED)
@given(st.data())
def test_hostile_content_is_read_or_not_ours_and_nothing_else(kind: str, data: st.DataObject) -> None:
    """No error of a library comes through, and what is taken for whole can be written again."""
    content = unpack(PACKED[kind], dict)
    path = [data.draw(st.sampled_from(sorted(content)))]
    inside = content[path[0]]
    while isinstance(inside, dict | list) and inside and data.draw(st.booleans()):
        steps = sorted(inside) if isinstance(inside, dict) else list(range(len(inside)))
        path.append(data.draw(st.sampled_from(steps)))
        inside = inside[path[-1]]
    hostile = _with(kind, tuple(path), data.draw(_ODD))

    try:
        if kind == "tickets":
            tickets_to_bytes(tickets_from_bytes(hostile))
        else:
            hours_to_bytes(hours_from_bytes(hostile))
    except NotOurs:
        pass


@pytest.mark.parametrize("body", [b"\x91" * 100_000, b"\xc1", b"", b"\x90", b"\x81\xa4kind\xa7tickets"])
def test_packed_bytes_that_hold_something_else_are_not_ours(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Depth without end, nothing at all, a list, or a kind and no more."""
    monkeypatch.setattr(msgspec.msgpack, "encode", lambda _: body)
    data = pack({})
    monkeypatch.undo()

    _refused(data)


def test_bytes_that_unpack_to_more_than_is_believed_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file must not fill the memory."""
    monkeypatch.setattr(encoding, "LARGEST", 100)

    _refused(PACKED["tickets"])


def test_all_clocks_are_kept() -> None:
    """Both, with what is wrong with each of their runs."""
    back = tickets_from_bytes(PACKED["tickets"])

    assert set(back.cycles) == set(SLA_NAMES)
    assert set(back.cycles["first_response"].defect.tolist()) == {2}
