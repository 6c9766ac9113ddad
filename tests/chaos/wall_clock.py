"""A host's clock on the wall, which a test sets while the programs of that host run."""

import secrets
import shutil
import struct
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.readers import wall_s

_SOURCE: Final = Path(__file__).with_name("wall_clock.c")
_SECONDS: Final = struct.Struct("=q")


class WallClock:
    """Stands `moved_s` seconds ahead of the true one, which also this process, Redis and Jira go by."""

    def __init__(self, library: Path, folder: Path) -> None:
        """Begin with the true time; `library` is what `moving_library` made, `folder` takes a file."""
        self._library, self._file = library, folder / f"moved-{secrets.token_hex(4)}"
        self._file.write_bytes(_SECONDS.pack(0))
        self._stood = [(0.0, 0.0, 0)]

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes a program go by this clock."""
        return {"LD_PRELOAD": str(self._library), "WALL_CLOCK": str(self._file)}

    @property
    def moved_s(self) -> int:
        """Where it stands, in seconds ahead of the true time."""
        return self._stood[-1][2]

    def set(self, moved_s: int) -> None:
        """Set it so many seconds ahead of the true time; below 0: behind."""
        began = time.monotonic()
        with self._file.open("r+b") as file:  # in place: programs that run look at this very file
            file.write(_SECONDS.pack(moved_s))
        self._stood.append((began, time.monotonic(), moved_s))

    def now_s(self) -> float:
        """What it says, in seconds since 1970."""
        return wall_s() + self.moved_s

    def stood(self, began: float, ended: float) -> int | None:
        """How it stood all the time between two instants of the monotonic clock; None when it was set meanwhile."""
        before = [(until, moved_s) for _, until, moved_s in self._stood if until <= began]
        if any(until > began and since < ended for since, until, _ in self._stood):
            return None
        return before[-1][1]


def moving_library(folder: Path) -> Path:
    """Compile what moves the clocks."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.fail("cc is not on the PATH; as root, `sh scripts/compiler.sh` installs one", pytrace=False)
    made = folder / "wall_clock.so"
    command = [
        compiler,
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        str(made),
        str(_SOURCE),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return made
