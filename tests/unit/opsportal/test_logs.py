"""Lines of the log: one an event, with the request it belongs to, and no secret in them."""

import io
import json
import logging
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsportal import request_ids, settings
from opsportal.hidden import secrets_of
from opsportal.logs import Lines, formatter
from opsportal.request_lines import FIELDS, RequestTold, tell

CANARY = "canary-7f/3+a"
SECRETS = {
    "JIRA_BASE_URL": "https://example.atlassian.net",
    "JIRA_EMAIL": "ops@example.com",
    "JIRA_API_TOKEN": CANARY,
    "REDIS_URL": "redis://:pass%2Fword@redis.example.com:6379/0",
}


def _written(event: str, *args: Any, form: str = "json", error: BaseException | None = None, **fields: Any) -> str:
    """What the log says of an event, without the end of the last line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(settings.load({**SECRETS, "LOG_FORMAT": form}, None)))
    trace = None if error is None else (type(error), error, error.__traceback__)
    _say(handler, event, *args, extra=fields or None, exc_info=trace)
    return stream.getvalue().removesuffix("\n")


def _say(handler: logging.Handler, event: str, *args: Any, **more: Any) -> None:
    logger = logging.getLogger("portal.part")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        logger.error(event, *args, **more)
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def _failure(text: str) -> BaseException:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_an_event_says_when_how_severe_what_and_where() -> None:
    """Its fields beside it, and the request it belongs to while there is one."""
    request_ids.current.set("morning-7")
    try:
        line = json.loads(_written("%s was read", "billing", tickets=40, took_s=1.5, kind=None))
    finally:
        request_ids.current.set(None)

    assert list(line)[:5] == ["ts", "level", "event", "logger", "request_id"]
    assert (line["level"], line["event"], line["logger"]) == ("error", "billing was read", "portal.part")
    assert (line["tickets"], line["took_s"], line["kind"], line["request_id"]) == (40, 1.5, None, "morning-7")
    assert line["ts"].endswith("Z")
    assert "request_id" not in json.loads(_written("nobody asked"))


@given(st.text(), st.text(), st.sampled_from(["json", "text"]))
def test_no_text_begins_another_line(event: str, field: str, form: str) -> None:
    """Neither in what is told nor in a field: a line is plain characters, whoever wrote the text."""
    line = _written(event.replace("%", ""), form=form, summary=field)

    assert line.isprintable()
    assert len(line.splitlines()) == 1
    if form == "json":
        assert line.isascii()
        if len(field) < 1000 and not any(secret in field for secret in secrets_of(settings.load(SECRETS, None))):
            assert json.loads(line)["summary"] == field


def test_an_error_is_a_field_of_its_event() -> None:
    """With its traceback on the same line; for people it stands below, where it begins no event."""
    hostile = _failure("first\n2026-11-23T12:00:00Z ERROR dashboard: forged\x1b[2J")

    line = json.loads(_written("it failed", error=hostile))
    below = _written("it failed", form="text", error=hostile).split("\n")[1:]

    assert "Traceback" in line["exception"]
    assert "forged" in line["exception"]
    assert below
    assert all(each.startswith("    ") and each.isprintable() for each in below)


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "secret",
    [
        CANARY,
        "canary-7f%2F3%2Ba",
        b64encode(f"ops@example.com:{CANARY}".encode()).decode(),
        "redis://:pass%2Fword@redis.example.com:6379/0",
        "pass%2Fword",
        "pass/word",
    ],
)
def test_a_secret_is_never_written(secret: str, form: str) -> None:
    """In no form it is sent in, and nowhere in an event: not in its words, a field, a key, an object or an error."""
    line = _written(
        "sent %s",
        secret,
        form=form,
        error=_failure(f"refused {secret}"),
        plain=secret,
        nested={"headers": [("Authorization", f"Basic {secret}")], secret: 1},
        thing=ValueError(secret),
    )

    assert secret not in line
    assert "***" in line


@given(st.text(), st.sampled_from(["", CANARY, "pass/word"]), st.text())
def test_the_line_of_a_request_is_as_any_other(before: str, secret: str, after: str) -> None:
    """To the last character, whatever is in an address; it is only made in a shorter way."""
    logger, stream = logging.getLogger("dashboard.access"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(settings.load(SECRETS, None)))
    text = f"{before}{secret}{after}"
    told: RequestTold = {
        "request_id": text,
        "method": text,
        "route": "/queues/<name>",
        "path": text,
        "status": 200,
        "duration_ms": 0.3,
        "bytes": 7,
    }
    records: list[logging.LogRecord] = []
    handler.addFilter(lambda record: records.append(record) is None)  # type: ignore[func-returns-value]
    logger.addHandler(handler)
    logger.propagate, level = False, logger.level
    logger.setLevel(logging.INFO)
    try:
        tell(logger, logging.INFO, told)
        short, (record,) = stream.getvalue(), records
        vars(record).pop(FIELDS)
        handler.handle(record)
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
        logger.setLevel(level)

    whole = stream.getvalue().removeprefix(short)
    assert short == whole
    assert not secret or secret not in short


def test_a_very_long_text_is_cut_in_the_middle() -> None:
    """What collects lines would break it up, and then nobody could read either part."""
    line = json.loads(_written("begin" + "x" * 50_000 + "end"))

    assert len(line["event"]) < 7_000
    assert line["event"].startswith("begin")
    assert line["event"].endswith("end")


def test_numbers_that_json_has_not_are_words() -> None:
    """So that every line can be read again, by whatever."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    line = json.loads(_written("odd", nan=float("nan"), much=float("inf")), parse_constant=refuse)

    assert (line["nan"], line["much"]) == ("nan", "inf")


def test_an_event_that_cannot_be_told_is_told_as_such() -> None:
    """On one line, in place of a traceback in the middle of the log."""
    stream = io.StringIO()
    handler = Lines(stream)
    handler.setFormatter(formatter(settings.load({}, None)))

    _say(handler, "%d tickets", "forty")

    assert json.loads(stream.getvalue())["logger"] == "portal.part"
    assert stream.getvalue().count("\n") == 1
