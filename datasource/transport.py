"""One way to ask somebody else's server: time-outs, a limit in flight, patience with Retry-After, no secrets shown.

Every request is a read, the POSTs among them too, so every one may be asked again.
"""

import base64
import contextlib
import email.utils
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlsplit

import requests
import urllib3
from pydantic import SecretStr
from requests.auth import AuthBase

from datasource.deadline import Deadline
from datasource.errors import (
    DeadlinePassed,
    LoginFailed,
    NotPermitted,
    SourceError,
    SourceFailed,
    SourceMalformed,
    SourceRejected,
    SourceThrottled,
    SourceUnreachable,
)
from datasource.failures import message_of

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 60.0
ATTEMPTS = 4
LONGEST_BACKOFF_S = 30.0
LARGEST_ANSWER = 128 * 1024 * 1024
"""More than any page asked for can hold; a larger one is a fault, not data."""

TRANSIENT = frozenset({429, 500, 502, 503, 504})

Params: TypeAlias = Mapping[str, str | int | Sequence[str | int]]


class Login(AuthBase):
    """Sets the Authorization header and shows it to nobody. It also keeps a netrc file from replacing it."""

    def __init__(self, scheme: str, user: str, secret: SecretStr) -> None:
        self._scheme, self._user, self._secret = scheme, user, secret

    @classmethod
    def basic(cls, user: str, secret: SecretStr) -> "Login":
        """User and token, as Jira Cloud wants them."""
        return cls("Basic", user, secret)

    @classmethod
    def bearer(cls, secret: SecretStr) -> "Login":
        """A bare token, as Tempo wants it."""
        return cls("Bearer", "", secret)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        secret = self._secret.get_secret_value()
        if self._scheme == "Basic":
            secret = base64.b64encode(f"{self._user}:{secret}".encode()).decode()
        request.headers["Authorization"] = f"{self._scheme} {secret}"
        return request

    def hidden_in(self, body: bytes) -> bytes:
        """A body without the secret, should an error page repeat what it was sent."""
        secret = self._secret.get_secret_value().encode()
        for text in (secret, base64.b64encode(f"{self._user}:".encode() + secret)):
            body = body.replace(text, b"***") if secret else body
        return body

    def __repr__(self) -> str:
        return f"Login({self._scheme})"


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its bytes, its headers, and when the source says it was made (epoch ms, None if unsaid)."""

    body: bytes
    headers: Mapping[str, str]
    made_at: int | None


class _Session(requests.Session):
    """A session that does not even look where a redirect points: the library would read its body and prepare to go."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


class Transport:
    """Asks one source. Safe to share between threads; at most `in_flight` requests are under way at once.

    When the source asks to wait, every thread waits: a storm of retries only lengthens a quota's silence.
    """

    def __init__(self, source: str, base_url: str, login: Login, *, in_flight: int) -> None:
        self.source, self.base_url = source, base_url.rstrip("/")
        self._login = login
        self._lanes = threading.BoundedSemaphore(in_flight)
        self._quiet_until = 0.0
        self._session = _Session()
        self._session.auth = login
        self._session.headers.update({"Accept": "application/json", "User-Agent": "opsportal"})
        adapter = requests.adapters.HTTPAdapter(pool_connections=2, pool_maxsize=in_flight, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __repr__(self) -> str:
        return f"Transport({self.source!r}, {self.base_url!r})"

    def get(self, path: str, deadline: Deadline, params: Params | None = None) -> Answer:
        """Ask with GET. `path` is below the base URL.

        Raises:
            SourceError: one of its kinds, whatever went wrong.
        """
        return self._ask("GET", path, deadline, params, None)

    def post(self, path: str, deadline: Deadline, body: Mapping[str, object], params: Params | None = None) -> Answer:
        """Ask with a POST that reads.

        Raises:
            SourceError: one of its kinds, whatever went wrong.
        """
        return self._ask("POST", path, deadline, params, body)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _ask(
        self, method: str, path: str, deadline: Deadline, params: Params | None, body: Mapping[str, object] | None
    ) -> Answer:
        call = f"{method} {path}"
        failure: SourceError
        for attempt in range(1, ATTEMPTS + 1):
            quiet_s = self._quiet_until - time.monotonic()
            if quiet_s > max(deadline.left_s(), 0.0):
                raise SourceThrottled(self.source, quiet_s, call=call)
            self._wait(quiet_s, call, deadline)
            deadline.sent.add()
            try:
                response = self._send(method, path, deadline, params, body)
            except SourceUnreachable as error:
                failure, wait = error, _backoff_s(attempt)
            else:
                status, headers, content = response
                if status not in TRANSIENT:
                    return self._accepted(call, status, headers, content)
                # Data Center sends 0 with every answer while requests are left, with failures too: that is no wait.
                asked = retry_after_s(headers)
                wait = asked or _backoff_s(attempt)
                failure = self._failure(call, status, headers, content, wait)
                if status == 429:
                    self._quiet_until = max(self._quiet_until, time.monotonic() + wait)
            if attempt == ATTEMPTS or wait > deadline.left_s() > 0:
                break  # what stands in the way says more than that the time would not suffice
            self._wait(wait, call, deadline)
        raise failure

    def _wait(self, seconds: float, call: str, deadline: Deadline) -> None:
        if max(seconds, 0.0) > deadline.left_s():
            raise DeadlinePassed(self.source, "the time for this read is used up", call=call)
        if seconds > 0:
            time.sleep(seconds)

    def _send(
        self, method: str, path: str, deadline: Deadline, params: Params | None, body: Mapping[str, object] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        call = f"{method} {path}"
        with self._lane(call, deadline):
            left = deadline.left_s()
            if left <= 0:
                raise DeadlinePassed(self.source, "the time for this read is used up", call=call)
            timeout = (min(CONNECT_TIMEOUT_S, left), min(READ_TIMEOUT_S, left))
            try:
                with self._session.request(
                    method,
                    self.base_url + path,
                    params=dict(params or {}),
                    json=body,
                    timeout=timeout,
                    allow_redirects=False,  # a redirect would carry the credentials to wherever it points
                    stream=True,
                ) as response:
                    return response.status_code, response.headers, self._content(response, call, deadline)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise SourceUnreachable(self.source, _reason(error), call=call) from None

    def _content(self, response: requests.Response, call: str, deadline: Deadline) -> bytes:
        """The whole body, decoded; given up when it drips past the deadline or grows without end."""
        parts, size = [], 0
        # One part is what one look at the socket gives: waiting for more would let a slow sender outlast the deadline.
        while part := response.raw.read1(256 * 1024, decode_content=True):
            size += len(part)
            if size > LARGEST_ANSWER:
                raise SourceMalformed(self.source, f"the answer is larger than {LARGEST_ANSWER:,} bytes", call=call)
            if deadline.left_s() <= 0:
                raise DeadlinePassed(self.source, "the answer did not end in time", call=call)
            parts.append(part)
        return b"".join(parts)

    def _accepted(self, call: str, status: int, headers: Mapping[str, str], content: bytes) -> Answer:
        if "AUTHENTICATED_FAILED" in headers.get("x-seraph-loginreason", ""):
            raise LoginFailed(
                self.source, "the login failed, and the answer is the one for anonymous visitors", call=call
            )
        if status >= 300:
            raise self._failure(call, status, headers, content, 0.0)
        if "html" in headers.get("content-type", "").lower() or content[:1] == b"<":
            raise SourceMalformed(self.source, "a web page came instead of data", call=call)
        return Answer(content, headers, _made_at(headers))

    def _failure(
        self, call: str, status: int, headers: Mapping[str, str], content: bytes, wait_s: float
    ) -> SourceError:
        said = message_of(self._login.hidden_in(content), headers.get("content-type", ""))
        what = f"HTTP {status}" + (f": {said}" if said else "")
        if status == 401:
            return LoginFailed(self.source, what, call=call, advice=_login_advice(said))
        if status == 403:
            denied = message_of(headers.get("X-Authentication-Denied-Reason", "").encode(), "text/plain")
            return NotPermitted(self.source, f"{what} {denied}".strip(), call=call)
        if status == 429:
            return SourceThrottled(self.source, wait_s, call=call)
        if 300 <= status < 400:
            host = _host(headers.get("location", "")) or "another address"
            advice = "Set the base URL to the address that answers by itself; redirects are not followed."
            return SourceRejected(self.source, f"HTTP {status}: sends us on to {host}", call=call, advice=advice)
        if status == 410:
            advice = "This version of the portal asks for an interface that is gone: update it."
            return SourceRejected(self.source, what, call=call, advice=advice)
        if 400 <= status < 500:
            return SourceRejected(self.source, what, call=call, status=status)
        return SourceFailed(self.source, what, call=call)

    @contextlib.contextmanager
    def _lane(self, call: str, deadline: Deadline) -> Iterator[None]:
        if not self._lanes.acquire(timeout=max(deadline.left_s(), 0.001)):
            raise DeadlinePassed(self.source, "no request could be sent in time", call=call)
        try:
            yield
        finally:
            self._lanes.release()


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long the source asks to wait, in seconds: `Retry-After` as a number or a date, else the reset instant.

    None when it says nothing that can be read; a moment in the past is 0. Moments are measured from the answer's own
    `Date`, so that a clock of ours that is off does not matter.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    made_at = _made_at(headers)
    if made_at is None:
        return None
    reset = headers.get("X-RateLimit-Reset", "")
    for read, text in ((email.utils.parsedate_to_datetime, value), (_instant, reset)):
        with contextlib.suppress(ValueError, TypeError):
            return max(read(text).timestamp() - made_at / 1000, 0.0)
    return None


def _instant(text: str) -> datetime:
    """An instant in ISO 8601, which some sites write without seconds; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _host(address: str) -> str | None:
    with contextlib.suppress(ValueError):
        return urlsplit(address).hostname
    return None


def _backoff_s(attempt: int) -> float:
    return float(min(0.5 * 2 ** (attempt - 1), LONGEST_BACKOFF_S) * random.uniform(0.7, 1.3))  # noqa: S311 - jitter


def _made_at(headers: Mapping[str, str]) -> int | None:
    with contextlib.suppress(ValueError, TypeError):
        return int(email.utils.parsedate_to_datetime(headers.get("Date", "")).timestamp()) * 1000
    return None


def _reason(error: Exception) -> str:
    """A short reason for people, without URLs: library texts quote them in full."""
    kinds: list[tuple[type[Exception] | tuple[type[Exception], ...], str]] = [
        (requests.exceptions.SSLError, "the TLS certificate is not accepted"),
        (requests.exceptions.ProxyError, "the proxy does not answer"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        ((requests.exceptions.Timeout, urllib3.exceptions.TimeoutError), "no answer in time"),
        (requests.exceptions.ConnectionError, "no connection"),
    ]
    named = next((text for kind, text in kinds if isinstance(error, kind)), None)
    return named or f"the connection broke off ({type(error).__name__})"


def _login_advice(said: str) -> str | None:
    if "scope" in said.lower():
        return (
            "The token has scopes: set JIRA_BASE_URL to https://api.atlassian.com/ex/jira/<cloud id>, and check them."
        )
    return None
