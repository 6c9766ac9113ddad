"""A text in the forms in which others repeat it."""

import json
from html import escape
from urllib.parse import quote, quote_plus, urlencode

from hypothesis import given
from hypothesis import strategies as st

from servicelevel.written_forms import written_forms

ODD = "a/+=%\"'<&\\@:b"


def test_a_plain_text_is_written_in_one_way() -> None:
    """Nothing in it needs escaping anywhere."""
    assert written_forms("Abc-123_x.y") == {"Abc-123_x.y"}


def test_every_usual_form_is_known() -> None:
    """Quoted once or twice, in addresses, in markup."""
    for message in (
        ODD,
        json.dumps({"said": ODD}),
        json.dumps(json.dumps({"said": ODD})),
        json.dumps(f"{ODD!r}"),
        repr(repr(ODD)),
        quote(ODD),
        quote(ODD, safe=""),
        quote_plus(ODD),
        urlencode({"a": ODD}),
        escape(ODD),
        escape(ODD, quote=False),
    ):
        assert any(form in message for form in written_forms(ODD)), message


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_what_is_repeated_in_an_error_is_found(text: str) -> None:
    """As Python shows a value within a message that is JSON."""
    message = json.dumps({"message": f"found {text!r}"})

    assert any(form in message for form in written_forms(text))
