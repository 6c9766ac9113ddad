"""A client's connection that holds no thread for long: whoever sends or takes in too slowly is given up.

```
PortalError
└── TooSlow    a request has not arrived in the time that it may take
```
"""

import errno
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from servicelevel.errors import PortalError

HEAD_S: Final = 10.0
"""What the head of a request may take from its first byte on."""
BODY_S: Final = 10.0
"""What its body may take from then on."""
CROWDED_S: Final = 1.0
"""What either may take while half of a worker's threads wait for clients already."""
SEND_S: Final = 60.0
"""What a client may take to accept one piece of an answer."""


class TooSlow(PortalError):
    """A request has not arrived in time."""

    def __init__(self) -> None:
        super().__init__("The request did not arrive in time.")


class Waiting:
    """How many threads of a worker wait for clients at the moment, and whether that is more than so many."""

    def __init__(self, most: int) -> None:
        self._most, self._count, self._lock = most, 0, threading.Lock()

    @contextmanager
    def one_more(self) -> Iterator[bool]:
        """Count this thread in: whether it is one too many."""
        with self._lock:
            self._count += 1
            crowded = self._count > self._most
        try:
            yield crowded
        finally:
            with self._lock:
                self._count -= 1


class ClientSocket(socket.socket):
    """A connection that waits for its client until a deadline, however many pieces come meanwhile."""

    def __init__(self, taken: socket.socket, waiting: Waiting) -> None:
        """Take a connection over; the socket given is of no use afterwards."""
        super().__init__(taken.family, taken.type, taken.proto, fileno=taken.detach())
        self._waiting = waiting
        self._began_s, self._until_s = 0.0, 0.0

    def begin(self, most_s: float) -> None:
        """From now on so many seconds may be spent waiting for the client."""
        self._began_s = time.monotonic()
        self._until_s = self._began_s + most_s

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """What has come, at most so many bytes; empty when the client has ended.

        Raises:
            TooSlow: nothing has come in the time that there was.
            TimeoutError: nothing has come in the time that `settimeout` gives, which is less.
            OSError: the connection is broken.
        """
        try:
            return super().recv(bufsize, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            given_s = self.gettimeout()
            if given_s == 0.0:
                raise
        with self._waiting.one_more() as crowded:
            until_s = min(self._until_s, self._began_s + CROWDED_S) if crowded else self._until_s
            left_s = until_s - time.monotonic()
            ready = select.poll()
            ready.register(self, select.POLLIN)
            if not ready.poll(max(left_s if given_s is None else min(left_s, given_s), 0.0) * 1000):
                raise TimeoutError if given_s is not None and given_s < left_s else TooSlow
        return super().recv(bufsize, flags | socket.MSG_DONTWAIT)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send everything.

        Raises:
            BrokenPipeError: the client has not accepted it in time.
            OSError: the connection is broken.
        """
        with self._given_time():
            super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file, as `socket.sendfile` does.

        Raises:
            BrokenPipeError: the client has accepted nothing for too long.
            OSError: the connection is broken.
        """
        with self._given_time():
            return super().sendfile(file, offset, count)

    @contextmanager
    def _given_time(self) -> Iterator[None]:
        before_s = self.gettimeout()
        if before_s is None:
            self.settimeout(SEND_S)
        try:
            yield
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client takes nothing in") from None
        finally:
            if self.fileno() >= 0:
                self.settimeout(before_s)
