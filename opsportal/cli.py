"""The commands. Exit codes: 0 ok, 1 failed, 2 wrong usage; one clear message, never a traceback."""

import contextlib
import os
import secrets
import signal
import sys
from datetime import UTC, date, datetime
from typing import NoReturn

import click
import msgspec

from opsportal import checks as checking
from opsportal import cores, demonstration, report_json, report_text, wiring
from opsportal.backfill_command import backfill
from opsportal.command import FAILED, OK, Examples, console, says_what_is_wrong, whole_dates
from opsportal.history_commands import history
from opsportal.history_files_command import export_days, import_days
from opsportal.progress import queue_progress
from opsportal.reports import Period
from opsportal.settings import Settings, load
from opsportal.snapshot_command import snapshot
from opsportal.token_command import token
from servicelevel.instants import to_ms
from servicelevel.measures import Filters
from servicelevel.report import QueueReport


def main() -> NoReturn:
    """Run a command and end the process with its exit code."""
    signal.signal(signal.SIGINT, _interrupted)
    cores.leave_none()
    sys.exit(commands(standalone_mode=True))


def _interrupted(*_: object) -> NoReturn:
    """Leave at once: a read has nothing to tidy up, and its threads would hold us until their requests have ended."""
    show_cursor = b"\x1b[?25h" if sys.stderr.isatty() else b""
    os.write(2, show_cursor + b"Stopped.\n")
    os._exit(FAILED)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="opsportal", message="%(prog)s %(version)s")
def commands() -> None:
    """Service levels of Jira queues: whether promises are kept, why, and what breaks next.

    Settings come from the environment or a file .env in this folder; docs/settings.md lists them.
    """


@commands.command("check", cls=Examples, example="opsportal check")
@says_what_is_wrong
def check() -> None:
    """Ask every part that the settings name, and say what is wrong and how to mend it."""
    out, failed = console(), 0
    for part in wiring.checks(load()):
        outcome = checking.run(part)
        failed += not outcome.ok
        mark = "ok" if outcome.ok else "wrong"
        lines = outcome.text.splitlines()
        out.print(f"{mark:<6} {outcome.part:<9} {lines[0]}", markup=False, highlight=False, soft_wrap=True)
        for line in lines[1:]:
            out.print(f"{'':<17}{line}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(FAILED if failed else OK)


def _instant(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no instant; write it as 2026-11-23T12:00:00Z") from None
    if at.utcoffset() is None:
        raise click.BadParameter(f"{value!r} has no offset from UTC; write it as 2026-11-23T12:00:00Z")
    if not date(1990, 1, 2) <= at.date() < date(2059, 12, 31):
        raise click.BadParameter(f"{value!r} lies outside of 1990 to 2059")
    return to_ms(at)


@commands.command(
    "report", cls=Examples, example="opsportal report service-desk --days 7\nopsportal report billing --json"
)
@click.argument("queue")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, in the shape of the REST API.")
@click.option("--days", type=click.IntRange(1, 400), help="Days back from the instant of the report (30).")
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First date of the period, in the queue's zone."
)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last date of the period, in the queue's zone.")
@click.option("--priority", multiple=True, help="Only this priority, by name or id; may be repeated.")
@click.option("--type", "type_", multiple=True, help="Only this type, by name or id; may be repeated.")
@click.option("--analyst", multiple=True, help="Only this assignee, by name or id, or 'unassigned'; may be repeated.")
@click.option("--as-of", callback=_instant, help="Judge as of this earlier instant, as 2026-11-23T12:00:00Z.")
@says_what_is_wrong
def report(
    queue: str,
    as_json: bool,
    days: int | None,
    first: datetime | None,
    last: datetime | None,
    priority: tuple[str, ...],
    type_: tuple[str, ...],
    analyst: tuple[str, ...],
    as_of: int | None,
) -> None:
    """Read QUEUE from Jira and Tempo and print its report."""
    period = _period(days, first, last)
    services = wiring.build(load())
    services.reports.find(queue)
    with queue_progress([queue]) as listen:
        made = services.reports.queue(
            queue, as_of=as_of, period=period, filters=Filters(priority, type_, analyst), progress=listen(queue)
        )
    naming = wiring.naming(services)
    if as_json:
        shaped = report_json.queue_report(made, naming, services.jira_url, services.now())
        click.echo(msgspec.json.format(msgspec.json.encode(shaped), indent=1))
    else:
        console().print(report_text.queue_report(made, naming))


def _period(days: int | None, first: datetime | None, last: datetime | None) -> Period:
    if (first is None) != (last is None):
        raise click.UsageError("--from and --to go together.")
    if first is None or last is None:
        return Period(days=days or 30)
    if days is not None:
        raise click.UsageError("Give --days, or --from and --to, not both.")
    return Period(None, *whole_dates(first.date(), last.date()))


@commands.group("registry")
def registry() -> None:
    """The queue registry: which queues there are and what they promise."""


@registry.command(
    "validate",
    cls=Examples,
    example="opsportal registry validate new.json\nopsportal registry validate s3://bucket/queue_registry.json",
)
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@says_what_is_wrong
def validate(file: str | None) -> None:
    """Check a registry as a whole and list everything that is wrong with it.

    FILE is a path or s3://bucket/key (default: QUEUE_REGISTRY).
    """
    place = file or load().queue_registry
    policy = wiring.registry(place).read()
    click.echo(f"{place} is in order: {len(policy.queues)} queues.")
    for queue in policy.queues:
        click.echo(f"  {queue.id:<20} {queue.name} ({queue.team}), {', '.join(queue.projects)}, {queue.calendar.name}")


@registry.command(
    "suggest",
    cls=Examples,
    example="opsportal registry suggest > queue_registry.json\nopsportal registry suggest --project SD --project HR",
)
@click.option("--project", "projects", multiple=True, metavar="KEY", help="Only this project; may be repeated.")
@says_what_is_wrong
def suggest(projects: tuple[str, ...]) -> None:
    """Look at Jira's service desks and print a first registry, to be edited.

    SLA fields are chosen by what their clocks did on recent tickets. The registry goes to standard output, the reason
    for every choice to standard error.
    """
    settings = load()
    with queue_progress(["Jira"]) as listen:
        made = wiring.suggest(settings, projects, listen("Jira"))
    for line in made.because:
        click.echo(line, err=True)
    click.echo(made.text, nl=False)


commands.add_command(snapshot)


@commands.command("serve", cls=Examples, example="opsportal serve")
@says_what_is_wrong
def serve() -> None:
    """Serve the pages as the settings say, until the process is told to end."""
    load()  # what is wrong with them is told here, before anything is started
    os.execv(sys.executable, [sys.executable, "-m", "dashboard"])  # noqa: S606 - ourselves, in another layer


@commands.command(
    "demo",
    cls=Examples,
    example="opsportal demo\nopsportal demo --host-page 8090\nopsportal demo --text\nopsportal demo service-desk",
)
@click.argument("queue", required=False)
@click.option("--seed", type=int, help="Another seed makes another fleet of queues.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8080, show_default=True, help="Port of the pages.")
@click.option(
    "--host-page",
    type=click.IntRange(1, 65_535),
    metavar="PORT",
    help="At this port, also serve a page of another site that shows a queue of the portal in a frame.",
)
@click.option("--text", is_flag=True, help="Print the overview, and the report of QUEUE, in place of serving pages.")
@says_what_is_wrong
def demo(queue: str | None, seed: int | None, port: int, host_page: int | None, text: bool) -> None:
    """Start a made-up Jira and Tempo on this machine, and the portal on them.

    It needs no account and no setting, and leaves nothing behind. With QUEUE, its report is printed instead.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # unlike a read, this one has programs to end
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with demonstration.running(seed) as sources:
        if text or queue is not None:
            _print_demo(load(sources.environment(), env_file=None), queue)
            return
        with contextlib.ExitStack() as held:
            key = secrets.token_hex(32)
            process = held.enter_context(demonstration.portal(sources, port, wiring.clock_ms(), key))
            click.echo(f"The portal, on a made-up Jira and Tempo: http://127.0.0.1:{port}/   (Ctrl-C ends it)")
            if host_page is not None:
                address = held.enter_context(demonstration.host_page(port, host_page, key))
                click.echo(f"A page of another site that shows a queue of it: {address}")
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
                raise demonstration.DemoFailed("The portal has ended; see the message above.")


def _print_demo(settings: Settings, queue: str | None) -> None:
    services = wiring.build(settings)
    policy = services.reports.policy
    if queue is not None:
        services.reports.find(queue)
    with queue_progress([known.id for known in policy.queues]) as listen:
        seen = services.reports.overview(progress=listen)
    console().print(report_text.overview(seen))
    chosen = seen.reports.get(queue or "")
    if isinstance(chosen, QueueReport):
        console().print("", report_text.queue_report(chosen, wiring.naming(services)))
    click.echo(f"\nAs of {datetime.fromtimestamp(seen.as_of / 1000, UTC):%Y-%m-%d %H:%M} UTC, from made-up data.")


history.add_command(import_days)
history.add_command(export_days)
commands.add_command(backfill)
commands.add_command(history)
commands.add_command(token)
