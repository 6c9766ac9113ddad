"""The command line apart from any source: its help, and usage that makes no sense."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from opsportal.cli import commands
from opsportal.command import Examples


def _all(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        path = (*before, name)
        if isinstance(command, click.Group):
            yield from _all(command, *path)
        else:
            yield path, command


COMMANDS = dict(_all(commands))


def test_the_commands_there_are() -> None:
    """A new one is tested below without being named."""
    assert {("check",), ("report",), ("demo",), ("registry", "validate")} <= COMMANDS.keys()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_every_command_ends_with_an_example_that_is_one_of_its_own(
    path: tuple[str, ...], option: str
) -> None:
    """What is shown can be typed: the example parses with the command's own options; where it goes is the shell's."""
    shown = CliRunner().invoke(commands, [*path, option])

    assert shown.exit_code == 0
    _, _, examples = shown.output.partition("Example:\n")
    lines = [line.strip() for line in examples.splitlines()]
    assert lines
    for line in lines:
        words = line.partition(" > ")[0].split()
        assert tuple(words[: len(path) + 1]) == ("opsportal", *path)
        COMMANDS[path].make_context("opsportal", words[len(path) + 1 :]).close()


@pytest.mark.parametrize("path", [*COMMANDS, ("registry",), ()], ids=" ".join)
def test_everything_says_what_it_does(path: tuple[str, ...]) -> None:
    """In a sentence, with its options explained."""
    shown = CliRunner().invoke(commands, [*path, "--help"])

    assert shown.exit_code == 0
    assert "Usage:" in shown.output
    command = COMMANDS.get(path)
    if command is not None:
        assert isinstance(command, Examples)
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_version_is_printed() -> None:
    """As the package says."""
    shown = CliRunner().invoke(commands, ["--version"])

    assert (shown.exit_code, shown.output.split()[-1].count(".")) == (0, 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--as-of", "yesterday"], "'yesterday' is no instant; write it as 2026-11-23T12:00:00Z"),
        (["--as-of", "2026-11-23T12:00:00"], "has no offset from UTC"),
        (["--as-of", "2026-11-23"], "has no offset from UTC"),
        (["--as-of", "1855-01-01T00:00:00Z"], "lies outside of 1990 to 2059"),
        (["--as-of", "9999-12-31T23:59:59Z"], "lies outside of 1990 to 2059"),
        (["--days", "0"], "--days"),
        (["--days", "401"], "--days"),
        (["--days", "ten"], "--days"),
        (["--from", "2026-11-01"], "--from and --to go together"),
        (["--to", "2026-11-01"], "--from and --to go together"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], "--from 2026-11-02 lies after --to 2026-11-01"),
        (["--from", "2026-11-01", "--to", "2026-11-02", "--days", "7"], "not both"),
        (["--from", "1989-01-01", "--to", "2026-11-02"], "Dates go from 1990 to 2059"),
        (["--from", "2026-11-01", "--to", "2059-12-31"], "Dates go from 1990 to 2059"),
        (["--from", "01.11.2026", "--to", "2026-11-02"], "--from"),
        (["--colour"], "No such option"),
        (["another-queue"], "unexpected extra argument"),
    ],
)
def test_usage_that_makes_no_sense_is_told(words: list[str], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With exit code 2, before any setting is read."""
    monkeypatch.setattr("opsportal.cli.load", lambda: pytest.fail("settings were read"))

    shown = CliRunner().invoke(commands, ["report", "billing", *words])

    assert shown.exit_code == 2
    assert told in shown.stderr
    assert shown.stdout == ""


def test_a_report_without_a_queue_is_wrong_usage() -> None:
    """It is asked for by its name."""
    shown = CliRunner().invoke(commands, ["report"])

    assert shown.exit_code == 2
    assert "Missing argument 'QUEUE'" in shown.stderr
