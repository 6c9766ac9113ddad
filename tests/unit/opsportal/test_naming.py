"""What people are called, as the registry's privacy rule says."""

from collections.abc import Mapping
from typing import Literal

import pytest
from pydantic import SecretStr

from opsportal.naming import Naming
from opsportal.present import Fetch, PresentSettings
from opsportal.pseudonyms import KEY_BYTES, key_from, pseudonym_key
from opsportal.settings import load
from servicelevel.errors import PortalError
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


def test_whoever_lacks_the_key_cannot_tell_whose_a_pseudonym_is() -> None:
    """Under another key, or none, an account has another pseudonym; under the same key the same in any process."""
    first, second = (key_from(SecretStr(f"{letter}" * 40)) for letter in "ab")
    named = {Naming("pseudonyms", key).id(ANA) for key in (b"", first, second)}

    assert len(named) == 3
    assert Naming("pseudonyms", first) == Naming("pseudonyms", key_from(SecretStr("a" * 40)))
    assert first.hex() not in repr(Naming("pseudonyms", first))
    assert b"a" * 40 not in first


def test_the_key_follows_from_the_settings() -> None:
    """From `TOKEN_KEY` wherever it is held; while that cannot be read pseudonyms are no weaker for it."""
    key = "0123456789abcdef0123456789abcdef"

    def unreadable() -> Mapping[str, SecretStr]:
        raise PortalError("The secret cannot be read.")

    def made(values: Mapping[str, str], fetch: Fetch | None) -> bytes:
        return pseudonym_key(PresentSettings(load(values, None), fetch, now=lambda: 0))

    held = {"TOKEN_KEY": SecretStr(key)}
    assert made({}, None) == b""
    assert made({"TOKEN_KEY": key}, None) == made({"SECRETS_ID": "portal"}, lambda: held) == key_from(SecretStr(key))
    assert made({"TOKEN_KEY": key, "SECRETS_ID": "portal"}, unreadable) == key_from(SecretStr(key))
    assert len(made({"SECRETS_ID": "portal"}, unreadable)) == KEY_BYTES


def test_under_none_there_is_nobody() -> None:
    """Neither a name nor an id."""
    naming = Naming("none")

    assert (naming.name(ANA), naming.id(ANA), naming.shows_people) == (None, None, False)


@pytest.mark.parametrize("rule", ["names", "pseudonyms", "none"])
def test_nobody_has_no_name(rule: Literal["names", "pseudonyms", "none"]) -> None:
    """Unassigned is no person."""
    assert (Naming(rule).name(None), Naming(rule).id(None)) == (None, None)
