"""Each command of the pages for people who run the portal in the cloud is run here, or is listed as not run."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import boto3
import pytest

from demo.server import Demo
from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY, moto_server, settings_of_aws
from tests.fakes.history_table import create_table
from tests.fakes.served_portal import ROOT
from tests.fakes.small_demo import NOON, settings_of, small_demo
from tests.infra.documented import Page, page, programs
from tests.infra.needing import needed

PAGES: Final = ("adoption.md", "runbook.md")
RUN, NOT_RUN = "console run", "console not-run"
MAY_FAIL: Final = ("opsportal history gaps",)
"""Commands whose exit code 1 tells something about the days, and not that they failed."""

_AWS: Final = ROOT / ".venv-aws" / "bin" / "aws"
_REGION: Final = "eu-west-1"
_BUCKET: Final = "opsportal-config-123456789012-eu-west-1"
_COMMAND_S: Final = 300


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Jira and Tempo, standing still."""
    with small_demo() as running:
        yield running


@pytest.fixture(params=PAGES)
def read(request: pytest.FixtureRequest) -> Page:
    """A page."""
    return page(ROOT / "docs" / request.param)


def test_every_block_of_commands_says_whether_it_is_run(read: Page) -> None:
    """Whatever else stands in a block is no command, and says what it is."""
    for block in read.blocks:
        assert block.info in {RUN, NOT_RUN} or block.info.startswith("json "), block
    assert read.commands(RUN)


def test_every_command_that_is_not_run_is_listed_and_nothing_else_is(read: Page) -> None:
    """With its reason; a new one that is in neither set fails, and so does an entry that nothing needs any more."""
    started = {
        program
        for command in read.commands(NOT_RUN)
        for program in programs(command)
        if not program.startswith("printf ")  # it makes words for the others
    }

    def names(entry: str, program: str) -> bool:
        return f"{program} ".startswith(f"{entry} ")

    assert [program for program in started if not any(names(entry, program) for entry in read.listed)] == []
    assert [entry for entry in read.listed if not any(names(entry, program) for program in started)] == []


@pytest.mark.parametrize(
    ("command", "started"),
    [
        ("opsportal check", ["opsportal check"]),
        ("A=1 B='x y' opsportal history export --output f.jsonl", ["opsportal history export f.jsonl"]),
        ("terraform -chdir=infra apply -var-file=../p.tfvars", ["terraform apply"]),
        ("aws ecr get-login-password | docker login --username A", ["aws ecr get-login-password", "docker login A"]),
        (
            'aws s3 cp f "s3://$(terraform -chdir=infra output -raw b)/f"',
            ["terraform output b", "aws s3 cp f s3://_/f"],
        ),
        ("r=$(terraform output -raw u)", ["terraform output u"]),
        ("one; two && three > four five", ["one", "two", "three five"]),
    ],
)
def test_what_a_line_starts(command: str, started: list[str]) -> None:
    """Settings before a program, options, and what stands around programs are left out."""
    assert list(programs(command)) == started


def test_the_commands_of_the_adoption_path_work(demo: Demo, tmp_path: Path) -> None:
    """One after the other, on one file of settings, before AWS as the steps that are not run leave it."""
    with moto_server() as url:
        run = _shell(tmp_path, {"AWS_ENDPOINT_URL": url})
        _settings(demo, tmp_path, {})
        _made_by_steps_that_are_not_run(demo, tmp_path, url, run)
        adoption = page(ROOT / "docs" / "adoption.md")
        for name, text in adoption.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")

        for command in adoption.commands(RUN):
            run(command)

    settings = (tmp_path / ".env").read_text(encoding="utf-8").splitlines()
    assert "SECRETS_ID=opsportal" in settings
    assert "JIRA_API_TOKEN=" in settings
    assert f"QUEUE_REGISTRY=s3://{_BUCKET}/queue_registry.json" in settings


def test_the_commands_of_the_runbook_work(demo: Demo, tmp_path: Path) -> None:
    """One after the other, where the portal has its settings and a file for its history."""
    run = _shell(tmp_path, {})
    _settings(demo, tmp_path, {"HISTORY_URL": "sqlite:///history.db"})

    for command in page(ROOT / "docs" / "runbook.md").commands(RUN):
        run(command)


def _shell(folder: Path, environment: Mapping[str, str]) -> Callable[[str], str]:
    """Types a command in a folder; it fails when the command does, and gives what that printed."""
    programs_of = folder / "bin"
    programs_of.mkdir()
    for name in ("opsportal", "python"):
        (programs_of / name).symlink_to(Path(sys.executable).parent / name)
    if _AWS.exists():
        # Not by its own first line, which names its Python: there a folder may have no space in its name.
        aws = programs_of / "aws"
        aws.write_text(f'#!/bin/sh\nexec "{_AWS.parent}/python" "{_AWS}" "$@"\n', encoding="utf-8")
        aws.chmod(0o755)
    variables = {
        **settings_of_aws(folder),
        "AWS_DEFAULT_REGION": _REGION,
        "AWS_PAGER": "",
        "HOME": str(folder),
        "PATH": f"{programs_of}:/usr/bin:/bin",
        "PORTAL_CLOCK": f"frozen:{NOON}",
        "PYTHONUTF8": "1",
        **environment,
    }

    def run(command: str) -> str:
        _need_aws(command)
        ended = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", command],
            cwd=folder,
            env=variables,
            capture_output=True,
            encoding="utf-8",
            timeout=_COMMAND_S,
            check=False,
        )
        allowed = {0, 1} if command.startswith(MAY_FAIL) else {0}
        assert ended.returncode in allowed, f"{command}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    return run


def _need_aws(command: str) -> None:
    if command.startswith("aws ") and not _AWS.exists():
        needed(f"{_AWS} is not there: `make test-infra` makes it")


def _settings(demo: Demo, folder: Path, changed: Mapping[str, str]) -> None:
    """`.env` as the README has it filled in, and the registry beside it."""
    filled = {**settings_of(demo), "QUEUE_REGISTRY": "queue_registry.json", **changed}
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line.partition("=")[0] for line in lines]
    assert filled.keys() <= set(named)
    made = [f"{name}={filled[name]}" if name in filled else line for name, line in zip(named, lines, strict=True)]
    (folder / ".env").write_text("\n".join((*made, "")), encoding="utf-8")
    shutil.copyfile(demo.registry, folder / "queue_registry.json")


def _made_by_steps_that_are_not_run(demo: Demo, folder: Path, url: str, run: Callable[[str], str]) -> None:
    """The stack's empty secret, table and bucket; files out of the container; and what people write themselves."""
    aws = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=_REGION)
    with closing(aws.client("secretsmanager", endpoint_url=url)) as secrets:
        secrets.create_secret(Name="opsportal", SecretString="{}")
    with closing(aws.client("dynamodb", endpoint_url=url)) as dynamodb:
        create_table(dynamodb, "opsportal")
    with closing(aws.client("s3", endpoint_url=url)) as s3:
        s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": _REGION})
    tokens = {"JIRA_API_TOKEN": demo.jira_api_token, "TEMPO_API_TOKEN": demo.tempo_api_token}
    (folder / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")
    (folder / "trends.json").write_text('{"2026-10-01": {"billing": {"score": 81.5}}}', encoding="utf-8")
    (folder / "assets").mkdir()
    (folder / "assets" / "portal.0123abcd.css").write_text("body {}", encoding="utf-8")
    run("opsportal snapshot")
    run("opsportal history export --output history.jsonl")
