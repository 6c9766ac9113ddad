"""Numbers as shown: to a tenth, half up in decimal, with parts that add up to their total."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import TypeVar

_TENTH = Decimal("0.1")
Name = TypeVar("Name", bound=str)


def _exact(value: float) -> Decimal:
    """The decimal a float stands for: arithmetic in binary leaves noise far below the ninth decimal."""
    return Decimal(repr(round(value, 9)))


def half_up(value: float) -> float:
    """To a tenth, halves up (75.25 → 75.3, −0.05 → 0.0)."""
    return float((_exact(value) + Decimal("0.05")).quantize(_TENTH, ROUND_FLOOR)) + 0.0


def apportion(parts: Mapping[Name, float], total: float) -> dict[Name, float]:
    """Parts to a tenth that add up to `total`, itself in tenths.

    Each is rounded down (toward −∞); the missing tenths go to the largest remainders, ties in the given order.
    """
    exact = {name: _exact(value) for name, value in parts.items()}
    shown = {name: value.quantize(_TENTH, ROUND_FLOOR) for name, value in exact.items()}
    missing = int((_exact(total) - sum(shown.values(), Decimal(0))) / _TENTH)
    by_remainder = sorted(shown, key=lambda name: shown[name] - exact[name])
    for name in by_remainder[:missing]:
        shown[name] += _TENTH
    return {name: float(value) + 0.0 for name, value in shown.items()}
