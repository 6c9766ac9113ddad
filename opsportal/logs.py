"""The log: one event a line on standard error, with the request it belongs to, and never a secret.

Modules log as always (`logging.getLogger`); fields of an event go into `extra`. What libraries and Python itself have
to say comes out in the same form.
"""

import json
import logging
import math
import sys
import threading
from base64 import b64encode
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, TextIO
from urllib.parse import quote, unquote, urlsplit

import structlog
from pydantic import SecretStr
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.types import EventDict, WrappedLogger

from opsportal import request_ids, request_lines
from opsportal.settings import Settings

_FIRST: Final = ("ts", "level", "event", "logger", "request_id")
_HIDDEN: Final = "***"
_LONGEST: Final = 6_000
"""Characters of one text of an event; of a longer one the middle is left out, since collectors break long lines up."""
_SHORTEST: Final = 4
"""A secret of fewer characters is not looked for: it would be found in every other word."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Log as the settings say from here on, whatever was set up before."""
    handler = Lines(stream or sys.stderr)
    handler.setFormatter(formatter(settings))
    root = logging.getLogger()
    for earlier in list(root.handlers):
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    # It tells of each client where its credentials were found; whoever asks for everything gets that too.
    logging.getLogger("botocore").setLevel(logging.WARNING if root.level == logging.INFO else logging.NOTSET)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_a_thread


def formatter(settings: Settings) -> logging.Formatter:
    """Makes one line of an event, as JSON or for people."""
    as_json, hiding = settings.log_format == "json", _Hiding(secrets_of(settings))
    any_event = ProcessorFormatter(
        foreign_pre_chain=[add_log_level, add_logger_name, ExtraAdder(), _request_id],
        processors=[
            _instant,
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hiding,
            _json if as_json else _text,
        ],
    )
    return _RequestsApart(any_event, hiding) if as_json else any_event


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every text that must not be seen: secrets, and the forms in which they are sent."""
    values = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    hidden = set(values)
    for value in values:
        password = urlsplit(value).password if "://" in value else None
        if password is not None:
            hidden |= {password, unquote(password)}
        if settings.jira_email is not None:
            hidden.add(b64encode(f"{settings.jira_email}:{value}".encode()).decode())
    hidden |= {quote(value, safe="") for value in hidden}
    return tuple(sorted((each for each in hidden if len(each) >= _SHORTEST), key=len, reverse=True))


class Lines(logging.StreamHandler[TextIO]):
    """Writes events. One that cannot be put into words is told as such: the log never breaks what it tells of."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it so
        """Say where an event was that could not be written."""
        told = {"level": "error", "event": "a line of the log could not be written", "logger": record.name}
        try:
            self.stream.write(f"{json.dumps({**told, 'at': f'{record.filename}:{record.lineno}'})}\n")
        except (OSError, ValueError):
            return  # nobody can be told any more


class _RequestsApart(logging.Formatter):
    """Makes the line of a request by the shorter way, to the same end."""

    def __init__(self, any_event: logging.Formatter, hiding: "_Hiding") -> None:
        super().__init__()
        self._any_event, self._hiding = any_event, hiding

    def format(self, record: logging.LogRecord) -> str:
        """As Formatter promises."""
        told = request_lines.told_by(record)
        if told is None:
            return self._any_event.format(record)
        return request_lines.line(record, told, self._hiding.hidden)


class _Hiding:
    """Puts stars in the place of secrets, wherever in an event they stand, and plain values in that of objects."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {self.hidden(str(key)): self._plain(value) for key, value in event.items()}

    def _plain(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, Mapping):
            return {self.hidden(str(key)): self._plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._plain(each) for each in value]
        return self.hidden(value if isinstance(value, str) else repr(value))

    def hidden(self, text: str) -> str:
        """A text without secrets, and not too long."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    request_id = request_ids.current.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


def _instant(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["ts"] = request_lines.instant(record)
    event["pid"] = record.process
    return event


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    first = {name: event[name] for name in _FIRST if name in event}
    return json.dumps({**first, **event})  # ASCII throughout, so that no text can begin another line


def _text(_: WrappedLogger, __: str, event: EventDict) -> str:
    ts, level, told, logger = (str(event.pop(name, "")) for name in ("ts", "level", "event", "logger"))
    trace = event.pop("exception", None)
    fields = "".join(f" {_on_one_line(name)}={_on_one_line(str(value))}" for name, value in event.items())
    line = f"{ts} {level.upper():<8} {_on_one_line(logger)}: {_on_one_line(told)}{fields}"
    below = [] if trace is None else [f"    {_on_one_line(each)}" for each in str(trace).splitlines()]
    return "\n".join((line, *below))


def _on_one_line(text: str) -> str:
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("python").critical("ended by an error nobody expected", exc_info=(kind, error, trace))


def _uncaught_in_a_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
