"""A history of two queues and the commands that take days in and out of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datasource.history.sqlite import SqliteHistory
from opsportal.cli import commands

REGISTRY = {
    "version": 1,
    "calendars": {"west": {"time_zone": "America/Sao_Paulo", "hours": {"mon-fri": ["09:00-18:00"]}}},
    "defaults": {"calendar": "west", "targets": {"first_response": 0.95, "resolution": 0.9}},
    "queues": [
        {"id": "desk", "name": "Service Desk", "team": "IT", "project": "SD"},
        {"id": "billing", "name": "Billing", "team": "Finance", "project": "BIL"},
    ],
}


@pytest.fixture
def history(tmp_path: Path) -> SqliteHistory:
    """The history that the commands work on."""
    return SqliteHistory(tmp_path / "history.db")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `opsportal history …` in an empty folder at noon of the day after LAST."""
    registry = tmp_path / "registry.json"
    registry.write_text(json.dumps(REGISTRY), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("QUEUE_REGISTRY", str(registry)),
        ("HISTORY_URL", f"sqlite:///{tmp_path / 'history.db'}"),
        ("PORTAL_CLOCK", "frozen:2026-11-23T12:00:00Z"),
    ):
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(commands, ["history", *map(str, words)])
