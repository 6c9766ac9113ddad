"""One way to ask somebody else's server: time-outs, a limit in flight, patience with Retry-After, no secrets shown.

Every request is a read, the POSTs among them too, so every one may be asked again.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from datasource.breaker import PROBE_S, AlwaysOpen, Gate, Permit
from datasource.deadline import Deadline
from datasource.errors import (
    DeadlinePassed,
    LoginFailed,
    LoginUnknown,
    NotPermitted,
    SourceError,
    SourceFailed,
    SourceMalformed,
    SourceRejected,
    SourceThrottled,
    SourceUnreachable,
)
from datasource.failures import field_of, message_of
from datasource.login import Login, Signature
from datasource.question import Params, Question
from datasource.rate import Rate
from datasource.retry_after import made_at, retry_after_s
from servicelevel.errors import PortalError

if TYPE_CHECKING:
    from datasource.sending import Sender

ATTEMPTS = 4
LONGEST_BACKOFF_S = 30.0

TRANSIENT = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its bytes, its headers, and when the source says it was made (epoch ms, None if unsaid)."""

    body: bytes
    headers: Mapping[str, str]
    made_at: int | None


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why an answer cannot be used: how long to wait before asking again, and who is concerned.

    `asked_s` is what the source itself asks for. `passing`: it may be gone when asked again. `of_all`: it is no matter
    of this question, the source as a whole is out of order. `of_login`: it did not like how the request was signed.
    """

    error: SourceError
    wait_s: float = 0.0
    asked_s: float = 0.0
    passing: bool = False
    of_all: bool = False
    of_login: bool = False


class Transport:
    """Asks one source. Safe to share between threads; at most `in_flight` requests are under way at once.

    When the source asks to wait, every thread waits: a storm of retries only lengthens a quota's silence. `gate` says
    whether anything is sent at all, `rate` how much of it. `request_id` goes with each request, and `told` hears the
    source, the status (None: no answer) and the seconds of each.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        login: Login,
        *,
        in_flight: int,
        gate: Gate | None = None,
        rate: Rate | None = None,
        request_id: Callable[[], str | None] = lambda: None,
        told: Callable[[str, int | None, float], None] = lambda *_: None,
    ) -> None:
        self.source, self.base_url = source, base_url.rstrip("/")
        self._login = login
        self._gate: Gate = gate or AlwaysOpen()
        self._rate, self._request_id, self._told = rate, request_id, told
        self._lanes = threading.BoundedSemaphore(in_flight)
        self._quiet_until = 0.0
        self._in_flight = in_flight
        self._making = threading.Lock()
        self._sender: Sender | None = None

    def __repr__(self) -> str:
        return f"Transport({self.source!r}, {self.base_url!r})"

    def get(self, path: str, deadline: Deadline, params: Params | None = None) -> Answer:
        """Ask with GET. `path` is below the base URL.

        Raises:
            SourceError: one of its kinds, whatever went wrong.
        """
        return self._ask(Question("GET", path, params), deadline)

    def post(self, path: str, deadline: Deadline, body: Mapping[str, object], params: Params | None = None) -> Answer:
        """Ask with a POST that reads.

        Raises:
            SourceError: one of its kinds, whatever went wrong.
        """
        return self._ask(Question("POST", path, params, body), deadline)

    def close(self) -> None:
        """Give the connections back."""
        if self._sender is not None:
            self._sender.close()

    def as_visitor(self, login: Login) -> "Transport":
        """Another way to the same source with another login, one request at a time and through the same gate."""
        return Transport(
            self.source,
            self.base_url,
            login,
            in_flight=1,
            gate=self._gate,
            rate=self._rate,
            request_id=self._request_id,
            told=self._told,
        )

    def proved(self) -> None:
        """A whole read of the source went well."""
        self._gate.proved()

    def _ask(self, question: Question, deadline: Deadline) -> Answer:
        call = question.call
        attempt = 0
        while True:
            attempt += 1
            quiet_s = self._quiet_until - time.monotonic()
            if quiet_s > max(deadline.left_s(), 0.0):
                raise SourceThrottled(self.source, quiet_s, call=call)
            self._wait(quiet_s, call, deadline)
            answer = self._once(question, deadline, attempt)
            if isinstance(answer, Answer):
                return answer
            shut_s = self._gate.left_s()
            if shut_s:
                answer.error.retry_after_s = max(answer.error.retry_after_s or 0.0, shut_s)
            # What stands in the way says more than that the time would not suffice.
            too_long = answer.wait_s > deadline.left_s() > 0
            if too_long or shut_s or not answer.passing or attempt == ATTEMPTS:
                raise answer.error
            self._wait(answer.wait_s, call, deadline)

    def _once(self, question: Question, deadline: Deadline, attempt: int) -> "Answer | _Refused":
        """One request, of which the gate is told what became of it."""
        call = question.call
        with self._lane(call, deadline):
            if deadline.left_s() <= 0:
                raise DeadlinePassed(self.source, "the time for this read is used up", call=call)
            signature = self._signature(call)
            with self._gate.admitted(deadline.left_s()) as permit:
                answer = self._asked(question, _soon(permit, deadline), attempt, signature)
                if isinstance(answer, _Refused) and answer.of_login and self._login.replaced(signature):
                    # Only the old token was refused, and the source is well: the gate hears of the next answer.
                    again = self._signature(call)
                    answer = self._asked(question, _soon(permit, deadline), attempt, again)
                if isinstance(answer, Answer) or not answer.of_all:
                    self._gate.answered(permit)
                else:
                    over = answer.asked_s > max(deadline.left_s(), 0.0)
                    self._gate.failed(permit, answer.error, asked_s=answer.asked_s, over=over)
                return answer

    def _asked(self, question: Question, deadline: Deadline, attempt: int, signature: Signature) -> "Answer | _Refused":
        if self._rate is not None:
            self._rate.wait()
        deadline.sent.add()
        began_s, status = time.monotonic(), None
        try:
            status, headers, content = self._send(question, deadline, signature)
            deadline.sent.answered(made_at(headers))
            return self._judged(question.call, status, headers, content, attempt)
        except (SourceUnreachable, DeadlinePassed) as error:
            unreachable = isinstance(error, SourceUnreachable)
            return _Refused(error, wait_s=_backoff_s(attempt), passing=unreachable, of_all=True)
        except SourceMalformed as error:
            return _Refused(error)
        finally:
            self._told(self.source, status, time.monotonic() - began_s)

    def _judged(
        self, call: str, status: int, headers: Mapping[str, str], content: bytes, attempt: int
    ) -> "Answer | _Refused":
        if status in TRANSIENT:
            # Data Center sends 0 with every answer while requests are left, with failures too: that is no wait.
            asked_s = retry_after_s(headers) or 0.0
            wait_s = asked_s or _backoff_s(attempt)
            if status == 429:
                self._quiet_until = max(self._quiet_until, time.monotonic() + wait_s)
            error = self._failure(call, status, headers, content, wait_s)
            return _Refused(error, wait_s, asked_s, passing=True, of_all=True)
        if "AUTHENTICATED_FAILED" in headers.get("x-seraph-loginreason", ""):
            what = "the login failed, and the answer is the one for anonymous visitors"
            return _Refused(LoginFailed(self.source, what, call=call), of_all=True, of_login=True)
        if status >= 300:
            locked = status == 403 and "X-Authentication-Denied-Reason" in headers
            # A redirect leads to somebody who signs people in, or to a new address: no question gets past it.
            of_login = status == 401 or locked
            of_all = of_login or status >= 500 or status < 400
            return _Refused(self._failure(call, status, headers, content, 0.0), of_all=of_all, of_login=of_login)
        if "html" in headers.get("content-type", "").lower() or content[:1] == b"<":
            error = SourceMalformed(self.source, "a web page came instead of data", call=call)
            return _Refused(error, of_all=True)
        return Answer(content, headers, made_at(headers))

    def _send(
        self, question: Question, deadline: Deadline, signature: Signature
    ) -> tuple[int, Mapping[str, str], bytes]:
        with self._making:
            if self._sender is None:
                # Its library is a twentieth of the time in which the portal starts, and only one of the workers reads.
                from datasource.sending import Sender

                self._sender = Sender(self.source, self.base_url, self._in_flight)
        return self._sender.send(question, deadline, signature, self._request_id())

    def _signature(self, call: str) -> Signature:
        try:
            return self._login.signature()
        except PortalError as error:
            raise LoginUnknown(self.source, str(error), call=call) from None

    def _wait(self, seconds: float, call: str, deadline: Deadline) -> None:
        if max(seconds, 0.0) > deadline.left_s():
            raise DeadlinePassed(self.source, "the time for this read is used up", call=call)
        if seconds > 0:
            time.sleep(seconds)

    def _failure(
        self, call: str, status: int, headers: Mapping[str, str], content: bytes, wait_s: float
    ) -> SourceError:
        hide = self._login.hidden_in
        said = message_of(content, headers.get("content-type", ""), hide)
        what = f"HTTP {status}" + (f": {said}" if said else "")
        field = field_of(content, hide)
        shown = f"HTTP {status}" + (f": {field}" if field else "")
        if status == 401:
            return LoginFailed(self.source, what, call=call, advice=_login_advice(said), shown=shown)
        if status == 403:
            denied = message_of(headers.get("X-Authentication-Denied-Reason", "").encode(), "text/plain", hide)
            return NotPermitted(self.source, f"{what} {denied}".strip(), call=call, shown=shown)
        if status == 429:
            return SourceThrottled(self.source, wait_s, call=call)
        if 300 <= status < 400:
            host = hide(_host(headers.get("location", "")) or "another address")
            advice = "Set the base URL to the address that answers by itself; redirects are not followed."
            return SourceRejected(self.source, f"HTTP {status}: sends us on to {host}", call=call, advice=advice)
        if status == 410:
            advice = "This version of the portal asks for an interface that is gone: update it."
            return SourceRejected(self.source, what, call=call, advice=advice, shown=shown)
        if 400 <= status < 500:
            return SourceRejected(self.source, what, call=call, status=status, shown=shown)
        return SourceFailed(self.source, what, call=call, shown=shown)

    @contextlib.contextmanager
    def _lane(self, call: str, deadline: Deadline) -> Iterator[None]:
        if not self._lanes.acquire(timeout=max(deadline.left_s(), 0.001)):
            raise DeadlinePassed(self.source, "no request could be sent in time", call=call)
        try:
            yield
        finally:
            self._lanes.release()


def _soon(permit: Permit, deadline: Deadline) -> Deadline:
    """The deadline of a request: a probe has to tell soon."""
    return replace(deadline, at=min(deadline.at, time.monotonic() + PROBE_S)) if permit.probe else deadline


def _host(address: str) -> str | None:
    with contextlib.suppress(ValueError):
        return urlsplit(address).hostname
    return None


def _backoff_s(attempt: int) -> float:
    return float(min(0.5 * 2 ** (attempt - 1), LONGEST_BACKOFF_S) * random.uniform(0.7, 1.3))  # noqa: S311 - jitter


def _login_advice(said: str) -> str | None:
    if "scope" in said.lower():
        return (
            "The token has scopes: set JIRA_BASE_URL to https://api.atlassian.com/ex/jira/<cloud id>, and check them."
        )
    return None
