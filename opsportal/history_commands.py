"""The commands about what history holds: `history gaps`."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
import msgspec

from opsportal import wiring
from opsportal.command import FAILED, OK, Examples, says_what_is_wrong
from opsportal.gaps import QueueGaps, gaps_of
from opsportal.reports import found
from opsportal.settings import load
from servicelevel.policy import Policy, Queue


@click.group("history")
def history() -> None:
    """What is kept of every queue and day: what is missing, and ways in and out."""


@history.command(
    "gaps", cls=Examples, example="opsportal history gaps\nopsportal history gaps service-desk billing --json"
)
@click.argument("queues", metavar="[QUEUE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the days as JSON, by queue.")
@says_what_is_wrong
def gaps(queues: tuple[str, ...], as_json: bool) -> None:
    """List the days that history lacks, of every QUEUE or of all.

    A day is lacking when it has ended, is no earlier than the queue's first day in history, and has no item that can
    be read. Exit code 1 when there is any, 0 when there is none.
    """
    settings = load()
    chosen = chosen_queues(wiring.registry(settings.queue_registry).read(), queues)
    kept, now = wiring.history(settings), wiring.clock_of(settings)
    seen = [gaps_of(queue, kept, now) for queue in chosen]
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({each.queue: _shaped(each) for each in seen}), indent=1))
    else:
        for line in (line for each in seen for line in _lines(each)):
            click.echo(line)
    sys.exit(FAILED if any(each.days for each in seen) else OK)


def chosen_queues(policy: Policy, queue_ids: Sequence[str]) -> list[Queue]:
    """The queues of these ids in the order asked for, or all of the registry when none is asked for.

    Raises:
        UnknownQueue: the registry has no queue of one of the ids.
    """
    return [found(policy, queue_id) for queue_id in dict.fromkeys(queue_ids)] or list(policy.queues)


def _lines(lacks: QueueGaps) -> Iterator[str]:
    if not lacks.days:
        yield f"{lacks.queue:<20} whole from {lacks.first} to {lacks.last}"
    for gap in lacks.stretches:
        dates = f"{gap.first}" if gap.days == 1 else f"{gap.first} to {gap.last}, {gap.days} days"
        yield f"{lacks.queue:<20} {dates}: {gap.reason or 'missing'}"


def _shaped(lacks: QueueGaps) -> dict[str, Any]:
    missing = [day for day in lacks.days if day not in lacks.unreadable]
    return {"from": lacks.first, "to": lacks.last, "missing": missing, "unreadable": dict(lacks.unreadable)}
