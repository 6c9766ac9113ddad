from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelevel.rounding import apportion, half_up
from tests.unit.servicelevel.bounded import examples


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (75.25, 75.3),
        (75.249999, 75.2),
        (0.05, 0.1),
        (-0.05, 0.0),
        (-0.06, -0.1),
        (2.675, 2.7),
        (0.15, 0.2),
        (1.45, 1.5),
        (0.35 - 0.1 * 3, 0.1),
    ],
)
def test_halves_are_rounded_up_in_decimal(value: float, shown: float) -> None:
    """A half goes up whatever its binary form and its sign."""
    assert half_up(value) == shown


def test_no_negative_zero_is_shown() -> None:
    """A part that rounds to nothing carries no sign."""
    assert str(half_up(-0.01)) == "0.0"
    assert str(apportion({"a": -0.01, "b": 0.02}, 0.0)) == "{'a': 0.0, 'b': 0.0}"


def test_missing_tenths_go_to_the_largest_remainders() -> None:
    """Parts are rounded down first, negative ones too; then the largest remainders are served, ties in order."""
    assert apportion({"a": 1.14, "b": 1.19, "c": 1.17}, 3.5) == {"a": 1.1, "b": 1.2, "c": 1.2}
    assert apportion({"a": 1.15, "b": 1.15}, 2.3) == {"a": 1.2, "b": 1.1}
    assert apportion({"a": -0.55, "b": 0.75}, 0.2) == {"a": -0.5, "b": 0.7}


@examples(300)
@given(st.lists(st.floats(-60, 60).map(lambda x: round(x, 6)), min_size=1, max_size=8))
def test_parts_add_up_to_their_total(values: list[float]) -> None:
    """In whole tenths the parts are the total, and none is further than a tenth from what it stands for."""
    parts = {str(i): value for i, value in enumerate(values)}
    total = half_up(sum(values))

    shown = apportion(parts, total)

    assert sum(round(part * 10) for part in shown.values()) == round(total * 10)
    for name, part in shown.items():
        low = Decimal(str(parts[name])).quantize(Decimal("0.1"), ROUND_FLOOR)
        assert round(part * 10) - int(low * 10) in (0, 1)
