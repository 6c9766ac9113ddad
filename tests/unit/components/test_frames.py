"""CSV that a spreadsheet opens safely: hostile text, numbers, things not known."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.frames import Kind, Table, csv_pieces, frame
from servicelevel.spreadsheet import safe

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\u202egnp.exe",
    "**bold** [link](javascript:alert(1))",
    'comma, "quote" and\nline\r\nbreak',
    "x" * 10_000,
    "ﷺ 🧨 ẞ",
)


def _written(table: Table) -> str:
    return b"".join(csv_pieces(table)).decode("utf-8")


def _read(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(_written(table).removeprefix("\ufeff"), newline="")))


def test_a_file_is_utf8_with_a_mark_and_crlf_lines() -> None:
    """As RFC 4180 has it, with the mark that spreadsheets look for."""
    table = Table({"queue": "text", "n": "int"}, [("Über", 1), ("a,b", 2)])

    assert _written(table) == '\ufeffqueue,n\r\nÜber,1\r\n"a,b",2\r\n'


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_arrives_as_text(text: str) -> None:
    """Whatever somebody writes into a summary comes out as one cell, at most with an apostrophe in front."""
    ((_, ), (cell, )) = _read(Table({"summary": "text"}, [(text,)]))  # fmt: skip

    assert cell in (text, f"'{text}")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=5))
def test_any_text_makes_the_round_trip(texts: list[str]) -> None:
    """Read back, every cell is what was written, made safe."""
    header, *rows = _read(Table({"a": "text", "b": "int"}, [(text, 1) for text in texts]))

    assert header == ["a", "b"]
    assert [row[0] for row in rows] == [safe(text) for text in texts]


def test_numbers_stay_numbers() -> None:
    """A negative number is no formula; whole numbers stay whole beside one that is not known."""
    columns: dict[str, Kind] = {"left_h": "float", "n": "int"}

    assert _read(Table(columns, [(-1.25, 3), (None, None), (0.1 + 0.2, 10**12)]))[1:] == [
        ["-1.25", "3"],
        ["", ""],
        ["0.30000000000000004", "1000000000000"],
    ]


def test_a_table_without_rows_has_its_header() -> None:
    """So that whoever opens it sees what would be there."""
    assert _written(Table({"a": "text", "b": "float"}, [])) == "\ufeffa,b\r\n"


def test_long_tables_come_in_pieces() -> None:
    """2,500 rows are not one piece, and none is lost between two."""
    table = Table({"n": "int"}, [(n,) for n in range(2_500)])

    assert len(list(csv_pieces(table))) > 3
    assert [row[0] for row in _read(table)[1:]] == [str(n) for n in range(2_500)]


def test_a_frame_keeps_what_is_not_known_apart_from_nothing() -> None:
    """None is missing, an empty text is a text, and 0 is a number."""
    made = frame(Table({"name": "text", "n": "int"}, [("", 0), (None, None)]))

    assert made["n"].isna().tolist() == [False, True]
    assert made["name"].isna().tolist() == [False, True]


def test_lone_surrogates_do_not_break_a_file() -> None:
    """Half a character, which JSON can carry, is replaced."""
    assert "?" in _written(Table({"a": "text"}, [("\ud800x",)]))
