"""The portal's own styles and scripts, each joined into one file, so that a first visit asks for two and not twenty.

What runs before everything stays a file of its own, and is answered from memory as they are.
"""

from collections.abc import Callable
from typing import Final

import flask

from dashboard import late
from dashboard.index_page import ASSETS, EARLY, digest

STYLES: Final = "portal.css"
SCRIPTS: Final = "portal.js"
_TYPES: Final = {STYLES: "text/css", SCRIPTS: "text/javascript"}


def joined(name: str) -> bytes:
    """The content of one of the two, its parts in the order of their names; what runs before everything is left out."""
    suffix = f".{name.rpartition('.')[2]}"
    parts = sorted(path for path in ASSETS.glob(f"*{suffix}") if path.name != EARLY)
    return b"\n".join(path.read_bytes() for path in parts)


def url(prefix: str, name: str) -> str:
    """Its address, with a digest so that it may be kept for good."""
    return f"{prefix}assets/{name}?v={digest(joined(name))}"


def install(server: flask.Flask, prefix: str) -> None:
    """Answer the three addresses, and leave out of the document what scripts load when it is needed."""
    late.hold_back()
    for name, mimetype in _TYPES.items():
        server.add_url_rule(f"{prefix}assets/{name}", f"bundle {name}", _answering(joined(name), mimetype))
    early = _answering((ASSETS / EARLY).read_bytes(), _TYPES[SCRIPTS])
    server.add_url_rule(f"{prefix}assets/{EARLY}", f"bundle {EARLY}", early)


def _answering(content: bytes, mimetype: str) -> Callable[[], flask.Response]:
    def answer() -> flask.Response:
        return flask.Response(content, mimetype=mimetype)

    return answer
