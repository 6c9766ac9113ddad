"""Scripts and styles as files beside the requests for pages: compressed once, with headers that let browsers keep them.

Dash makes the addresses of its scripts up as it goes, so they are asked for once and written down under their names.
"""

import gzip
import re
import shutil
from pathlib import Path
from typing import Final

import flask
from dash import Dash
from whitenoise import WhiteNoise
from whitenoise.responders import Headers

from dashboard import bundle, late
from dashboard.index_page import ASSETS

_SUITES: Final = "_dash-component-suites"
_FINGERPRINT: Final = re.compile(r"\.v[0-9a-z_]+m\d+\.")
_COMPRESSED: Final = frozenset({".css", ".js", ".json", ".map", ".svg"})
_NEVER_LOADED: Final = ("async-enterprise.js", "async-mathjax.js", "async-upload.js", "async-export.js")
_LEAST_BYTES: Final = 600


def freeze(app: Dash, prefix: str, folder: Path) -> None:
    """Write every script and style down below `folder`, and serve them from there. Call it after the first request."""
    server: flask.Flask = app.server
    shutil.rmtree(folder, ignore_errors=True)
    with server.test_client() as client:
        for path in sorted(_suites(app, client.get(prefix).text)):
            answer = client.get(f"{prefix}{path}")
            if answer.status_code == 200:
                _write(folder / path, answer.data)
    for source in sorted(ASSETS.rglob("*")):
        if source.is_file():
            _write(folder / "assets" / source.relative_to(ASSETS), source.read_bytes())
    for name in (bundle.STYLES, bundle.SCRIPTS):
        _write(folder / "assets" / name, bundle.joined(name))
    server.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        server.wsgi_app,
        root=str(folder),
        prefix=prefix,
        max_age=60,
        add_headers_function=_headers,
        immutable_file_test=_never_changes,
    )


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


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if path.suffix in _COMPRESSED and len(content) >= _LEAST_BYTES:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 6, mtime=0))


def _never_changes(path: str, url: str) -> bool:
    # Assets are asked for with a digest or their age behind the question mark: another content has another address.
    return "/assets/" in url or bool(_FINGERPRINT.search(path))


def _headers(headers: Headers, _: str, __: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
