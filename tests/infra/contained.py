"""A program in a file system of its own, as an engine starts it: read-only, user 10001, no right, one place to write.

It shares this machine's network, so that what it listens on can be asked and demos on loopback can be reached.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

USER: Final = 10001
_READY_S: Final = 60
_INSIDE: Final = """
set -eu
root=$1 at=$2 temporary=$3 chroot=$4
shift 4
mount --bind "$root" "$at"
mount -o remount,bind,ro "$at"
mount --bind "$temporary" "$at/tmp"
mount -t tmpfs -o mode=755 tmpfs "$at/dev"
for device in null zero random urandom; do touch "$at/dev/$device"; mount --bind "/dev/$device" "$at/dev/$device"; done
mkdir "$at/dev/shm"
mount -t tmpfs -o size=64m tmpfs "$at/dev/shm"
mount -t proc proc "$at/proc"
exec "$chroot" "$at" /usr/bin/env -C /app setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all "$@"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where programs run: the file system, and a folder of this machine that they have as /tmp."""

    root: Path
    folder: Path

    @property
    def temporary(self) -> Path:
        """Their /tmp, seen from outside."""
        return self.folder / "tmp"

    def command(self, words: Sequence[str]) -> list[str]:
        """What to start so that a command runs there, with the environment that it is given."""
        at = self.folder / "at"
        at.mkdir(exist_ok=True, parents=True)
        if not self.temporary.exists():
            self.temporary.mkdir()
            os.chown(self.temporary, USER, USER)
        unshare = [_path("unshare"), "--mount", "--pid", "--fork", "--kill-child"]
        places = [str(each) for each in (self.root, at, self.temporary)]
        return [*unshare, "/bin/sh", "-c", _INSIDE, "sh", *places, _path("chroot"), *words]

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            self.command(words), env=dict(environment), capture_output=True, text=True, timeout=120, check=False
        )

    @contextmanager
    def running(self, words: Sequence[str], environment: Mapping[str, str]) -> "Iterator[Contained]":
        """A command while the block runs."""
        log_file = self.folder / "log"
        with log_file.open("ab") as log:
            process = subprocess.Popen(
                self.command(words), env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        contained = Contained(process, log_file)
        try:
            yield contained
        finally:
            contained.kill()


@dataclass(frozen=True, slots=True)
class Contained:
    """A running program. It is the first of its process tree, as in a container without an init."""

    process: "subprocess.Popen[bytes]"
    log_file: Path

    @property
    def log(self) -> str:
        """Everything that it has written."""
        return self.log_file.read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        """Its number on this machine."""
        parent = self.process.pid
        until = time.monotonic() + _READY_S
        while time.monotonic() < until:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
            if children:
                return int(children[0])
            time.sleep(0.02)
        raise RuntimeError(f"nothing was started:\n{self.log}")

    def kill(self) -> None:
        """End it and whatever it has started; they are gone when this returns."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)  # the last of its name space goes before it
        self.process.wait(timeout=60)

    def terminate(self) -> None:
        """What an engine does first to end it."""
        os.kill(self.pid, signal.SIGTERM)


def _path(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        raise RuntimeError(f"{tool} is not on the PATH")
    return found
