"""Files and entries that `history import` cannot take."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datasource.history.sqlite import SqliteHistory
from tests.unit.opsportal.history_files.files import Run, scores, written

WRONG: list[tuple[Any, str]] = [
    ({"date": "2026-11-20", "queue": "desks", "score": 1}, "if desk is meant, add --map desks=desk"),
    ({"date": "2026-11-20", "queue": "Service Desk", "score": 1}, "if desk is meant, add --map 'Service Desk=desk'"),
    ({"date": "2026-11-20", "queue": 7, "score": 1}, "the queue is 7, which is no text"),
    ({"date": "2026-11-31", "queue": "desk", "score": 1}, "'2026-11-31' is no day; one is written like 2026-11-22"),
    ({"date": "20261120", "queue": "desk", "score": 1}, "'20261120' is no day"),
    ({"date": 1763596800, "queue": "desk", "score": 1}, "1763596800 is no day"),
    ({"date": "1970-01-01", "queue": "desk", "score": 1}, "1970-01-01 lies before 1990-01-02"),
    ({"date": "2026-11-23", "queue": "desk", "score": 1}, "2026-11-23 has not ended yet in America/Sao_Paulo"),
    ({"date": "2026-11-20", "queue": "desk"}, "has no score, but 'date', 'queue'; if one"),
    ({"date": "2026-11-20", "queue": "desk", "score": None}, "has no score: it is null"),
    ({"date": "2026-11-20", "queue": "desk", "score": "71"}, "the score is '71', which is no number"),
    ({"date": "2026-11-20", "queue": "desk", "score": True}, "the score is true, which is no number"),
    ({"date": "2026-11-20", "queue": "desk", "score": 100.1}, "the score is 100.1; scores go from 0 to 100"),
    ({"date": "2026-11-20", "queue": "desk", "score": -1}, "the score is -1;"),
    ({"date": "2026-11-20", "queue": "desk", "score": float("nan")}, "the score is NaN;"),
    ({"date": "2026-11-20", "queue": "desk", "score": 10**400}, "the score is 1000"),
    ({"queue": "desk", "score": 1}, "has no date, but 'queue', 'score'"),
    ({"date": "2026-11-20", "score": 1}, "has no queue"),
    ("2026-11-20", "is '2026-11-20'; an object with a date is expected"),
    ([], "is a list; an object"),
    ({"date": "2026-11-20", "queue": "\x1b[31m\u202e" + "x" * 500, "score": 1}, r"has no queue '\x1b[31m\u202exxxx"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "told"), WRONG, ids=range(len(WRONG)))
def test_an_entry_that_cannot_be_placed_is_told_with_its_place(
    entry: Any, told: str, run: Run, history: SqliteHistory, tmp_path: Path
) -> None:
    """The others are taken all the same, and the command ends with 1."""
    good = {"date": "2026-11-19", "queue": "desk", "score": 50}
    done = run("import", written(tmp_path, [good, entry]))

    assert done.exit_code == 1
    assert done.stderr.startswith("entry 2: ")
    assert told in done.stderr
    assert len(done.stderr) < 300
    assert done.stderr.count("\n") == 1
    assert "1 days put, 0 there already, 1 not placed." in done.stdout
    assert scores(history) == {date(2026, 11, 19): 50.0}


def test_places_by_day_and_names_written_twice(run: Run, history: SqliteHistory, tmp_path: Path) -> None:
    """JSON allows a name twice: neither of two scores is guessed, and of two days the first counts."""
    text = """{"2026-11-20": {"desk": {"score": 1}, "desk": {"score": 2}},
               "2026-11-20": {"desk": {"score": 3}, "billing": {"score": 4, "score": 5}},
               "yesterday": {"desk": {"score": 6}}, "2026-11-21": [7]}"""
    done = run("import", written(tmp_path, text))

    assert done.exit_code == 1
    assert scores(history) == {date(2026, 11, 20): 1.0}
    assert sorted(done.stderr.splitlines()) == [
        "'2026-11-20' → 'billing': has its score 2 times",
        "'2026-11-20' → 'desk': desk on 2026-11-20 was told before, at '2026-11-20' → 'desk'; that one counts",
        "'2026-11-20' → 'desk': desk on 2026-11-20 was told before, at '2026-11-20' → 'desk'; that one counts",
        "'2026-11-21': is a list; queues with their scores are expected",
        "'yesterday' → 'desk': 'yesterday' is no day; one is written like 2026-11-22",
    ]


BROKEN: list[tuple[bytes, str]] = [
    (b"", "is empty"),
    (b"{}", "has no entry"),
    (b"[]", "has no entry"),
    (b"7", "holds 7"),
    (b'{"a":', "is no JSON: Expecting value at line 1, column 6"),
    (b"\xff\xfe{}", "is no UTF-8 text: byte 0"),
    (b"[" * 100_000, "is no JSON that can be read"),
    (b"[" + b"9" * 5_000 + b"]", "is no JSON that can be read"),
    (b'{"format": "opsportal.history/2"}', "reads opsportal.history/1"),
    (b"day,queue,score\r\n2026-11-20,desk,70\r\n", "is no JSON"),
]


@pytest.mark.parametrize(("content", "told"), BROKEN, ids=range(len(BROKEN)))
def test_a_file_that_is_no_history_is_refused_whole(content: bytes, told: str, run: Run, tmp_path: Path) -> None:
    """In one message with the name of the file, and 1."""
    (tmp_path / "trends.json").write_bytes(content)
    done = run("import", tmp_path / "trends.json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "trends.json" in done.stderr
    assert told in done.stderr
