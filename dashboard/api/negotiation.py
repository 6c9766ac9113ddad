"""Which representation a client gets: JSON or, of what is a table, CSV."""

from functools import lru_cache
from typing import Final, Literal, TypeAlias

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from dashboard.api.problems import NOT_ACCEPTABLE, Problem

Form: TypeAlias = Literal["json", "csv"]

JSON: Final = "application/json"
CSV: Final = "text/csv"
_FORMS: Final[dict[str, Form]] = {JSON: "json", CSV: "csv"}
_LONGEST_KEPT: Final = 1_000


def form_of(accept: str, offered: tuple[str, ...]) -> Form:
    """The best of the media types offered, the first where the client has no preference.

    Raises:
        Problem: the client takes none of them.
    """
    best = _best(accept, offered) if len(accept) <= _LONGEST_KEPT else _chosen(accept, offered)
    if best is None:
        raise Problem(NOT_ACCEPTABLE, f"Here is {' or '.join(offered)}, and the Accept header takes neither.")
    return _FORMS[best]


def _chosen(accept: str, offered: tuple[str, ...]) -> str | None:
    if not accept.strip():
        return offered[0]
    return parse_accept_header(accept, MIMEAccept).best_match(offered)


_best = lru_cache(maxsize=256)(_chosen)
