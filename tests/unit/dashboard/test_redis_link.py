"""The circuit breaker before Redis, on a clock that a test moves on and with calls that a test lets fail."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import exceptions

from dashboard import redis_link
from dashboard.redis_link import PROBE_EVERY_S, RedisDown, RedisLink
from opsportal.redis_words import is_an_answer, problem_of

URL = "redis://portal:s3cret@cache.example.com:6380/2"


class World:
    """A link to nowhere with everything it depends on in the hands of a test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at_s = 1_000.0
        self.probes: list[Callable[[], None]] = []
        self.written = 0
        self.refused: Exception | None = None
        self.link = RedisLink(URL, clock_s=lambda: self.at_s, start=self.probes.append)
        monkeypatch.setattr(self.link.client, "set", self._set)

    def _set(self, *args: object, **options: object) -> bool:
        if self.refused is not None:
            raise self.refused
        self.written += 1
        return True

    def in_use(self) -> bool:
        """Whether the circuit is closed."""
        return self.link.in_use

    def ask(self, error: Exception | None = None, *, patient: bool = False) -> str:
        """Make a call that succeeds, or fails in a way."""
        calls = 0

        def call() -> None:
            nonlocal calls
            calls += 1
            if error is not None:
                raise error

        try:
            self.link.ask(call, patient=patient)
        except RedisDown:
            return f"down after {calls}"
        return f"answered after {calls}"

    def probe(self) -> None:
        """Run the one probe that was started."""
        (probe,) = self.probes
        self.probes.clear()
        probe()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A link that has not been used."""
    world = World(monkeypatch)
    yield world
    world.link.client.close()


GONE = exceptions.ConnectionError("Error 111 connecting")


def test_two_failures_open_the_circuit_and_nobody_asks_any_more(world: World) -> None:
    """The first call that fails is tried once more; the second failure is the last call."""
    assert world.ask() == "answered after 1"
    assert world.ask(GONE) == "down after 2"
    assert not world.in_use()

    assert world.ask() == "down after 0"
    assert world.ask(patient=True) == "down after 0"


def test_a_call_that_fails_once_is_made_again(world: World) -> None:
    """A blink of the network goes unnoticed, and does not count later on."""
    for _ in range(3):
        answers = iter([GONE, None])

        def call(answers: Iterator[Exception | None] = answers) -> str:
            if (error := next(answers)) is not None:
                raise error
            return "value"

        assert world.link.ask(call, patient=False) == "value"
    assert world.in_use()


@pytest.mark.parametrize(
    "error",
    [
        exceptions.OutOfMemoryError("command not allowed", status_code="OOM"),
        exceptions.ReadOnlyError("You can't write", status_code="READONLY"),
        exceptions.BusyLoadingError("loading", status_code="LOADING"),
        exceptions.AuthenticationError("WRONGPASS", status_code="WRONGPASS"),
        exceptions.MovedError("1 127.0.0.1:7000", status_code="MOVED"),
        exceptions.ResponseError("MISCONF disk"),
        exceptions.ConnectionError("max number of clients reached", status_code="ERR"),
    ],
)
def test_an_answer_that_says_no_opens_the_circuit_at_once(world: World, error: Exception) -> None:
    """Asking the same again would bring the same."""
    assert world.ask(error) == "down after 1"
    assert not world.in_use()


def test_while_it_is_open_one_probe_is_made_in_two_seconds(world: World) -> None:
    """However many ask, and no call waits for it; only a call starts one, as nothing else needs it."""
    world.ask(GONE)
    world.refused = GONE
    for _ in range(5):
        assert world.ask() == "down after 0"
    assert not world.probes

    for _ in range(3):
        world.at_s += PROBE_EVERY_S
        for _ in range(5):
            assert world.ask() == "down after 0"
        world.probe()
        for _ in range(5):
            assert world.ask() == "down after 0"
        assert not world.probes


def test_the_first_probe_that_succeeds_closes_it(world: World) -> None:
    """It writes, since a Redis that can be read only is of no use."""
    world.ask(GONE)
    world.at_s += PROBE_EVERY_S
    world.ask()
    assert not world.in_use()
    world.probe()

    assert world.written == 1
    assert world.in_use()
    assert world.link.problem is None
    assert world.ask() == "answered after 1"
    assert world.ask(GONE) == "down after 2"


def test_each_opening_and_each_return_is_said_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """With what to do, and without the password."""
    caplog.set_level(logging.INFO)
    for _ in range(2):
        world.refused = GONE
        for _ in range(4):
            world.ask(GONE)
            world.at_s += PROBE_EVERY_S
            world.ask()
            world.probe()
        world.refused = None
        world.at_s += PROBE_EVERY_S
        world.ask()
        world.probe()

    gone, back, *again = [record.getMessage() for record in caplog.records]
    assert gone.startswith("Redis cannot be reached: see whether it is up")
    assert "cache.example.com:6380" in gone
    assert back == "The Redis at cache.example.com:6380 takes writes again after 10 s and is used again."
    assert again == [gone, back]
    assert "s3cret" not in caplog.text


def test_threads_that_come_while_it_is_in_doubt_do_not_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call finds out for all whether Redis is there; others that can do without go on at once."""
    monkeypatch.setattr(redis_link, "SHORT_WAIT_S", 3_600.0)
    failing, found_out = threading.Event(), threading.Event()
    calls = []

    def call() -> None:
        calls.append("made")
        if len(calls) == 2:
            failing.set()
            assert found_out.wait(60)
        raise GONE

    def first() -> str:
        with pytest.raises(RedisDown):
            world.link.ask(call, patient=False)
        return "down"

    with ThreadPoolExecutor(9) as pool:
        waiting = pool.submit(first)
        assert failing.wait(60)
        others = [pool.submit(world.ask) for _ in range(8)]
        try:
            assert [other.result(60) for other in others] == ["down after 0"] * 8
            assert world.in_use()
        finally:
            found_out.set()
        assert waiting.result(60) == "down"
    assert not world.in_use()
    assert len(calls) == 2


def test_no_more_than_two_calls_are_under_way(world: World) -> None:
    """So no more can wait for a Redis that hangs; a patient third one gets its turn when one of them is through."""
    both, go_on = threading.Barrier(3), threading.Event()

    def call() -> str:
        both.wait(60)
        assert go_on.wait(60)
        return "value"

    with ThreadPoolExecutor(3) as pool:
        two = [pool.submit(world.link.ask, call, patient=False) for _ in range(2)]
        both.wait(60)
        assert world.ask() == "down after 0"
        assert world.in_use()
        third = pool.submit(world.ask, patient=True)
        go_on.set()
        assert [answer.result(60) for answer in two] == ["value", "value"]
        assert third.result(60) in {"answered after 1", "down after 0"}  # a machine may stand still for a second
    assert world.ask() == "answered after 1"


def test_a_thread_that_is_ended_leaves_its_turn_to_others(world: World) -> None:
    """As a worker is that has to stop: it says nothing about Redis."""

    def call() -> None:
        raise SystemExit

    for _ in range(4):
        with pytest.raises(SystemExit):
            world.link.ask(call, patient=False)
    assert world.ask() == "answered after 1"


def test_a_probe_that_cannot_be_started_is_started_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the system has no thread to give."""

    def none_left(probe: Any) -> None:
        raise RuntimeError("can't start new thread")

    world.ask(GONE)
    world.at_s += PROBE_EVERY_S
    monkeypatch.setattr(world.link, "_start", none_left)
    assert world.ask() == "down after 0"
    monkeypatch.setattr(world.link, "_start", world.probes.append)
    assert world.ask() == "down after 0"
    world.probe()
    assert world.in_use()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.AuthenticationError("x", status_code="NOAUTH"), "REDIS_URL"),
        (exceptions.NoPermissionError("x", status_code="NOPERM"), "docs/settings.md"),
        (exceptions.BusyLoadingError("x", status_code="LOADING"), "loading"),
        (exceptions.ReadOnlyError("x", status_code="READONLY"), "name the primary"),
        (exceptions.OutOfMemoryError("x", status_code="OOM"), "maxmemory"),
        (exceptions.MovedError("1 10.0.0.1:7000", status_code="MOVED"), "cluster mode"),
        (exceptions.ClusterDownError("x", status_code="CLUSTERDOWN"), "cluster mode"),
        (exceptions.ClusterCrossSlotError("x", status_code="CROSSSLOT"), "cluster mode"),
        (exceptions.ResponseError("MISCONF x"), "its own log"),
        (exceptions.ConnectionError("x", status_code="ERR"), "maxclients"),
        (exceptions.InvalidResponse("x"), "no Redis"),
        (exceptions.TimeoutError("x"), "within 0.25 s"),
        (exceptions.ConnectionError("x"), "cannot be reached"),
        (OSError("x"), "cannot be reached"),
        (IndexError("x"), "IndexError"),
    ],
)
def test_every_failure_has_words_of_its_own(error: Exception, words: str) -> None:
    """They say what is wrong and what to do, and repeat nothing that came from the other side."""
    said = problem_of(error, 0.25)

    assert words in said
    assert said.endswith(".")
    assert "10.0.0.1" not in said
    assert is_an_answer(error) is bool(
        getattr(error, "status_code", None) or isinstance(error, exceptions.ResponseError)
    )
