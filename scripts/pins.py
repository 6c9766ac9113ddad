"""What a lock file pins: one entry a library and version, with the machines that it is for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+?))?(?: \\)?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class NoLock(Exception):
    """A lock file that is not there or that holds something other than pins with hashes; the message names it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one library: `name` in the form in which names are compared, `hashes` the SHA-256 of its files."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]

    @property
    def is_for_us(self) -> bool:
        """Whether it is installed by a Python like the one that asks."""
        return self.marker is None or self.marker.evaluate()


def pins_of(lock: Path) -> tuple[Pin, ...]:
    """What a lock file pins, for whichever machine.

    Raises:
        NoLock: the file cannot be read, pins nothing, or has a line that pins nothing.
    """
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError as error:
        raise NoLock(f"{lock} cannot be read: {error.strerror}") from None
    pins = tuple(_each(lock, text))
    if not pins:
        raise NoLock(f"{lock} pins nothing")
    return pins


def _each(lock: Path, text: str) -> Iterator[Pin]:
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if not entry or entry.startswith("#"):
            continue
        first = entry.partition("\n")[0]
        pin = _PIN.match(first)
        hashes = tuple(_HASH.findall(entry))
        if pin is None or not hashes:
            raise NoLock(f"{lock} holds an entry that is no pin with hashes: {first}")
        marker = Marker(pin["marker"]) if pin["marker"] else None
        yield Pin(canonicalize_name(pin["name"]), pin["version"], marker, hashes)
