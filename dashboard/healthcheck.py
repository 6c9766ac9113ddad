"""`python -m dashboard.healthcheck`: whether the portal in this container lives, for whoever restarts it.

It runs every few seconds for as long as the container does, so it loads next to nothing.
"""

import os
import socket
import sys
import time
from collections.abc import Mapping
from typing import Final

PATIENCE_S: Final = 2.5
_EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is asked where that is listened on
_REQUEST: Final = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_GOOD: Final = b" 200"
_STATUS_BYTES: Final = len("HTTP/1.1 200")


def main(environment: Mapping[str, str]) -> int:
    """Exit code 0 when /healthz answers with 200 within the time, else 1; one line says which."""
    host, port = place(environment)
    where = f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz"
    try:
        status = _first_bytes(host, int(port))
    except (OSError, ValueError) as error:
        sys.stdout.write(f"{where} does not answer: {error}\n")
        return 1
    answered = status[len("HTTP/1.1") :].decode("ascii", "replace").strip()
    sys.stdout.write(f"{where} answers {answered or 'nothing'}\n")
    return 0 if status.endswith(_GOOD) else 1


def place(environment: Mapping[str, str]) -> tuple[str, str]:
    """Host and port to ask, by HOST and PORT of an environment and as the settings judge them: empty is not set."""
    host = environment.get("HOST", "").strip() or "127.0.0.1"
    return _EVERY_ADDRESS.get(host, host), environment.get("PORT", "").strip() or "8080"


def _first_bytes(host: str, port: int) -> bytes:
    until = time.monotonic() + PATIENCE_S
    read = b""
    with socket.create_connection((host, port), PATIENCE_S) as connection:
        connection.sendall(_REQUEST)
        while len(read) < _STATUS_BYTES:
            connection.settimeout(max(0.001, until - time.monotonic()))
            more = connection.recv(_STATUS_BYTES - len(read))
            if not more:
                break
            read += more
    return read


if __name__ == "__main__":
    # Not by the settings' own module: what it loads would cost more than the question.
    sys.exit(main(os.environ))  # noqa: TID251
