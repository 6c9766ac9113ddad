"""A server on loopback whose every answer a test decides, and that remembers what it was asked."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DATE = "Mon, 23 Nov 2026 12:00:00 GMT"
"""When every answer says that it was made, unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. A body in parts is sent part by part; with `cut` the connection ends before the body does."""

    body: bytes | Iterable[bytes] = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


Answering = Callable[[Asked], Reply]


class LocalServer(ThreadingHTTPServer):
    """Answers by calling `answering`; `asked` lists the requests, `peak` is the most that were under way at once."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering
        self.asked: list[Asked] = []
        self.peak = 0
        self._lock, self._under_way = threading.Lock(), 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply(self, asked: Asked) -> Reply:
        """Count a request and answer it."""
        with self._lock:
            self.asked.append(asked)
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)
        try:
            return self.answering(asked)
        finally:
            with self._lock:
                self._under_way -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Readers that leave early are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    disable_nagle_algorithm = True
    server: LocalServer

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the inherited name
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.reply(Asked(self.command, parts.path, parse_qs(parts.query), headers, body))
        pieces = [reply.body] if isinstance(reply.body, bytes) else reply.body
        said = {name.lower() for name in reply.headers}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items() if value]
        if "date" not in said:
            lines.append(f"Date: {DATE}")
        if "content-type" not in said:
            lines.append("Content-Type: application/json")
        if "content-length" not in said and isinstance(reply.body, bytes):
            lines.append(f"Content-Length: {len(reply.body) + (100 if reply.cut else 0)}")
        elif not isinstance(reply.body, bytes) or reply.cut:
            self.close_connection = True
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = self.close_connection or reply.cut


@contextmanager
def serving(answering: Answering) -> Iterator[LocalServer]:
    """Serve from a thread while the block runs."""
    server = LocalServer(answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
