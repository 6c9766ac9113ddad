"""The built image: what is in it and what is not, and that each of its uses runs as an engine would start it."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

import boto3
import pytest
import requests
from packaging.utils import canonicalize_name

from dashboard.leases import FileLeases
from datasource.history.dynamodb import DynamoDbHistory
from tests.fakes.aws_servers import moto_server, only_made_up, settings_of_aws
from tests.fakes.history_table import create_table
from tests.fakes.lambda_runtime import function
from tests.fakes.served_portal import NOON, READ_S, ROOT, RunningPortal, free_port, settings_of, wait_until_it_answers
from tests.fakes.small_demo import SIZES
from tests.infra.contained import Contained, Place
from tests.infra.image import Image, built, context_of, holding, lacking, libraries
from tests.infra.needing import needed

IN_THE_CONTEXT: Final = "canary-in-the-context-51c0"
IN_THE_ENVIRONMENT: Final = "canary-of-the-build-7aa1"
UNDER_WAY: Final = 4
"""As many as one worker answers at a time, whichever takes them."""
STOP_S: Final = 60
"""What ECS is told to wait before it kills."""
GUNICORN: Final = ("gunicorn", "-c", "python:dashboard.gunicorn_conf", "dashboard.wsgi:server")


@dataclass(frozen=True, slots=True)
class Served:
    """The portal out of the image, with what it was started with."""

    url: str
    environment: Mapping[str, str]
    process: Contained


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Built once, where secrets lie about: in files beside the sources and in the environment of whoever builds."""
    needed(lacking())
    folder = tmp_path_factory.mktemp("image")
    context = context_of(folder / "context")
    for name in (".env", ".git/config", ".aws/credentials", "tests/test_it.py", "demo/.env", "settings.json"):
        (context / name).parent.mkdir(exist_ok=True)
        (context / name).write_text(f"JIRA_API_TOKEN={IN_THE_CONTEXT}\n", encoding="utf-8")
    with built(folder / "built", context, {"JIRA_API_TOKEN": IN_THE_ENVIRONMENT}) as image:
        yield image


@pytest.fixture(scope="module")
def place(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Where its programs run."""
    return Place(image.root, tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def demo(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings that lead to a made-up Jira and Tempo, which come out of the image too."""
    elsewhere = Place(image.root, tmp_path_factory.mktemp("demo"))
    sizes = [word for queue, tickets in SIZES.items() for word in ("--size", f"{queue}={tickets}")]
    words = ["python", "-m", "demo", "--clock", f"frozen:{NOON}", "--lifetime", "900", *sizes]
    with elsewhere.running(words, image.environment) as process:
        _wait("the demo", process, lambda: "\n" in process.log)
        yield settings_of(json.loads(process.log.splitlines()[0]))


@pytest.fixture(scope="module")
def served(image: Image, place: Place, demo: dict[str, str]) -> Iterator[Served]:
    """The portal, started as the image says and with what the task definition gives it."""
    port = free_port()
    environment = {
        **image.environment,
        **demo,
        "PORT": str(port),
        "CACHE_DIR": "/tmp/opsportal",  # noqa: S108 - of the container
        "HISTORY_URL": "sqlite:////tmp/history.db",
        "PORTAL_CLOCK": f"frozen:{NOON}",
    }
    with place.running(image.config["Cmd"], environment) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_it_answers(f"{url}/readyz", process.process)
        yield Served(url, environment, process)


def test_it_says_how_it_is_run(image: Image) -> None:
    """By a user of no rights, without a shell before the portal, so that signals reach it."""
    told = image.config

    assert told["User"] == "10001:10001"
    assert told["Cmd"] == list(GUNICORN)
    assert not told.get("Entrypoint")
    assert list(told["ExposedPorts"]) == ["8080/tcp"]
    assert (told["WorkingDir"], told["StopSignal"], list(told["Volumes"])) == ("/app", "SIGTERM", ["/tmp"])  # noqa: S108
    assert told["Healthcheck"]["Test"] == ["CMD", "python", "-m", "dashboard.healthcheck"]
    assert set(image.environment) == {
        *("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "HOME", "STATIC_DIR")
    }


def test_no_secret_that_lay_about_is_in_any_layer(image: Image) -> None:
    """Nor in what an engine reads about it. What is in there is found in the same way."""
    assert len(image.layers) >= 3
    for canary in (IN_THE_CONTEXT, IN_THE_ENVIRONMENT):
        assert not [layer.name for layer in image.layers if holding(layer, canary.encode())]
    assert [layer for layer in image.layers if holding(layer, b"whether the portal in this container lives")]


def test_it_holds_the_packages_and_nothing_else_of_ours(image: Image) -> None:
    """File by file as they are in the repository, beside the bytecode of each and the scripts that were fetched."""
    packages = ("components", "dashboard", "datasource", "demo", "opsportal", "servicelevel")
    listed = subprocess.run(["git", "ls-files", "-z", *packages], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    ours = {"LICENSE", *filter(None, listed.stdout.split("\0"))}
    there = {str(path.relative_to(image.root / "app")) for path in (image.root / "app").rglob("*") if path.is_file()}
    sources = {name for name in there if not name.endswith(".pyc")}

    assert sources - {"dashboard/assets/vendor/plotly-basic.min.js"} == ours
    compiled = {re.sub(r"__pycache__/(.+)\.cpython-\d+\.pyc$", r"\1.py", name) for name in there - sources}
    assert compiled == {name for name in sources if name.endswith(".py")}
    assert {path.name for path in image.root.iterdir()} - {"app", "venv"} == {
        *("bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin"),
        *("srv", "sys", "tmp", "usr", "var"),
    }


def test_it_holds_the_bill_of_what_it_is_made_of(image: Image) -> None:
    """Every library that lies in it and no other, as the lock pins them for its Python."""
    made = json.loads((image.root / "srv" / "sbom.json").read_bytes())
    listed = {f"{each['name']} {each['version']}" for each in made["components"] if "pkg:pypi/" in each["purl"]}
    (packages,) = (image.root / "venv" / "lib").glob("python3*/site-packages")
    installed = {
        f"{canonicalize_name(each.name)} {each.version}"
        for each in distributions(path=[str(packages)])
        if each.name != "opsportal"
    }

    assert len(listed) > 40
    assert listed == installed
    assert {each.partition(" ")[0] for each in libraries() ^ installed} == {"setuptools", "nest-asyncio"}
    assert {each["name"] for each in made["components"] if "pkg:npm/" in each["purl"]} >= {"react", "react-dom"}


def test_nothing_that_builds_or_tests_is_in_it(image: Image, place: Place) -> None:
    """No compiler, no installer of packages of Python, no test of anybody, no build's leavings."""
    programs = ("cc", "gcc", "g++", "ld", "make", "pip", "pip3", "npm", "node", "git", "curl", "pytest")
    found = [
        str(path)
        for folder in ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "venv/bin")
        for path in (image.root / folder).glob("*")
        if path.name in programs
    ]
    modules = ["pip", "ensurepip", "setuptools", "pkg_resources", "hatchling", "distutils", "pytest", "lib2to3"]
    code = f"import importlib.util as u; print([m for m in {modules} if u.find_spec(m)])"
    said = place.run(["python", "-c", code], image.environment)

    assert found == []
    assert (said.stdout, said.stderr) == ("[]\n", "")
    assert not [path for path in (image.root / "venv").rglob("tests") if path.is_dir()]
    assert not [path for path in (image.root / "root").iterdir() if not path.is_file()]
    assert image.size_bytes < 600e6


def test_it_answers_probes_and_pages(served: Served, place: Place) -> None:
    """From a file system that cannot be written to, with its scripts as they were made when it was built."""
    assert requests.get(f"{served.url}/healthz", timeout=20).text == "ok\n"
    assert requests.get(f"{served.url}/readyz", timeout=20).json()["ready"] is True
    document = requests.get(served.url, timeout=20)
    assert (document.status_code, "<title>Opsportal</title>" in document.text) == (200, True)
    scripts = re.findall(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"', document.text)
    assert len(scripts) > 8
    for address in scripts:
        assert "immutable" in requests.get(served.url + address, timeout=20).headers["Cache-Control"], address

    assert [line for line in served.process.log.splitlines() if json.loads(line)["level"] != "info"] == []
    written = {path.name for path in place.temporary.iterdir()}
    assert written - {"history.db", "history.db-shm", "history.db-wal"} == {"opsportal"}
    asked = place.run(["python", "-m", "dashboard.healthcheck"], served.environment)
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, f"{served.url}/healthz answers 200\n", "")


def test_it_shows_the_queues_that_it_has_read(served: Served) -> None:
    """Of the made-up Jira, over HTTP."""
    until = time.monotonic() + READ_S
    while not all(row["as_of"] for row in RunningPortal(served.url, {}, Path()).table("overview")):
        assert time.monotonic() < until, served.process.log
        time.sleep(0.3)


def test_no_process_of_it_has_any_right(served: Served) -> None:
    """Nor can it get one, whatever it starts."""
    master = served.process.pid
    family = [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split())]

    assert len(family) == 3
    for process in family:
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
        assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"10001"}
        assert status["NoNewPrivs"] == "1"
        assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}


def test_nothing_of_it_can_be_written(image: Image, place: Place) -> None:
    """By itself neither, but for the one folder that is there for it."""
    code = """
import pathlib
for name in ("/x", "/app/x", "/app/dashboard/__pycache__/x", "/venv/x", "/srv/static/x", "/etc/x", "/tmp/x"):
    try:
        pathlib.Path(name).write_text("x")
    except OSError as error:
        print(name, error.strerror)
    else:
        print(name, "written")
"""
    said = place.run(["python", "-c", code], image.environment).stdout.splitlines()

    assert [line.partition(" ")[2] for line in said] == ["Read-only file system"] * (len(said) - 1) + ["written"]
    assert said[-1].startswith("/tmp/x ")  # noqa: S108 - of the container


def test_the_job_takes_a_day(image: Image, place: Place, demo: dict[str, str]) -> None:
    """With the command that a scheduled or a one-off task gives it in place of the portal."""
    environment = {
        **image.environment,
        **demo,
        "HISTORY_URL": "sqlite:////tmp/job.db",
        "PORTAL_CLOCK": f"frozen:{NOON}",
    }

    helped = place.run(["python", "-m", "opsportal", "snapshot", "--help"], image.environment)
    assert (helped.returncode, helped.stdout.startswith("Usage: ")) == (0, True)
    taken = place.run(["python", "-m", "opsportal", "snapshot"], environment)
    assert (taken.returncode, '"event": "snapshot.completed"' in taken.stderr) == (0, True), taken.stderr
    gaps = place.run(["python", "-m", "opsportal", "history", "gaps"], environment)
    assert gaps.returncode == 0, gaps.stdout


def test_the_function_answers_the_schedule(
    image: Image, demo: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In AWS's own runtime client, which the image holds, with the days in a table."""
    place = Place(image.root, tmp_path / "function")
    client = place.command(["python", "-m", "awslambdaric"])
    with moto_server() as aws:
        only_made_up(monkeypatch, tmp_path).setenv("AWS_ENDPOINT_URL_DYNAMODB", aws)
        with closing(boto3.client("dynamodb", region_name="eu-west-1")) as table:
            create_table(table, "days")
            environment = {
                **settings_of_aws(tmp_path),
                **image.environment,
                **demo,
                "AWS_ENDPOINT_URL_DYNAMODB": aws,
                "HISTORY_URL": "dynamodb://days?region=eu-west-1",
                "PORTAL_CLOCK": f"frozen:{NOON}",
            }
            with function("opsportal.aws_lambda.handler", tmp_path, environment, client) as snap:
                ended = snap.invoke({"scheduled_at": "2026-11-23T11:00:00Z"})
            history = DynamoDbHistory("days", "eu-west-1", connect=lambda _: table)

            assert ended.error is None, snap.log
            assert {each["result"] for each in ended.answer["outcomes"]} == {"kept"}
            for outcome in ended.answer["outcomes"]:
                assert dict(history.days(outcome["queue"])) == {date(2026, 11, 22): "live"}


def test_whoever_runs_it_can_read_it(image: Image) -> None:
    """Whatever the modes of the checkout were: Lambda chooses a user of its own."""
    files = [path for folder in ("app", "venv", "srv") for path in (image.root / folder).rglob("*")]
    wanted = {path: 0o555 if path.is_dir() else 0o444 for path in files if not path.is_symlink()}

    assert [path for path, mode in wanted.items() if path.stat().st_mode & mode != mode] == []
    assert [path for path in wanted if path.stat().st_mode & 0o022] == []


def test_requests_under_way_are_answered_when_it_is_told_to_end(served: Served, place: Place) -> None:
    """However late the rest of them comes; it ends by itself, well, before anybody would kill it."""
    port = int(served.url.rpartition(":")[2])
    body = b'{"output": "gone.children", "outputs": {}, "inputs": [], "changedPropIds": []}'
    head = f"POST /_dash-update-component HTTP/1.1\r\nHost: portal\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n"
    connections = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(UNDER_WAY)]
    for connection in connections:
        connection.sendall(head.encode())
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"  # a thread has taken it up

    served.process.terminate()
    _wait("the leader to step down", served.process, lambda: _refresher_is_free(place))
    answers = []
    for connection in connections:
        with connection:
            connection.sendall(body)
            answers.append(connection.recv(4096).split(b"\r\n")[0])

    assert answers == [b"HTTP/1.1 409 CONFLICT"] * UNDER_WAY
    assert served.process.process.wait(timeout=STOP_S) == 0


def test_the_dockerfile_keeps_to_the_rules() -> None:
    """hadolint's, all but those that it names with a reason."""
    hadolint = ROOT / ".venv-infra" / "bin" / "hadolint"
    needed(None if hadolint.exists() else "no hadolint; `make test-infra` makes .venv-infra, which holds it")
    done = subprocess.run([hadolint, "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def _refresher_is_free(place: Place) -> bool:
    lease = FileLeases(place.temporary / "opsportal" / "portal" / "leases").take("refresher", 60)
    if lease is not None:
        lease.release()
    return lease is not None


def _wait(what: str, process: Contained, done: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not done():
        assert process.process.poll() is None, process.log
        assert time.monotonic() < until, f"waited too long for {what}:\n{process.log}"
        time.sleep(0.05)
