"""`history import` of what an earlier portal kept."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.history_files_placing import AT_ONCE
from tests.unit.opsportal.history_files.files import Run, scores, written
from tests.unit.servicelevel.days import LAST, days_ago, scored

SHAPES: dict[str, Any] = {
    "by day": {
        "2026-11-20": {"desk": {"score": 71.5, "band": "watch"}, "billing": {"score": 60}},
        "2026-11-21": {"desk": {"score": 0}},
    },
    "a list": [
        {"date": "2026-11-20", "queue": "desk", "score": 71.5, "band": "watch"},
        {"score": 60, "queue": "billing", "date": "2026-11-20"},
        {"date": "2026-11-21", "queue": "desk", "score": 0},
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_both_shapes_of_the_first_portal_are_taken(
    shape: str, run: Run, history: SqliteHistory, tmp_path: Path
) -> None:
    """Each entry becomes a day that knows its score and nothing else, and says where it came from."""
    done = run("import", written(tmp_path, SHAPES[shape]))

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.endswith("trends.json: 3 days put, 0 there already, 0 not placed.\n")
    assert scores(history) == {date(2026, 11, 20): 71.5, date(2026, 11, 21): 0.0}
    (row,) = history.range("billing", date.min, date.max).snapshots
    assert (row.score, row.source, row.counts, row.complete) == (60.0, "import", None, True)
    assert (row.definition_hash, row.engine_version, row.contributions) == ("", "", {})


def test_the_same_file_again_changes_nothing(
    run: Run, history: SqliteHistory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day later too: what is kept just so is there already, which is no failure."""
    file = written(tmp_path, SHAPES["by day"])
    run("import", file)
    before = history.range("desk", date.min, date.max)
    monkeypatch.setenv("PORTAL_CLOCK", "frozen:2026-11-24T12:00:00Z")
    again = run("import", file)

    assert (again.exit_code, again.stdout.partition(": ")[2]) == (0, "0 days put, 3 there already, 0 not placed.\n")
    assert history.range("desk", date.min, date.max) == before


def test_other_names_are_mapped(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """Fields and queues by what they are called here; a name that the file does not have is told."""
    file = written(tmp_path, [{"datum": "2026-11-20", "service": "Service=Desk", "health": 71.5}])
    maps = ["datum=date", "service=queue", "health=score", "Service=Desk=desk", "Billing=billing"]
    done = run("import", file, *(word for pair in maps for word in ("--map", pair)))

    assert done.exit_code == 0
    assert done.stderr == "--map Billing=…: the file calls nothing 'Billing'.\n"
    assert scores(history) == {date(2026, 11, 20): 71.5}


def test_a_dry_run_says_the_same_and_puts_nothing(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """Every entry is judged as it would be."""
    history.put(scored(LAST, 80.0))
    content = {"2026-11-22": {"desk": {"score": 10}}, "2026-11-21": {"desk": {"score": 10}, "gone": {"score": 1}}}
    file = written(tmp_path, content)
    dry, wet = run("import", file, "--dry-run"), run("import", file)

    assert (dry.exit_code, dry.stderr) == (wet.exit_code, wet.stderr)
    assert dry.stdout.replace("would be put", "put") == wet.stdout
    assert scores(history) == {LAST: 80.0, days_ago(1): 10.0}


def test_what_the_portal_has_itself_stays(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """Live and rebuilt days are worth more than imported ones, and an imported one is not replaced by another."""
    history.put(scored(days_ago(0), 80.0))
    history.put(replace(scored(days_ago(1), None, "backfill"), complete=False))
    history.put(scored(days_ago(2), 82.0, "import"))
    before = scores(history)
    done = run("import", written(tmp_path, {str(day): {"desk": {"score": 5}} for day in before}))

    assert done.exit_code == 1
    assert scores(history) == before
    assert done.stderr.splitlines() == [
        "'2026-11-20' → 'desk': desk on 2026-11-20 stays as it is kept: it was imported, with a score of 82.0",
        "'2026-11-21' → 'desk': desk on 2026-11-21 stays as it is kept: it was rebuilt, incomplete, with no score",
        "'2026-11-22' → 'desk': desk on 2026-11-22 stays as it is kept: it was taken live, with a score of 80.0",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["registry.json", "--map", "score"], "--map 'score': write it as OLD=NEW"),
        (["registry.json", "--map", "health=scores"], "Did you mean 'score'?"),
        (["registry.json", "--map", "a=desk", "--map", "a=billing"], "given both as 'desk' and as 'billing'"),
    ],
)
def test_an_import_that_makes_no_sense_is_told(words: list[str], told: str, run: Run) -> None:
    """With 2, before the file is read."""
    done = run("import", *words)

    assert done.exit_code == 2
    assert told in done.stderr


def test_a_history_that_cannot_be_written_says_how_far_it_came(run: Run, tmp_path: Path) -> None:
    """And that the same command goes on from there."""
    (tmp_path / "history.db").write_bytes(b"no database " * 200)
    done = run("import", written(tmp_path, SHAPES["by day"]))

    assert (done.exit_code, done.stdout) == (1, "")
    assert "history.db cannot be used" in done.stderr
    assert "0 of 3 days were put before that" in done.stderr


def test_entries_of_a_long_file_are_all_looked_at(run: Run, tmp_path: Path) -> None:
    """More than are looked up at one time, and each of them once."""
    days = [str(LAST - timedelta(days=n)) for n in range(AT_ONCE + 100)]
    file = written(tmp_path, [{"date": day, "queue": "desk", "score": 50} for day in days])
    done = run("import", file, "--dry-run")

    assert done.stdout.endswith(f": {AT_ONCE + 100} days would be put, 0 there already, 0 not placed.\n")
