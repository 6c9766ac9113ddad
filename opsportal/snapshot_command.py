"""`opsportal snapshot`: the day that has ended, of every queue, put into history."""

import secrets
import socket
import sys
from datetime import date, datetime
from functools import partial
from typing import Final

import click

from opsportal import snapshot_lines, wiring
from opsportal.command import FAILED, OK, WRONG_USAGE, Examples, console, says_what_is_wrong, stop
from opsportal.engine import ENGINE_VERSION
from opsportal.progress import queue_progress
from opsportal.queue_reads import QueueReads
from opsportal.services import TakingServices
from opsportal.settings import load
from opsportal.snapshots import window_of
from opsportal.taking import Occasion, not_ended, take
from servicelevel.instants import to_ms
from servicelevel.policy import Policy
from servicelevel.snapshot_run import SnapshotRun

_INSTANT: Final = "%Y-%m-%dT%H:%M:%S%z"


@click.command("snapshot", cls=Examples, example="opsportal snapshot\nopsportal snapshot --day 2026-11-22")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Take this day (default: each queue's last that ended).")
@click.option(
    "--scheduled-at",
    type=click.DateTime([_INSTANT]),
    help="Take each queue's last day that had ended at this instant, such as 2026-11-23T03:15:00Z (default: by now).",
)
@says_what_is_wrong
def snapshot(day: datetime | None, scheduled_at: datetime | None) -> None:
    """Put the end of a day into history, for every queue of the registry.

    Run it once a day, after midnight in every queue's zone. What is complete there is left alone, so that it may be run
    as often as one likes. The exit code is 1 when a day is missing or incomplete afterwards: run it again.
    """
    if day is not None and scheduled_at is not None:
        stop("--day and --scheduled-at each say which day is taken. Give one of them.", WRONG_USAGE)
    with snapshot_lines.told_if_it_fails():
        run = _run(day and day.date(), scheduled_at)
    _print(run)
    snapshot_lines.tell(run)
    sys.exit(FAILED if run.gaps else OK)


def _run(day: date | None, scheduled_at: datetime | None) -> SnapshotRun:
    # Loading what writes the log takes longer than most commands do in all.
    from opsportal import logs

    logs.configure(load({}, env_file=None))  # in its usual form, should the settings be what is wrong
    settings = load()
    logs.configure(settings)
    services = wiring.build_taking(settings)
    policy, began = services.registry.read(), services.now()
    at = began if scheduled_at is None else to_ms(scheduled_at)
    if at > began:
        stop("--scheduled-at lies in the future. Give the instant for which this run was meant.", WRONG_USAGE)
    occasion = Occasion(secrets.token_hex(8), "command", socket.gethostname(), at, day)
    _refuse(occasion, policy, services)
    return _taken(occasion, policy, services)


def _refuse(occasion: Occasion, policy: Policy, services: TakingServices) -> None:
    """Stop before anything is read when there is no queue whose day could be taken."""
    if occasion.day is None:
        return
    early = [not_ended(queue, occasion.day, occasion.at) for queue in policy.queues]
    if all(early):
        stop(str(early[0]), WRONG_USAGE)
    covers_from = services.sources.covers_from(occasion.at)
    if all(window_of(queue, occasion.day).start < covers_from for queue in policy.queues):
        stop(
            f"{occasion.day} lies too far back: its 30 days begin before the {services.sources.window_days} days that "
            "are read (WINDOW_DAYS). Rebuild it with `opsportal backfill`.",
            WRONG_USAGE,
        )


def _taken(occasion: Occasion, policy: Policy, services: TakingServices) -> SnapshotRun:
    reads = QueueReads(services.sources, services.moved, services.now)
    with queue_progress([queue.id for queue in policy.queues]) as listen:
        return take(
            policy.queues,
            partial(reads.read, policy.queues, progress=listen),
            services.history,
            occasion,
            engine_version=ENGINE_VERSION,
            now=services.now,
        )


def _print(run: SnapshotRun) -> None:
    out, width = console(), max((len(outcome.queue) for outcome in run.outcomes), default=0)
    lines = [
        f"{outcome.queue:<{width}}  {outcome.day}  {snapshot_lines.RESULT_WORDS[outcome.result]}"
        for outcome in run.outcomes
    ]
    for said in (*lines, *snapshot_lines.reason_lines(run)):
        out.print(said, markup=False, highlight=False, soft_wrap=True)
