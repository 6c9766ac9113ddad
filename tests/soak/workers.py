"""What the kernel knows of the workers all through a soak: who they are, their memory, open files and threads."""

import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.chaos.task import Task
from tests.soak.claims import Claims
from tests.soak.rhythm import Rhythm

MORE_FILES: Final = 24
MORE_THREADS: Final = 12
"""How many more than after the first fifth a worker may have for a moment: connections and reads come and go."""

_PROC: Final = Path("/proc")
_EVERY_S: Final = 1.0
_AROUND: Final = 0.05
"""The share of the whole time over which the memory at an instant is taken: what it was half of the time."""


@dataclass(frozen=True, slots=True)
class Look:
    """One worker at one instant (monotonic seconds): memory in MB, `private_mb` without what it shares with others."""

    at: float
    rss_mb: float
    pss_mb: float
    private_mb: float
    files: int
    threads: int


@dataclass(slots=True)
class Workers:
    """The workers of a task as they were found, about once a second."""

    task: Task
    first: frozenset[int]
    looks: dict[int, list[Look]] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    _ends: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look until told to end."""
        while not self._ends.wait(_EVERY_S):
            self.look()

    def look(self) -> None:
        """Look at all of them."""
        found = set(self.task.workers)
        self.others |= found ^ self.first
        for pid in found & self.first:
            with suppress(OSError):
                self.looks.setdefault(pid, []).append(_look(pid))

    def end(self) -> None:
        """Look no more."""
        self._ends.set()

    def line(self) -> str:
        """How they are now, in a few words."""
        last = [looks[-1] for _, looks in sorted(self.looks.items())]
        rss, pss = (
            "/".join(f"{value:.0f}" for value in values)
            for values in ([x.rss_mb for x in last], [x.pss_mb for x in last])
        )
        files, threads = "/".join(str(x.files) for x in last), "/".join(str(x.threads) for x in last)
        return f"rss {rss} MB (pss {pss}), files {files}, threads {threads}"

    def judge(self, claims: Claims, rhythm: Rhythm, began: float, ended: float) -> None:
        """Hold what was found against what is claimed. The instants are those of the load (monotonic seconds)."""
        claims.holds("alive", self.task.process.poll() is None, "the server itself has ended")
        claims.holds("alive", not self.others, f"{sorted(self.others)} came or went beside {sorted(self.first)}")
        claims.tell("alive", f"{sorted(self.first)} all the time")
        fifth, around = began + (ended - began) / 5, (ended - began) * _AROUND
        told, opened = [], []
        for pid, looks in sorted(self.looks.items()):
            early, late = _between(looks, fifth, fifth + around), _between(looks, ended - around, ended)
            if not early or not late:
                claims.broke("memory", f"{pid} was not seen after a fifth, or not at the end")
                continue
            was, now = (statistics.median(look.rss_mb for look in part) for part in (early, late))
            limit = was + max(was * rhythm.growth, rhythm.growth_mb)
            kept = [statistics.median(look.private_mb for look in part) for part in (early, late)]
            fact = f"{pid}: {was:.1f} to {now:.1f} MB ({now / was - 1:+.1%}), private {kept[0]:.1f} to {kept[1]:.1f} MB"
            told.append(fact)
            claims.holds("memory", now <= limit, f"{fact}; {limit:.1f} MB were the most")
            opened.append(_judge_open(claims, pid, early, _between(looks, fifth, ended)))
        claims.tell("memory", "; ".join(told))
        claims.tell("open", "; ".join(opened))


@contextmanager
def watching(task: Task) -> Iterator[Workers]:
    """Somebody who looks at a task's workers while the block runs."""
    workers = Workers(task, frozenset(task.workers))
    thread = threading.Thread(target=workers.watch, name="workers", daemon=True)
    thread.start()
    try:
        yield workers
    finally:
        workers.end()
        thread.join()


def _judge_open(claims: Claims, pid: int, early: Sequence[Look], later: Sequence[Look]) -> str:
    files, threads = max(look.files for look in early), max(look.threads for look in early)
    most_files, most_threads = max(look.files for look in later), max(look.threads for look in later)
    fact = f"{pid}: files {files}, at most {most_files}; threads {threads}, at most {most_threads}"
    claims.holds("open", most_files <= files + MORE_FILES and most_threads <= threads + MORE_THREADS, fact)
    return fact


def _between(looks: Sequence[Look], since: float, until: float) -> list[Look]:
    return [look for look in looks if since <= look.at <= until]


def _look(pid: int) -> Look:
    folder = _PROC / str(pid)
    kb: dict[str, int] = {}
    for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _, value = line.partition(":")
        kb[name] = int(value.split()[0])
    private = kb["Private_Clean"] + kb["Private_Dirty"]
    return Look(
        time.monotonic(),
        kb["Rss"] / 1000,
        kb["Pss"] / 1000,
        private / 1000,
        sum(1 for _ in (folder / "fd").iterdir()),
        sum(1 for _ in (folder / "task").iterdir()),
    )
