"""Days of history from files and into files, by programs of their own that need no Jira."""

import json
from pathlib import Path

import pytest

from tests.fakes.commands import Commands

REGISTRY = {
    "version": 1,
    "calendars": {"west": {"time_zone": "America/Sao_Paulo"}},
    "defaults": {"calendar": "west", "targets": {"first_response": 0.95, "resolution": 0.9}},
    "queues": [{"id": "desk", "name": "Service Desk", "team": "IT", "project": "SD"}],
}
CLOCK = "frozen:2026-11-23T12:00:00Z"


@pytest.fixture
def run(tmp_path: Path) -> Commands:
    """Runs commands in a folder with a registry and a file of the first portal."""
    (tmp_path / "queue_registry.json").write_text(json.dumps(REGISTRY), encoding="utf-8")
    days = {f"2026-11-{day}": {"desk": {"score": float(day)}, "gone": {"score": 1}} for day in (20, 21)}
    (tmp_path / "trends.json").write_text(json.dumps(days), encoding="utf-8")
    return Commands(tmp_path)


def test_what_was_imported_is_exported_and_moves_to_another_history(run: Commands) -> None:
    """Standard output is the file and nothing else; what could not be placed is on standard error, with exit code 1."""
    taken = run("history", "import", "trends.json", PORTAL_CLOCK=CLOCK)
    written = run("history", "export", PORTAL_CLOCK=CLOCK)
    (run.folder / "history.jsonl").write_text(written.out, encoding="utf-8")
    other = {"HISTORY_URL": "sqlite:///other.db", "PORTAL_CLOCK": CLOCK}
    moved = run("history", "import", "history.jsonl", **other)

    assert (taken.code, taken.lines()) == (1, ["trends.json: 2 days put, 0 there already, 2 not placed."])
    assert [line.partition(": ")[0] for line in taken.err.splitlines()] == [
        "'2026-11-20' → 'gone'",
        "'2026-11-21' → 'gone'",
    ]
    assert [(line["day"], line["score"]) for line in map(json.loads, written.lines())] == [
        ("2026-11-20", 20.0),
        ("2026-11-21", 21.0),
    ]
    assert (moved.code, moved.err) == (0, "")
    assert run("history", "export", **other).out == written.out
