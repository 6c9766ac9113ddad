"""The scheduled AWS Lambda function: `handler` takes the day that has ended, as `opsportal snapshot` does.

```
PortalError
├── WrongEvent            the schedule does not say at which instant it was meant
└── SnapshotIncomplete    a queue's day is missing or incomplete; Lambda's own retry takes it again
```
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any, Final, Protocol

import msgspec

from opsportal import logs, snapshot_lines, wiring
from opsportal.engine import ENGINE_VERSION
from opsportal.queue_reads import QueueReads
from opsportal.services import TakingServices
from opsportal.settings import load
from opsportal.taking import Occasion, take
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS, to_ms
from servicelevel.snapshot_run import SnapshotRun

RESERVED_S: Final = 60.0
"""Seconds before the function's time is over at which reading stops, so that what was read is kept and told."""

_SCHEDULED_AT: Final = "scheduled_at"


class Context(Protocol):
    """What Lambda says of an invocation, as far as it is used here."""

    @property
    def aws_request_id(self) -> str:
        """The id of the invocation; a retry of it has the same."""

    @property
    def function_name(self) -> str:
        """What the function is called."""

    def get_remaining_time_in_millis(self) -> int:
        """How long it is until the function is stopped."""


class WrongEvent(PortalError):
    """The event names no instant."""

    def __init__(self, found: object) -> None:
        super().__init__(
            f"The event's {_SCHEDULED_AT} is {found!r}; expected an instant such as 2026-11-23T05:00:00Z. Let the "
            f'schedule\'s input be {{"{_SCHEDULED_AT}": "<aws.scheduler.scheduled-time>"}}.'
        )


class SnapshotIncomplete(PortalError):
    """Not every queue's day is complete; those that are stay."""

    def __init__(self, run: SnapshotRun) -> None:
        told = " | ".join(snapshot_lines.reason_lines(run))
        super().__init__(f"{len(run.gaps)} of {len(run.outcomes)} queues lack their day or a part of it. {told}")


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Take the last day that had ended at the event's `scheduled_at`, or by now where it has none; tell the outcomes.

    Invoked twice, or by two schedules at once, it leaves what one invocation would have left.

    Raises:
        SnapshotIncomplete: a queue's day could not be taken as it should; the others were kept before.
        PortalError: settings, registry or event cannot be used.
    """
    with snapshot_lines.told_if_it_fails():
        run = _run(event, context)
    snapshot_lines.tell(run)
    if run.gaps:
        raise SnapshotIncomplete(run)
    return {
        "run": run.id,
        "duration_s": run.duration_s,
        "outcomes": [msgspec.to_builtins(outcome) for outcome in run.outcomes],
    }


def _run(event: Mapping[str, Any], context: Context) -> SnapshotRun:
    services = _services()
    occasion = Occasion(context.aws_request_id, "lambda", context.function_name, _instant(event, services.now()))
    queues = services.registry.current().policy.queues
    reads = QueueReads(services.sources, services.moved, services.now, partial(_remaining_s, context))
    return take(
        queues,
        partial(reads.read, queues),
        services.history,
        occasion,
        engine_version=ENGINE_VERSION,
        now=services.now,
    )


@cache
def _services() -> TakingServices:
    """Once a container: later invocations go on with what the first one has wired."""
    logs.configure(load({}, env_file=None))  # in its usual form, should the settings be what is wrong
    settings = load(env_file=None)
    logs.configure(settings)
    return wiring.build_taking(settings)


def _instant(event: Mapping[str, Any], now: int) -> int:
    if _SCHEDULED_AT not in event:
        return now
    found = event[_SCHEDULED_AT]
    try:
        at = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        raise WrongEvent(found) from None
    if at.utcoffset() is None:
        raise WrongEvent(found)
    return to_ms(at)


def _remaining_s(context: Context) -> float:
    return context.get_remaining_time_in_millis() / SECOND_MS - RESERVED_S
