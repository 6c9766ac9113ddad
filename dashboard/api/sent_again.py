"""What was sent a moment ago is sent again: most of what a request costs is the way to an answer and back.

Only as long as the answer counts as found, in the second for which its age is right, and to those who may see the same
and ask in the same words; of whatever else may be in a request no answer of the API is made.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from dashboard.access import RULE, rule_of
from dashboard.api.at_hand import CLOCK_S, MOST_HELD
from dashboard.gate import scope_of
from opsportal.envelope_json import age_s
from opsportal.ports import Now

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 4_000_000
"""Bytes of answers held, in a process."""

_GOOD: Final = "opsportal.api.good"
_SAID: Final = ("PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING")

_CONDITIONS: Final = frozenset(
    {
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_IF_RANGE",
        "HTTP_RANGE",
    }
)

_Headers: TypeAlias = "list[tuple[str, str]]"
_Words: TypeAlias = tuple[object, ...]


def send_again(environ: "WSGIEnvironment", until_s: float, read_at: int | None) -> None:
    """Say that the answer to a request may be sent again until then (CLOCK_S), and since when it ages (epoch ms)."""
    environ[_GOOD] = until_s, read_at


@dataclass(frozen=True, slots=True)
class _Sent:
    until_s: float
    read_at: int | None
    age_s: float | None
    rule: str | None
    status: str
    headers: _Headers
    body: bytes


class SentAgain:
    """A WSGI application around another, for the addresses below `root`."""

    def __init__(self, inner: "WSGIApplication", root: str, now: Now, most: int = MOST_BYTES) -> None:
        self._inner, self._root, self._now, self._most = inner, root, now, most
        self._lock, self._total = Lock(), 0
        self._held: OrderedDict[_Words, _Sent] = OrderedDict()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer with what was sent, else let it be found."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith(self._root) or not _CONDITIONS.isdisjoint(environ):
            return self._inner(environ, start_response)
        words = (scope_of(environ), *map(environ.get, _SAID))
        sent = self._held.get(words)
        if sent is not None and CLOCK_S() < sent.until_s and self._age_s(sent.read_at) == sent.age_s:
            environ[RULE] = sent.rule
            start_response(sent.status, list(sent.headers))
            return [sent.body]
        return self._found(words, environ, start_response)

    def _found(self, words: _Words, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started: list[tuple[str | None, str, _Headers]] = []

        def start(status: str, headers: _Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            started.append((rule_of(environ), status, list(headers)))  # which Flask forgets with the request
            return start_response(status, headers, exc_info)

        # The age in the body is that of now or, where a second ends meanwhile, of a moment later; then none is kept.
        began = self._now()
        pieces = self._inner(environ, start)
        good = environ.get(_GOOD)
        if good is None or len(started) != 1 or not started[0][1].startswith("200"):
            return pieces
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        until_s, read_at = good
        age = self._age_s(read_at, began)
        if CLOCK_S() < until_s and age == self._age_s(read_at):
            self._keep(words, _Sent(until_s, read_at, age, *started[0], body))
        return [body]

    def _age_s(self, read_at: int | None, now: int | None = None) -> float | None:
        return None if read_at is None else age_s(read_at, self._now() if now is None else now)

    def _keep(self, words: _Words, sent: _Sent) -> None:
        with self._lock:
            before = self._held.pop(words, None)
            self._total -= 0 if before is None else len(before.body)
            self._held[words] = sent
            self._total += len(sent.body)
            while self._total > self._most or len(self._held) > MOST_HELD:
                _, gone = self._held.popitem(last=False)
                self._total -= len(gone.body)
