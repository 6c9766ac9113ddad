"""The demo at one instant, what the oracle and the program read of it, and the reports that the command prints."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.oracle.gathering import gather
from tests.oracle.instants import ms_of
from tests.oracle.queue_facts import QueueFacts
from tests.oracle.upstream import Credentials, Upstream

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-23T12:00:00Z"
AS_OF_MS = ms_of(AS_OF)
_LIFETIME_S = 900
_REPORT_S = 120
_AT_ONCE = 2

Report: TypeAlias = dict[str, Any]
ReportOf: TypeAlias = Callable[..., Report]


@dataclass(frozen=True, slots=True)
class Site:
    """A running demo: `ready` is the line that it printed."""

    ready: Mapping[str, Any]

    @property
    def registry(self) -> Path:
        """The registry that fits the demo."""
        return Path(self.ready["registry"])

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which the portal reads the demo."""
        return {
            "JIRA_BASE_URL": self.ready["jira_base_url"],
            "JIRA_EMAIL": self.ready["email"],
            "JIRA_API_TOKEN": self.ready["jira_api_token"],
            "TEMPO_BASE_URL": self.ready["tempo_base_url"],
            "TEMPO_API_TOKEN": self.ready["tempo_api_token"],
            "QUEUE_REGISTRY": self.ready["registry"],
        }

    @property
    def credentials(self) -> Credentials:
        """The same for the oracle."""
        ready = self.ready
        jira = (ready["jira_base_url"], ready["email"], ready["jira_api_token"])
        return Credentials(*jira, ready["tempo_base_url"], ready["tempo_api_token"])


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo with its usual seed, standing at one instant."""
    options = ("--clock", f"frozen:{AS_OF}", "--until-stdin-closes", "--lifetime", str(_LIFETIME_S))
    command = (sys.executable, "-m", "demo", *options)
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        yield Site(json.loads(demo.stdout.readline()))
        # Leaving closes its standard input, which ends it.


@pytest.fixture(scope="session")
def fleet(site: Site) -> dict[str, QueueFacts]:
    """Every queue as the oracle reads it."""
    with closing(Upstream(site.credentials)) as upstream:
        return gather(upstream, site.registry, AS_OF_MS)


@pytest.fixture(scope="session")
def report_of(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportOf]:
    """The report that `opsportal report QUEUE … --json` prints, run once for the same words.

    All queues' plain reports are started with the first that is asked for, two at a time.
    """
    # An empty folder has no .env, so that nobody's own settings get in.
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = {**site.environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}

    def run(*words: str) -> Report:
        command = (sys.executable, "-m", "opsportal", "report", *words, "--json", "--as-of", AS_OF)
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_REPORT_S, check=False
        )
        assert ended.returncode == 0, f"{' '.join(words)}: {ended.stderr}"
        return dict(json.loads(ended.stdout))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        started: dict[tuple[str, ...], Future[Report]] = {}

        def report(*words: str) -> Report:
            queues = json.loads(site.registry.read_text(encoding="utf-8"))["queues"]
            for wanted in (words, *((queue["id"],) for queue in queues)):
                if wanted not in started:
                    started[wanted] = pool.submit(run, *wanted)
            return started[words].result()

        yield report
