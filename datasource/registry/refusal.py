"""How the parts of the model refuse a value: with the sentence that says what was expected."""

from collections.abc import Callable
from typing import Any

from pydantic_core import PydanticCustomError

REFUSED = "registry_refused"
"""The type of such an error among pydantic's own."""


def refusal(expected: str, nearest: str | None = None) -> PydanticCustomError:
    """The error to raise in a validator. `expected` completes "expected …" and has no full stop."""
    # Braces in the template would be read as places to fill, so the sentence travels beside it.
    return PydanticCustomError(REFUSED, "refused", {"expected": expected, "nearest": nearest})


def text_of(value: Any, expected: str) -> str:
    """The value if it is a text.

    Raises:
        PydanticCustomError: it is something else.
    """
    if not isinstance(value, str):
        raise refusal(expected)
    return value


def not_empty(expected: str) -> Callable[[Any], Any]:
    """A validator of lists that must hold something, to stand before those of their entries."""

    def check(value: Any) -> Any:
        if value == []:
            raise refusal(expected)
        return value

    return check


def each_once(expected: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A validator of lists in which nothing stands twice."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(set(values)) < len(values):
            raise refusal(expected)
        return values

    return check
