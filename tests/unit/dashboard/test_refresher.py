"""The background thread: one process of all reads, a few queues at a time, and it ends with its process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard.leases import FileLeases
from dashboard.refresher import READS_AT_ONCE, Refresher
from servicelevel.errors import PortalError
from tests.fakes.shared import MemoryLeases

LONG_S = 30.0
"""A wait that only a defect makes so long."""


class Down(PortalError):
    """A failure told in words."""


class Queues:
    """Queues that are due until they are read. Each read waits until a test lets it go on, or the process ends."""

    def __init__(self, *names: str, held_up: bool = False) -> None:
        self.waiting = list(names)
        self.read: list[str] = []
        self.under_way: set[str] = set()
        self.given_up: list[str] = []
        self.failing: list[Exception] = []
        self.changed = threading.Condition()
        self.in_trouble, self.looks = False, 0
        self._held_up = held_up

    def troubled(self) -> bool:
        """As a test says."""
        return self.in_trouble

    def due(self) -> tuple[str, ...]:
        """Those not read yet."""
        with self.changed:
            self.looks += 1
            self.changed.notify_all()
            if self.failing:
                raise self.failing.pop()
            return tuple(self.waiting)

    def refresh(self, queue_id: str, stopped: Callable[[], bool]) -> bool:
        """Read one."""
        with self.changed:
            self.under_way.add(queue_id)
            self.changed.notify_all()
            while self._held_up and not stopped():
                self.changed.wait(0.02)
            self.under_way.remove(queue_id)
            (self.given_up if stopped() else self.read).append(queue_id)
            if queue_id in self.waiting:
                self.waiting.remove(queue_id)
            self.changed.notify_all()
            return True

    def let_go(self) -> None:
        """Reads go on."""
        with self.changed:
            self._held_up = False
            self.changed.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        with self.changed:
            assert self.changed.wait_for(holds, LONG_S)


@contextmanager
def running(queues: Queues, folder: Path) -> Iterator[Refresher]:
    """A refresher of a process while the block runs."""
    refresher = Refresher(queues, FileLeases(folder), step_s=0.01)
    refresher.start()
    try:
        yield refresher
    finally:
        refresher.stop(LONG_S)


def test_every_queue_that_is_due_is_read(tmp_path: Path) -> None:
    """More of them than are read at once, and those that become due later."""
    queues = Queues("a", "b", "c", "d", "e")

    with running(queues, tmp_path):
        queues.until(lambda: len(queues.read) == 5)
        with queues.changed:
            queues.waiting.append("a")
        queues.until(lambda: len(queues.read) == 6)

    assert sorted(queues.read[:5]) == ["a", "b", "c", "d", "e"]
    assert queues.read[5] == "a"


def test_a_few_are_read_at_once_and_none_twice(tmp_path: Path) -> None:
    """However often it looks while they are under way."""
    queues = Queues("a", "b", "c", "d", "e", held_up=True)

    with running(queues, tmp_path):
        queues.until(lambda: len(queues.under_way) == READS_AT_ONCE)
        assert queues.under_way == {"a", "b", "c"}
        queues.let_go()
        queues.until(lambda: not queues.waiting)

    assert sorted(queues.read) == ["a", "b", "c", "d", "e"]


def test_after_a_failure_one_is_read_at_a_time(tmp_path: Path) -> None:
    """And those that are under way are not followed by more."""
    queues = Queues("a", "b", "c", held_up=True)
    queues.in_trouble = True

    with running(queues, tmp_path):
        queues.until(lambda: queues.under_way == {"a"})
        looked = queues.looks
        queues.until(lambda: queues.looks > looked + 3)
        assert queues.under_way == {"a"}
        queues.in_trouble = False
        queues.until(lambda: queues.under_way == {"a", "b", "c"})


def test_who_lost_the_lease_gives_up_its_reads(tmp_path: Path) -> None:
    """Another process reads them now."""
    queues, leases = Queues("a", held_up=True), MemoryLeases()
    refresher = Refresher(queues, leases, lock_s=0.03, step_s=0.01)
    refresher.start()
    try:
        queues.until(lambda: queues.under_way == {"a"})
        assert refresher.leads
        leases.run_out()
        assert leases.take("refresher", 60) is not None
        queues.until(lambda: queues.given_up == ["a"])
        assert not refresher.leads
    finally:
        refresher.stop(LONG_S)


def test_one_process_reads_and_another_takes_over(tmp_path: Path) -> None:
    """As soon as the first one ends."""
    first, second = Queues("a"), Queues("b")

    with running(first, tmp_path) as chosen:
        first.until(lambda: first.read == ["a"])
        with running(second, tmp_path):
            with first.changed:
                first.waiting.append("c")
            first.until(lambda: first.read == ["a", "c"])
            assert second.read == []
            chosen.stop(LONG_S)
            second.until(lambda: second.read == ["b"])


def test_reads_are_given_up_when_the_process_ends(tmp_path: Path) -> None:
    """Nothing of it goes on afterwards."""
    queues = Queues("a", held_up=True)

    with running(queues, tmp_path):
        queues.until(lambda: queues.under_way == {"a"})

    assert (queues.given_up, queues.read) == (["a"], [])
    assert [each.name for each in threading.enumerate() if each.name in {"refresher", "read a"}] == []
    assert FileLeases(tmp_path).take("refresher", 1) is not None


@pytest.mark.parametrize("failure", [Down("no registry"), KeyError("boom")])
def test_a_stumble_is_logged_and_survived(tmp_path: Path, failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The next turn reads."""
    queues = Queues("a")
    queues.failing.append(failure)

    with running(queues, tmp_path):
        queues.until(lambda: queues.read == ["a"])

    assert str(failure) in caplog.text


@pytest.mark.parametrize("failure", [None, Down("no registry"), KeyError("boom")])
def test_who_leads_tells_how_it_stands_even_when_no_read_can_begin(failure: Exception | None) -> None:
    """At each of its steps; who does not lead tells nothing."""
    queues, leases = Queues(), MemoryLeases()
    told: list[str] = []
    if failure is not None:
        queues.failing.append(failure)
    first = Refresher(queues, leases, step_s=0.01, tell=lambda: told.append("first"))
    second = Refresher(queues, leases, step_s=0.01, tell=lambda: told.append("second"))

    first.start()
    try:
        queues.until(lambda: bool(told))
        second.start()
        queues.until(lambda: len(told) > 10)
    finally:
        second.stop(LONG_S)
        first.stop(LONG_S)

    assert set(told) == {"first"}
