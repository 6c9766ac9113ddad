"""Scripts and styles as files beside the requests for pages: compressed once, with headers that let browsers keep them.

Dash makes the addresses of its scripts up as it goes, so they are asked for once and written down under their names.
"""

import gzip
import logging
import os
import re
from pathlib import Path
from typing import Final

import flask
from dash import Dash
from whitenoise import WhiteNoise
from whitenoise.responders import Headers

from dashboard import bundle, late
from dashboard.index_page import ASSETS
from dashboard.plotly_bundle import BUNDLE

_SUITES: Final = "_dash-component-suites"
_FINGERPRINT: Final = re.compile(r"\.v[0-9a-z_]+m\d+\.")
_COMPRESSED: Final = frozenset({".css", ".js", ".json", ".map", ".svg"})
_NEVER_LOADED: Final = ("async-enterprise.js", "async-mathjax.js", "async-upload.js", "async-export.js")
_LEAST_BYTES: Final = 600
_COMPILE_AHEAD: Final = b"//# allFunctionsCalledOnLoad\n"
"""First line by which Chromium compiles the whole of a script beside the page while it comes in.

Without it every function is compiled at its first call, on the thread that draws: a third of what plotly costs there.
The others gain nothing by it: the page waits for each of them anyway.
"""

_log = logging.getLogger(__name__)


def freeze(app: Dash, prefix: str, folder: Path) -> None:
    """Write every script and style down below `folder`, and serve them from there. Call it after the first request.

    Where they cannot be written, for want of room say, each is made when it is asked for.
    """
    server: flask.Flask = app.server
    try:
        _write_all(app, server, prefix, folder)
    except OSError as error:
        _log.warning("%s cannot be used: %s. Scripts and styles are slower to load.", folder, error.strerror)
        return
    server.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        server.wsgi_app,
        root=str(folder),
        prefix=prefix,
        max_age=60,
        add_headers_function=_headers,
        immutable_file_test=_never_changes,
    )


def _write_all(app: Dash, server: flask.Flask, prefix: str, folder: Path) -> None:
    written: set[Path] = set()
    with server.test_client() as client:
        for path in sorted(_suites(app, client.get(prefix).text)):
            answer = client.get(f"{prefix}{path}")
            if answer.status_code == 200:
                written |= _write(folder / path, answer.data)
    for source in sorted(ASSETS.rglob("*")):
        if source.is_file():
            ahead = _COMPILE_AHEAD if source == ASSETS / BUNDLE else b""
            written |= _write(folder / "assets" / source.relative_to(ASSETS), ahead + source.read_bytes())
    for name in (bundle.STYLES, bundle.SCRIPTS):
        written |= _write(folder / "assets" / name, bundle.joined(name))
    for found in folder.rglob("*"):
        if found.is_file() and found not in written and not _under_way(found):
            found.unlink(missing_ok=True)


def _suites(app: Dash, document: str) -> set[str]:
    """Paths of all scripts that pages may load: those in the document, with their fingerprints, and the later ones."""
    listed = re.findall(rf'src="[^"]*/({_SUITES}/[^"?]+)', document)
    lazy = {
        f"{_SUITES}/{namespace}/{name}"
        for namespace, names in app.registered_paths.items()
        for name in names
        if (name.endswith(".js") and "async-" in name) or name.endswith(("plotly.min.js", ".css"))
        if not name.endswith(_NEVER_LOADED)
    }
    return {*listed, *lazy, *late.paths().values()}


def _write(path: Path, content: bytes) -> set[Path]:
    """Write a file, and a compressed one beside it where that is worth it: which were written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = {_put(path, content)}
    if path.suffix in _COMPRESSED and len(content) >= _LEAST_BYTES:
        written.add(_put(path.with_name(f"{path.name}.gz"), gzip.compress(content, 6, mtime=0)))
    return written


def _put(path: Path, content: bytes) -> Path:
    # Another portal on the same folder may be answering from it: it always finds the whole of either.
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    return beside.replace(path)


def _under_way(path: Path) -> bool:
    return path.suffix.removeprefix(".").isdigit()


def _never_changes(path: str, url: str) -> bool:
    # Assets are asked for with a digest or their age behind the question mark: another content has another address.
    return "/assets/" in url or bool(_FINGERPRINT.search(path))


def _headers(headers: Headers, _: str, __: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
