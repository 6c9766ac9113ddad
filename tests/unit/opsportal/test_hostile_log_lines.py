"""What somebody sends, or an error repeats, on its way into the log: an event stays a line that a terminal can show."""

import io
import json
import logging
import random
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import pytest

from opsportal import settings
from opsportal.logs import Lines, formatter
from opsportal.request_lines import tell
from tests.fakes.hostile_texts import TEXTS

ESCAPES: Final = (
    "\x1b[2J", "\x1b]0;title\x07", "\x1bP", "\x9b31m", "\x90", "\r", "\n", "\r\n", "\x0b", "\x0c",
    "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b",
    "\ufeff", "\x7f", "\b" * 20, "\0", "\ud800", "\udfff", '", "level": "x',
)  # fmt: skip
MANY: Final = 2_000


def _texts() -> Iterator[str]:
    chance = random.Random(7)
    yield from (*TEXTS, *ESCAPES)
    for _ in range(MANY):
        parts = [chance.choice((*TEXTS, *ESCAPES)) for _ in range(chance.randint(1, 4))]
        yield "".join(parts)[:500]


def _log(form: str) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = Lines(stream)
    handler.setFormatter(formatter(settings.load({"LOG_FORMAT": form}, None)))
    log = logging.getLogger(f"portal.hostile.{form}")
    log.propagate = False
    log.setLevel(logging.INFO)
    log.handlers = [handler]
    return log, stream


def _is_plain(line: str) -> bool:
    return line.isprintable() and not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in line)


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_event_is_one_line_whatever_is_in_it(form: str) -> None:
    """In its words, its fields, their names, an object that it tells of, and a request's method, path and id."""
    log, stream = _log(form)
    count = 0
    for text in _texts():
        field: dict[str, Any] = {"told": text, "listed": [text, {"deep": text}], f"key {text}": 1}
        log.warning("%s happened", text, extra=field)
        told: Any = {
            "request_id": text,
            "method": text,
            "route": "/",
            "path": text,
            "status": 400,
            "duration_ms": 1.0,
            "bytes": 0,
        }
        tell(log, logging.INFO, told)
        count += 2

    lines = stream.getvalue().split("\n")
    assert lines.pop() == ""
    assert len(lines) == count
    assert len(stream.getvalue().splitlines()) == count
    assert all(map(_is_plain, lines))
    if form == "json":
        assert all(line.isascii() and json.loads(line)["level"] in {"warning", "info"} for line in lines)


def test_an_error_for_people_begins_no_event() -> None:
    """Its traceback stands below, each line set in, and none of it moves a terminal's cursor."""
    log, stream = _log("text")
    for text in _texts():
        try:
            raise ValueError(text)
        except ValueError:
            log.exception("it failed")

    lines = stream.getvalue().split("\n")
    lines.pop()
    assert all(map(_is_plain, lines))
    begun = [line for line in lines if not line.startswith("    ")]
    assert len(begun) == len(list(_texts()))
    assert {line.split(" ", 2)[1] for line in begun} == {"ERROR"}
