"""What the kernel knows of our processes: children, memory, and whose end of a connection a port is."""

import os
import resource
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PAGE_MB: Final = resource.getpagesize() / 1e6
_PARENT_FIELD: Final = 1
_STATE_FIELD: Final = 0


def children(pid: int) -> list[int]:
    """The living processes that a process started."""
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                if int(fields[_PARENT_FIELD]) == pid and fields[_STATE_FIELD] not in "ZX":
                    found.append(int(folder.name))
    return sorted(found)


def resident_mb(pid: int) -> float:
    """How much of the machine's memory a process has now."""
    return int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]) * _PAGE_MB


def owner(port: int, pids: Iterable[int]) -> int | None:
    """Which of some processes has the connection that comes from this local port."""
    sockets = {
        f"socket:[{fields[9]}]"
        for line in (_PROC / "net" / "tcp").read_text(encoding="ascii").splitlines()[1:]
        if int((fields := line.split())[1].rpartition(":")[2], 16) == port
    }
    for pid in pids:
        with suppress(OSError):
            for entry in (_PROC / str(pid) / "fd").iterdir():
                with suppress(OSError):
                    if str(entry.readlink()) in sockets:
                        return pid
    return None


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
