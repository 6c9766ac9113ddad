"""The address of a history taken apart, and what is said of one that names none."""

import subprocess
import sys
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal import wiring
from opsportal.history_place import DynamoDbPlace, SqlitePlace, history_place
from opsportal.settings import SettingsError, load


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("sqlite:///history.db", SqlitePlace(Path("history.db"))),
        ("sqlite:////var/lib/ops portal/history.db", SqlitePlace(Path("/var/lib/ops portal/history.db"))),
        ("dynamodb://opsportal?region=eu-west-1", DynamoDbPlace("opsportal", "eu-west-1")),
        (
            "dynamodb://Ops.portal_1-x?ttl_days=1095&region=us-gov-west-1",
            DynamoDbPlace("Ops.portal_1-x", "us-gov-west-1", 1095),
        ),
        ("dynamodb://abc?region=ap-southeast-2&ttl_days=1", DynamoDbPlace("abc", "ap-southeast-2", 1)),
    ],
)
def test_an_address_names_a_file_or_a_table(address: str, place: SqlitePlace | DynamoDbPlace) -> None:
    """A fourth slash begins an absolute path; the case of a table's name counts."""
    assert history_place(address) == place
    assert load({"HISTORY_URL": address}, env_file=None).history_url == address


@pytest.mark.parametrize(
    ("address", "found", "expected"),
    [
        ("history.db", "no address", "sqlite:///history.db or dynamodb://"),
        ("sqlite://history.db", "sqlite://…", "sqlite:///history.db"),
        ("sqlite:///", "sqlite://…", "sqlite:///history.db"),
        ("sqlite:///history\n.db", "sqlite://…", "sqlite:///history.db"),
        ("postgres://hushhush@host/db", "postgres://…", "sqlite:///history.db"),
        ("dynamodb://?region=eu-west-1", "what cannot be the name of a table", "3 to 255 letters"),
        ("dynamodb://ab?region=eu-west-1", "what cannot be the name of a table", "3 to 255 letters"),
        ("dynamodb://hushhush:x@table?region=eu-west-1", "what cannot be the name of a table", "variables of AWS"),
        ("dynamodb://host:8000?region=eu-west-1", "what cannot be the name of a table", "variables of AWS"),
        ("dynamodb://table/?region=eu-west-1", "what cannot be the name of a table", "dynamodb://table?region"),
        ("dynamodb://table?region=eu-west-1#x", "what cannot be the name of a table", "dynamodb://table?region"),
        ("dynamodb://table", "no region of AWS", "?region=eu-west-1"),
        ("dynamodb://table?region=", "no region of AWS", "?region=eu-west-1"),
        ("dynamodb://table?region=Ireland", "no region of AWS", "?region=eu-west-1"),
        ("dynamodb://table?region=eu-west-1&region=eu-west-2", "or twice", "region and ttl_days once"),
        ("dynamodb://table?region=eu-west-1&secret_key=hushhush", "not known", "region and ttl_days once"),
        ("dynamodb://table?region=eu-west-1&ttl_days=0", "an odd ttl_days", "1 to 36500"),
        ("dynamodb://table?region=eu-west-1&ttl_days=36501", "an odd ttl_days", "1 to 36500"),
        ("dynamodb://table?region=eu-west-1&ttl_days=3 years", "an odd ttl_days", "ttl_days=1095"),
        ("dynamodb://table?region=eu-west-1&ttl_days=", "an odd ttl_days", "ttl_days=1095"),
    ],
)
def test_an_address_that_names_nothing_is_refused(address: str, found: str, expected: str) -> None:
    """In one line with what was expected; nothing that may be a secret is shown again."""
    with pytest.raises(SettingsError) as raised:
        load({"HISTORY_URL": address}, env_file=None)

    (problem,) = raised.value.problems
    assert problem.startswith("HISTORY_URL: found ")
    assert found in problem
    assert expected in problem
    assert "hushhush" not in problem


def test_a_file_is_opened_where_the_address_says(tmp_path: Path) -> None:
    """And not before it is asked something."""
    file = tmp_path / "days" / "history.db"
    history = wiring.history(load({"HISTORY_URL": f"sqlite:///{file}"}, env_file=None))

    assert isinstance(history, SqliteHistory)
    assert not file.exists()
    assert history.days("desk") == {}
    assert file.exists()


def test_only_a_table_needs_boto3() -> None:
    """It takes longer to load than most commands take to run."""
    program = """
import sys
from opsportal import wiring
from opsportal.settings import load

for address in ("sqlite:///never-opened.db", "dynamodb://table?region=eu-west-1"):
    history = wiring.history(load({"HISTORY_URL": address}, env_file=None))
    print(type(history).__name__, "boto3" in sys.modules)
"""
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)

    assert answer.stdout.splitlines() == ["SqliteHistory False", "DynamoDbHistory True"]
