"""`history import` and `history export`: days of history from a file and into one."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import click

from opsportal import history_files_csv as table
from opsportal import wiring
from opsportal.command import FAILED, OK, Examples, says_what_is_wrong, stop
from opsportal.history_files import FileUnusable, Names, Reader, Unplaced
from opsportal.history_files_lines import is_lines, line, lines
from opsportal.history_files_placing import placed
from opsportal.history_files_scores import FIELDS, scores
from opsportal.ports import History
from opsportal.progress import counted
from opsportal.reports import found, nearest
from opsportal.settings import load
from servicelevel.errors import PortalError
from servicelevel.policy import Policy

Format: TypeAlias = Literal["jsonl", "csv"]


@click.command(
    "import",
    cls=Examples,
    example="opsportal history import trends.json --dry-run\n"
    "opsportal history import trends.json --map datum=date --map Billing=billing",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "renamed",
    multiple=True,
    metavar="OLD=NEW",
    help="What the file calls OLD is the field date, queue or score, or the queue with the id NEW; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would become of every entry, and put nothing.")
@says_what_is_wrong
def import_days(file: Path, renamed: tuple[str, ...], dry_run: bool) -> None:
    """Put the days of FILE into history.

    FILE is JSON Lines of `history export`, which come back as they were, or the trends.json of an earlier portal:
    {day: {queue: {score}}}, or a list of {date, queue, score}. Of those a day knows its score alone, and any day that
    the portal took or rebuilds itself takes its place. What history has already stays. Every entry that cannot be
    placed is told with its place in the file; the exit code is 1 when there is any.
    """
    settings = load()
    policy = wiring.registry(settings.queue_registry).read()
    names = Names(_renamed(renamed, policy))
    reader = Reader(policy, names, wiring.clock_of(settings))
    count, told = lines(file, reader) if is_lines(file) else scores(file, reader)
    put = there = unplaced = 0
    try:
        with counted("days", count) as step:
            for outcome in placed(told, wiring.history(settings), dry_run=dry_run):
                put, there = put + (outcome == "put"), there + (outcome == "there")
                if isinstance(outcome, Unplaced):
                    unplaced += 1
                    click.echo(str(outcome), err=True)
                step()
    except PortalError as error:
        stop(f"{error}\n{put} of {count} days were put before that; the same command goes on from there.", FAILED)
    for name in names.unused:
        click.echo(f"--map {name}=…: the file calls nothing {name!r}.", err=True)
    verb = "would be put" if dry_run else "put"
    click.echo(f"{file}: {put} days {verb}, {there} there already, {unplaced} not placed.")
    sys.exit(FAILED if unplaced else OK)


def _renamed(written: Sequence[str], policy: Policy) -> dict[str, str]:
    known = [*FIELDS, *(queue.id for queue in policy.queues)]
    renamed: dict[str, str] = {}
    for pair in written:
        old, equals, new = pair.rpartition("=")
        if not (old and equals):
            raise click.UsageError(f"--map {pair!r}: write it as OLD=NEW.")
        if new not in known:
            near = nearest(new, dict.fromkeys(known))
            hint = f" Did you mean {near!r}?" if near else ""
            raise click.UsageError(f"--map {pair!r}: {new!r} is neither date, queue, score nor a queue's id.{hint}")
        if renamed.get(old, new) != new:
            raise click.UsageError(f"--map {old!r} is given both as {renamed[old]!r} and as {new!r}.")
        renamed[old] = new
    return renamed


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    "export",
    cls=Examples,
    example="opsportal history export --output history.jsonl\n"
    "opsportal history export billing --format csv --from 2026-10-01 --to 2026-10-31 > october.csv",
)
@click.argument("queues", metavar="[QUEUE]...", nargs=-1)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="JSON Lines keep everything and can be imported; CSV is a table for people.",
)
@click.option("--from", "first", type=_DAY, help="First day (the first there is).")
@click.option("--to", "last", type=_DAY, help="Last day (the last there is).")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write (standard output).")
@says_what_is_wrong
def export_days(
    queues: tuple[str, ...], format_: Format, first: datetime | None, last: datetime | None, output: Path | None
) -> None:
    """Write the days of every QUEUE, or of all of the registry, queue by queue and day by day.

    A queue that the registry no longer has can be named as long as history has days of it. A day that cannot be read
    is told, and the exit code is then 1.
    """
    begin, end = first.date() if first else date.min, last.date() if last else date.max
    if begin > end:
        raise click.UsageError(f"--from {begin} lies after --to {end}.")
    settings = load()
    kept, policy = wiring.history(settings), wiring.registry(settings.queue_registry).read()
    chosen = _chosen(queues, policy, kept)
    written, unreadable = 0, 0
    with counted("queues", len(chosen)) as step, _opened(output) as stream:
        if format_ == "csv":
            stream.write(table.header())
        for queue in chosen:
            days = kept.range(queue, begin, end)
            stream.writelines(table.row(day) if format_ == "csv" else line(day) for day in days.snapshots)
            for day, reason in days.unreadable.items():
                click.echo(f"{queue} on {day} cannot be read and is left out: {reason}", err=True)
            written, unreadable = written + len(days.snapshots), unreadable + len(days.unreadable)
            step()
    click.echo(f"{written} days of {len(chosen)} queues written, {unreadable} could not be read.", err=True)
    sys.exit(FAILED if unreadable else OK)


def _chosen(asked: Sequence[str], policy: Policy, kept: History) -> list[str]:
    for queue in asked:
        if kept.begins(queue) is None:
            found(policy, queue)
    return list(dict.fromkeys(asked)) or [queue.id for queue in policy.queues]


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its place only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(output)
    except OSError as error:
        raise FileUnusable(f"{output} cannot be written: {error.strerror or error}.") from None
    finally:
        draft.unlink(missing_ok=True)
