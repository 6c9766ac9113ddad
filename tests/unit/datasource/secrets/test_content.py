"""A secret's text: names and texts, or an error that shows nothing of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasource.secrets.content import parsed
from datasource.secrets.errors import SecretMalformed

NAMES = ("JIRA_API_TOKEN", "JIRA_PAT", "TEMPO_API_TOKEN", "REDIS_URL")
CANARY = "canary-7f3a91"

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
    max_leaves=8,
)


def _read(text: str) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in parsed(text, "ops", NAMES).items()}


def _refused(text: str) -> str:
    with pytest.raises(SecretMalformed) as raised:
        parsed(text, "ops", NAMES)
    return str(raised.value)


@given(st.dictionaries(st.sampled_from(NAMES), st.none() | st.text()))
def test_texts_come_out_as_they_were_put(values: dict[str, str | None]) -> None:
    """Without white space around them; what is empty is not there, as with a variable."""
    expected = {name: value.strip() for name, value in values.items() if value and value.strip()}

    assert _read(json.dumps(values)) == expected


@given(st.text() | json_values.map(json.dumps))
def test_any_text_is_values_or_an_error(text: str) -> None:
    """Nothing else comes through, whatever somebody pasted."""
    try:
        names = set(parsed(text, "ops", NAMES))
    except SecretMalformed as error:
        said = str(error)
    else:
        said = "The secret ops cannot be used: found "
        assert names <= set(NAMES)
    assert said.startswith("The secret ops cannot be used: found ")


def test_values_are_shown_to_nobody() -> None:
    """Not even by what holds them."""
    assert CANARY not in repr(parsed(json.dumps({"JIRA_PAT": CANARY}), "ops", NAMES))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CANARY, "something that is no JSON"),
        ("", "something that is no JSON"),
        (f'{{"JIRA_PAT": "{CANARY}"', "something that is no JSON"),
        ("[" * 100_000, "something that is no JSON"),
        ("1" * 5_000, "something that is no JSON"),
        (f'"{CANARY}"', "JSON that is no object"),
        (f'["{CANARY}"]', "JSON that is no object"),
        ("null", "JSON that is no object"),
        (f'{{"JIRA_PAT": "{CANARY}", "JIRA_PAT": "other"}}', "a name that is there twice"),
        (f'{{"JIRA_PAT": "x", "{CANARY}": "y"}}', "a name that is not shown, which is not known here"),
        (f'{{"JIRA_EMAIL": "{CANARY}", "jira_pat": ""}}', "JIRA_EMAIL, which is not known here; jira_pat, which"),
        ('{"JIRA_PAT": 73912}', "a number for JIRA_PAT"),
        ('{"JIRA_PAT": 7.3912}', "a number for JIRA_PAT"),
        ('{"JIRA_PAT": true}', "true or false for JIRA_PAT"),
        (f'{{"JIRA_PAT": ["{CANARY}"], "REDIS_URL": {{"url": "{CANARY}"}}}}', "a list for JIRA_PAT; an object for RED"),
    ],
)
def test_what_is_wrong_is_told_without_a_value(text: str, found: str) -> None:
    """All of it, with the names that may be there."""
    said = _refused(text)

    assert found in said
    assert all(name in said for name in NAMES)
    assert "canary" not in said
    assert "73912" not in said
