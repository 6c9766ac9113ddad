"""Servers and transports of the tests in this folder, ended with each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from pydantic import SecretStr

from datasource.login import Login
from datasource.transport import Transport
from tests.fakes.aws_servers import only_made_up
from tests.fakes.clock import StillClock, stop_the_clock
from tests.fakes.local_server import Answering, LocalServer, serving

SECRET = "canary-7f3a91"

Serve: TypeAlias = Callable[[Answering], LocalServer]
Connect: TypeAlias = Callable[..., Transport]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes transports that sign in with the canary and are closed in the end."""
    with ExitStack() as stack:

        def make(url: str, *, in_flight: int = 4, login: Login | None = None) -> Transport:
            transport = Transport(
                "Jira", url, login or Login.basic("ops@example.com", SecretStr(SECRET)), in_flight=in_flight
            )
            stack.callback(transport.close)
            return transport

        yield make


@pytest.fixture
def serve(connect: Connect) -> Iterator[Serve]:
    """Starts servers on loopback; the transports are closed only after them."""
    with ExitStack() as stack:
        yield lambda answering: stack.enter_context(serving(answering))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """Waiting takes no time and is remembered."""
    return stop_the_clock(monkeypatch)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Surroundings with made-up credentials and a region, for boto3; nobody's own settings get in."""
    return only_made_up(monkeypatch, tmp_path)
