"""Reports as plain values, so that two of them can be compared whole."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"


def plain(value: object, *, leave_out: frozenset[str] = frozenset()) -> Plain:
    """Dataclasses as dictionaries, arrays and tuples as lists, all the way down; some fields left out by name."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value) if field.name not in leave_out]
        return {name: plain(getattr(value, name), leave_out=leave_out) for name in fields}
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), leave_out=leave_out)
    if isinstance(value, Mapping):
        return {repr(key): plain(item, leave_out=leave_out) for key, item in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Sequence | frozenset):
        return [plain(item, leave_out=leave_out) for item in value]
    return repr(value)
