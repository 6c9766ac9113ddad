"""What became of a queue's read: a reading, or why there is none.

```
PortalError
└── NotExpected    an error that nobody had on purpose
```
"""

import logging
from collections.abc import Callable
from typing import TypeAlias

from opsportal.reading import Reading
from servicelevel.errors import PortalError
from servicelevel.policy import Queue

ReadResult: TypeAlias = Reading | PortalError

_log = logging.getLogger(__name__)


class NotExpected(PortalError):
    """An error that nobody had on purpose; the log has all of it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"An error nobody expected ({type(error).__name__}); the log says where.")


def attempted(queue: Queue, read: Callable[[], Reading]) -> ReadResult:
    """What a read of a queue gives, or its error: whatever one queue has in it, the others have their day."""
    try:
        return read()
    except PortalError as error:
        return error
    except Exception as error:  # noqa: BLE001 - told as the result, and in the log
        _log.exception("Reading %s failed", queue.id)
        return NotExpected(error)
