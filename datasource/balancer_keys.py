"""The keys with which the load balancers of a region sign what they say, from where AWS keeps them."""

from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import SourceFailed
from datasource.login import Signature
from datasource.question import Question

if TYPE_CHECKING:
    from requests import PreparedRequest

    from datasource.sending import Sender

ANSWER_S: Final = 2.0
"""Somebody waits for it who wants to see a page."""
LARGEST_KEY: Final = 4_096
"""A public key of this kind has some 180 bytes."""

_SOURCE: Final = "The key host of the load balancers"
_NO_SUCH_KEY: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_ADVICE: Final = "Let this machine reach it: until it answers nobody new comes in, and who is known stays so."


class BalancerKeys:
    """Asks the key host at an address. Safe to share between threads; no connection is opened before the first key."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._making = Lock()
        self._sender: Sender | None = None

    def key(self, key_id: str) -> bytes | None:
        """The public key of an id, as PEM; None when there is no such key. The id has to be one: it becomes a path.

        Raises:
            SourceError: the host cannot be asked, or gave no answer that says so.
        """
        question = Question("GET", f"/{key_id}")
        status, _, body = self._connected().send(question, Deadline.after(ANSWER_S), _UNSIGNED, None)
        if status == HTTPStatus.OK:
            return body
        if status in _NO_SUCH_KEY:
            return None
        raise SourceFailed(_SOURCE, f"HTTP {status}", advice=_ADVICE)

    def _connected(self) -> "Sender":
        with self._making:
            if self._sender is None:
                from datasource.sending import Sender  # its library is slow to load, and few portals ask for keys

                self._sender = Sender(_SOURCE, self._base_url, in_flight=1, largest=LARGEST_KEY)
            return self._sender


class _Unsigned(Signature):
    """Says nothing of who asks."""

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        """The request as it is."""
        return request


_UNSIGNED: Final = _Unsigned("Bearer", "", SecretStr(""))
