"""One task of the portal: a server with its workers, as a program of its own with a folder of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests

from tests.chaos.processes import children, resident_mb
from tests.chaos.waiting import until
from tests.fakes.served_portal import MOST_A_MINUTE, ROOT, free_port

GROWTH_MB: Final = 20.0
"""How much larger a worker may be than it was after warm-up."""
_END_S: Final = 60
"""A worker that is told to end while it still begins is given up only after a while."""


@dataclass(slots=True)
class Task:
    """A running server. `url` has no slash at its end; `folder` holds its files and its log."""

    folder: Path
    environment: Mapping[str, str]
    url: str
    process: "subprocess.Popen[bytes]"
    warm_mb: dict[int, float] = field(default_factory=dict)

    @property
    def log(self) -> str:
        """Everything that it has said."""
        return (self.folder / "portal.log").read_text(encoding="utf-8")

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests."""
        return children(self.process.pid)

    def kill(self, worker: int) -> None:
        """End a worker without a word; its server starts another one."""
        before = set(self.workers)
        os.kill(worker, signal.SIGKILL)
        until("another worker", lambda: len(set(self.workers) - {worker}) == len(before))

    def warmed_up(self) -> None:
        """Take what the workers' memory is now as what it is after warm-up."""
        self.warm_mb = {worker: resident_mb(worker) for worker in self.workers}

    def grown_mb(self) -> dict[int, float]:
        """By how much each worker that is still there has grown since."""
        alive = set(self.workers)
        return {worker: resident_mb(worker) - before for worker, before in self.warm_mb.items() if worker in alive}

    def stop(self) -> None:
        """End it in order; without a word if that takes too long."""
        self.process.terminate()
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            left = self.workers
            self.process.kill()
            self.process.wait(_END_S)
            for worker in left:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            raise


def started(folder: Path, settings: Mapping[str, str]) -> Task:
    """A server from when it answers; what it is not told by these settings is as by default."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {
        "HOME": str(folder),
        "RATE_LIMIT": str(MOST_A_MINUTE),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "CACHE_DIR": str(folder / "cache"),
        "HISTORY_URL": f"sqlite:///{folder / 'history.db'}",
        "PORT": str(port),
        **settings,
    }
    # A folder of its own has no .env, so that nobody's own settings get in.
    with (folder / "portal.log").open("ab") as log:
        command = [sys.executable, "-m", "dashboard"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    task = Task(folder, environment, f"http://127.0.0.1:{port}", process)

    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the portal ended by itself:\n{task.log}")
        with suppress(requests.ConnectionError):
            return requests.get(task.url, timeout=30).status_code == 200
        return False

    try:
        until("the portal to answer", answers)
        workers = int(environment.get("WEB_CONCURRENCY", "2"))
        until("its workers", lambda: len(task.workers) == workers)
    except BaseException:
        task.stop()
        raise
    return task
