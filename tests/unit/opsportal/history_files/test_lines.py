"""JSON Lines lose nothing, whatever a snapshot holds."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from opsportal.history_files import Entry, Names, Reader
from opsportal.history_files_lines import is_lines, line, lines
from servicelevel.policy import Policy
from servicelevel.snapshot import Snapshot
from tests.unit.servicelevel.bounded import examples
from tests.unit.servicelevel.days import DESK, LAST, NOON

_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**53),
    float: st.floats(0, 1e12, allow_subnormal=True),
    str: st.text(max_size=8),
    bool: st.booleans(),
    date: st.dates(date(1990, 1, 2), LAST),
    type(None): st.none(),
}


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, however it is made of others."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(anything, inside))
    if origin is tuple:
        return st.lists(anything(inside[0]), max_size=2).map(tuple)
    if origin is Mapping:
        return st.dictionaries(anything(inside[0]), anything(inside[1]), max_size=2)
    assert isinstance(kind, type)
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    return st.builds(kind, **{each.name: anything(hints[each.name]) for each in fields(kind)})


SNAPSHOTS = st.builds(
    lambda made, score, share, taken_at: replace(made, queue="desk", score=score, coverage=share, taken_at=taken_at),
    anything(Snapshot),
    st.none() | st.floats(0, 100),
    st.floats(0, 1),
    st.integers(0, NOON),
)


@examples(60)
@given(st.lists(SNAPSHOTS, min_size=1, max_size=3, unique_by=lambda made: made.day))
def test_every_snapshot_comes_back_equal(tmp_path_factory: Any, made: list[Snapshot]) -> None:
    """Field by field, with every number to its last bit, whatever texts stand in it."""
    file: Path = tmp_path_factory.getbasetemp() / "history.jsonl"
    file.write_bytes(b"".join(map(line, made)))
    count, told = lines(file, Reader(Policy((DESK,)), Names(), lambda: NOON))

    assert is_lines(file)
    assert count == len(made)
    assert [each.snapshot for each in told if isinstance(each, Entry)] == made
