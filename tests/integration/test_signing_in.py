"""A portal behind a proxy that signs people in, as a program: what comes in over a socket, and what the log says."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
import requests

from opsportal.settings import alone
from tests.fakes.served_portal import GUNICORN, ROOT, ServedPortal, free_port, started_portal
from tests.fakes.signing_in import ALB, PROXY, ROLES, SECRET

_TRUSTED: Final = {"X-Portal-Proxy-Secret": SECRET, "X-Forwarded-User": "ada", "X-Forwarded-Groups": "staff"}
_AWAY: Final = {
    "JIRA_BASE_URL": "http://127.0.0.1:9",
    "JIRA_EMAIL": "nobody@example.com",
    "JIRA_API_TOKEN": "made-up",
    "QUEUE_REGISTRY": str(ROOT / "demo" / "queue_registry.json"),
}
_BUILT: Final = """
from dashboard.server import build
from opsportal.settings import load

client = build(load(env_file=None)).test_client()
print(*(client.get(path).status_code for path in ("/", "/api/queues", "/healthz")))
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPortal]:
    """It has read nothing, which is enough to be let in or not."""
    folder = tmp_path_factory.mktemp("portal")
    with started_portal(None, folder, command=GUNICORN, WEB_CONCURRENCY="1", **_AWAY, **PROXY, **ROLES) as served:
        yield served


def _said(portal: ServedPortal, *lines: str) -> list[int]:
    """The statuses of what was written on one connection, byte for byte."""
    place = urlsplit(portal.url)
    with socket.create_connection((str(place.hostname), int(str(place.port))), timeout=20) as connection:
        connection.sendall("".join(lines).encode("latin-1"))
        got = b""
        while piece := connection.recv(65_536):
            got += piece
    return [int(part[:3]) for part in got.split(b"HTTP/1.1 ")[1:]]


def _request(path: str, *headers: str, method: str = "GET", body: str = "", last: bool = True) -> str:
    length = [f"Content-Length: {len(body)}"] if body else []
    ending = ["Connection: close"] if last else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: portal", *length, *ending, *headers, "", body])


def test_who_the_proxy_names_is_let_in_and_nobody_else(portal: ServedPortal) -> None:
    """Pages, numbers and questions of pages alike; what has no data is there for everybody."""
    for path in ("/", "/api/queues", "/_dash-layout", "/_dash-dependencies", "/export/overview.csv"):
        assert requests.get(portal.url + path, headers=_TRUSTED, timeout=20).status_code in (200, 503)
        assert requests.get(portal.url + path, timeout=20).status_code == 401
    assert requests.get(f"{portal.url}/healthz", timeout=20).text == "ok\n"
    document = requests.get(portal.url, headers=_TRUSTED, timeout=20).text
    script = document.partition('<script src="')[2].partition('"')[0]
    assert requests.get(portal.url + script, timeout=20).status_code == 200


def test_the_counts_are_for_admins(portal: ServedPortal) -> None:
    """Even for whoever asks from the same machine, where the proxy may be."""
    assert requests.get(f"{portal.url}/metrics", timeout=20).status_code == 401
    assert requests.get(f"{portal.url}/metrics", headers=_TRUSTED, timeout=20).status_code == 403
    admin = _TRUSTED | {"X-Forwarded-Groups": "admins"}
    assert requests.get(f"{portal.url}/metrics", headers=admin, timeout=20).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [f"X-Portal-Proxy-Secret: {SECRET}", "X-Forwarded-User: eve", "X-Forwarded-User: ada"],
        [f"X-Portal-Proxy-Secret: {SECRET}", f"X-Portal-Proxy-Secret: {SECRET}", "X-Forwarded-User: ada"],
        ["X-Portal-Proxy-Secret: wrong", f"X-Portal-Proxy-Secret: {SECRET}", "X-Forwarded-User: ada"],
        [f"X_Portal_Proxy_Secret: {SECRET}", "X-Forwarded-User: ada"],
        [f"X-Portal-Proxy-Secret: {SECRET}", "X_Forwarded_User: ada"],
        [f"X-Portal-Proxy-Secret : {SECRET}", "X-Forwarded-User: ada"],
        [f"X-Portal-Proxy-Secret: {SECRET[:20]}\r\n {SECRET[20:]}", "X-Forwarded-User: ada"],
        ["Remote-User: ada", "Remote_User: ada", "X-Remote-User: ada"],
    ],
    ids=[
        "two users",
        "two secrets",
        "a wrong one first",
        "underscores",
        "a user with underscores",
        "a space",
        "folded",
        "others",
    ],
)
def test_no_header_is_read_as_another(portal: ServedPortal, headers: list[str]) -> None:
    """Sent twice, spelled otherwise or broken over lines, it names nobody."""
    assert _said(portal, _request("/api/queues", *headers))[0] in (400, 401)


def test_a_question_that_is_refused_leaves_nothing_on_the_connection(portal: ServedPortal) -> None:
    """What is left of it is not taken for the next request, which may be somebody else's."""
    inner = _request("/api/queues", *(f"{name}: {value}" for name, value in _TRUSTED.items()))
    first = _request("/_dash-update-component", method="POST", body=inner, last=False)
    assert _said(portal, first, _request("/healthz")) == [401, 200]


def test_the_log_has_who_was_refused_and_no_secret(portal: ServedPortal) -> None:
    """Neither the one that is ours nor the one that was tried."""
    tried = SECRET[::-1]
    requests.get(f"{portal.url}/api/queues?x={tried}", headers=_TRUSTED | {"X-Portal-Proxy-Secret": tried}, timeout=20)
    assert '"event": "sign_in.refused"' in portal.log
    assert "the proxy's secret is not ours" in portal.log
    assert SECRET not in portal.log
    assert tried not in portal.log


@pytest.mark.parametrize("sign_in", [PROXY, ALB])
def test_a_portal_where_people_sign_in_may_listen_for_others(sign_in: dict[str, str], tmp_path: Path) -> None:
    """Without another word, and it lets in nobody who is not known."""
    folder = {"CACHE_DIR": str(tmp_path), "HISTORY_URL": f"sqlite:///{tmp_path / 'history.db'}"}
    environment = alone(_AWAY | sign_in | folder | {"HOST": "0.0.0.0"})  # noqa: S104 - it is put together, and no more
    ended = subprocess.run(
        [sys.executable, "-c", _BUILT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.split() == ["401", "401", "200"], ended.stderr


def test_no_option_of_the_server_lets_everybody_in(tmp_path: Path) -> None:
    """Where nobody signs in, another address on Gunicorn's own command line needs the same second word as HOST."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), **_AWAY}
    command = [sys.executable, "-m", *GUNICORN, "--bind", f"0.0.0.0:{free_port()}"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "HOST=0.0.0.0 lets other machines in, and nobody signs in here" in ended.stderr
    assert "Traceback" not in ended.stderr
