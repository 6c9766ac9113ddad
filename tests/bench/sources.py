"""The demo's Jira and Tempo as a program of its own, and the portal's own reader pointed at it."""

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

LATENCY = ("--call-s", "0.2", "--ticket-s", "0.01", "--bare-id-s", "0.00005")
"""How long a busy site takes to answer."""

DATA_CENTER = ("--dialect", "datacenter")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the demo was asked since it last forgot: requests by route, answers by status, most under way at once."""

    routes: Counter[str]
    statuses: Counter[str]
    peak_in_flight: int

    @property
    def tempo(self) -> int:
        """Requests to Tempo."""
        return sum(n for route, n in self.routes.items() if "/tempo" in route)

    @property
    def jira(self) -> int:
        """Requests to Jira itself."""
        return self.routes.total() - self.tempo


@dataclass(frozen=True, slots=True)
class DemoJira:
    """A running demo and how to ask it. `environment` is what the portal needs for tickets, `hours` what it adds."""

    url: str
    environment: Mapping[str, str]
    hours: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """The portal's settings for a read without hours."""
        return load(self.environment, env_file=None)

    def settings_with_hours(self, **more: str) -> Settings:
        """The portal's settings for a read with hours, and others by name."""
        return load({**self.environment, **self.hours, **more}, env_file=None)

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
        if pat := self.environment.get("JIRA_PAT"):
            session.headers["Authorization"] = f"Bearer {pat}"
        else:
            session.auth = (self.environment["JIRA_EMAIL"], self.environment["JIRA_API_TOKEN"])
        return session

    def control(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """What the demo's own resource answers; it is told something where there is a body."""
        method = "GET" if body is None else "POST"
        answer = requests.request(method, f"{self.url}/demo/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def counts(self) -> Counts:
        """What was counted since the last question; the counting begins anew."""
        said = self.control("stats")
        self.control("stats/reset", {})
        return Counts(Counter(said["requests"]), Counter(said["statuses"]), said["peak_in_flight"])


@contextlib.contextmanager
def demo_jira(tickets: int, *options: str) -> Iterator[DemoJira]:
    """The demo, frozen on Cloud unless options say otherwise, with about so many tickets in the measured queue."""
    command = [sys.executable, "-m", "demo", "--clock", f"frozen:{AS_OF_TEXT}", "--until-stdin-closes"]
    command += ["--size", f"{QUEUE}={tickets}", "--lifetime", "1800", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the demo has no pipes")
        try:
            said = json.loads(process.stdout.readline())
            environment = {
                "JIRA_BASE_URL": said["jira_base_url"],
                "JIRA_EMAIL": said["email"],
                "JIRA_API_TOKEN": said["jira_api_token"],
                "JIRA_PAT": said["jira_pat"],
                "QUEUE_REGISTRY": said["registry"],
                "WINDOW_DAYS": str(ALL_DAYS),
            }
            if said["dialect"] == "datacenter":  # one token opens both there; an e-mail address would be a second login
                del environment["JIRA_EMAIL"], environment["JIRA_API_TOKEN"]
            hours = {"TEMPO_BASE_URL": said["tempo_base_url"], "TEMPO_API_TOKEN": said["tempo_api_token"]}
            yield DemoJira(said["jira_base_url"], environment, hours)
        finally:
            process.stdin.close()
            process.wait(timeout=30)
