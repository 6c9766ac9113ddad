"""The question whether a container's portal lives: whom it asks, what it says, and what it costs."""

import json
import subprocess
import sys
import threading

import pytest

from dashboard import healthcheck
from opsportal import settings
from tests.fakes.local_server import Asked, Reply, serving
from tests.fakes.served_portal import ROOT, free_port


def test_a_portal_that_answers_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    """It is asked for /healthz, once."""
    with serving(lambda _: Reply(b"ok")) as portal:
        port = portal.server_address[1]

        assert healthcheck.main({"HOST": "0.0.0.0", "PORT": str(port)}) == 0  # noqa: S104

        assert [(asked.method, asked.path) for asked in portal.asked] == [("GET", "/healthz")]
    assert capsys.readouterr().out == f"http://127.0.0.1:{port}/healthz answers 200\n"


def test_a_portal_that_fails_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever else than 200 it says."""
    with serving(lambda _: Reply(b"", status=503)) as portal:
        assert healthcheck.main({"PORT": str(portal.server_address[1])}) == 1
    assert capsys.readouterr().out.endswith("/healthz answers 503\n")


def test_nobody_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With the address that was asked."""
    port = free_port()

    assert healthcheck.main({"HOST": "::1", "PORT": str(port)}) == 1
    assert capsys.readouterr().out.startswith(f"http://[::1]:{port}/healthz does not answer: ")


def test_a_portal_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """In the whole, not after each byte: Docker and ECS count it as failed only a while later."""
    monkeypatch.setattr(healthcheck, "PATIENCE_S", 0.2)
    asked_for, given_up = [], threading.Event()

    def hanging(asked: Asked) -> Reply:
        asked_for.append(asked.path)
        given_up.wait(20)
        return Reply(b"ok")

    with serving(hanging) as portal:
        assert healthcheck.main({"PORT": str(portal.server_address[1])}) == 1
        given_up.set()
    assert asked_for == ["/healthz"]
    assert "does not answer: timed out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, ("127.0.0.1", "8080")),
        ({"HOST": " ", "PORT": ""}, ("127.0.0.1", "8080")),
        ({"HOST": "0.0.0.0", "PORT": " 9000 "}, ("127.0.0.1", "9000")),  # noqa: S104
        ({"HOST": "::", "PORT": "9000"}, ("::1", "9000")),
        ({"HOST": "10.0.0.7"}, ("10.0.0.7", "8080")),
    ],
)
def test_the_portal_is_asked_where_its_settings_say(environment: dict[str, str], asked: tuple[str, str]) -> None:
    """What listens on every address is asked on this machine's own."""
    assert healthcheck.place(environment) == asked
    meant = settings.load(environment, None)
    assert asked[1] == str(meant.port)
    assert meant.host in {asked[0], "0.0.0.0", "::"}  # noqa: S104


def test_a_port_that_is_none_is_unhealthy(capsys: pytest.CaptureFixture[str]) -> None:
    """The portal has not started with it either."""
    assert healthcheck.main({"PORT": "eighty"}) == 1
    assert "does not answer: invalid literal" in capsys.readouterr().out


def test_it_loads_next_to_nothing() -> None:
    """None of our own modules, no HTTP library, no TLS: it runs every few seconds beside the portal."""
    code = "import json, sys; import dashboard.healthcheck; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))

    assert not loaded & {"opsportal", "pydantic", "flask", "gunicorn", "http.client", "ssl", "email", "asyncio"}
    assert {name for name in loaded if name.startswith("dashboard")} == {"dashboard", "dashboard.healthcheck"}


def test_it_is_a_program() -> None:
    """With an exit code, as whoever restarts containers asks it."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard.healthcheck"]
    done = subprocess.run(command, cwd=ROOT, env={"PORT": str(port)}, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout.startswith(f"http://127.0.0.1:{port}/healthz does not answer")
    assert not done.stderr
