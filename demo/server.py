"""The demo's one HTTP server: Jira at /, Tempo Cloud under /tempo/4, its own control under /demo."""

from __future__ import annotations

import select
import socket
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from demo.application import Application
from demo.clock import Clock, iso
from demo.credentials import credentials
from demo.exchange import WHOLE, Answer, Delivery, ask, problem
from demo.options import Options
from demo.site import Site, build_site

if TYPE_CHECKING:
    from typing_extensions import override
else:
    # The standard library has this decorator from Python 3.12 on.
    F = TypeVar("F", bound=Callable[..., Any])

    def override(function: F) -> F:
        """Mark a method as replacing an inherited one."""
        return function


HOST = "127.0.0.1"
REGISTRY = Path(__file__).resolve().parent / "queue_registry.json"
"""The queue registry that fits the demo's eight queues."""

_LARGEST_BODY = 4 * 1024 * 1024
_WORTH_PACKING = 1024
_IDLE_S = 120.0
_DRIP_S = 0.1


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo and how to reach it; credentials that its dialect does not know are empty."""

    jira_base_url: str
    tempo_base_url: str
    clock: Clock
    application: Application
    email: str
    jira_api_token: str
    jira_pat: str
    tempo_api_token: str
    registry: Path = REGISTRY

    @property
    def dialect(self) -> str:
        """Which Jira this is: `cloud` or `datacenter`."""
        return self.site.dialect.name

    @property
    def site(self) -> Site:
        """What the answers are made from."""
        return self.application.site

    def as_dict(self) -> dict[str, object]:
        """What a program needs to use the demo."""
        return {
            "dialect": self.dialect,
            "jira_base_url": self.jira_base_url,
            "tempo_base_url": self.tempo_base_url,
            "email": self.email,
            "jira_api_token": self.jira_api_token,
            "jira_pat": self.jira_pat,
            "tempo_api_token": self.tempo_api_token,
            "registry": str(self.registry),
            "now": iso(self.clock.now_ms()),
        }


@contextmanager
def start(options: Options) -> Iterator[Demo]:
    """Serve a demo from a thread of this process until the block ends or its lifetime is over.

    All tickets of the present are drawn before the block begins, so that the first answer is as quick as the others.

    Raises:
        ClockError: the clock cannot be read.
        SizeError: a size is not possible.
        OSError: the port is taken.
    """
    clock = Clock(options.clock)
    application = Application(build_site(options), clock, options.latency, options.burst)
    application.site.world.warm(clock.now_ms())
    server = _Server(options.port, application)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="demo", daemon=True)
    timer = threading.Timer(options.lifetime_s, server.shutdown)
    timer.daemon = True
    thread.start()
    timer.start()
    base_url = f"http://{HOST}:{server.server_address[1]}"
    try:
        known = credentials(application.site.dialect)
        yield Demo(
            jira_base_url=base_url,
            tempo_base_url=f"{base_url}/tempo/4" if application.site.dialect.is_cloud else base_url,
            clock=clock,
            application=application,
            email=known.email,
            jira_api_token=known.jira_api_token,
            jira_pat=known.jira_pat,
            tempo_api_token=known.tempo_api_token,
        )
    finally:
        timer.cancel()
        application.stop()
        server.shutdown()
        server.close_connections()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """Listens on loopback; knows its open connections, so that it can end at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: Application) -> None:
        self.application = application
        self.name = "AtlassianEdge" if application.site.dialect.is_cloud else "nginx"
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def close_connections(self) -> None:
        """End the conversations that are still open."""
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was quicker

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a reader that left is no error
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads requests, writes each answer in one piece."""

    protocol_version = "HTTP/1.1"
    sys_version = ""
    timeout = _IDLE_S
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._serve()

    @override
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the inherited name
        """Say nothing: the counts are under /demo/stats."""

    def _serve(self) -> None:
        application = self.server.application
        at_ms = application.clock.now_ms()
        body = self._body()
        if body is None:
            self._write(problem(413, "The request is too large, or does not say how large it is."), at_ms)
            self.close_connection = True
            return
        asked = ask(
            self.command,
            self.path,
            authorization=self.headers.get("Authorization"),
            body=body,
            base_url=f"http://{HOST}:{self.server.server_address[1]}",
            at_ms=at_ms,
        )
        self._write(application.answer(replace(asked, gone=self._is_gone)), at_ms)

    def _is_gone(self) -> bool:
        """Whether the other side has left."""
        ready, _, _ = select.select([self.connection], [], [], 0)
        return bool(ready) and not self.connection.recv(1, socket.MSG_PEEK)

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding"):
            return None
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            return None
        return self.rfile.read(int(length))

    def _write(self, answer: Answer, at_ms: int) -> None:
        if answer.delivery.silent:
            self.close_connection = True
            return
        body = answer.body.encode()
        headers = [("Content-Type", answer.content_type), ("Cache-Control", "no-cache, no-store, no-transform")]
        headers += [("Vary", "Accept-Encoding"), *answer.headers]
        if len(body) >= _WORTH_PACKING and "gzip" in self.headers.get("Accept-Encoding", ""):
            packer = zlib.compressobj(1, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
            headers.append(("Content-Encoding", "gzip"))
        status = HTTPStatus(answer.status)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"Date: {formatdate(at_ms / 1000, usegmt=True)}"]
        lines += [f"Server: {self.server.name}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if answer.delivery is WHOLE:
            self.wfile.write(head + body)
            self.wfile.flush()
        else:
            self._drip(head, body, answer.delivery)

    def _drip(self, head: bytes, body: bytes, delivery: Delivery) -> None:
        """Send part of the body, or all of it slowly: in pieces, for as long as the other side listens."""
        sent = body[: int(len(body) * delivery.share)]
        pieces = max(1, min(len(sent), round(delivery.seconds / _DRIP_S)))
        size = -(-len(sent) // pieces)
        self.wfile.write(head)
        for start in range(0, len(sent), max(1, size)):
            self.wfile.flush()
            if delivery.seconds and self.server.application.stopping.wait(delivery.seconds / pieces):
                break
            self.wfile.write(sent[start : start + size])
        self.wfile.flush()
        self.close_connection = self.close_connection or delivery.share < 1
