"""The file for `docker compose`: held against the settings, the commands and the image, for want of an engine."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml  # type: ignore[import-untyped]

from dashboard.gunicorn_options import STOP_S
from demo.options import DEFAULT_SEED
from opsportal import settings, wiring
from opsportal.checks import run
from opsportal.setting_kinds import is_loopback
from tests.fakes.aws_servers import moto_server, only_made_up
from tests.fakes.served_portal import ROOT

TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICES: Mapping[str, Any] = yaml.safe_load(TEXT)["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "opsportal"]
PORTAL = SERVICES["portal"]


def test_every_variable_is_a_setting_or_one_of_aws() -> None:
    """And together they are settings that the portal takes."""
    known = {row.name for row in settings.table()}
    for name in OURS:
        assert [
            each for each in SERVICES[name].get("environment", {}) if each not in known and not each.startswith("AWS_")
        ] == []

    chosen = settings.load(PORTAL["environment"], None)

    assert not is_loopback(chosen.host)
    assert chosen.auth_none_confirmed == "yes"
    assert chosen.tempo_configured


def test_only_this_machine_is_let_in() -> None:
    """Nobody signs in. The port is the one that the portal listens on, and that the pages about it name."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    port = settings.load(PORTAL["environment"], None).port

    assert published == {"portal": [f"127.0.0.1:{port}:{port}"]}
    assert f"EXPOSE {port}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for page in ("README.md", "docs/operating.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert "docker compose up --build" in text
        assert f"http://127.0.0.1:{port}" in text


def test_what_is_ours_has_no_rights() -> None:
    """The user is the image's own; the one folder to write to is memory."""
    assert OURS == ["portal", "demo", "table"]
    for service in (SERVICES[name] for name in OURS):
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["tmpfs"] == ["/tmp:mode=1777"]  # noqa: S108 - of the container
        assert not service.keys() & {"user", "privileged", "cap_add", "volumes", "entrypoint"}
    assert PORTAL["environment"]["CACHE_DIR"].startswith("/tmp/")  # noqa: S108


def test_the_portal_is_given_the_time_that_it_takes_to_end() -> None:
    """Requests under way are answered before it is killed."""
    assert int(PORTAL["stop_grace_period"].removesuffix("s")) > STOP_S


def test_the_demo_is_where_the_portal_looks_for_it(tmp_path: Path) -> None:
    """With the credentials that it opens to. Started with the command of the file, but on a free port."""
    python, *words = SERVICES["demo"]["command"]
    port = words[words.index("--port") + 1]
    words[words.index("--port") + 1] = "0"
    command = [sys.executable, *words, "--until-stdin-closes", "--seed", str(DEFAULT_SEED)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as demo:
        assert demo.stdin is not None
        assert demo.stdout is not None
        said = json.loads(demo.stdout.readline())
        demo.stdin.close()

    given = PORTAL["environment"]
    assert python == "python"
    assert SERVICES["demo"]["network_mode"] == "service:portal"
    for name in ("jira_base_url", "tempo_base_url"):
        assert given[name.upper()] == re.sub(r":\d+", f":{port}", said[name])
    assert (given["JIRA_EMAIL"], given["JIRA_API_TOKEN"]) == (said["email"], said["jira_api_token"])
    assert given["TEMPO_API_TOKEN"] == said["tempo_api_token"]
    assert given["QUEUE_REGISTRY"] == f"/app/{Path(said['registry']).relative_to(ROOT)}"


def test_the_table_that_is_made_is_the_one_that_history_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made once, however often it is asked for; the portal's own check can read and write in it."""
    given = SERVICES["table"]["environment"]
    python, *words = SERVICES["table"]["command"]
    with moto_server() as aws:
        only_made_up(monkeypatch, tmp_path).setenv("AWS_ENDPOINT_URL_DYNAMODB", aws)
        aws_settings = {name: value for name, value in given.items() if name.startswith("AWS_")}
        for _ in range(2):
            environment = {**_environment(), **aws_settings, "AWS_ENDPOINT_URL_DYNAMODB": aws}
            subprocess.run([sys.executable, *words], env=environment, cwd=tmp_path, check=True, timeout=60)
        (history,) = (part for part in wiring.checks(settings.load(given, None)) if part.part == "history")
        outcome = run(history)
        assert boto3.client("dynamodb", region_name="eu-west-1").list_tables()["TableNames"] == ["opsportal"]

    assert python == "python"
    assert outcome.ok, outcome.text


def test_every_part_waits_for_one_that_exists() -> None:
    """Under the name by which the settings call it."""
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
    hosts = {
        re.sub(r".*//([a-z]+):.*", r"\1", PORTAL["environment"][name])
        for name in ("REDIS_URL", "AWS_ENDPOINT_URL_DYNAMODB")
    }
    assert hosts == {"redis", "dynamodb"}
    for name, service in SERVICES.items():
        assert name in OURS or re.fullmatch(r"[a-z/-]+:\d[\w.-]+", service["image"]), (
            "a version of somebody else's image"
        )


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
