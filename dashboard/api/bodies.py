"""Answers as bytes, held so that none is written twice: a cached answer costs little more than sending it."""

from collections import OrderedDict
from threading import Lock
from typing import Final

import flask

BODIES_HELD: Final = 8_000_000
"""Bytes of answers held, in a process."""
AGED_HELD: Final = 2_000_000
"""Bytes of answers held with the age that they have in the present second."""
COMPRESSED_HELD: Final = 2_000_000
"""Bytes of compressed answers held; each is good for the second in which it was made, for its age is in it."""
MIMETYPES: Final = (
    "text/html",
    "text/css",
    "text/csv",
    "text/plain",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
)
"""What is compressed on its way."""

_NAME: Final = "opsportal_api_body"


def name_body(name: str) -> None:
    """Say which bytes the present answer has, so that they are compressed once for all who ask in that second."""
    setattr(flask.g, _NAME, name)


def body_name(_: flask.Request) -> str:
    """The name of the present answer's bytes; empty where it has none, and then nothing is held."""
    return getattr(flask.g, _NAME, "")


class CompressedBodies:
    """What Flask-Compress keeps its work in. Keys are `<algorithm>;<name of the body>`."""

    def __init__(self, most: int = COMPRESSED_HELD) -> None:
        self._most, self._total, self._lock = most, 0, Lock()
        self._held: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """The compressed body, if it is held."""
        with self._lock:
            return self._held.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Hold a compressed body; the oldest go."""
        if key.endswith(";") or len(value) > self._most:
            return
        with self._lock:
            if key in self._held:
                return
            self._held[key] = value
            self._total += len(value)
            while self._total > self._most:
                _, gone = self._held.popitem(last=False)
                self._total -= len(gone)
