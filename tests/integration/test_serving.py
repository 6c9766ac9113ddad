"""The portal as a program: how it starts, answers, ends, and what keeps it from starting."""

import html
import re
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.commands import Commands
from tests.fakes.served_portal import READ_S, ServedPortal, free_port, running_demo, served_portal, settings_of


@pytest.fixture
def run(tmp_path: Path) -> Commands:
    """Runs commands in an empty folder."""
    return Commands(tmp_path)


@pytest.fixture(scope="module")
def ready() -> Iterator[Mapping[str, Any]]:
    """A made-up Jira and Tempo."""
    with running_demo() as demo:
        yield demo


@pytest.fixture(scope="module")
def portal(ready: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPortal]:
    """A portal with two workers, read."""
    folder = tmp_path_factory.mktemp("portal")
    with served_portal(ready, folder, WEB_CONCURRENCY="2") as served:
        yield served


def test_the_demo_serves_the_portal_until_it_is_told_to_end(run: Commands, tmp_path: Path) -> None:
    """Without a setting, even where some are set, and with a past; it ends well, and leaves no folder behind.

    Beside it a page of another site has a token that the portal takes.
    """
    port, beside = free_port(), free_port()
    folder = tmp_path / "temporary"
    folder.mkdir()
    words = ("demo", "--port", str(port), "--host-page", str(beside))
    with run.start(*words, JIRA_PAT="not looked at", TMPDIR=str(folder)) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said
        assert requests.get(f"http://127.0.0.1:{port}/queue/billing", timeout=20).status_code == 200
        assert f"http://localhost:{beside}/" in process.stdout.readline()
        shown = requests.get(f"http://127.0.0.1:{beside}/", timeout=20).text
        (frame,) = re.findall(r'<iframe [^>]*src="([^"]*)"', shown)
        assert frame.startswith(f"http://127.0.0.1:{port}/embed?token=")
        led = requests.get(html.unescape(frame), timeout=20, allow_redirects=False).headers["Location"]
        assert led.startswith("/queue/service-desk?embed=1&session=")
        until = time.monotonic() + READ_S
        while ",backfill," not in requests.get(f"http://127.0.0.1:{port}/export/trends.csv", timeout=20).text:
            assert time.monotonic() < until
            time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (0, "")
    assert not list(folder.iterdir())
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/", timeout=5)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{beside}/", timeout=5)


def test_the_demo_says_that_its_port_is_taken(run: Commands, portal: ServedPortal) -> None:
    """Before anything is started on it."""
    port = portal.url.rpartition(":")[2]

    done = run("demo", "--port", port)

    assert done.code == 1
    assert done.err == f"Port {port} of this machine is taken. Choose another one with --port.\n"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "No Jira is configured"),
        ({"PORT": "0"}, "PORT: found '0'; expected a whole number, 1 to 65535."),
        ({"HOST": "0.0.0.0"}, "HOST=0.0.0.0 lets other machines in, and nobody signs in here: "),  # noqa: S104 - refused
        ({"AUTH": "proxy"}, "AUTH_PROXY_SECRET: found nothing; expected a secret of 32 characters or more"),
        ({"AUTH": "proxy", "AUTH_PROXY_SECRET": "changeme"}, "AUTH_PROXY_SECRET: found a secret that could be guessed"),
        ({"AUTH": "alb-oidc"}, "AUTH_CLIENT_ID: found nothing; expected a text, as AUTH is set."),
        ({"AUTH_ADMINS": "ops"}, "AUTH_ADMINS: found a value that nothing looks at with AUTH=none"),
        ({"URL_PREFIX": "/a b/"}, "URL_PREFIX: found '/a b/'; expected a path of letters"),
        ({"FRAME_ANCESTORS": "*"}, "FRAME_ANCESTORS: found '*'; expected origins"),
        ({"HISTORY_URL": "postgres://host/db"}, "HISTORY_URL: found postgres://…; expected an address"),
    ],
)
def test_what_cannot_be_served_is_told_at_once(run: Commands, settings: dict[str, str], words: str) -> None:
    """In one message, without a traceback."""
    done = run("serve", **settings)

    assert done.code in (1, 2)
    assert words in done.err
    assert "Traceback" not in done.err


def test_scripts_and_styles_are_kept_for_good_under_their_addresses(portal: ServedPortal) -> None:
    """Those with a digest or a fingerprint for good, the lazy ones under a tag; all of them compressed."""
    document = requests.get(portal.url, timeout=20).text
    addresses = re.findall(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"', document)
    lasting = [address for address in addresses if address.endswith((".js", ".css")) or "?" in address]

    assert len(lasting) >= 10
    for address in lasting:
        answer = requests.get(portal.url + address, timeout=20)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"], address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if len(answer.content) > 2_000:
            assert answer.headers["Content-Encoding"] == "gzip", address


def test_pages_are_compressed_and_kept_nowhere(portal: ServedPortal) -> None:
    """They are asked for anew each time."""
    for path in ("/", "/_dash-dependencies"):
        headers = requests.get(portal.url + path, timeout=20).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Encoding"] in {"gzip", "br", "zstd"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"<script>alert(1)</script>\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nBad Name: <script>\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        (b"PUT /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 405),
    ],
)
def test_what_is_no_request_is_refused_with_the_headers_of_all_answers(
    portal: ServedPortal, sent: bytes, status: int
) -> None:
    """Nothing of it is repeated, and no answer says what program gives it."""
    answer = _answer_to(portal, sent)
    head, _, body = answer.partition("\r\n\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}

    assert head.startswith(f"HTTP/1.1 {status} ")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert "gunicorn" not in answer.lower()
    assert status == 200 or "alert" not in body


def test_files_have_the_headers_of_all_answers(portal: ServedPortal) -> None:
    """Those that are handed out beside the requests for pages, and the answer that one has not changed."""
    address = re.findall(r'src="(/assets/[^"]+)"', requests.get(portal.url, timeout=20).text)[0]
    first = requests.get(portal.url + address, headers={"X-Forwarded-Proto": "https"}, timeout=20)
    again = requests.get(portal.url + address, headers={"If-None-Match": first.headers["ETag"]}, timeout=20)

    assert again.status_code == 304
    for answer in (first, again):
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert first.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in again.headers


def test_the_small_plotly_is_served_in_place_of_the_full_one(portal: ServedPortal) -> None:
    """Under an address of its own, named in the document."""
    document = requests.get(portal.url, timeout=20).text
    address = re.search(r'data-plotly="([^"]+)"', document)

    assert address is not None, "scripts/vendor.py has not fetched the small plotly.js"
    answer = requests.get(portal.url + address[1], timeout=20)
    assert "plotly.js (basic" in answer.text[:400]


def test_the_portal_ends_soon_when_it_is_told_to(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """With requests answered, and nothing but its own lines in the log."""
    with served_portal(ready, tmp_path) as served:
        assert settings_of(ready).items() <= dict(served.environment).items()
        began = time.monotonic()
        served.stop()
        assert time.monotonic() - began < 20
        assert served.process.returncode == 0
        assert "Traceback" not in served.log


def _answer_to(portal: ServedPortal, sent: bytes) -> str:
    """Everything that comes back for bytes on a connection of their own."""
    host, _, port = portal.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(sent)
        pieces = []
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces).decode("latin-1")
