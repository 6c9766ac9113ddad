"""Scripts and styles as files beside the requests for pages: compressed once, with headers that let browsers keep them.

Dash makes the addresses of its scripts up as it goes, so they are asked for once and written down under their names.
`python -m dashboard.static FOLDER` does so ahead of time, for an image or for whatever else hands files out.
"""

import argparse
import gzip
import logging
import os
import re
import sys
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import flask
from dash import Dash
from flask.testing import FlaskClient
from whitenoise import WhiteNoise

from dashboard import bundle, late, security
from dashboard.app import bare_app
from servicelevel.errors import PortalError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_SUITES: Final = "_dash-component-suites"
_FINGERPRINT: Final = re.compile(r"\.v[0-9a-z_]+m\d+\.")
_COMPRESSED: Final = frozenset({".css", ".js", ".json", ".map", ".svg"})
_NEVER_LOADED: Final = ("async-enterprise.js", "async-mathjax.js", "async-upload.js", "async-export.js")
_LEAST_BYTES: Final = 600

_log = logging.getLogger(__name__)


class NotAnswered(PortalError):
    """The application does not hand out what is to be written down."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every script and style below a folder, and say how many: 1 when they cannot be written, 2 for wrong usage.

    It needs no settings and asks nobody.
    """
    parser = argparse.ArgumentParser(
        prog="python -m dashboard.static",
        description="Write every script and style of the pages below a folder, compressed ones beside them.",
        epilog="`opsportal serve` answers from there with STATIC_DIR=FOLDER.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if it is not there; what else is in it goes")
    folder: Path = parser.parse_args(arguments).folder
    try:
        written = write(bare_app("/"), "/", folder)
    except OSError as error:
        sys.stderr.write(f"{folder} cannot be written: {error.strerror}. Name a folder that can be.\n")
        return 1
    size = sum(path.stat().st_size for path in written)
    sys.stdout.write(f"{len(written)} files, {size / 1e6:.1f} MB, in {folder}\n")
    return 0


def freeze(app: Dash, prefix: str, folder: Path, made: Path | None = None) -> None:
    """Serve every script and style from files. Call it after the first request.

    The files are those that were `made` ahead of time when they fit, else they are written below `folder`. Where they
    cannot be written, for want of room say, each is made when it is asked for.
    """
    if made is not None:
        lacking = _lacking(app, prefix, made)
        if lacking is None:
            _serve(app.server, prefix, made)
            return
        _log.warning(
            "STATIC_DIR=%s does not fit this release: it has no %s. Other files are made in its place, which takes a "
            "moment. Fill it anew with `python -m dashboard.static`, or leave STATIC_DIR out.",
            made,
            lacking,
        )
    try:
        write(app, prefix, folder)
    except OSError as error:
        _log.warning("%s cannot be used: %s. Scripts and styles are slower to load.", folder, error.strerror)
        return
    _serve(app.server, prefix, folder)


def write(app: Dash, prefix: str, folder: Path) -> frozenset[Path]:
    """Write every script and style of an application down below a folder, and remove what else is in it.

    Raises:
        OSError: they cannot be written.
        NotAnswered: the application does not answer one of their addresses.
    """
    server: flask.Flask = app.server
    written: set[Path] = set()
    with server.test_client() as client:
        for path in sorted(_suites(app, client, prefix)):
            written |= _write(folder / path, _answered(client, f"{prefix}{path}"))
    for name in bundle.names():
        written |= _write(folder / bundle.path(name), bundle.content(name))
    for found in folder.rglob("*"):
        if found.is_file() and found not in written and not _under_way(found):
            found.unlink(missing_ok=True)
    return frozenset(written)


def _serve(server: flask.Flask, prefix: str, folder: Path) -> None:
    def files(inner: "WSGIApplication") -> WhiteNoise:
        return WhiteNoise(
            inner,
            root=str(folder),
            prefix=prefix,
            max_age=60,
            allow_all_origins=False,
            immutable_file_test=_never_changes,
        )

    security.under(server, files)


def _lacking(app: Dash, prefix: str, folder: Path) -> str | None:
    """A file of this release that is not in a folder, if there is one. Its name holds the release, or the content."""
    with app.server.test_client() as client:
        suites = _suites(app, client, prefix)
    marked = sorted(path for path in suites if _FINGERPRINT.search(path))
    wanted = (*(bundle.path(name) for name in bundle.names()), *marked)
    return next((path for path in wanted if not (folder / path).is_file()), None)


def _answered(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != HTTPStatus.OK:
        raise NotAnswered(f"The portal answers {address} with {answer.status_code}, so that it cannot be a file.")
    return bytes(answer.data)


def _suites(app: Dash, client: FlaskClient, prefix: str) -> set[str]:
    """Paths of all scripts that pages may load: those in the document, with their fingerprints, and the later ones."""
    document = _answered(client, prefix).decode()
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
    # The digest of an asset is a part of its path, the release and age of a suite's script a part of its name.
    return "/assets/" in url or bool(_FINGERPRINT.search(path))


if __name__ == "__main__":
    sys.exit(main())
