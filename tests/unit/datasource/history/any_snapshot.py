"""Snapshots that nobody thought of: every field drawn by its type."""

import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from servicelevel.snapshot import Snapshot

_PLAIN: dict[object, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=8),
    bool: st.booleans(),
    date: st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    types.NoneType: st.none(),
}


def snapshots_of(queue: str) -> st.SearchStrategy[list[Snapshot]]:
    """A few days of a queue, none twice."""
    one = _of(Snapshot, queue=st.just(queue))
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda row: row.day)


def _of(kind: Any, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{name: _of(hint) for name, hint in hints.items()} | fixed)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, types.UnionType):
        return st.one_of([_of(part) for part in parts])
    if origin is tuple:
        return st.lists(_of(parts[0]), max_size=3).map(tuple)
    if origin is Mapping:
        return st.dictionaries(_of(parts[0]), _of(parts[1]), max_size=3)
    raise TypeError(f"no values of {kind} are known")
