from tests.history.living import SEED


def pytest_report_header() -> str:
    """Which days are deleted, and what is done to tickets, can be repeated."""
    return f"history: days and tickets are chosen by seed {SEED}"
