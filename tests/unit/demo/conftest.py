"""Running demos that tests share: they only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.options import Options
from tests.unit.demo.reader import NOON, SMALL, Reader, ServerReader, reading, server_reading


@pytest.fixture(scope="session")
def small() -> Iterator[Reader]:
    """A demo with small queues whose clock stands."""
    with reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        yield reader


@pytest.fixture(scope="session")
def server() -> Iterator[ServerReader]:
    """The same small demo as Data Center."""
    with server_reading(Options(clock=f"frozen:{NOON}", sizes=SMALL)) as reader:
        yield reader


@pytest.fixture(scope="session")
def fleet() -> Iterator[Reader]:
    """The demo as people see it, with its clock standing."""
    with reading(Options(clock=f"frozen:{NOON}")) as reader:
        yield reader
