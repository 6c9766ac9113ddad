"""What every command has: exit codes, an example in its help, and one clear message in place of a traceback."""

import functools
import sys
from collections.abc import Callable
from datetime import date
from typing import Any, NoReturn

import click
from rich.console import Console

from opsportal.reports import EmptyPeriod, UnknownQueue, UnknownValue
from opsportal.settings import SettingsError
from servicelevel.errors import PortalError

OK, FAILED, WRONG_USAGE = 0, 1, 2


def says_what_is_wrong(command: Callable[..., None]) -> Callable[..., None]:
    """Errors raised on purpose become one message on standard error."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except (SettingsError, UnknownQueue, UnknownValue, EmptyPeriod) as error:
            stop(str(error), WRONG_USAGE)
        except PortalError as error:
            stop(str(error), FAILED)
        except KeyboardInterrupt:
            stop("Stopped.", FAILED)

    return run


def stop(message: str, code: int) -> NoReturn:
    """End with a message on standard error."""
    click.echo(message, err=True)
    sys.exit(code)


def whole_dates(first: date, last: date) -> tuple[date, date]:
    """What --from and --to name, both included.

    Raises:
        click.UsageError: they are the wrong way round, or no dates that tickets have.
    """
    if first > last:
        raise click.UsageError(f"--from {first} lies after --to {last}.")
    if not date(1990, 1, 2) <= first <= last < date(2059, 12, 31):
        raise click.UsageError("Dates go from 1990 to 2059.")
    return first, last


class Examples(click.Command):
    """A command whose help ends with an example."""

    def __init__(self, *args: Any, example: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, as it is typed."""
        del ctx
        formatter.write_paragraph()
        formatter.write("Example:\n")
        for line in self._example.splitlines():
            formatter.write(f"  {line}\n")


def console() -> Console:
    """Where tables go."""
    # A terminal's own width; a pipe gets lines wide enough that no number is cut.
    return Console() if sys.stdout.isatty() else Console(width=160)
