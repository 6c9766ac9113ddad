"""The demo's Jira as a program of its own, and the portal's own reader pointed at it."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import requests

from opsportal.settings import Settings, load
from opsportal.wiring import build
from servicelevel.columns import TicketColumns
from servicelevel.instants import to_ms
from servicelevel.policy import Queue

AS_OF_TEXT = "2026-11-23T12:00:00+00:00"
AS_OF = to_ms(datetime.fromisoformat(AS_OF_TEXT))
QUEUE = "service-desk"
ALL_DAYS = 400
"""Reaches back past the oldest ticket of the demo, so that every ticket of the queue is read."""


@dataclass(frozen=True, slots=True)
class DemoJira:
    """A running demo and how to ask it."""

    url: str
    email: str
    token: str
    settings: Settings

    @property
    def queue(self) -> Queue:
        """The queue that is measured."""
        return build(self.settings).reports.find(QUEUE)

    def read(self) -> TicketColumns:
        """A cold read of the queue, by the portal's own reader, without hours."""
        return build(self.settings, now=lambda: AS_OF).reports.read(QUEUE, AS_OF).columns

    def session(self) -> requests.Session:
        """A plain session that is signed in."""
        session = requests.Session()
        session.auth = (self.email, self.token)
        return session

    def peak_in_flight(self) -> int:
        """The most requests that were under way at once since the last question."""
        with self.session() as session:
            peak = session.get(f"{self.url}/demo/stats", timeout=30).json()["peak_in_flight"]
            session.post(f"{self.url}/demo/stats/reset", timeout=30)
        return int(peak)


@contextlib.contextmanager
def demo_jira(tickets: int, *options: str) -> Iterator[DemoJira]:
    """The demo, frozen, with about so many tickets in the measured queue."""
    command = [sys.executable, "-m", "demo", "--clock", f"frozen:{AS_OF_TEXT}", "--until-stdin-closes"]
    command += ["--size", f"{QUEUE}={tickets}", "--lifetime", "1800", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the demo has no pipes")
        try:
            said = json.loads(process.stdout.readline())
            settings = load(
                {
                    "JIRA_BASE_URL": said["jira_base_url"],
                    "JIRA_EMAIL": said["email"],
                    "JIRA_API_TOKEN": said["jira_api_token"],
                    "QUEUE_REGISTRY": said["registry"],
                    "WINDOW_DAYS": str(ALL_DAYS),
                },
                env_file=None,
            )
            yield DemoJira(said["jira_base_url"], said["email"], said["jira_api_token"], settings)
        finally:
            process.stdin.close()
            process.wait(timeout=30)
