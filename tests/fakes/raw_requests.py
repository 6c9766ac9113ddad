"""Requests byte by byte, as no library would send them."""

import http.client
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PATIENCE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0]


@contextmanager
def connection(url: str) -> Iterator[socket.socket]:
    """A connection to whoever listens at an address."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=_PATIENCE_S) as opened:
        yield opened


def request(method: str, path: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> bytes:
    """The bytes of a request; nothing of it is escaped, and characters beyond latin-1 are sent as UTF-8."""
    head = [f"{method} {path} HTTP/1.1", "Host: portal", "Connection: close"]
    head += [f"{name}: {value}" for name, value in headers]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def answered(opened: socket.socket, method: str = "GET") -> Answer:
    """What comes back on a connection.

    Raises:
        OSError, http.client.HTTPException: nothing does.
    """
    response = http.client.HTTPResponse(opened, method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def exchange(url: str, raw: bytes, method: str = "GET") -> Answer:
    """Send these bytes, as far as they are taken, and wait for the answer."""
    with connection(url) as opened:
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever is refused at the head need not be read out
            opened.sendall(raw)
        return answered(opened, method)
