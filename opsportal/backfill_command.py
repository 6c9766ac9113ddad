"""The command that rebuilds days of history: `backfill`."""

import sys
from collections.abc import Iterator
from datetime import datetime

import click

from opsportal import wiring
from opsportal.backfill import Rebuilt
from opsportal.command import FAILED, OK, Examples, says_what_is_wrong, whole_dates
from opsportal.progress import queue_progress
from opsportal.settings import load
from servicelevel.policy import Policy

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command(
    "backfill",
    cls=Examples,
    example="opsportal backfill --from 2026-09-01 --to 2026-11-22\n"
    "opsportal backfill --from 2026-11-03 --to 2026-11-03 service-desk",
)
@click.option("--from", "first", type=_DATE, required=True, help="First date, in each queue's zone.")
@click.option("--to", "last", type=_DATE, required=True, help="Last date, in each queue's zone.")
@click.argument("queues", metavar="[QUEUE]...", nargs=-1)
@says_what_is_wrong
def backfill(first: datetime, last: datetime, queues: tuple[str, ...]) -> None:
    """Rebuild the days that history lacks, of every QUEUE or of all, from Jira's changelogs.

    Each day is judged as of its end: queue, analyst, priority, status, goals and clocks as they were then. Days that
    were taken live, and those rebuilt before, stay as they are; a run that was broken off goes on where it ended. Exit
    code 1 when a queue could not be read, or a day lacks something.
    """
    begin, end = whole_dates(first.date(), last.date())
    work = wiring.backfill(load())
    with queue_progress([queue.id for queue in work.policy.queues]) as listen:
        made = work.run(begin, end, queues, listen)
    for told in made:
        for line in _lines(told, work.policy):
            click.echo(line)
    sys.exit(FAILED if any(told.failed or told.incomplete for told in made) else OK)


def _lines(told: Rebuilt, policy: Policy) -> Iterator[str]:
    parts = [f"{told.put} put", f"{told.there} there"]
    parts += [f"{told.not_ended} not ended"] if told.not_ended else []
    parts += [f"{told.before_tickets} before the first ticket that Jira has"] if told.before_tickets else []
    yield f"{told.queue:<20} {', '.join(parts)}"
    if told.failed:
        yield f"{'':<20} not rebuilt: {told.failed}"
    if told.incomplete:
        yield f"{'':<20} {told.incomplete} of them lack tickets or hours; run it again when all can be read"
    moved = told.moved
    if moved.tickets:
        yield f"{'':<20} moved to other queues since, and counted here while they were: {moved.tickets}"
    if moved.recomputed:
        yield f"{'':<20} their clocks are computed by this queue's goals; Jira shows those of their present project"
    if moved.as_elsewhere:
        yield f"{'':<20} their clocks are those of their present project, for want of goals in the registry"
    filtered = next(queue.jql for queue in policy.queues if queue.id == told.queue)
    if told.put and filtered:
        yield f"{'':<20} its filter is applied to tickets as they are today: {filtered}"
