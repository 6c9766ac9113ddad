"""Attributes of HTML whose names are no Python names: `**aria(label="Pages")`, `**data(opens="help")`."""

from typing import Any


def aria(**values: str) -> dict[str, Any]:
    """`aria-…` attributes; an underscore in a name becomes a hyphen."""
    return _prefixed("aria", values)


def data(**values: str) -> dict[str, Any]:
    """`data-…` attributes; an underscore in a name becomes a hyphen."""
    return _prefixed("data", values)


def _prefixed(prefix: str, values: dict[str, str]) -> dict[str, Any]:
    return {f"{prefix}-{name.replace('_', '-')}": value for name, value in values.items()}
