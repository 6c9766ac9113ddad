"""The log: one event a line on standard error, with the request it belongs to, and never a secret.

Modules log as always (`logging.getLogger`); fields of an event go into `extra`. What libraries and Python itself have
to say comes out in the same form.
"""

import json
import logging
import math
import sys
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, TextIO

from opsportal import request_ids, request_lines
from opsportal.hidden import Hiding
from opsportal.settings import Settings

_FIRST: Final = ("ts", "level", "event", "logger", "request_id")
_OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({})))
_LONGEST: Final = 6_000
"""Characters of one text of an event; of a longer one the middle is left out, since collectors break long lines up."""


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
    # At DEBUG it tells the whole of every answer, and one of them is the secret, before anybody knows what to hide.
    logging.getLogger("botocore.parsers").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_a_thread


def formatter(settings: Settings) -> logging.Formatter:
    """Makes one line of an event, as JSON or for people."""
    hiding = _Hiding(Hiding(settings))
    if settings.log_format == "text":
        return _Events(hiding, _text)
    return _RequestsApart(_Events(hiding, _json), hiding)


class Lines(logging.StreamHandler[TextIO]):
    """Writes events. One that cannot be put into words is told as such: the log never breaks what it tells of."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it so
        """Say where an event was that could not be written."""
        told = {"level": "error", "event": "a line of the log could not be written", "logger": record.name}
        try:
            self.stream.write(f"{json.dumps({**told, 'at': f'{record.filename}:{record.lineno}'})}\n")
        except (OSError, ValueError):
            return  # nobody can be told any more


class _Events(logging.Formatter):
    """Makes one line of any event and of all the fields that it was told with."""

    def __init__(self, hiding: "_Hiding", written: Callable[[dict[str, Any]], str]) -> None:
        super().__init__()
        self._hiding, self._written = hiding, written

    def format(self, record: logging.LogRecord) -> str:
        """As Formatter promises."""
        event: dict[str, Any] = {"event": record.getMessage()}
        if record.stack_info:
            event["stack_info"] = record.stack_info
        event |= {"level": record.levelname.lower(), "logger": record.name}
        event |= {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        request_id = request_ids.current.get()
        if request_id is not None:
            event.setdefault("request_id", request_id)
        event |= {"ts": request_lines.instant(record), "pid": record.process}
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return self._written(self._hiding.all_of(event))


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

    def __init__(self, hiding: Hiding) -> None:
        self._hiding = hiding

    def all_of(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """An event of plain values, without secrets."""
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
        text = self._hiding(text)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _json(event: dict[str, Any]) -> str:
    first = {name: event[name] for name in _FIRST if name in event}
    return json.dumps({**first, **event})  # ASCII throughout, so that no text can begin another line


def _text(event: dict[str, Any]) -> str:
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
