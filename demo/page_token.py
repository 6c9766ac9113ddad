"""Page tokens: they carry the query they belong to, when its first page was asked for, and where to go on."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from demo.streams import stable_int
from demo.zones import DAY_MS

_LIFE_MS = 7 * DAY_MS


class TokenError(ValueError):
    """A page token is not one of ours, belongs to another query, or is older than a week."""


def page_token(query: str, first_ms: int, start: int) -> str:
    """The token of the page of a query that begins at position `start`."""
    return urlsafe_b64encode(f"{_name(query)}.{first_ms}.{start}".encode()).decode().rstrip("=")


def read_token(token: str, query: str, at_ms: int) -> tuple[int, int]:
    """When the first page was asked for, and the position of this one.

    Raises:
        TokenError: the token does not belong to the query, or is not valid any more.
    """
    try:
        text = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
        name, first_text, start_text = text.split(".")
        first_ms, start = int(first_text), int(start_text)
    except (Error, ValueError) as error:
        raise TokenError("The page token cannot be read.") from error
    if name != _name(query) or not 0 <= at_ms - first_ms <= _LIFE_MS or start < 0:
        raise TokenError("The page token is not valid for this query.")
    return first_ms, start


def _name(query: str) -> str:
    return f"{stable_int('query', query):016x}"
