"""docs/dependencies.md: every library that the portal asks for itself is in it, and none of them is given up."""

import re
import tomllib
from datetime import date
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import pytest
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from packaging.requirements import Requirement

from scripts.licences import licence_of
from scripts.pins import pins_of

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT: Final = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
ROWS: Final = {
    name: (purpose, month, licence)
    for name, purpose, month, licence in re.findall(
        r"^\| `([\w-]+)` \| (.+) \| (\d{4}-\d{2}) \| (.+) \|$", PAGE.partition("\n## ")[0], re.MULTILINE
    )
}
OLDEST_MONTHS: Final = 24


def test_the_table_has_what_the_portal_asks_for() -> None:
    """The dependencies of pyproject.toml, each of which the lock of the portal pins."""
    asked = {Requirement(text).name for text in tomllib.loads(PROJECT)["project"]["dependencies"]}

    assert ROWS.keys() == asked
    assert asked <= {pin.name for pin in pins_of(ROOT / "requirements" / "runtime.txt")}


@pytest.mark.parametrize("name", ROWS)
def test_a_library_is_looked_after(name: str) -> None:
    """Its last release is no more than 24 months older than the day on which the table was made."""
    found = re.search(r"looked up on (\d{4}-\d{2}-\d{2})", PAGE)
    assert found is not None
    day = date.fromisoformat(found[1])
    year, month = map(int, ROWS[name][1].split("-"))

    age_months = (day.year - year) * 12 + day.month - month
    assert 0 <= age_months <= OLDEST_MONTHS


@pytest.mark.parametrize("name", ROWS)
def test_what_a_library_is_for_and_its_licence_are_told_as_they_are(name: str) -> None:
    """As pyproject.toml says, and as the library says of itself."""
    purpose, _, licence = ROWS[name]
    (told,) = [line for line in PROJECT.splitlines() if re.match(rf' +"{name}[\[=<>~]', line) and "# " in line][:1]
    first = licence_of(distribution(name))[0]

    assert purpose == told.partition("# ")[2]
    if isinstance(first, LicenseExpression):
        assert licence == first.value
    else:
        assert isinstance(first, DisjunctiveLicense)
        assert licence == (first.id or first.name)


def test_the_image_is_built_on_a_base_that_can_be_named_for_good() -> None:
    """Every stage starts from the one argument, which takes a digest."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert re.findall(r"^ARG (BASE_IMAGE)=", dockerfile, re.MULTILINE) == ["BASE_IMAGE"]
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${BASE_IMAGE}"}
    assert "--build-arg BASE_IMAGE=python:3.13-slim@sha256:" in PAGE


def test_only_what_is_pinned_by_its_hashes_gets_into_the_image() -> None:
    """No step of the build installs anything by name."""
    steps = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    dockerfile = re.sub(r"\\\n\s*", "", steps)
    installs = re.findall(r"\bpip\b[^&\n]* install [^&\n]*", dockerfile)

    assert len(installs) == 3
    for each in installs:
        assert ("--require-hashes" in each and "-r requirements/" in each) or "--no-deps --no-build-isolation" in each
