"""The load: so many requests a second, due at their instants whatever became of those before."""

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import requests

from tests.chaos.readers import wall_s
from tests.soak.asking import Ask, Mix

CLIENTS: Final = 16
"""Connections. As many requests are under way at most; what is due then waits, and is sent as soon as one is free."""

_ASKED_BY_ONE: Final = 100
"""Requests after which a client makes a new connection, so that every worker has some of all."""

_CONDITIONAL: Final = 0.5
_TIMEOUT_S: Final = 120


@dataclass(frozen=True, slots=True)
class Got:
    """What came. `began` and `ended` are seconds of the monotonic clock, `sent_at` and `came_at` wall-clock seconds.

    `late_s` is how long after it was due the request was sent. Status 0 stands for no answer; `body` then says why.
    """

    ask: Ask
    its_id: str
    tag: str | None
    late_s: float
    began: float
    ended: float
    sent_at: float
    came_at: float
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def took_s(self) -> float:
        """How long the answer took."""
        return self.ended - self.began


@dataclass(slots=True)
class Load:
    """Asks until told to end; every answer is given to `take`, in the thread of the client that got it."""

    server: str
    mix: Mix
    rate: float
    seed: int
    take: Callable[[Got], None]
    due: int = 0
    _waiting: "queue.SimpleQueue[tuple[float, Ask, bool] | None]" = field(default_factory=queue.SimpleQueue)
    _ends: threading.Event = field(default_factory=threading.Event)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def waiting(self) -> int:
        """How many are due and not sent yet."""
        return self._waiting.qsize()

    def become_due(self) -> None:
        """Let one request after the other become due, until told to end."""
        draw, began = random.Random(self.seed), time.monotonic()
        for ask in self.mix.drawn(draw):
            at = began + self.due / self.rate
            if self._ends.wait(max(0.0, at - time.monotonic())):
                break
            self.due += 1
            self._waiting.put((at, ask, draw.random() < _CONDITIONAL))
        for _ in range(CLIENTS):
            self._waiting.put(None)

    def end(self) -> None:
        """Let nothing more become due."""
        self._ends.set()

    def ask_on(self) -> None:
        """Be one of the clients."""
        tags: dict[str, str] = {}
        while True:
            with requests.Session() as session:
                for _ in range(_ASKED_BY_ONE):
                    item = self._waiting.get()
                    if item is None:
                        return
                    at, ask, again = item
                    got = self._asked(session, ask, at, tags.get(ask.path) if again else None)
                    if ask.kind == "numbers" and "ETag" in got.headers:
                        tags[ask.path] = got.headers["ETag"]
                    self.take(got)

    def _asked(self, session: requests.Session, ask: Ask, at: float, tag: str | None) -> Got:
        its_id = f"soak-{next(self._ids)}"
        headers = {"X-Request-Id": its_id, **({} if tag is None or ask.kind != "numbers" else {"If-None-Match": tag})}
        began, sent_at = time.monotonic(), wall_s()
        status, came, body = 0, {}, b""
        try:
            method, url = ("GET" if ask.body is None else "POST"), self.server + ask.path
            answer = session.request(method, url, json=ask.body, headers=headers, timeout=_TIMEOUT_S)
            status, came, body = answer.status_code, dict(answer.headers), answer.content
        except requests.RequestException as error:
            body = repr(error).encode()
        ended, came_at = time.monotonic(), wall_s()
        return Got(
            ask, its_id, headers.get("If-None-Match"), began - at, began, ended, sent_at, came_at, status, came, body
        )


@contextmanager
def loading(load: Load) -> Iterator[None]:
    """The load while the block runs; afterwards everything that was due is answered."""
    threads = [threading.Thread(target=load.ask_on, name=f"client {n}", daemon=True) for n in range(CLIENTS)]
    threads.append(threading.Thread(target=load.become_due, name="due", daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        load.end()
        for thread in threads:
            thread.join()
