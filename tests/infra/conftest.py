"""What the tests of the infrastructure share: the tools they need, of which a build server lacks none."""

from collections.abc import Iterator
from typing import Final, TypeVar

import pytest

from demo.options import Options
from demo.server import Demo, start
from tests.fakes.small_demo import NOON, SIZES
from tests.infra.needing import needed
from tests.infra.terraform import NotHere, Terraform, terraform

for _contract in ("container", "edge", "keeping", "permission", "plan", "sign_in"):
    pytest.register_assert_rewrite(f"tests.infra.{_contract}_contract")

_LIFETIME_S: Final = 3600

_Tool = TypeVar("_Tool")


def required(found: _Tool | NotHere) -> _Tool:
    """The tool; without it a build server fails, and another machine skips and says why."""
    needed(found.reason if isinstance(found, NotHere) else None)
    assert not isinstance(found, NotHere)
    return found


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform with its provider."""
    return required(terraform(tmp_path_factory.mktemp("provider")))


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Jira and Tempo for as long as an apply may take."""
    with start(Options(clock=f"frozen:{NOON}", sizes=SIZES, lifetime_s=_LIFETIME_S)) as running:
        yield running
