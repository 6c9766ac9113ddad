"""A text as others write it when they repeat it: in an address, in JSON, in Python, in HTML."""

import json
from html import escape
from typing import Final
from urllib.parse import quote, quote_plus

_DEEPEST: Final = 2
"""How often one may have been put into quotes: a message in JSON that shows a value as Python would."""


def written_forms(text: str) -> frozenset[str]:
    """The text and every form of it that is usual; for one of plain letters and digits that is itself alone."""
    quoted = {text}
    for _ in range(_DEEPEST):
        quoted |= {write(form) for form in quoted for write in (_in_json, _in_python)}
    in_addresses = {quote(text), quote(text, safe=""), quote_plus(text)}
    return frozenset(quoted | in_addresses | {escape(text), escape(text, quote=False)})


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _in_python(text: str) -> str:
    return repr(text)[1:-1]
