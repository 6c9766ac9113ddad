"""What people are called, as the registry's privacy rule says."""

from typing import Literal

import pytest

from opsportal.naming import Naming
from servicelevel.ticket import Person
from tests.factories import ANA, BRUNO


def test_names_are_shown_as_they_are() -> None:
    """With the account's own id."""
    naming = Naming("names")

    assert (naming.name(ANA), naming.id(ANA), naming.shows_people) == (ANA.name, ANA.id, True)


def test_a_pseudonym_stays_with_an_account_and_gives_no_name_away() -> None:
    """The same word for the same account whatever it is called, another for another."""
    naming = Naming("pseudonyms")
    renamed = Person(ANA.id, "Another name")

    assert naming.name(ANA) == naming.name(renamed) == f"Analyst {naming.id(ANA)}"
    assert naming.name(ANA) != naming.name(BRUNO)
    assert "Bruno" not in str(naming.name(BRUNO))
    assert BRUNO.id not in str(naming.id(BRUNO))
    assert naming.shows_people


def test_under_none_there_is_nobody() -> None:
    """Neither a name nor an id."""
    naming = Naming("none")

    assert (naming.name(ANA), naming.id(ANA), naming.shows_people) == (None, None, False)


@pytest.mark.parametrize("rule", ["names", "pseudonyms", "none"])
def test_nobody_has_no_name(rule: Literal["names", "pseudonyms", "none"]) -> None:
    """Unassigned is no person."""
    assert (Naming(rule).name(None), Naming(rule).id(None)) == (None, None)
