"""The whole portal as people run it: the demo and the portal as programs of their own, standing still at noon."""

import csv
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import requests

ROOT: Final = Path(__file__).resolve().parents[2]
NOON: Final = "2026-11-23T12:00:00Z"
OURS: Final = ("dashboard",)
GUNICORN: Final = ("gunicorn", "-c", "python:dashboard.gunicorn_conf", "dashboard.wsgi:server")
MOST_A_MINUTE: Final = 1_000_000
"""Requests of one client: a test asks more often than anybody would."""
READ_S: Final = 300
"""Seconds after which a first read of all queues has gone wrong; it takes a few, and more on a busy machine."""


@dataclass(slots=True)
class RunningPortal:
    """A portal that answers: `url` without a slash at the end, `environment` its settings."""

    url: str
    environment: Mapping[str, str]
    folder: Path

    @property
    def log(self) -> str:
        """Everything that its workers have logged."""
        return (self.folder / "portal.log").read_text(encoding="utf-8")

    def table(self, name: str, query: str = "") -> list[dict[str, str]]:
        """The rows of one of the tables that can be exported."""
        answer = requests.get(f"{self.url}/export/{name}.csv{query}", timeout=30)
        answer.raise_for_status()
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@dataclass(slots=True)
class ServedPortal(RunningPortal):
    """A portal that is ours to end."""

    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """End the portal; the demo stays."""
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def running_demo(*options: str) -> Iterator[Mapping[str, Any]]:
    """Jira and Tempo while the block runs: the line that the demo prints when it is ready."""
    command = [sys.executable, "-m", "demo", "--clock", f"frozen:{NOON}", "--until-stdin-closes", "--lifetime", "1800"]
    with subprocess.Popen([*command, *options], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as demo:
        if demo.stdin is None or demo.stdout is None:
            raise RuntimeError("the demo has no pipes")
        try:
            yield json.loads(demo.stdout.readline())
        finally:
            demo.stdin.close()
            demo.wait(timeout=30)


@contextmanager
def served_portal(ready: Mapping[str, Any], folder: Path, **settings: str) -> Iterator[ServedPortal]:
    """The portal on a demo, from when every queue has been read; it keeps everything in `folder`."""
    with started_portal(ready, folder, **settings) as portal:
        wait_until_it_answers(portal.url, portal.process)
        _wait_until_read(portal)
        yield portal


@contextmanager
def started_portal(
    ready: Mapping[str, Any] | None, folder: Path, *, command: Sequence[str] = OURS, **settings: str
) -> Iterator[ServedPortal]:
    """The portal on a demo, from when it lives; `command` are the words behind `python -m`.

    Without a demo `settings` say everything about where it reads.
    """
    port = free_port()
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        **({} if ready is None else settings_of(ready)),
        "CACHE_DIR": str(folder / "cache"),
        "HISTORY_URL": f"sqlite:///{folder / 'history.db'}",
        "PORTAL_CLOCK": f"frozen:{NOON}",
        "PORT": str(port),
        "RATE_LIMIT": str(MOST_A_MINUTE),
        **settings,
    }
    process = _started(environment, folder, command)
    portal = ServedPortal(f"http://127.0.0.1:{port}", environment, folder, process)
    try:
        wait_until_it_answers(f"{portal.url}/healthz", portal.process)
        yield portal
    finally:
        portal.stop()


def settings_of(ready: Mapping[str, Any]) -> dict[str, str]:
    """The settings with which the portal reads a demo of Jira Cloud."""
    return {
        "JIRA_BASE_URL": ready["jira_base_url"],
        "JIRA_EMAIL": ready["email"],
        "JIRA_API_TOKEN": ready["jira_api_token"],
        "TEMPO_BASE_URL": ready["tempo_base_url"],
        "TEMPO_API_TOKEN": ready["tempo_api_token"],
        "QUEUE_REGISTRY": ready["registry"],
    }


def fill_history(portal: RunningPortal, days: int) -> None:
    """Rebuild the last days of every queue's history with the command that does it."""
    last = date.fromisoformat(NOON[:10]) - timedelta(days=1)
    command = [sys.executable, "-m", "opsportal", "backfill"]
    command += ["--from", f"{last - timedelta(days=days - 1)}", "--to", f"{last}"]
    ended = subprocess.run(
        command, cwd=portal.folder, env=dict(portal.environment), capture_output=True, timeout=READ_S, check=False
    )
    if ended.returncode:
        raise RuntimeError(f"backfill: {ended.stderr.decode()}{ended.stdout.decode()}")


def wait_until_it_answers(url: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Until something takes requests there, at most until the process that should has ended."""
    ends = time.monotonic() + READ_S
    while True:
        try:
            if requests.get(url, timeout=10).status_code == 200:
                return
        except requests.ConnectionError:
            if time.monotonic() > ends or (process is not None and process.poll() is not None):
                raise
        time.sleep(0.1)


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def report(portal: RunningPortal, words: Sequence[str]) -> dict[str, Any]:
    """What `opsportal report … --json` prints with the portal's own settings, as of noon."""
    command = [sys.executable, "-m", "opsportal", "report", *words, "--json", "--as-of", NOON]
    ended = subprocess.run(
        command, cwd=portal.folder, env=dict(portal.environment), capture_output=True, timeout=120, check=False
    )
    if ended.returncode:
        raise RuntimeError(f"report {' '.join(words)}: {ended.stderr.decode()}")
    return dict(json.loads(ended.stdout))


def _started(environment: Mapping[str, str], folder: Path, command: Sequence[str] = OURS) -> "subprocess.Popen[bytes]":
    # A folder of its own has no .env, so that nobody's own settings get in.
    with (folder / "portal.log").open("ab") as log:
        words = [sys.executable, "-m", *command]
        return subprocess.Popen(words, cwd=folder, env=dict(environment), stdout=log, stderr=log)


def _wait_until_read(portal: RunningPortal) -> None:
    def read() -> bool:
        rows = portal.table("overview")
        return all(row["as_of"] for row in rows)

    _wait("the first read", portal, read)


def _wait(what: str, portal: RunningPortal, done: Any) -> None:
    ends = time.monotonic() + READ_S
    while not done():
        if time.monotonic() > ends:
            raise RuntimeError(f"waited too long for {what}:\n{portal.log}")
        time.sleep(0.2)
