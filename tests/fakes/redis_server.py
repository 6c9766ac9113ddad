"""A real Redis on loopback that a test may kill, stop in its tracks, fill, and turn into a replica."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

STARTS = 5
"""A port that was free a moment ago may be somebody else's by then."""

READY_WITHIN_S = 30.0


class RedisServer:
    """A redis-server process that keeps nothing on disk."""

    def __init__(self, folder: Path, *, maxmemory: str, password: str | None) -> None:
        self._folder, self._maxmemory, self._password = folder, maxmemory, password
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """Its address for somebody who comes by another port, as through a proxy."""
        login = f":{quote(self._password, safe='')}@" if self._password else ""
        return f"redis://{login}127.0.0.1:{port}/0"

    @contextmanager
    def client(self) -> Iterator[Redis]:
        """A client of one's own, straight to the server."""
        with Redis.from_url(
            self.url, retry=Retry(NoBackoff(), 0), socket_timeout=5, socket_connect_timeout=5
        ) as client:
            yield client

    def start_again(self) -> None:
        """Start, empty; on the same port if it had one."""
        for _ in range(STARTS):
            port = self.port or _free_port()
            if self._started(port):
                self.port = port
                return
        raise AssertionError(f"redis-server does not start: {(self._folder / 'log').read_text()}")

    def stop(self) -> None:
        """Kill it, which it cannot prepare for."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Stop it in its tracks: connections stay open, and new ones are accepted by the system; no answer comes."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Have it forget everything."""
        with self.client() as client:
            client.flushall()

    def make_full(self) -> None:
        """From now on it refuses every write for want of memory."""
        self._configure("maxmemory", "1")

    def make_room(self) -> None:
        """It takes writes again."""
        self._configure("maxmemory", self._maxmemory)

    def make_read_only(self) -> None:
        """Turn it into a replica, of a server that is not there: it goes on answering reads."""
        with self.client() as client:
            client.replicaof("127.0.0.1", 1)

    def make_writable(self) -> None:
        """Turn it into a primary again."""
        with self.client() as client:
            client.replicaof("NO", "ONE")

    def _configure(self, name: str, value: str) -> None:
        with self.client() as client:
            client.config_set(name, value)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _started(self, port: int) -> bool:
        program = which("redis-server")
        if program is None:
            pytest.fail("redis-server is not on the PATH; as root, `sh scripts/redis.sh` installs it", pytrace=False)
        options = {
            "bind": "127.0.0.1",
            "port": str(port),
            "save": "",
            "appendonly": "no",
            "maxmemory": self._maxmemory,
            "maxmemory-policy": "noeviction",
            "dir": str(self._folder),
            "logfile": "log",
            **({"requirepass": self._password} if self._password else {}),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until_s = time.monotonic() + READY_WITHIN_S
        with Redis(port=port, host="127.0.0.1", password=self._password, retry=Retry(NoBackoff(), 0)) as client:
            while self._process.poll() is None and time.monotonic() < until_s:
                with suppress(RedisError):
                    # Somebody else's Redis may be on that port.
                    if client.info("server")["process_id"] == self._process.pid:
                        return True
                time.sleep(0.01)
        self.stop()
        return False


@contextmanager
def redis_server(*, maxmemory: str = "64mb", password: str | None = None) -> Iterator[RedisServer]:
    """A Redis that ends with the block."""
    with TemporaryDirectory(prefix="redis-") as folder:
        server = RedisServer(Path(folder), maxmemory=maxmemory, password=password)
        try:
            server.start_again()
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
