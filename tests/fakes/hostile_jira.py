"""The demo's Jira with every text that people write in it replaced by texts that mean harm."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from zlib import crc32

import requests

from tests.fakes.harmful_texts import HARMFUL
from tests.fakes.local_server import Asked, LocalServer, Reply, serving

SUMMARIES: Final = (
    "<script>window.harmed = 1</script> shown on the receipt",
    '=HYPERLINK("http://elsewhere.invalid","press")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\u202egpj.exe\u202c over \u2066there\u2069 \u200fright",
    "{{7*7}} ${7*7} <%= 7*7 %> %(harm)s {harm}",
    "long " + "x" * 9_995,
    *HARMFUL,
)
NAME: Final = "=\u202e"


TURNING: Final = "\u200f\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069"
"""Characters that turn the direction of what is beside them."""


def legible(text: str) -> str:
    """A text as it may be shown: without white space around it, and without what turns other text around."""
    return "".join(letter for letter in text if letter not in TURNING).strip()


def summary_of(key: str) -> str:
    """The summary of a ticket by its key: neighbours have different ones."""
    return SUMMARIES[int(key.rpartition("-")[2]) % len(SUMMARIES)]


def dressed(name: str) -> str:
    """A name that is chosen by whoever set Jira up, or the portal: the same one always gets the same text before it."""
    return f"{HARMFUL[crc32(name.encode()) % len(HARMFUL)]} {name}"


@contextmanager
def hostile_jira(base_url: str) -> Iterator[LocalServer]:
    """A Jira that passes everything on to another and changes the texts of its answers."""
    with requests.Session() as session:

        def answer(asked: Asked) -> Reply:
            passed = {name: value for name, value in asked.headers.items() if name in _PASSED}
            said = session.request(
                asked.method, base_url + asked.path, params=asked.query, data=asked.body, headers=passed, timeout=60
            )
            kind = said.headers.get("Content-Type", "")
            body = said.content
            if "json" in kind and body:
                body = json.dumps(_harmful(json.loads(body))).encode()
            return Reply(body, said.status_code, {"Content-Type": kind, "Date": said.headers["Date"]})

        with serving(answer) as server:
            yield server


_PASSED: Final = frozenset({"authorization", "content-type", "accept"})
_NAMED: Final = re.compile(r"/(status|priority|issuetype|resolution)/\w+$")
"""Ends of the addresses of things whose names are shown."""
_FIELDS: Final = frozenset({"status", "priority", "issuetype", "resolution"})


def _harmful(value: Any) -> Any:
    if isinstance(value, list):
        return [_harmful(each) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {name: _harmful(each) for name, each in value.items()}
    if "key" in changed and isinstance(changed.get("fields"), dict) and "summary" in changed["fields"]:
        changed["fields"]["summary"] = summary_of(changed["key"])
    if "accountId" in changed and "displayName" in changed:
        changed["displayName"] = f"{NAME}{dressed(changed['displayName'])}"
    if "name" in changed and _NAMED.search(str(changed.get("self", ""))):
        changed["name"] = dressed(changed["name"])
    if changed.get("field") in _FIELDS and "toString" in changed:
        for end in ("fromString", "toString"):
            changed[end] = None if changed[end] is None else dressed(changed[end])
    return changed
