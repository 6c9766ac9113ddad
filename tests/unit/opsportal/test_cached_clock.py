"""The clock of the portal: the machine's, or one that stands where a setting puts it."""

import pytest

from opsportal import wiring
from opsportal.settings import SettingsError, load
from tests.factories import ms


def test_a_clock_stands_where_it_is_put() -> None:
    """With whatever offset the instant is written."""
    clock = wiring.clock_of(load({"PORTAL_CLOCK": "frozen:2026-11-23T09:00:00-03:00"}, env_file=None))

    assert clock() == clock() == ms("2026-11-23T12:00:00+00:00")


def test_without_the_setting_it_is_the_machines() -> None:
    """Nothing stands between."""
    assert wiring.clock_of(load({}, env_file=None)) is wiring.clock_ms


@pytest.mark.parametrize(
    "written", ["2026-11-23T12:00:00Z", "frozen:", "frozen:noon", "frozen:2026-11-23T12:00:00", "real"]
)
def test_anything_else_is_refused(written: str) -> None:
    """An instant without an offset would be another one on each machine."""
    with pytest.raises(SettingsError, match="expected `frozen:` and an instant"):
        load({"PORTAL_CLOCK": written}, env_file=None)
