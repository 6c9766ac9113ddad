"""Of the library of holidays only what a registry names is loaded, and it is the same as with all of it."""

import json
import subprocess
import sys
from typing import Any

import holidays
import pytest
from holidays.registry import EntityLoader

from datasource.registry.places import FIRST_YEAR, LAST_YEAR

_COUNTRIES = """
import json, sys
from datasource.registry.places import public_holidays
days = {code: sorted(map(str, public_holidays(code, None))) for code in json.load(sys.stdin)}
loaded = [name for name in sys.modules if name.startswith("holidays.countries.")]
print(json.dumps({"days": days, "loaded": loaded}))
"""


@pytest.mark.filterwarnings("ignore::UserWarning")  # of some calendars only a part of these years is known
def test_every_country_has_the_holidays_that_the_whole_library_gives_it() -> None:
    """Those that build upon another country too."""
    codes = sorted(EntityLoader.get_country_codes(include_aliases=False))
    assert len(codes) > 200
    days = _alone(codes)["days"]
    for code in codes:
        whole = holidays.country_holidays(code, years=range(FIRST_YEAR, LAST_YEAR + 1))
        assert days[code] == sorted(str(day) for day in whole if FIRST_YEAR <= day.year <= LAST_YEAR), code


def test_one_country_loads_that_one() -> None:
    """Puerto Rico with the United States, whose holidays it has."""
    assert _alone(["BR"])["loaded"] == ["holidays.countries.brazil"]
    assert set(_alone(["PR"])["loaded"]) == {"holidays.countries.puerto_rico", "holidays.countries.united_states"}


def _alone(codes: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _COUNTRIES],
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
