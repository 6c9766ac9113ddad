"""What a server said about its failure, whatever form it said it in."""

import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

LONGEST = 200

Hide: TypeAlias = Callable[[str], str]
"""Takes secrets out of a text: before it is cut, since a piece of one is not known any more."""


def message_of(body: bytes, content_type: str, hide: Hide = str) -> str:
    """The first message found in an error's body, at most 200 characters on one line; empty when there is none.

    Forms seen: Jira's `errorMessages` and `errors`, a gateway's `message`, Service Management's `errorMessage`,
    Tempo's `errors.message`, and pages of HTML. Texts are in the account's language, so nothing is decided by them.
    """
    text = _from_json(body)
    if text is None:
        raw = hide(body.decode("utf-8", "replace"))[:4000]
        text = re.sub(r"<(script|style|head).*?</\1>|<[^>]*>", " ", raw, flags=re.DOTALL | re.IGNORECASE)
        text = "" if "html" in content_type.lower() and not text.strip() else text
    return _line(hide(text))


def field_of(body: bytes, hide: Hide = str) -> str:
    """The same, but only what stands in a field for messages: nothing that a page or a proxy says of itself."""
    text = _from_json(body)
    if text is None or body.lstrip()[:1] != b"{" or re.search(r"<[a-z!/]", text, re.IGNORECASE):
        return ""
    return _line(hide(text))


def _line(text: str) -> str:
    line = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"\s+", " ", line).strip()[:LONGEST].rstrip(". ")


def _from_json(body: bytes) -> str | None:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if not isinstance(said, dict):
        return said if isinstance(said, str) else ""
    messages = said.get("errorMessages")
    if isinstance(messages, list) and messages:
        return "; ".join(str(message) for message in messages)
    errors = said.get("errors")
    if isinstance(errors, dict) and errors:
        return "; ".join(str(message) for message in errors.values())
    return str(said.get("message") or said.get("errorMessage") or "")
