"""Secrets that are made to be found: one for each secret setting, and the search for them in whatever form."""

import re
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from opsportal.settings import table

ODD: Final = "/+=%\"'<&\\@:"
"""What addresses, JSON, HTML and Python each write in a way of their own."""
_BESIDE: Final[Mapping[str, Mapping[str, str]]] = {
    "AUTH_PROXY_SECRET": {"AUTH": "proxy", "AUTH_ADMINS": "ops"},
}
"""Settings without which a secret is of no use and refused."""
_PACKED: Final = re.compile(rb"x[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_MOST_PACKED: Final = 1 << 26


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret of one setting. Its `mark` stands in it three times, so that a piece of it holds one too."""

    name: str
    mark: str

    @property
    def value(self) -> str:
        """The secret itself: printable, without spaces, with every character that is written otherwise somewhere."""
        return f"{self.mark}{ODD}{self.mark}{ODD}{self.mark}"

    def forms(self) -> Iterator[bytes]:
        """What betrays it: the mark as it is, since all escaping leaves letters and digits, and what hides those."""
        mark = self.mark.encode()
        yield mark
        yield mark.hex().encode()
        yield mark[::-1]
        for before in range(3):
            # Whole groups of three bytes whose text does not depend on what stands beside them.
            yield b64encode(mark[-before % 3 :])[: len(mark) // 3 * 4 - 4]


def canaries() -> dict[str, Canary]:
    """One for every secret of the settings table, whichever there are."""
    names = [row.name for row in table() if row.secret]
    return {
        name: Canary(name, f"q{number}x{name.replace('_', '').lower()[:6]:0<6}k7w") for number, name in enumerate(names)
    }


def planted(secrets: Mapping[str, Canary], redis_port: int) -> dict[str, str]:
    """The settings that hold them, with what they cannot be without."""
    settings: dict[str, str] = {}
    for name, canary in secrets.items():
        password = quote(canary.value, safe="")
        settings[name] = f"redis://:{password}@127.0.0.1:{redis_port}/0" if name == "REDIS_URL" else canary.value
        settings |= _BESIDE.get(name, {})
    return settings


def betrayed(content: bytes, secrets: Mapping[str, Canary]) -> set[str]:
    """The names of the settings whose secret is in there, however it was written, packed streams included."""
    found = {name for name, canary in secrets.items() if any(form in content for form in canary.forms())}
    for start in _PACKED.finditer(content):
        inner = _unpacked(content[start.start() :])
        if inner:
            found |= betrayed(inner, secrets)
    return found


def betrayed_by_files(folder: Path, secrets: Mapping[str, Canary]) -> dict[str, set[str]]:
    """The files below a folder that hold a secret, in content or name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, "nothing to search"
    found = {str(path): betrayed(str(path).encode() + b"\n" + path.read_bytes(), secrets) for path in files}
    return {path: names for path, names in found.items() if names}


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=47).decompress(content, _MOST_PACKED)
    except zlib.error:
        return b""
