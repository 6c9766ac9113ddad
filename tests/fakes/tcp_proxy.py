"""A way to a server on loopback that a test can watch and close: it counts what passes, holds it, or refuses it."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Call:
    """One command of a Redis client as it arrived: its name, when (monotonic seconds), and whether it was held."""

    name: str
    at_s: float
    held: bool


class TcpProxy:
    """Passes everything on until told otherwise; `connections` and `calls` go on counting whatever it does."""

    def __init__(self, port: int) -> None:
        self.connections = 0
        self.calls: list[Call] = []
        self.port = 0
        self._to, self._mode = port, "passing"
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tcp proxy", daemon=True)

    def hold(self) -> None:
        """From now on take what comes, on old connections and new ones, and never answer."""
        self._run(self._become("holding"))

    def refuse(self) -> None:
        """Close every connection, and let nobody make another one."""
        self._run(self._become("refusing"))

    def pass_again(self) -> None:
        """Close what is held, and pass on what comes from now on."""
        self._run(self._become("passing"))

    def names(self, *, held: bool | None = None, since_s: float = 0.0) -> list[str]:
        """Names of the commands in the order they came; of those that were held or not, if that is asked."""
        return [call.name for call in self.calls if call.at_s >= since_s and held in (None, call.held)]

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._run(self._become("passing"))

    def end(self) -> None:
        """Close everything."""
        self._run(self._become("refusing"))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(30)

    async def _become(self, mode: Literal["passing", "holding", "refusing"]) -> None:
        before, self._mode = self._mode, mode
        if mode == "refusing" and self._server is not None:
            self._server.close()
            self._server = None
        if mode == "refusing" or before == "holding":
            for task in (tasks := list(self._open)):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if mode != "refusing" and self._server is None:
            self._server = await asyncio.start_server(self._accepted, "127.0.0.1", self.port, reuse_address=True)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._carry(reader, writer)
        finally:
            self._open.discard(task)
            await _closed(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        commands, there, back = _Commands(), None, None
        try:
            while piece := await reader.read(PIECE_BYTES):
                held, at_s = self._mode == "holding", time.monotonic()
                self.calls += [Call(name, at_s, held) for name in commands.read(piece)]
                if held:
                    continue
                if there is None:
                    answers, there = await asyncio.open_connection("127.0.0.1", self._to)
                    back = asyncio.create_task(self._answer(answers, writer))
                there.write(piece)
                await there.drain()
        finally:
            if back is not None:
                back.cancel()
            if there is not None:
                await _closed(there)

    async def _answer(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await answers.read(PIECE_BYTES):
                if self._mode == "passing":
                    writer.write(piece)
                    await writer.drain()
        writer.close()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


class _Commands:
    """Finds the names of commands in what a Redis client sends. Another protocol has none."""

    def __init__(self) -> None:
        self._left = b""

    def read(self, piece: bytes) -> list[str]:
        """Names of the commands that are complete with this piece."""
        self._left += piece
        names = list[str]()
        while self._left.startswith(b"*"):
            words, end = _array(self._left)
            if words is None:
                return names
            names.append(words[0].decode("ascii", "replace").upper())
            self._left = self._left[end:]
        self._left = b""
        return names


def _array(data: bytes) -> tuple[list[bytes] | None, int]:
    """The words of one command, and where it ends; None while it is not complete."""
    count, _, _ = data.partition(b"\r\n")
    at, words = len(count) + 2, list[bytes]()
    for _ in range(int(count[1:])):
        end = data.find(b"\r\n", at)
        if end < 0:
            return None, 0
        start = end + 2
        at = start + int(data[at + 1 : end]) + 2
        if at > len(data):
            return None, 0
        words.append(data[start : at - 2])
    return words, at


@contextmanager
def tcp_proxy(port: int) -> Iterator[TcpProxy]:
    """A proxy before a port on loopback while the block runs."""
    proxy = TcpProxy(port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.end()
