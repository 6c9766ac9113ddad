"""`opsportal snapshot` as it is run: twice, by two at once, killed on its way, and when something is wrong."""

import contextlib
import json
import random
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datasource.history.sqlite import SqliteHistory
from datasource.registry.file import FileRegistry
from demo.server import Demo
from servicelevel.snapshot import Snapshot
from tests.fakes.commands import Commands, Done
from tests.fakes.served_portal import ROOT
from tests.fakes.small_demo import NOON, settings_of, small_demo

LAST = date(2026, 11, 22)
QUEUES = tuple(queue.id for queue in FileRegistry(ROOT / "demo" / "queue_registry.json").read().queues)
KILLS = 10
CANARY = "canary-7f3a91"
SEED = 20261123

Kept = Mapping[str, Snapshot]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Jira and Tempo, standing still."""
    with small_demo() as running:
        yield running


@pytest.fixture(scope="module")
def environment(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings for the demo's noon. What was read is kept between runs, so that each of them is quick."""
    cache = tmp_path_factory.mktemp("cache")
    return {**settings_of(demo), "PORTAL_CLOCK": f"frozen:{NOON}", "CACHE_DIR": str(cache)}


@pytest.fixture(scope="module")
def undisturbed(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Kept, Done]:
    """What one run leaves that nobody disturbs, and what it printed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = _snapshot(folder, environment)
    return _kept(folder), done


def _snapshot(folder: Path, environment: Mapping[str, str], *words: str) -> Done:
    return Commands(folder)("snapshot", *words, **environment)


def _kept(folder: Path) -> dict[str, Snapshot]:
    """The one item that each queue has, but for when it was taken."""
    history = SqliteHistory(folder / "history.db")
    found = {}
    for queue in QUEUES:
        (kept,) = history.range(queue, date(2020, 1, 1), date(2030, 1, 1)).snapshots
        assert kept.complete
        found[queue] = replace(kept, taken_at=0)
    return found


def _events(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.err.splitlines()]


def test_a_run_keeps_every_queue_and_says_so(undisturbed: tuple[Kept, Done]) -> None:
    """A line a queue for people, one event for alarms, exit code 0."""
    kept, done = undisturbed

    assert done.code == 0, done.err
    assert {snapshot.day for snapshot in kept.values()} == {LAST}
    assert {snapshot.source for snapshot in kept.values()} == {"live"}
    assert [line.split() for line in done.lines()] == [[queue, "2026-11-22", "kept"] for queue in kept]
    (event,) = _events(done)
    assert (event["event"], event["level"], event["results"]) == ("snapshot.completed", "info", {"kept": len(QUEUES)})


def test_a_second_run_changes_nothing(
    environment: dict[str, str], undisturbed: tuple[Kept, Done], demo: Demo, tmp_path: Path
) -> None:
    """It asks Jira nothing, and each run has its record."""
    _snapshot(tmp_path, environment)
    history = SqliteHistory(tmp_path / "history.db")
    before = {queue: history.range(queue, LAST, LAST) for queue in undisturbed[0]}
    asked = demo.application.stats.as_dict()

    again = _snapshot(tmp_path, environment)

    assert again.code == 0
    assert _events(again)[0]["results"] == {"there": len(QUEUES)}
    assert demo.application.stats.as_dict() == asked
    assert {queue: history.range(queue, LAST, LAST) for queue in undisturbed[0]} == before
    assert [len(run.outcomes) for run in history.runs(9)] == [len(QUEUES)] * 2


def test_two_runs_at_once_leave_what_one_leaves(
    environment: dict[str, str], undisturbed: tuple[Kept, Done], tmp_path: Path
) -> None:
    """Both end well, whoever was first with a queue."""
    runs = [Commands(tmp_path).start("snapshot", **environment) for _ in range(2)]
    ended = [run.communicate(timeout=120) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], ended
    assert _kept(tmp_path) == undisturbed[0]
    assert len(SqliteHistory(tmp_path / "history.db").runs(9)) == 2


def test_a_run_that_was_killed_is_made_good_by_the_next(
    environment: dict[str, str], undisturbed: tuple[Kept, Done], tmp_path: Path
) -> None:
    """Ten times at a random point: after some seconds, or when so many queues have their day."""
    chance = random.Random(SEED)
    began = time.monotonic()
    (tmp_path / "whole").mkdir()
    _snapshot(tmp_path / "whole", environment)
    whole_s = time.monotonic() - began
    killed = []
    for n in range(KILLS):
        folder = tmp_path / str(n)
        folder.mkdir()
        seconds, days = chance.uniform(0.3, 1.0) * whole_s, chance.randrange(1, len(QUEUES))
        point = f"{seconds:.3f} s" if n % 2 else f"{days} days"
        with Commands(folder).start("snapshot", **environment) as run:
            ends = time.monotonic() + (seconds if n % 2 else 60)
            while run.poll() is None and time.monotonic() < ends and (n % 2 or _days(folder) < days):
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
            run.communicate(timeout=30)
        killed.append((point, run.returncode == -signal.SIGKILL, _days(folder)))

        again = _snapshot(folder, environment)

        assert again.code == 0, again.err
        assert _kept(folder) == undisturbed[0], f"seed {SEED}, killed at {point}"
    assert any(died for _, died, _ in killed), f"seed {SEED}: {killed}"


def test_a_gap_is_told_once_and_fails_the_run(environment: dict[str, str], tmp_path: Path) -> None:
    """Exit code 1 and one event; a reason that many queues share is said once, and no secret with it."""
    done = _snapshot(tmp_path, {**environment, "TEMPO_API_TOKEN": CANARY})

    assert done.code == 1
    assert [line.split() for line in done.lines()[:-1]] == [[queue, "2026-11-22", "incomplete"] for queue in QUEUES]
    assert done.lines()[-1].startswith("Every queue: Without the hours (Tempo: HTTP 401")
    (event,) = _events(done)
    assert (event["event"], event["level"], event["queues"]) == ("snapshot.gap", "error", list(QUEUES))
    assert list(event["reasons"].values()) == [list(QUEUES)]
    assert CANARY not in done.out + done.err

    assert _snapshot(tmp_path, environment).code == 0
    assert len(_kept(tmp_path)) == len(QUEUES)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-23", "2026-11-23 has not ended in America/Sao_Paulo."),
        ("2026-07-01", "Rebuild it with `opsportal backfill`."),
    ],
)
def test_a_day_that_cannot_be_taken_is_refused(
    environment: dict[str, str], tmp_path: Path, demo: Demo, day: str, said: str
) -> None:
    """As wrong usage, with what to do instead, before anything is asked."""
    asked = demo.application.stats.as_dict()

    done = _snapshot(tmp_path, environment, "--day", day)

    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert demo.application.stats.as_dict() == asked
    assert not (tmp_path / "history.db").exists()


def test_a_run_that_starts_late_takes_the_day_it_was_meant_for(environment: dict[str, str], tmp_path: Path) -> None:
    """The last one that had ended at the instant of the schedule, written as Scheduler writes it."""
    done = _snapshot(tmp_path, environment, "--scheduled-at", "2026-11-22T11:00:00Z")

    assert done.code == 0, done.err
    assert {line.split()[1] for line in done.lines()} == {"2026-11-21"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scheduled-at", "2026-11-24T11:00:00Z"), "--scheduled-at lies in the future."),
        (("--scheduled-at", "2026-11-22T11:00:00"), "does not match the format"),
        (("--scheduled-at", "2026-11-22T11:00:00Z", "--day", "2026-11-21"), "Give one of them."),
    ],
)
def test_an_instant_that_cannot_have_been_meant_is_refused(
    environment: dict[str, str], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """As wrong usage; nothing is kept."""
    done = _snapshot(tmp_path, environment, *words)

    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert not (tmp_path / "history.db").exists()


def _days(folder: Path) -> int:
    """How many items there are by now, asked without making anything."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{folder / 'history.db'}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM snapshots").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
