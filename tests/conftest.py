"""What holds for every test."""

import pytest
from hypothesis import HealthCheck, settings

# How fast the machine is proves nothing: no deadline for a draw, no word about slow ones. The same draws each time.
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suite."""
    parser.addoption("--store-runs", type=int, default=0, help="drive the store so many times, with longer runs")
