"""docs/security.md: every claim names who keeps it and a test that is there."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_SECTION: Final = PAGE.partition("\n## Claims and their tests\n")[2].partition("\n## ")[0]
_ROWS: Final = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in _SECTION.splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| claim", "| **"))
]
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)?::(\w+)`")


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def test_there_are_claims() -> None:
    """In a table of three columns, none of them empty."""
    assert len(_ROWS) > 30
    for row in _ROWS:
        assert len(row) == 3, row
        assert all(row), row


@pytest.mark.parametrize("claim", [row[0] for row in _ROWS])
def test_a_claim_has_a_test_that_is_there(claim: str) -> None:
    """By file and function, or the function alone behind another of its file; nothing else stands in its place."""
    (tests,) = [row[2] for row in _ROWS if row[0] == claim]
    named = _TEST.findall(tests)

    assert named
    assert named[0][0]
    assert _TEST.sub("", tests).strip(" ,") == ""
    for at, (_, function) in enumerate(named):
        file = next(file for file, _ in reversed(named[: at + 1]) if file)
        assert (ROOT / file).is_file(), file
        assert function in _functions(file), f"{file} has no {function}"
        assert function.startswith("test_")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:\w+/)+\w+\.(?:py|tf))`", PAGE))))
def test_who_keeps_a_claim_is_there(path: str) -> None:
    """Files that the page names exist."""
    assert (ROOT / path).is_file()


def test_faults_are_told_in_private() -> None:
    """SECURITY.md leads to the repository's own advisories and makes up no address."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert "Report a vulnerability" in text
    assert "docs/security.md" in text
    assert not re.search(r"[\w.]+@[\w.]+|https?://", text)
