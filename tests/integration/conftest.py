"""The demo at one instant in both editions, what the oracle reads of it, and the reports that the command prints."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.oracle.cloud import Cloud
from tests.oracle.datacenter import DataCenter
from tests.oracle.gathering import gather
from tests.oracle.instants import ms_of
from tests.oracle.other_rules import other_rules
from tests.oracle.queue_facts import QueueFacts

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-23T12:00:00Z"
AS_OF_MS = ms_of(AS_OF)
EARLIER = "2026-10-26T15:00:00Z"
ON_DATA_CENTER = ("service-desk", "internal-tools")
"""The queues whose reports are compared on Data Center too: one with Jira's clocks, one with computed ones."""
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
    def queues(self) -> tuple[str, ...]:
        """Every queue of that registry."""
        return tuple(queue["id"] for queue in json.loads(self.registry.read_text(encoding="utf-8"))["queues"])

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which the portal reads the demo; on Data Center one token opens Jira and Tempo."""
        ready = self.ready
        settings = {"JIRA_BASE_URL": ready["jira_base_url"], "QUEUE_REGISTRY": ready["registry"]}
        if self._is_cloud:
            settings |= {"JIRA_EMAIL": ready["email"], "JIRA_API_TOKEN": ready["jira_api_token"]}
            return settings | {"TEMPO_BASE_URL": ready["tempo_base_url"], "TEMPO_API_TOKEN": ready["tempo_api_token"]}
        return settings | {"JIRA_PAT": ready["jira_pat"], "TEMPO_BASE_URL": ready["tempo_base_url"]}

    def upstream(self) -> Cloud | DataCenter:
        """The same for the oracle."""
        ready = self.ready
        if self._is_cloud:
            jira = (ready["jira_base_url"], ready["email"], ready["jira_api_token"])
            return Cloud(*jira, ready["tempo_base_url"], ready["tempo_api_token"])
        return DataCenter(ready["jira_base_url"], ready["jira_pat"])

    @property
    def _is_cloud(self) -> bool:
        return bool(self.ready["dialect"] == "cloud")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo with its usual seed, standing at one instant."""
    with _running("cloud") as running:
        yield running


@pytest.fixture(scope="session")
def data_center() -> Iterator[Site]:
    """The same tickets at the same instant as Data Center shows them."""
    with _running("datacenter") as running:
        yield running


@pytest.fixture(scope="session")
def fleet(site: Site) -> dict[str, QueueFacts]:
    """Every queue as the oracle reads it."""
    with closing(site.upstream()) as upstream:
        return gather(upstream, site.registry, AS_OF_MS)


@pytest.fixture(scope="session")
def other_rules_site(site: Site, fleet: Mapping[str, QueueFacts], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same demo, read with a registry that runs the computed clocks by other rules."""
    comments = (comment for ticket in fleet["website"].tickets for comment in ticket.comments)
    apps = sorted({comment.author or "" for comment in comments if comment.is_app})
    registry = other_rules(json.loads(site.registry.read_text(encoding="utf-8")), apps)
    path = tmp_path_factory.mktemp("registry") / "other.json"
    path.write_text(json.dumps(registry), encoding="utf-8")
    return Site({**site.ready, "registry": str(path)})


@pytest.fixture(scope="session")
def fleet_on_data_center(data_center: Site, fleet: Mapping[str, QueueFacts]) -> dict[str, QueueFacts]:
    """The same with those queues read anew from Data Center that are compared there."""
    with closing(data_center.upstream()) as upstream:
        return {**fleet, **gather(upstream, data_center.registry, AS_OF_MS, ON_DATA_CENTER)}


@pytest.fixture(scope="session")
def runners() -> Iterator[ThreadPoolExecutor]:
    """Commands run side by side, so many at a time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield pool


@pytest.fixture(scope="session")
def report_of(site: Site, runners: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory) -> ReportOf:
    """The report that `opsportal report QUEUE … --json` prints, run once for the same words.

    All queues' plain reports are started with the first that is asked for.
    """
    return _reporting(site, runners, tmp_path_factory.mktemp("elsewhere"), site.queues)


@pytest.fixture(scope="session")
def other_rules_report_of(
    other_rules_site: Site, runners: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> ReportOf:
    """The same by the other rules."""
    return _reporting(other_rules_site, runners, tmp_path_factory.mktemp("elsewhere"), ())


@pytest.fixture(scope="session")
def data_center_report_of(
    data_center: Site, runners: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> ReportOf:
    """The same from Data Center."""
    return _reporting(data_center, runners, tmp_path_factory.mktemp("elsewhere"), ON_DATA_CENTER)


@contextmanager
def _running(dialect: str) -> Iterator[Site]:
    options = ("--dialect", dialect, "--clock", f"frozen:{AS_OF}", "--until-stdin-closes", "--lifetime")
    command = (sys.executable, "-m", "demo", *options, str(_LIFETIME_S))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        yield Site(json.loads(demo.stdout.readline()))
        # Leaving closes its standard input, which ends it.


def _reporting(site: Site, runners: ThreadPoolExecutor, folder: Path, at_once: tuple[str, ...]) -> ReportOf:
    # A folder of its own has no .env, so that nobody's own settings get in.
    environment = {**site.environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    started: dict[tuple[str, ...], Future[Report]] = {}

    def run(*words: str) -> Report:
        as_of = () if "--as-of" in words else ("--as-of", AS_OF)
        command = (sys.executable, "-m", "opsportal", "report", *words, "--json", *as_of)
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_REPORT_S, check=False
        )
        assert ended.returncode == 0, f"{' '.join(words)}: {ended.stderr}"
        return dict(json.loads(ended.stdout))

    def report(*words: str) -> Report:
        for wanted in (words, *((queue,) for queue in at_once)):
            if wanted not in started:
                started[wanted] = runners.submit(run, *wanted)
        return started[words].result()

    return report
