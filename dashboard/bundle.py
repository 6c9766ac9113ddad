"""The portal's own scripts, styles and pictures, each under an address that another content would not have.

The digest of the content is a part of the path, so that any cache may keep it for good and files of two releases lie
side by side. Styles and scripts are joined into one file each: a first visit asks for two and not twenty. What runs
before everything stays a file of its own, and so does the small build of plotly.js, when it has been fetched.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final

import flask

from dashboard import late

ASSETS: Final = Path(__file__).parent / "assets"
STYLES: Final = "portal.css"
SCRIPTS: Final = "portal.js"
EARLY: Final = "early.js"
"""Script of the document's head."""
ICON: Final = "favicon.svg"
PLOTLY: Final = "vendor/plotly-basic.min.js"
"""Draws scatter and bar, a quarter of the full build; `scripts/vendor.py` fetches it."""
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_JOINED: Final = (STYLES, SCRIPTS)
_COMPILE_AHEAD: Final = b"//# allFunctionsCalledOnLoad\n"
"""First line by which Chromium compiles the whole of a script beside the page while it comes in.

Without it every function is compiled at its first call, on the thread that draws: a third of what plotly costs there.
The others gain nothing by it: the page waits for each of them anyway.
"""


def names() -> tuple[str, ...]:
    """Every file that pages load, by the name that it has without its digest."""
    return (*_JOINED, EARLY, ICON, *((PLOTLY,) if (ASSETS / PLOTLY).exists() else ()))


def content(name: str) -> bytes:
    """What such a file holds; of those that are joined its parts, in the order of their names."""
    if name in _JOINED:
        parts = sorted(ASSETS.glob(f"*{PurePosixPath(name).suffix}"))
        return b"\n".join(part.read_bytes() for part in parts if part.name != EARLY)
    return (_COMPILE_AHEAD if name == PLOTLY else b"") + (ASSETS / name).read_bytes()


@functools.cache
def path(name: str) -> str:
    """Where such a file is below the prefix, with the digest of its content."""
    digest = hashlib.sha256(content(name)).hexdigest()[:12]
    plain = PurePosixPath("assets", name)
    return str(plain.with_name(f"{plain.stem}.{digest}{plain.suffix}"))


def url(prefix: str, name: str) -> str:
    """Its address, which may be kept for good."""
    return f"{prefix}{path(name)}"


def plotly_url(prefix: str) -> str | None:
    """Address of the small build of plotly.js; None when it is not there, and Dash loads the full one."""
    return url(prefix, PLOTLY) if PLOTLY in names() else None


def install(server: flask.Flask, prefix: str) -> None:
    """Answer these addresses, and leave out of the document what scripts load when it is needed."""
    late.hold_back()
    for name in names():
        server.add_url_rule(url(prefix, name), f"bundle {name}", _answering(name))


def _answering(name: str) -> Callable[[], flask.Response]:
    def answer() -> flask.Response:
        return flask.Response(content(name), mimetype=_TYPES[PurePosixPath(name).suffix])

    return answer
