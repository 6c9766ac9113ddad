"""Lambda without Lambda: AWS's own runtime client runs a handler against a runtime API on loopback.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from tests.fakes.served_portal import ROOT

_PREFIX: Final = "/2018-06-01/runtime/invocation/"
_WAIT_S: Final = 120
CLIENT: Final = (sys.executable, "-m", "awslambdaric")
"""What starts it in the environment of the tests; the handler's name follows."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """An event for the handler, which has so many seconds for it."""

    event: Any
    request_id: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an invocation: what the handler returned, or the error that it raised."""

    answer: Any = None
    error: Mapping[str, Any] | None = None


class _Api(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.waiting: queue.Queue[Invocation] = queue.Queue()
        self.ended: queue.Queue[tuple[str, Ended]] = queue.Queue()


class _Handler(BaseHTTPRequestHandler):
    server: _Api

    def do_GET(self) -> None:
        """The next invocation, once there is one."""
        if self.path != f"{_PREFIX}next":
            self.send_error(404)
            return
        invocation = self.server.waiting.get()
        body = json.dumps(invocation.event).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", invocation.request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(time.time_ns() // 1_000_000 + int(invocation.time_s * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:snap")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """What became of an invocation."""
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        request_id, _, what = self.path.removeprefix(_PREFIX).partition("/")
        self.server.ended.put((request_id, Ended(answer=told) if what == "response" else Ended(error=told)))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server calls it so
        """Keep quiet."""


@dataclass(slots=True)
class Function:
    """A function that waits for events; `log` is what it has written so far."""

    api: _Api
    process: "subprocess.Popen[bytes]"
    log_file: Path
    _invoked: int = field(default=0)

    @property
    def log(self) -> str:
        """Everything on its standard output and standard error."""
        return self.log_file.read_text(encoding="utf-8")

    @property
    def events(self) -> list[dict[str, Any]]:
        """Its log lines that are events."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith('{"ts"')]

    def invoke(self, event: Any, *, time_s: float = 900.0, request_id: str | None = None) -> Ended:
        """Hand an event over, and wait for what becomes of it.

        Raises:
            RuntimeError: the function's process ended, or said nothing for too long.
        """
        self._invoked += 1
        name = request_id or f"request-{self._invoked}"
        self.api.waiting.put(Invocation(event, name, time_s))
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            try:
                told, ended = self.api.ended.get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None:
                    break
                continue
            if told == name:
                return ended
        raise RuntimeError(f"no answer to {name}:\n{self.log}")


@contextmanager
def function(
    handler: str, folder: Path, environment: Mapping[str, str], client: Sequence[str] = CLIENT
) -> Iterator[Function]:
    """A handler in AWS's runtime client, as Lambda starts it from an image, while the block runs."""
    api = _Api()
    serving = threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    log_file = folder / "function.log"
    variables = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}",
        "AWS_LAMBDA_FUNCTION_NAME": "snap",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_REGION": "eu-west-1",
        **environment,
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen([*client, handler], cwd=folder, env=variables, stdout=log, stderr=log)
        try:
            yield Function(api, process, log_file)
        finally:
            process.kill()
            process.wait(timeout=30)
            api.shutdown()
            api.server_close()
            serving.join()
