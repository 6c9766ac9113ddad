"""`opsportal registry validate` on files and on objects in S3."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from opsportal.cli import commands
from tests.unit.datasource.registry.examples import changed
from tests.unit.datasource.registry.s3_place import S3Place

_ROOT = Path(__file__).parents[4]


def _validated(*words: str) -> Result:
    return CliRunner().invoke(commands, ["registry", "validate", *words])


def test_a_registry_in_s3_is_validated(s3: S3Place) -> None:
    """By its address."""
    result = _validated(s3.uri)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{s3.uri} is in order: 2 queues.")


def test_the_registry_of_the_settings_may_be_in_s3(s3: S3Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one that is validated when none is named."""
    monkeypatch.setenv("QUEUE_REGISTRY", s3.uri)

    assert _validated().stdout.startswith(f"{s3.uri} is in order")


def test_the_problems_of_a_registry_in_s3_are_listed(s3: S3Place) -> None:
    """As those of a file are."""
    s3.write(changed("queues", 0, "id", to="A B"))
    result = _validated(s3.uri)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == f"{s3.uri} cannot be used:"
    assert "queues[0].id" in result.stderr


def test_an_address_without_a_key_is_one_message(s3: S3Place) -> None:
    """Not a traceback."""
    result = _validated("s3://bucket")

    assert result.exit_code == 1
    assert "s3://bucket/key" in result.stderr


def test_commands_on_files_do_not_load_boto3() -> None:
    """It takes longer to load than they take to run."""
    program = (
        "import sys; from opsportal.wiring import registry; registry('demo/queue_registry.json').read(); "
        "print({'boto3', 'botocore'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=_ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout == "set()\n"
