"""Servers that the tests of this folder share."""

from collections.abc import Iterator

import pytest

from tests.fakes.aws_servers import ministack_server, moto_server
from tests.unit.datasource.history.seen import Seen, watched


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """A client of a moto."""
    with moto_server() as url, watched(url, tmp_path_factory.mktemp("moto")) as seen:
        yield seen


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """A client of a ministack."""
    folder = tmp_path_factory.mktemp("ministack")
    with ministack_server(folder) as url, watched(url, folder) as seen:
        yield seen
