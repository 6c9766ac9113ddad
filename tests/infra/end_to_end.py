"""An applied stack in use: its function in Lambda's own runtime client, its web container's program, and a demo Jira.

Both run with the variables of the environment that the stack gives them and the credentials of its roles. Only where
they listen and write is changed, and where AWS is: on this machine.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from demo.server import Demo
from tests.fakes.lambda_runtime import Function, function
from tests.fakes.served_portal import GUNICORN, READ_S, ROOT, ServedPortal, started_portal
from tests.fakes.small_demo import NOON
from tests.infra.applied import Applied
from tests.infra.roles import taken_on

_SCHEDULED_AT: Final = "<aws.scheduler.scheduled-time>"


def settings_for(demo: Demo) -> dict[str, str]:
    """The variable `settings` of a stack that reads a demo."""
    return {
        "JIRA_BASE_URL": demo.jira_base_url,
        "JIRA_EMAIL": demo.email,
        "TEMPO_BASE_URL": demo.tempo_base_url,
        "PORTAL_CLOCK": f"frozen:{NOON}",
    }


def tokens_of(demo: Demo) -> dict[str, str]:
    """What the secret of such a stack holds."""
    return {"JIRA_API_TOKEN": demo.jira_api_token, "TEMPO_API_TOKEN": demo.tempo_api_token}


def begun(stack: Applied, demo: Demo, **secrets: str) -> Any:
    """Do what an operator does first: put registry, tokens and other secrets where they belong. No day is kept yet.

    It returns the registry.
    """
    content = json.loads(demo.registry.read_bytes())
    put_registry(stack, content)
    arn, tokens = stack.outputs["secret_arn"], json.dumps(tokens_of(demo) | secrets)
    stack.session.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=tokens)
    dynamodb = stack.session.client("dynamodb")
    for queue, day in days_in(stack):
        key = {"queue": {"S": queue}, "day": {"S": day}}
        dynamodb.delete_item(TableName=stack.outputs["history_table"], Key=key)
    return content


def put_registry(stack: Applied, content: Any) -> None:
    """Put a registry where the stack looks for it."""
    body = json.dumps(content).encode()
    stack.session.client("s3").put_object(Bucket=stack.outputs["config_bucket"], Key="queue_registry.json", Body=body)


def event_at(stack: Applied, instant: str) -> Any:
    """What the schedule hands over at an instant."""
    schedule = stack.resources["aws_scheduler_schedule.snapshot"]
    return json.loads(schedule["target"][0]["input"].replace(_SCHEDULED_AT, instant))


def days_in(stack: Applied) -> dict[tuple[str, str], Any]:
    """Every day in the stack's table by queue and day."""
    items = stack.session.client("dynamodb").scan(TableName=stack.outputs["history_table"])["Items"]
    days = {(item["queue"]["S"], item["day"]["S"]): item for item in items}
    return {key: item for key, item in days.items() if not key[0].startswith("#")}


@contextmanager
def snapshot_function(stack: Applied, folder: Path) -> Iterator[Function]:
    """The stack's function, while the block runs."""
    folder.mkdir()
    (image,) = stack.resources["aws_lambda_function.snapshot[0]"]["image_config"]
    (handler,) = image["command"]
    environment = {
        **stack.function_environment(stack.outputs["snapshot_function"]),
        **stack.aws.endpoints,
        **taken_on(stack, "snapshot"),
        "AWS_REGION": stack.variant.region,
    }
    with function(handler, folder, environment) as running:
        yield running


def snapshot_task(stack: Applied, folder: Path, instant: str) -> "subprocess.CompletedProcess[str]":
    """Run the stack's task for snapshots to its end, with the command that the schedule gives it at an instant."""
    (override,) = event_at(stack, instant)["containerOverrides"]
    program, *words = override["command"]
    assert program == "python"
    environment = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        **stack.environment_of("snapshot[0]"),
        **stack.aws.endpoints,
        **taken_on(stack, "snapshot"),
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=READ_S,
        check=False,
    )


@contextmanager
def web_task(stack: Applied, folder: Path) -> Iterator[ServedPortal]:
    """The program of the web's container, while the block runs."""
    folder.mkdir()
    environment = stack.environment_of("portal")
    # Nothing that an emulator makes listens there; the portal does without.
    environment.pop("REDIS_URL", None)
    here = {"HOST": "127.0.0.1", "CACHE_DIR": str(folder / "cache")}
    environment |= {**stack.aws.endpoints, **taken_on(stack, "task"), **here}
    del environment["PORT"]
    with started_portal(None, folder, command=GUNICORN, **environment) as portal:
        yield portal
