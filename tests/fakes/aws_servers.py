"""Two AWS of one's own on loopback, written by different people: moto's server, and ministack, which is stricter.

Each is a program that ends when the block that uses it ends, or when whoever started it dies.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ACCESS_KEY = "AKIACANARYCANARY1234"
SECRET_KEY = "canary-7f3a91-secret"

_START_S = 60.0
_MOTO = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""
_MINISTACK = f"""
import os, runpy, sys, threading

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
sys.argv = ["ministack"]
from ministack import app
from ministack.services import alb

runpy.run_path({str(Path(__file__).with_name("query_conditions.py"))!r})["teach"](alb)

# With TLS it would listen on 443 as well.
app._port_is_bindable = lambda *_: False
app.main()
"""
_SOME_SERVICES = "dynamodb,iam,sts"
_NOBODYS_OWN = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"),
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    *("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
)


@contextmanager
def moto_server() -> Iterator[str]:
    """Its address, once it listens."""
    with _program(_MOTO, None) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


@contextmanager
def ministack_server(
    folder: Path, *, permissions: bool = False, services: str = _SOME_SERVICES, tls: bool = False
) -> Iterator[str]:
    """Its address, once it answers. It keeps what it writes in a folder.

    With `permissions` callers may do what their policies say, and the made-up credentials anything. No `services` are
    all of them. With `tls` it is reached by HTTPS alone, with the certificate that `certificate_of` names.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "LOG_LEVEL": "ERROR"}
    settings |= {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": services}
    settings |= {"AUTH": "true" if permissions else "false"}
    settings |= {"SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "S3_DATA_DIR": str(folder / "s3")}
    settings |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    settings |= {"USE_SSL": "1" if tls else "0"}
    with _program(_MINISTACK, settings) as process:
        _wait_for(port, process)
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"


def certificate_of(folder: Path) -> Path:
    """The certificate to trust of a ministack that was started with TLS in a folder."""
    return folder / "ministack-tls" / "server.crt"


def settings_of_aws(folder: Path) -> Mapping[str, str]:
    """Made-up credentials and a region for a program that is given no other settings; nobody's files are read."""
    nowhere = str(folder / "none")
    return {
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def only_made_up(monkeypatch: pytest.MonkeyPatch, folder: Path) -> pytest.MonkeyPatch:
    """The same for this process, with whatever it had before taken away."""
    for name in _NOBODYS_OWN:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings_of_aws(folder).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@contextmanager
def _program(text: str, settings: Mapping[str, str] | None) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", text],
        env=settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if settings is None else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield process
        # Leaving closes its standard input, which ends it.


def _wait_for(port: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")
