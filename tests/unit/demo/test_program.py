from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

_ROOT = Path(__file__).resolve().parents[3]
_SMALL = [
    word for queue in ("service-desk", "billing", "platform-ops", "network") for word in ("--size", f"{queue}=40")
]


@contextmanager
def _running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "demo", *_SMALL, "--lifetime", "60", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_program_says_on_one_line_how_to_reach_it_and_ends_with_its_input() -> None:
    """The line has everything a reader needs; closing standard input ends the program."""
    with _running("--until-stdin-closes", "--clock", "frozen:2026-11-23T12:00:00Z") as (process, told):
        answer = requests.get(
            f"{told['jira_base_url']}/rest/api/3/myself", auth=(told["email"], told["jira_api_token"]), timeout=20
        )
        rest, _ = process.communicate(timeout=20)

    assert answer.json()["emailAddress"] == told["email"]
    assert told["tempo_base_url"] == f"{told['jira_base_url']}/tempo/4"
    assert Path(told["registry"]) == _ROOT / "demo" / "queue_registry.json"
    assert (told["now"], told["pid"]) == ("2026-11-23T12:00:00.000Z", process.pid)
    assert (rest, process.returncode) == ("", 0)


def test_program_speaks_the_other_dialect() -> None:
    """With everything that can be chosen for it; the line says which credentials open it."""
    chosen = ("--dialect", "datacenter", "--page-cap", "20", "--result-window", "30", "--tempo-live-names")
    with _running(*chosen, "--index-lag-s", "5", "--burst", "50") as (_, told):
        headers = {"Authorization": f"Bearer {told['jira_pat']}"}
        base = told["jira_base_url"]
        page = requests.get(f"{base}/rest/api/2/search?maxResults=99", headers=headers, timeout=20)
        beyond = requests.get(f"{base}/rest/api/2/search?startAt=30", headers=headers, timeout=20)
        lag = requests.get(f"{base}/demo/index", timeout=20)

    assert (told["dialect"], told["tempo_base_url"]) == ("datacenter", base)
    assert (page.json()["maxResults"], beyond.status_code) == (20, 500)
    assert page.headers["X-RateLimit-Limit"] == "50"
    assert lag.json() == {"lag_s": 5.0}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program_ends_on_a_signal(number: signal.Signals) -> None:
    """Both signals end it in order."""
    with _running() as (process, _):
        process.send_signal(number)

        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--clock", "sundial"],
        ["--size", "nobody=3"],
        ["--size", "x"],
        ["--call-s", "-1"],
        ["--dialect", "esperanto"],
        ["--burst", "0"],
        ["--index-lag-s", "-1"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """With the reason on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "demo", *arguments], capture_output=True, text=True, cwd=_ROOT, timeout=60, check=False
    )

    assert done.returncode == 2
    assert "error:" in done.stderr
    assert done.stdout == ""
