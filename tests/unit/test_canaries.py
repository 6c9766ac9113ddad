"""The search for secrets finds them, however they were written; else finding none would mean nothing."""

import gzip
import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

import pytest

from opsportal.settings import table
from tests.fakes.canaries import betrayed, betrayed_by_files, canaries, planted

SECRETS: Final = canaries()
FORMS: Final[dict[str, Callable[[str], bytes]]] = {
    "plain": str.encode,
    "beginning": lambda text: text[: len(text) // 2].encode(),
    "end": lambda text: text[-len(text) // 2 :].encode(),
    "in an address": lambda text: quote(text, safe="").encode(),
    "in a query": lambda text: quote_plus(text).encode(),
    "in JSON": lambda text: json.dumps({"said": text}).encode(),
    "in JSON in JSON": lambda text: json.dumps(json.dumps([text])).encode(),
    "in HTML": lambda text: escape(text).encode(),
    "in Python": lambda text: repr(text.encode()).encode(),
    "in base64": lambda text: b64encode(text.encode()),
    "in base64 for addresses": lambda text: urlsafe_b64encode(b"1" + text.encode()),
    "behind a user in base64": lambda text: b64encode(f"me@example.com:{text}".encode()),
    "behind another user in base64": lambda text: b64encode(f"me2@example.com:{text}".encode()),
    "in hexadecimal": lambda text: text.encode().hex().encode(),
    "backwards": lambda text: text[::-1].encode(),
    "packed": lambda text: b"head" + zlib.compress(b"before " + text.encode() + b" after") + b"tail",
    "packed well": lambda text: zlib.compress(text.encode(), 9),
    "packed as a file": lambda text: gzip.compress(json.dumps(text).encode()),
    "packed twice": lambda text: zlib.compress(zlib.compress(text.encode())),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found_in_every_form(name: str, form: str) -> None:
    """By the name of its setting, and no other is blamed."""
    content = b"some words " + FORMS[form](SECRETS[name].value) + b" some more"

    assert betrayed(content, SECRETS) == {name}


def test_what_holds_none_is_not_blamed() -> None:
    """Not even what looks packed and is not."""
    assert betrayed(b"x\x9c is no stream \x1f\x8b\x08 nor this, " + zlib.compress(b"nothing in here"), SECRETS) == set()


def test_there_is_one_for_every_secret_of_the_settings() -> None:
    """Whichever there are; no two can be taken for each other."""
    assert set(SECRETS) == {row.name for row in table() if row.secret}
    assert len({each.mark for each in SECRETS.values()}) == len(SECRETS)
    for canary in SECRETS.values():
        assert len(canary.value) >= 32
        assert canary.mark in planted(SECRETS, 6379)[canary.name]


def test_files_are_searched_by_content_and_name(tmp_path: Path) -> None:
    """However deep they lie."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "harmless").write_bytes(b"nothing")
    (tmp_path / "deep" / "content").write_bytes(SECRETS["JIRA_PAT"].value.encode())
    (tmp_path / SECRETS["REDIS_URL"].mark).write_bytes(b"")

    found = betrayed_by_files(tmp_path, SECRETS)

    assert {Path(path).name: names for path, names in found.items()} == {
        "content": {"JIRA_PAT"},
        SECRETS["REDIS_URL"].mark: {"REDIS_URL"},
    }
