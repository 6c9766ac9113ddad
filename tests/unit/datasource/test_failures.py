"""What a server said about its failure, found in whatever it sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasource.failures import LONGEST, field_of, message_of

JSON, HTML, TEXT = "application/json", "text/html; charset=utf-8", "text/plain"


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b'{"errorMessages":["No such project."],"errors":{}}', JSON, "No such project"),
        (b'{"errorMessages":["One","Two"],"errors":{"jql":"Three"}}', JSON, "One; Two"),
        (b'{"errorMessages":[],"errors":{"jql":"Unbounded","fields":"Unknown"}}', JSON, "Unbounded; Unknown"),
        (b'{"code":401,"message":"Unauthorized; scope does not match"}', JSON, "Unauthorized; scope does not match"),
        (b'{"errorMessage":"Not an agent","i18nErrorMessage":{"i18nKey":"x"}}', JSON, "Not an agent"),
        (b'{"errors":{"message":"must be valid"}}', JSON, "must be valid"),
        (b'"a bare text"', JSON, "a bare text"),
        (b"[1, 2]", JSON, ""),
        (b"null", JSON, ""),
        (b"{}", JSON, ""),
        (b"", JSON, ""),
        (b"<html><head><title>Error</title></head><body><p>Bad\n gateway</p></body></html>", HTML, "Bad gateway"),
        (b"<style>p{}</style><script>x()</script>", HTML, ""),
        (b"<message>Search limit exceeded.</message>", "", "Search limit exceeded"),
        (b"upstream connect error", TEXT, "upstream connect error"),
        (b'{"errorMessages":["cut in the mid', JSON, '{"errorMessages":["cut in the mid'),
        ('{"errorMessages":["Le projet n’existe pas"]}'.encode(), JSON, "Le projet n’existe pas"),
        ("Größe".encode("latin-1"), TEXT, "Gr\ufffd\ufffde"),
        (b'{"errorMessages":[{"deep":1}, null]}', JSON, "{'deep': 1}; None"),
        (b'{"errorMessages":"no list","message":"the next place"}', JSON, "the next place"),
    ],
)
def test_the_message_is_found_in_every_form(body: bytes, content_type: str, message: str) -> None:
    """Jira, its gateway, Service Management, Tempo, proxies and pages of HTML each say it elsewhere."""
    assert message_of(body, content_type) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b' {"errorMessages":["No such project."]}', "No such project"),
        (b'{"errors":{"jql":"Unbounded"}}', "Unbounded"),
        (b'{"message":"a < b and c > d"}', "a < b and c > d"),
        (b'{"message":"<b>no</b>"}', ""),
        (b'"a bare text"', ""),
        (b'{"errorMessages":["cut in the mid', ""),
        (b"<html><p>Bad gateway</p></html>", ""),
        (b"upstream connect error", ""),
        (b"", ""),
    ],
)
def test_only_a_field_for_messages_is_shown_to_readers(body: bytes, message: str) -> None:
    """Pages, bare texts and what was cut are for those who run the portal."""
    assert field_of(body) == message


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        b"<" * 1_000_000,
        b"<script>" * 500_000,
        b"x" * 10_000_000,
        b'{"message":"' + b"y" * 10_000_000 + b'"}',
        b'{"errorMessages":[' + b'"z",' * 100_000 + b'"z"]}',
        b"\x00\xff\xfe" * 50_000,
    ],
    ids=["deep list", "deep object", "open tags", "open scripts", "10 MB text", "10 MB message", "many", "binary"],
)
def test_a_hostile_body_still_gives_a_short_line(body: bytes) -> None:
    """Depth, size and broken bytes neither raise nor flood what a person reads."""
    message = message_of(body, HTML)

    assert len(message) <= LONGEST
    assert message.isprintable()


def test_control_characters_never_reach_a_terminal() -> None:
    """Escape sequences, newlines and turned text become spaces."""
    said = message_of(b'{"message":"a\\u001b[31mred\\nb\\u202ec\\u0007"}', JSON)

    assert said == "a [31mred b c"


@given(st.binary(max_size=400), st.sampled_from([JSON, HTML, TEXT, ""]))
def test_any_bytes_give_one_printable_line(body: bytes, content_type: str) -> None:
    """Whatever comes is said in one line of bounded length."""
    message = message_of(body, content_type)

    assert message.isprintable()
    assert len(message) <= LONGEST


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=LONGEST))
def test_a_message_of_letters_comes_through_unchanged(text: str) -> None:
    """Texts are in the account's language, whichever that is."""
    assert message_of(f'{{"errorMessages":["{text}"]}}'.encode(), JSON) == text
