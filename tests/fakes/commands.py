"""Commands of the portal, run as programs of their own in an empty folder."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def lines(self) -> list[str]:
        """What it printed, line by line."""
        return self.out.splitlines()


@dataclass(frozen=True, slots=True)
class Commands:
    """Runs commands in one folder, with the settings given and no others."""

    folder: Path

    def __call__(self, *arguments: str, **settings: str) -> Done:
        """Run a command to its end."""
        with self.start(*arguments, **settings) as process:
            out, err = process.communicate(timeout=120)
        return Done(process.returncode, out, err)

    def start(self, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
        """Start a command as the leader of its own group of processes."""
        return subprocess.Popen(
            [sys.executable, "-m", "opsportal", *arguments],
            cwd=self.folder,
            env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
