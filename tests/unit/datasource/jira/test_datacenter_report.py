"""One data set, written as Cloud and as Data Center do: the same report of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner

from demo.options import Options
from demo.server import Demo, start
from opsportal.cli import commands
from opsportal.settings import table

NOON = "2026-11-23T12:00:00Z"
SIZES = {"service-desk": 300, "billing": 60, "platform-ops": 60, "network": 60, "people": 60, "field-support": 60}
OF_THE_READ = {"age_s", "revision"}
"""How long ago it was read, and the mark of its facts: Data Center tells `updated` to the second, Cloud to the ms."""

Report: TypeAlias = dict[str, Any]


def _settings(demo: Demo, *, cloud: bool) -> dict[str, str]:
    common = {"JIRA_BASE_URL": demo.jira_base_url, "QUEUE_REGISTRY": str(demo.registry)}
    if cloud:
        jira = {"JIRA_EMAIL": demo.email, "JIRA_API_TOKEN": demo.jira_api_token}
        return {**common, **jira, "TEMPO_BASE_URL": demo.tempo_base_url, "TEMPO_API_TOKEN": demo.tempo_api_token}
    return {**common, "JIRA_PAT": demo.jira_pat, "TEMPO_BASE_URL": demo.jira_base_url}


@pytest.fixture(scope="module")
def editions() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The settings for the demo as Cloud, and for the same demo as Data Center with the names of live servers."""
    chosen: dict[str, Any] = {"clock": f"frozen:{NOON}", "sizes": SIZES}
    with (
        start(Options(**chosen)) as cloud,
        start(Options(**chosen, dialect="datacenter", tempo_live_names=True)) as server,
    ):
        yield _settings(cloud, cloud=True), _settings(server, cloud=False)


def _report(queue: str, settings: dict[str, str]) -> Report:
    runner = CliRunner(env={**dict.fromkeys((row.name for row in table()), ""), **settings})
    ended = runner.invoke(commands, ["report", queue, "--json", "--days", "90", "--as-of", NOON])
    assert ended.exit_code == 0, ended.output
    # What a ticket's address is follows from where Jira is.
    read: Report = json.loads(ended.stdout.replace(settings["JIRA_BASE_URL"], "https://jira.invalid"))
    return {name: value for name, value in read.items() if name not in OF_THE_READ}


@pytest.mark.parametrize("queue", ["service-desk", "internal-tools"])
def test_both_editions_give_the_same_report(
    queue: str, editions: tuple[dict[str, str], dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With clocks of the service desk, and with computed ones from histories and comments; with hours and people."""
    monkeypatch.chdir(tmp_path)  # where nobody's .env lies
    cloud, server = (_report(queue, settings) for settings in editions)

    assert server == cloud
    assert cloud["hours"]["state"] == "ok"
    assert cloud["hours"]["total_h"] > 0
    assert cloud["sla"]["first_response"]["n"] > 0
    assert cloud["analysts"]
