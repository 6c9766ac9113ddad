"""The shape of a JSON answer written down as a value, and where an answer departs from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

Json: TypeAlias = Any
Holds: TypeAlias = Callable[[Json], bool]


@dataclass(frozen=True, slots=True)
class Instant:
    """An ISO 8601 text with an offset."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as yyyy-mm-dd."""


@dataclass(frozen=True, slots=True)
class Word:
    """One of these texts."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """A shape, or null where the object it stands in allows that."""

    shape: "Shape"
    null_if: Holds


@dataclass(frozen=True, slots=True)
class Rows:
    """A list whose rows have one shape, sorted by a key of each row."""

    shape: "Shape"
    by: Callable[[Json], Any] | None = None


Shape: TypeAlias = (
    "type[int | float | str | bool] | Instant | Day | Word | Or | Rows | tuple[Any, ...] | dict[str, Any]"
)
"""str, bool, int or float (which takes whole numbers as well), an object by its keys, a list of fixed length, or one
of the above."""


def word(*words: str) -> Word:
    """One of these texts."""
    return Word(words)


def reasoned(shape: Shape, reason: str) -> Or:
    """A shape, or null with a text beside it under that key."""
    return Or(shape, lambda beside: isinstance(beside[reason], str) and bool(beside[reason]))


def optional(shape: Shape) -> Or:
    """A shape, or null for a reason that needs no word: nobody, nothing, not yet."""
    return Or(shape, lambda beside: beside is not None)


def departures(value: Json, shape: Shape, path: str = "", beside: Json = None) -> Iterator[str]:
    """One line for each place where a value is not as the shape says; keys that the shape does not name are free."""
    match shape:
        case Or(inner, null_if):
            if value is not None:
                yield from departures(value, inner, path, beside)
            elif not null_if(beside):
                yield f"{path}: null without its reason"
        case dict():
            yield from _object(value, shape, path)
        case Rows(inner, by):
            yield from _rows(value, inner, by, path)
        case tuple():
            if not isinstance(value, list) or len(value) != len(shape):
                yield f"{path}: {value!r} is no list of {len(shape)}"
                return
            for i, (one, inner) in enumerate(zip(value, shape, strict=True)):
                yield from departures(one, inner, f"{path}[{i}]", beside)
        case _ if not _is(value, shape):
            yield f"{path}: {value!r} is not {shape}"


def _object(value: Json, shape: dict[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    for key, inner in shape.items():
        if key in value:
            yield from departures(value[key], inner, f"{path}.{key}", value)
        else:
            yield f"{path}.{key}: nothing"


def _rows(value: Json, inner: Shape, by: Callable[[Json], Any] | None, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    wrong = [line for i, row in enumerate(value) for line in departures(row, inner, f"{path}[{i}]")]
    yield from wrong
    if by is not None and not wrong and (keys := [by(row) for row in value]) != sorted(keys):
        yield f"{path}: not sorted: {keys!r}"


def _is(value: Json, shape: Shape) -> bool:
    match shape:
        case Instant():
            return isinstance(value, str) and _parses(value, lambda text: datetime.fromisoformat(text).utcoffset())
        case Day():
            return isinstance(value, str) and len(value) == 10 and _parses(value, date.fromisoformat)
        case Word(words):
            return value in words
    if shape is bool or isinstance(value, bool):
        return shape is bool and isinstance(value, bool)
    return isinstance(value, int | float) if shape is float else isinstance(value, shape)  # type: ignore[arg-type]


def _parses(text: str, read: Callable[[str], Any]) -> bool:
    try:
        return read(text) is not None
    except ValueError:
        return False
