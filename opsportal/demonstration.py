"""The demo's sources, started as a program of their own and ended with the block that uses them."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

import msgspec

from servicelevel.errors import PortalError


class DemoFailed(PortalError):
    """The demo's sources did not start."""


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
