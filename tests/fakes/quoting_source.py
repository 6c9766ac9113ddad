"""A Jira and Tempo before the demo's: all is passed on, until they are told to fail and to quote the question.

Each way to fail is one that leads a library, or a reader of its errors, into repeating what was sent.
"""

import http.client
import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, urlencode, urlsplit

from tests.fakes.local_server import Asked, Reply, serving

Failing = Callable[[str], Reply]
"""Given the secret that came with a question, the answer to it."""
_PASSED_BACK = ("date", "content-type", "retry-after", "x-ausername", "x-seraph-loginreason")


def _json(status: int, said: str) -> Reply:
    body = {"errorMessages": [said], "message": said, "errors": [{"message": said}]}
    return Reply(json.dumps(body).encode(), status, {"WWW-Authenticate": f'Basic realm="{said}"', "X-Echo": said})


def _cut(said: str) -> Reply:
    return Reply(b'{"issues": [{"id": "' + said.encode(), cut=True)


FAILURES: Mapping[str, Failing] = {
    "401": lambda said: _json(401, said),
    "403": lambda said: Reply(_html(said), 403, {"X-Authentication-Denied-Reason": said, "Content-Type": "text/html"}),
    "400": lambda said: _json(400, f"Value {said!r} does not exist for the field 'project'."),
    "500": lambda said: Reply(f"Traceback: {said!r} {json.dumps(said)} {quote(said)}".encode(), 500),
    "429": lambda said: Reply(b"{}", 429, {"Retry-After": said}),
    "redirect": lambda said: Reply(b"", 302, {"Location": f"https://127.0.0.1:9/login?{urlencode({'token': said})}"}),
    "redirect-to-a-user": lambda said: Reply(b"", 307, {"Location": f"https://me:{quote(said, safe='')}@127.0.0.1:9/"}),
    "charset": lambda said: Reply(b"\xff", 200, {"Content-Type": f"application/json; charset={said}"}),
    "headers": lambda said: Reply(b"{}", 200, {"X-One": f"two\r\nno header {said}", "Set-Cookie": f"s={said}"}),
    "length": lambda said: Reply(b"{}", 200, {"Content-Length": said}, cut=True),
    "encoding": lambda said: Reply(said.encode(), 200, {"Content-Encoding": "gzip"}),
    "date": lambda said: Reply(b"{}", 200, {"Date": said}),
    "malformed": lambda said: Reply(json.dumps({"issues": said, "deploymentType": said, "results": said}).encode()),
    "captive": lambda said: Reply(_html(said), 200, {"Content-Type": "text/html"}),
    "cut": _cut,
    "lost": lambda said: Reply(b"{}", 200, {"X-Seraph-LoginReason": f"AUTHENTICATED_FAILED {said}"}),
}


def _html(said: str) -> bytes:
    return f"<html><title>{said}</title><body>You sent {said}</body></html>".encode()


class QuotingSource:
    """Passes on to the demo at `behind`; `quoted` counts the answers that held a secret, by the way of failing."""

    def __init__(self, behind: str) -> None:
        self._behind = urlsplit(behind)
        self._lock = threading.Lock()
        self.failing: str | None = None
        self.quoted: dict[str, int] = {}
        self.url = ""

    def has_quoted(self, failing: str) -> bool:
        """Whether it has failed so."""
        return failing in self.quoted

    def answer(self, asked: Asked) -> Reply:
        """What the demo says, or what this way of failing does."""
        failing = self.failing
        if failing is None:
            return self._passed_on(asked)
        with self._lock:
            self.quoted[failing] = self.quoted.get(failing, 0) + 1
        return FAILURES[failing](_sent(asked))

    def _passed_on(self, asked: Asked) -> Reply:
        query = urlencode(asked.query, doseq=True)
        connection = http.client.HTTPConnection(self._behind.hostname or "", self._behind.port, timeout=60)
        headers = {name: value for name, value in asked.headers.items() if name not in ("host", "accept-encoding")}
        try:
            connection.request(asked.method, f"{asked.path}?{query}" if query else asked.path, asked.body, headers)
            said = connection.getresponse()
            kept = {name: value for name, value in said.getheaders() if name.lower() in _PASSED_BACK}
            return Reply(said.read(), said.status, kept)
        finally:
            connection.close()


def _sent(asked: Asked) -> str:
    """The secret of a request and the header that brought it."""
    header = asked.headers["authorization"]
    scheme, _, text = header.partition(" ")
    return f"{b64decode(text).decode() if scheme == 'Basic' else text} {header}"


@contextmanager
def quoting_source(behind: str) -> Iterator[QuotingSource]:
    """Before the demo while the block runs."""
    source = QuotingSource(behind)
    with serving(source.answer) as server:
        source.url = server.url
        yield source
