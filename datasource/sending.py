"""One request sent and its answer taken in, by the library that speaks HTTP: nothing else of the sources loads it."""

from collections.abc import Mapping

import requests
import urllib3

from datasource.deadline import Deadline
from datasource.errors import DeadlinePassed, SourceMalformed, SourceUnreachable
from datasource.login import Signature
from datasource.question import Question

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 60.0
LARGEST_ANSWER = 128 * 1024 * 1024
"""More than any page asked for can hold; a larger one is a fault, not data."""


class _Session(requests.Session):
    """A session that does not even look where a redirect points: the library would read its body and prepare to go."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


class Sender:
    """Connections to one source, at most `in_flight` of them kept. Safe to share between threads.

    An answer of more than `largest` bytes is none; without it `LARGEST_ANSWER` is the limit.
    """

    def __init__(self, source: str, base_url: str, in_flight: int, largest: int | None = None) -> None:
        self._source, self._base_url, self._largest = source, base_url, largest
        self._session = _Session()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "opsportal"})
        adapter = requests.adapters.HTTPAdapter(pool_connections=2, pool_maxsize=in_flight, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def send(
        self, question: Question, deadline: Deadline, signature: Signature, request_id: str | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request and take in the whole answer: its status, its headers, its bytes decoded.

        Raises:
            SourceUnreachable: there was no answer, or it broke off.
            SourceMalformed: the answer is too large to be one.
            DeadlinePassed: the answer did not end in time.
        """
        left = max(deadline.left_s(), 0.001)
        timeout = (min(CONNECT_TIMEOUT_S, left), min(READ_TIMEOUT_S, left))
        try:
            with self._session.request(
                question.method,
                self._base_url + question.path,
                params=dict(question.params or {}),
                json=question.body,
                auth=signature,
                headers={} if request_id is None else {"X-Request-Id": request_id},
                timeout=timeout,
                allow_redirects=False,  # a redirect would carry the credentials to wherever it points
                stream=True,
            ) as response:
                return response.status_code, response.headers, self._content(response, question.call, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise SourceUnreachable(self._source, _reason(error), call=question.call) from None

    def _content(self, response: requests.Response, call: str, deadline: Deadline) -> bytes:
        """The whole body, decoded; given up when it drips past the deadline or grows without end."""
        parts, size, largest = [], 0, self._largest or LARGEST_ANSWER
        # One part is what one look at the socket gives: waiting for more would let a slow sender outlast the deadline.
        while part := response.raw.read1(256 * 1024, decode_content=True):
            size += len(part)
            if size > largest:
                raise SourceMalformed(self._source, f"the answer is larger than {largest:,} bytes", call=call)
            if deadline.left_s() <= 0:
                raise DeadlinePassed(self._source, "the answer did not end in time", call=call)
            parts.append(part)
        return b"".join(parts)


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
