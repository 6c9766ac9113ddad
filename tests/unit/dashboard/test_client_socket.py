"""A connection to a client: how long it is waited for, and what becomes of one that is waited for in vain."""

import socket
from collections.abc import Iterator

import pytest

from dashboard import client_socket
from dashboard.client_socket import ClientSocket, TooSlow, Waiting

LONG_S = 1_000.0


@pytest.fixture
def ends() -> Iterator[tuple[ClientSocket, socket.socket]]:
    """Our end of a connection, and the client's."""
    ours, theirs = socket.socketpair()
    with ClientSocket(ours, Waiting(1)) as here, theirs:
        yield here, theirs


def test_what_has_come_is_there_whatever_the_time(ends: tuple[ClientSocket, socket.socket]) -> None:
    """Only waiting takes time; the end of the client is nothing to wait for either."""
    here, theirs = ends
    theirs.sendall(b"GET ")

    here.begin(0.0)
    assert here.recv(100) == b"GET "
    theirs.shutdown(socket.SHUT_WR)
    assert here.recv(100) == b""


def test_a_client_is_waited_for_until_the_deadline(ends: tuple[ClientSocket, socket.socket]) -> None:
    """A byte now and then does not move it."""
    here, theirs = ends
    here.begin(0.0)
    for _ in range(3):
        with pytest.raises(TooSlow):
            here.recv(100)
        theirs.sendall(b"x")
        assert here.recv(100) == b"x"


def test_less_time_may_be_given_for_one_look(ends: tuple[ClientSocket, socket.socket]) -> None:
    """As sockets do it: none at all, or so many seconds."""
    here, _ = ends
    here.begin(LONG_S)
    here.settimeout(0.0)
    with pytest.raises(BlockingIOError):
        here.recv(100)
    here.settimeout(0.001)
    with pytest.raises(TimeoutError):
        here.recv(100)


def test_one_too_many_is_not_waited_for_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """While as many threads wait as may, another one gives its client up sooner."""
    monkeypatch.setattr(client_socket, "CROWDED_S", 0.0)
    waiting = Waiting(1)
    ours, theirs = socket.socketpair()
    with ClientSocket(ours, waiting) as here, theirs, waiting.one_more() as crowded:
        assert not crowded
        here.begin(LONG_S)
        with pytest.raises(TooSlow):
            here.recv(100)


def test_a_client_that_takes_nothing_in_is_given_up(
    ends: tuple[ClientSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had gone, which is what servers know to handle."""
    monkeypatch.setattr(client_socket, "SEND_S", 0.01)
    here, theirs = ends

    with pytest.raises(BrokenPipeError):
        here.sendall(b"x" * 10_000_000)

    assert here.gettimeout() is None
    assert theirs.recv(10) == b"x" * 10
