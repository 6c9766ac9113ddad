"""`history export`, and what was exported coming back."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.history_files_lines import FORMAT, LONGEST_LINE
from tests.unit.opsportal.history_files.files import Run, scores, written
from tests.unit.servicelevel.days import LAST, days_ago, kept, scored


def test_an_export_comes_back_as_it_was(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """Every source, with and without counts, complete or not, into an empty history: field by field the same."""
    rows = [
        kept(days_ago(0)),
        replace(kept(days_ago(1), "backfill"), complete=False, lacks=("hours", "past"), taken_at=1_700_000_000_123),
        scored(days_ago(2), 82.25, "import"),
        scored(days_ago(3), None),
        replace(kept(days_ago(0)), queue="billing"),
    ]
    for row in rows:
        history.put(row)
    assert run("export", "--output", "all.jsonl").stderr == "5 days of 2 queues written, 0 could not be read.\n"
    (tmp_path / "history.db").rename(tmp_path / "before.db")
    done = run("import", "all.jsonl")

    assert (done.exit_code, done.stderr) == (0, "")
    for queue in ("desk", "billing"):
        was = SqliteHistory(tmp_path / "before.db").range(queue, date.min, date.max).snapshots
        assert was
        assert history.range(queue, date.min, date.max).snapshots == was
    again = run("export")
    assert again.stdout.encode() == (tmp_path / "all.jsonl").read_bytes()


def test_an_exported_day_is_checked_when_it_comes_back(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """Lines that were cut, changed or made up are told by their number, and the whole ones are taken."""
    history.put(kept())
    (whole,) = run("export").stdout.splitlines()
    fields = json.loads(whole)

    def changed(**other: Any) -> str:
        return json.dumps({**fields, "day": "2026-11-21", **other})

    counts = {**fields["counts"], "flow": {**fields["counts"]["flow"], "open": -5}}
    told = [
        (whole[:-40], "is no whole snapshot: JSON is malformed"),
        (changed(score=101), "the score is 101.0; scores go from 0 to 100"),
        (changed(coverage=7), "the coverage is 7.0"),
        (changed(taken_at=-1), "it was taken at -1"),
        (changed(counts=counts), "counts.flow.open is less than nothing"),
        (changed(source="guessed"), "is no whole snapshot: Invalid enum value 'guessed'"),
        (changed(queue="gone"), "the registry has no queue 'gone'"),
        (changed(day="2026-11-23"), "has not ended yet"),
        (changed(format="another/1"), "is written as 'another/1', not as opsportal.history/1"),
        (json.dumps({"date": "2026-11-20", "queue": "desk", "score": 1}), "is no whole snapshot"),
        ("{" + " " * LONGEST_LINE + "}", "has more than"),
        (whole, "desk on 2026-11-22 was told before, at line 1"),
    ]
    (tmp_path / "history.db").unlink()
    done = run("import", written(tmp_path, "\n\n".join([whole, *(text for text, _ in told)])))

    assert done.exit_code == 1
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [
        f"line {3 + 2 * n}" for n in range(len(told))
    ]
    for line, (_, words) in zip(done.stderr.splitlines(), told, strict=True):
        assert words in line
    assert list(scores(history)) == [LAST]


def test_a_queue_can_be_renamed_on_the_way(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """A queue that the registry no longer has is exported by its id and comes back as another."""
    history.put(replace(scored(LAST, 70.0), queue="old-desk"))
    assert run("export", "--output", "old.jsonl", "old-desk").exit_code == 0
    done = run("import", "old.jsonl", "--map", "old-desk=desk")

    assert done.exit_code == 0
    assert scores(history) == {LAST: 70.0}
    assert json.loads((tmp_path / "old.jsonl").read_text(encoding="utf-8"))["format"] == FORMAT


def test_a_table_has_a_row_a_queue_and_day(run: Run, history: SqliteHistory) -> None:
    """Counts in columns, what an imported day does not know left empty, and nothing a spreadsheet would execute."""
    history.put(replace(kept(), definition_hash="=HYPERLINK(1)"))
    history.put(scored(days_ago(1), 71.5, "import"))
    history.put(scored(days_ago(9), 70.0))
    done = run("export", "desk", "--format", "csv", "--from", days_ago(1), "--to", LAST)
    imported, live = csv.DictReader(io.StringIO(done.stdout_bytes.decode("utf-8-sig")))
    counts = kept().counts

    assert counts is not None
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbfqueue,day,source,")
    assert (imported["day"], imported["source"], imported["score"]) == ("2026-11-21", "import", "71.5")
    assert {imported[name] for name in ("open", "resolution_met", "utilisation")} == {""}
    assert live["resolution_met"] == str(counts.sla["resolution"].met)
    assert live["open"] == str(counts.flow.open)
    assert float(live["resolution_attainment"]) == counts.sla["resolution"].kept.rate
    assert live["definition_hash"] == "'=HYPERLINK(1)"


def test_a_day_that_cannot_be_read_is_missing_from_an_export_and_told(run: Run, history: SqliteHistory) -> None:
    """A copy that lacks days must not look whole."""
    for ago in (0, 1):
        history.put(scored(days_ago(ago), 70.0))
    with history._open() as connection:
        connection.execute("UPDATE snapshots SET body = 'torn' WHERE day = ?", (LAST.isoformat(),))
    done = run("export")

    assert done.exit_code == 1
    assert "desk on 2026-11-22 cannot be read and is left out" in done.stderr
    assert [json.loads(line)["day"] for line in done.stdout.splitlines()] == ["2026-11-21"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["desks"], 2, "There is no queue 'desks' in the registry. Did you mean 'desk'?"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], 2, "--from 2026-11-02 lies after --to 2026-11-01."),
        (["--from", "November"], 2, "--from"),
        (["--output", "no/such/folder/file.jsonl"], 1, "file.jsonl cannot be written: No such file or directory."),
    ],
)
def test_an_export_that_cannot_be_made_says_why(words: list[str], code: int, told: str, run: Run) -> None:
    """And leaves no file behind."""
    done = run("export", *words)

    assert (done.exit_code, done.stdout) == (code, "")
    assert told in done.stderr


def test_an_export_takes_the_place_of_a_file_only_when_it_is_whole(
    run: Run, history: SqliteHistory, tmp_path: Path
) -> None:
    """A history that fails in between leaves the older copy, and no half of a newer one."""
    history.put(scored(LAST, 70.0))
    run("export", "--output", "copy.jsonl")
    before = (tmp_path / "copy.jsonl").read_bytes()
    (tmp_path / "history.db").write_bytes(b"no database " * 200)
    done = run("export", "--output", "copy.jsonl")

    assert done.exit_code == 1
    assert (tmp_path / "copy.jsonl").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy.jsonl"]
