"""A snapshot that ends before it can take a day: one event tells it, for command and function alike."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.commands import Commands
from tests.fakes.lambda_runtime import function

CANARY = "canary-7f3a91"
JIRA = {"JIRA_BASE_URL": "http://127.0.0.1:1", "JIRA_EMAIL": "ops@example.com", "JIRA_API_TOKEN": CANARY}

unfit = pytest.mark.parametrize(
    ("settings", "error", "reason"),
    [
        ({**JIRA, "QUEUE_REGISTRY": "gone.json"}, "RegistryMissing", "gone.json"),
        ({**JIRA, "WINDOW_DAYS": "soon", "LOG_FORMAT": "xml"}, "SettingsError", "WINDOW_DAYS"),
        ({}, "NotConfigured", "No Jira is configured."),
    ],
)
"""Marks a test to be run with settings of which a part does not fit, with the error and a part of the reason."""


def _events(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


@unfit
def test_a_command_that_cannot_begin_is_told(
    tmp_path: Path, settings: Mapping[str, str], error: str, reason: str
) -> None:
    """For alarms as an event, for people as one message behind it."""
    done = Commands(tmp_path)("snapshot", **settings)

    assert done.code in (1, 2)
    (event,) = _events(done.err)
    assert (event["event"], event["level"], event["error"]) == ("snapshot.failed", "error", error)
    assert reason in event["reason"]
    assert reason in done.err.partition("}\n")[2]
    assert CANARY not in done.out + done.err


@unfit
def test_a_function_that_cannot_begin_is_told(
    tmp_path: Path, settings: Mapping[str, str], error: str, reason: str
) -> None:
    """Each time it is invoked, beside the error that the invocation ends with."""
    with function("opsportal.aws_lambda.handler", tmp_path, settings) as snap:
        ended = [snap.invoke({"scheduled_at": "2026-11-23T05:00:00Z"}) for _ in range(2)]

        assert [each.error and each.error["errorType"] for each in ended] == [error, error]
        events = snap.events
        assert [(event["event"], event["level"], event["error"]) for event in events] == [
            ("snapshot.failed", "error", error)
        ] * 2
        assert reason in events[0]["reason"]
        assert CANARY not in snap.log


def test_an_error_nobody_expected_is_told_with_its_place(tmp_path: Path) -> None:
    """As when the event is not even an object."""
    (tmp_path / "queues.json").write_text("{}", encoding="utf-8")
    with function("opsportal.aws_lambda.handler", tmp_path, {**JIRA, "QUEUE_REGISTRY": "queues.json"}) as snap:
        ended = snap.invoke(7)

        assert ended.error is not None
        assert ended.error["errorType"] == "TypeError"
        (event,) = snap.events
        assert (event["event"], event["error"]) == ("snapshot.failed", "TypeError")
        assert "aws_lambda.py" in event["exception"]
