"""Definitions: whole, short, and the same on the pages and in the documents."""

from pathlib import Path

import pytest

from servicelevel.glossary import GLOSSARY, Definition

DOCUMENT = Path(__file__).parents[3] / "docs" / "definitions.md"


def _written(term: str) -> str:
    meaning = GLOSSARY[term]
    lines = "\n".join(f"- {label}: {text}" for label, text in meaning.lines)
    return f"### {meaning.title}\n\n{meaning.formula}\n\n{lines}\n"


@pytest.mark.parametrize("meaning", GLOSSARY.values(), ids=GLOSSARY)
def test_every_definition_answers_every_question(meaning: Definition) -> None:
    """How it is calculated, over which time, by which calendar, from how many and without what: each a sentence."""
    texts = [meaning.formula, *(text for _, text in meaning.lines)]

    assert meaning.title
    assert all(text.endswith(".") for text in texts)
    assert sum(map(len, texts)) < 800, "a card that nobody reads to its end"


@pytest.mark.parametrize("term", GLOSSARY)
def test_the_document_says_the_same(term: str) -> None:
    """docs/definitions.md repeats every definition of the pages word by word."""
    assert _written(term) in DOCUMENT.read_text(encoding="utf-8")


def test_titles_tell_definitions_apart() -> None:
    """No two terms have one title."""
    titles = [meaning.title for meaning in GLOSSARY.values()]

    assert len(set(titles)) == len(titles)
