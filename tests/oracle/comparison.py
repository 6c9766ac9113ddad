"""Where two reports differ: every number of the one that is expected, against the other."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import isclose
from typing import Any

_KEYS_SHOWN = 100
_IDENTITY = {
    "analysts": "id",
    "by_analyst": "id",
    "by_priority": "priority",
    "by_type": "type",
    "quality": "rule",
    "movement": "name",
}
"""Lists whose rows are told apart by a value, whatever their order; all others are compared in order."""


def differences(found: Any, expected: Any, path: str = "") -> Iterator[str]:
    """One line for each value of `expected` that `found` does not have; what only `found` has is no difference.

    Counts, words and instants are compared exactly, other decimals to nine digits. A set is compared with a list that
    may show the first hundred only. A row of one side alone is no difference when it counts nothing.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                yield f"{path}.{key}: nothing, expected {value!r}"
            else:
                yield from differences(found[key], value, f"{path}.{key}")
    elif isinstance(expected, set) and isinstance(found, list):
        if len(set(found)) != min(len(expected), _KEYS_SHOWN) or not set(found) <= expected:
            yield f"{path}: {found!r}, expected {sorted(expected)!r}"
    elif isinstance(expected, list | tuple) and isinstance(found, list):
        identity = _IDENTITY.get(path.rpartition(".")[2])
        yield from _in_order(found, expected, path) if identity is None else _by(identity, found, expected, path)
    elif not _same(found, expected):
        yield f"{path}: {found!r}, expected {expected!r}"


def _in_order(found: list[Any], expected: Sequence[Any], path: str) -> Iterator[str]:
    if len(found) != len(expected):
        yield f"{path}: {len(found)} rows, expected {len(expected)}"
    for i, (one, other) in enumerate(zip(found, expected, strict=False)):
        yield from differences(one, other, f"{path}[{i}]")


def _by(identity: str, found: list[Any], expected: Sequence[Any], path: str) -> Iterator[str]:
    sides = [{row[identity]: row for row in rows} for rows in (found, expected)]
    for side, rows in zip(sides, (found, expected), strict=True):
        if len(side) != len(rows):
            yield f"{path}: {identity} twice in {[row[identity] for row in rows]!r}"
    for name in {**sides[0], **sides[1]}:
        one, other = (side.get(name) for side in sides)
        if one is not None and other is not None:
            yield from differences(one, other, f"{path}[{name}]")
        elif _counts_something(one or other):
            yield f"{path}[{name}]: {one!r}, expected {other!r}"


def _counts_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_counts_something(one) for one in value.values())
    return isinstance(value, int | float) and not isinstance(value, bool) and value != 0


def _same(found: Any, expected: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return found is expected
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(expected, str) and isinstance(found, str) and "T" in expected and expected[:4].isdigit():
        return datetime.fromisoformat(found) == datetime.fromisoformat(expected)
    return bool(found == expected)
