"""A door before Jira: it passes requests on, remembers each, and can be held shut while requests wait behind it."""

import http.client
import json
import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

_PROJECT: Final = re.compile(r'project in \("([A-Z]+)"')
_SEARCH: Final = "/rest/api/3/search/jql"
_LOOK_S: Final = 0.05
_PATIENCE_S: Final = 150
_OURS: Final = {"content-length", "connection", "transfer-encoding"}


@dataclass(slots=True)
class Call:
    """One request. `project` is the one that a search names; instants are seconds of the monotonic clock."""

    method: str
    path: str
    project: str | None
    further: bool
    request_id: str | None
    client_port: int
    began: float
    ended: float | None = None
    status: int | None = None
    size: int = 0

    @property
    def begins_a_read(self) -> bool:
        """Whether it is the first page of a search for a queue's tickets."""
        return self.path == _SEARCH and self.project is not None and not self.further


@dataclass(slots=True)
class Relay:
    """What stands between portal and Jira; `url` is where the portal finds it."""

    url: str = ""
    behind: str = ""
    _calls: list[Call] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: threading.Event = field(default_factory=threading.Event)
    _shuts_at: str | None = None

    def shut(self) -> None:
        """Let nothing pass from now on; requests wait."""
        self._open.clear()

    def shut_at(self, project: str) -> None:
        """Shut as soon as a read of this project's tickets arrives, with that request behind the door."""
        self._shuts_at = project

    def open(self) -> None:
        """Let everything pass, also what waits."""
        self._shuts_at = None
        self._open.set()

    @property
    def is_shut(self) -> bool:
        """Whether requests wait."""
        return not self._open.is_set()

    @property
    def calls(self) -> list[Call]:
        """Every request so far, in the order they came."""
        with self._lock:
            return list(self._calls)

    @property
    def waiting(self) -> list[Call]:
        """The requests that are under way now."""
        return [call for call in self.calls if call.ended is None]

    def reads(self, project: str, since: float = 0.0) -> list[Call]:
        """The reads of a project's tickets that began at or after an instant."""
        return [call for call in self.calls if call.project == project and call.begins_a_read and call.began >= since]

    def arrived(self, call: Call) -> None:
        """Remember a request."""
        with self._lock:
            self._calls.append(call)
            if call.begins_a_read and call.project == self._shuts_at:
                self._shuts_at = None
                self._open.clear()

    def wait(self, connection: socket.socket) -> bool:
        """Hold a request while the door is shut; whether the other side is still there afterwards."""
        while not self._open.wait(_LOOK_S):
            ready, _, _ = select.select([connection], [], [], 0)
            if ready and not connection.recv(1, socket.MSG_PEEK):
                return False
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed worker leaves its requests behind, and Jira breaks off some of its answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Pass a GET on."""
        self._pass_on()

    def do_POST(self) -> None:
        """Pass a POST on."""
        self._pass_on()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the inherited name
        """Say nothing."""

    def _pass_on(self) -> None:
        relay, body = self.server.relay, self.rfile.read(int(self.headers.get("Content-Length", "0")))
        call = self._told(body)
        relay.arrived(call)
        self.close_connection = True  # whatever breaks off below
        try:
            if not relay.wait(self.connection):
                return
            answer, content = _asked(relay.behind, self.command, self.path, dict(self.headers.items()), body)
            call.status, call.size = answer.status, len(content)
            lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", f"Content-Length: {len(content)}"]
            lines += [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in _OURS]
            self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + content)
            self.wfile.flush()
            self.close_connection = False
        finally:
            call.ended = time.monotonic()

    def _told(self, body: bytes) -> Call:
        asked: Any = {}
        path = urlsplit(self.path).path
        if path == _SEARCH and body:
            asked = json.loads(body)
        found = _PROJECT.search(str(asked.get("jql", "")))
        return Call(
            method=self.command,
            path=path,
            project=None if found is None else found[1],
            further=bool(asked.get("nextPageToken")),
            request_id=self.headers.get("X-Request-Id"),
            client_port=int(self.client_address[1]),
            began=time.monotonic(),
        )


def _asked(
    behind: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=_PATIENCE_S)
    try:
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@contextmanager
def relaying(behind: str) -> Iterator[Relay]:
    """A relay before a Jira, open, while the block runs."""
    relay = Relay(behind=behind)
    relay.open()
    server = _Server(relay)
    relay.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="relay", daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.open()
        server.shutdown()
        server.server_close()
        thread.join()
