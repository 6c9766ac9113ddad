"""The (i): a button with a name, a card with the whole definition, for every term."""

import pytest
from dash import html

from components.definition import definition
from servicelevel.glossary import GLOSSARY
from tests.fakes.shown import parts


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_card_holds_the_whole_definition(term: str) -> None:
    """The formula and every fact, in few components; the button is named for those who do not see it."""
    made = definition(term)
    button, card = made.children
    texts = "".join(part.children for part in card.children)

    assert isinstance(button, html.Button)
    assert vars(button)["aria-label"] == f"About: {GLOSSARY[term].title}"
    assert GLOSSARY[term].formula in texts
    assert all(f"{label}: {text}" in texts for label, text in GLOSSARY[term].lines)
    assert len(list(parts(made))) < 8


def test_a_term_that_nobody_defined_is_an_error() -> None:
    """A page cannot promise an explanation that there is not."""
    with pytest.raises(KeyError):
        definition("nonsense")
