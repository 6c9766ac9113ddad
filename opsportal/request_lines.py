"""The line of a request in the log: there is one for each, so it is put together without what other events need."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypedDict

EVENT: Final = "request"

FIELDS: Final = "opsportal_request"
"""Where a record holds what was told."""


class RequestTold(TypedDict):
    """What is told of a request. `method` and `path` are what somebody sent, whatever that is."""

    request_id: str
    method: str
    route: str
    path: str
    status: int
    duration_ms: float
    bytes: int


def tell(logger: logging.Logger, level: int, told: RequestTold) -> None:
    """Log a request as an event like all others, but for where in the code it was told: that is always here."""
    if not logger.isEnabledFor(level):
        return
    record = logging.LogRecord(logger.name, level, __file__, 0, EVENT, None, None)
    vars(record).update(told)
    setattr(record, FIELDS, told)
    logger.handle(record)


def told_by(record: logging.LogRecord) -> RequestTold | None:
    """What `tell` has told; None of any other event."""
    told: RequestTold | None = vars(record).get(FIELDS)
    return told


def line(record: logging.LogRecord, told: RequestTold, hidden: Callable[[str], str]) -> str:
    """The line, as JSON; `hidden` puts something else in the place of secrets."""
    fields = {
        "ts": instant(record),
        "level": record.levelname.lower(),
        "event": EVENT,
        "logger": record.name,
        "request_id": hidden(told["request_id"]),  # which may have come from outside
        "method": hidden(told["method"]),
        "route": told["route"],
        "path": hidden(told["path"]),
        "status": told["status"],
        "duration_ms": told["duration_ms"],
        "bytes": told["bytes"],
        "pid": record.process,
    }
    return json.dumps(fields)


def instant(record: logging.LogRecord) -> str:
    """When an event was told, in UTC."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
