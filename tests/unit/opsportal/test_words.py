"""Numbers as a terminal prints them: what is not known is a dash, never a zero."""

import pytest

from opsportal.words import MINUS, UNKNOWN, business_time, count, number, percent, points, signed


def test_what_is_not_known_is_a_dash() -> None:
    """In every form."""
    assert {percent(None), points(None), number(None), business_time(None)} == {UNKNOWN}


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.0%"), (1.0, "100.0%"), (0.9549, "95.5%"), (0.00049, "0.0%"), (1 / 3, "33.3%")]
)
def test_ratios(value: float, text: str) -> None:
    """As a percentage to a tenth."""
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0"), (0.04, "0.0"), (-0.04, "0.0"), (3.25, "+3.2"), (-6.8, f"{MINUS}6.8"), (100, "+100.0")],
)
def test_movements_have_a_sign_unless_nothing_moved(value: float, text: str) -> None:
    """A rounded nothing has none."""
    assert signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (12345, "12,345"),
        (2.5, "2.5"),
        (2.04, "2"),
        (-3, f"{MINUS}3"),
        (-1234.56, f"{MINUS}1,234.6"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    """Thousands apart, a tenth only where there is one."""
    assert number(value) == text


@pytest.mark.parametrize(("n", "text"), [(0, "0 tickets"), (1, "1 ticket"), (2, "2 tickets"), (1200, "1,200 tickets")])
def test_counted_things(n: int, text: str) -> None:
    """One is one."""
    assert count(n, "ticket") == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0m"),
        (59_999, "0m"),
        (60_000, "1m"),
        (3_599_999, "59m"),
        (3_600_000, "1h 00m"),
        (14_700_000, "4h 05m"),
        (-14_700_000, f"{MINUS}4h 05m"),
        (3_600_000 * 1234, "1,234h 00m"),
    ],
)
def test_business_time(ms: int, text: str) -> None:
    """Hours and whole minutes that have passed."""
    assert business_time(ms) == text
