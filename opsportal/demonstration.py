"""The demo's sources, and a portal that reads them: programs of their own that end with the block that uses them."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

import msgspec
import requests

from opsportal.settings import alone
from servicelevel.errors import PortalError
from servicelevel.instants import to_datetime

PAST_DAYS: Final = 60
"""Days of history that the demo is given."""

_START_S = 60.0
_LOOK_EVERY_S = 0.2
_END_S = 15.0


class DemoFailed(PortalError):
    """The demo's sources, or the portal on them, did not start."""


class Ready(msgspec.Struct):
    """What the demo says when it listens."""

    jira_base_url: str
    tempo_base_url: str
    email: str
    jira_api_token: str
    tempo_api_token: str
    registry: str

    def environment(self) -> dict[str, str]:
        """The settings that point the portal at the demo."""
        return {
            "JIRA_BASE_URL": self.jira_base_url,
            "JIRA_EMAIL": self.email,
            "JIRA_API_TOKEN": self.jira_api_token,
            "TEMPO_BASE_URL": self.tempo_base_url,
            "TEMPO_API_TOKEN": self.tempo_api_token,
            "QUEUE_REGISTRY": self.registry,
        }


@contextlib.contextmanager
def running(seed: int | None) -> Iterator[Ready]:
    """Start the demo's Jira and Tempo on a free port of this machine, and end them with the block.

    Raises:
        DemoFailed: they did not say that they listen.
    """
    command = [sys.executable, "-m", "demo", "--until-stdin-closes"]
    if seed is not None:
        command += ["--seed", str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            line = process.stdout.readline() if process.stdout else b""
            try:
                ready = msgspec.json.decode(line, type=Ready)
            except msgspec.DecodeError:
                raise DemoFailed("The demo's Jira and Tempo did not start; see the message above.") from None
            yield ready
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def portal(sources: Ready, port: int, now: int, token_key: str = "") -> Iterator["subprocess.Popen[bytes]"]:
    """Start a portal on these sources at this port of this machine, and end it with the block. It answers by then.

    Its history is rebuilt from the made-up Jira while it does. What it keeps lies in a folder of its own that goes away
    with it; no other setting of the environment counts. `now` is the present instant (epoch ms), `token_key` what signs
    tokens for it.

    Raises:
        DemoFailed: it did not start.
    """
    _require_free(port)
    with tempfile.TemporaryDirectory(prefix="opsportal-demo-", ignore_cleanup_errors=True) as folder:
        places = {"CACHE_DIR": f"{folder}/cache", "HISTORY_URL": f"sqlite:///{folder}/history.db", "PORT": str(port)}
        places["TOKEN_KEY"] = token_key
        environment = alone({**sources.environment(), **places, "LOG_LEVEL": "WARNING", "LOG_FORMAT": "text"})
        with subprocess.Popen([sys.executable, "-m", "dashboard"], env=environment) as process:
            try:
                _wait(process, f"http://127.0.0.1:{port}/")
                with _past(environment, to_datetime(now).date()):
                    yield process
            finally:
                _end(process)


@contextlib.contextmanager
def host_page(portal_port: int, port: int, token_key: str) -> Iterator[str]:
    """Start a page of another site that shows a queue of that portal, and end it with the block; its address.

    Raises:
        DemoFailed: it did not start.
    """
    _require_free(port, "--host-page")
    command = [sys.executable, "-m", "demo.host", "--portal", f"http://127.0.0.1:{portal_port}/", "--port", str(port)]
    environment = alone({"TOKEN_KEY": token_key})
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            told = process.stdout.readline().decode() if process.stdout else ""
            if not told:
                raise DemoFailed("The page of another site did not start; see the message above.")
            yield told.split()[-1]
        finally:
            _end(process)


@contextlib.contextmanager
def _past(environment: Mapping[str, str], today: date) -> Iterator[None]:
    """Rebuild the last days of history beside the block, which need not wait for it."""
    command = [sys.executable, "-m", "opsportal", "backfill"]
    command += ["--from", f"{today - timedelta(days=PAST_DAYS)}", "--to", f"{today}"]
    # What goes wrong is told on standard error; the days that were put are seen on the pages.
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        try:
            yield
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=_END_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _require_free(port: int, option: str = "--port") -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            raise DemoFailed(f"Port {port} of this machine is taken. Choose another one with {option}.") from None


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(requests.RequestException):
            if requests.get(address, timeout=5).ok and process.poll() is None:
                return
        time.sleep(_LOOK_EVERY_S)
    raise DemoFailed("The portal did not start; see the message above.")
