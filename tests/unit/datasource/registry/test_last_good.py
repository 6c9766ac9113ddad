"""The last good version of a registry, wherever it lies."""

import json
from datetime import UTC, datetime
from threading import Barrier, Event, Thread

import pytest

from datasource.registry.errors import RegistryUnreadable
from datasource.registry.last_good import LastGood, Version
from datasource.registry.problem import Problem
from tests.unit.datasource.registry.examples import changed, registry

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_SOON_S = 30


class _Shelf:
    """A place whose text and mark a test writes; it counts the looks, and `fails` or waits when told to."""

    origin = "the shelf"

    def __init__(self) -> None:
        self.text, self.mark = json.dumps(registry()).encode(), "1"
        self.looks = 0
        self.fails = False
        self.entered, self.go_on = Event(), Event()
        self.go_on.set()

    def load(self) -> Version:
        self.looks += 1
        if self.fails:
            raise RegistryUnreadable(self.origin, (Problem("", "nothing", "a shelf"),))
        return Version(self.mark, _NOON, self.text)

    def load_unless(self, mark: str) -> Version | None:
        self.entered.set()
        self.go_on.wait(_SOON_S)
        if not self.fails and mark == self.mark:
            self.looks += 1
            return None
        return self.load()


def test_a_place_that_comes_back_as_it_was_has_no_problems_left() -> None:
    """Its mark is the one known, and still it is read."""
    shelf = _Shelf()
    kept = LastGood(shelf)
    good = kept.current()
    shelf.fails = True

    assert [str(problem) for problem in kept.current().problems] == ["the file: found nothing; expected a shelf."]

    shelf.fails = False

    assert kept.current() == good


def test_a_place_that_fails_is_left_in_peace_for_as_long_as_one_that_answers() -> None:
    """Otherwise every page would wait for it."""
    shelf = _Shelf()
    kept = LastGood(shelf, look_every_s=3600)
    kept.current()
    shelf.fails = True
    for _ in range(3):
        kept.current()

    assert shelf.looks == 1


def test_who_comes_while_another_looks_gets_what_is_known() -> None:
    """A slow place holds up one thread, not all."""
    shelf = _Shelf()
    kept = LastGood(shelf)
    good = kept.current()
    shelf.text, shelf.mark = json.dumps(changed("queues", 0, "name", to="Help Desk")).encode(), "2"
    shelf.go_on.clear()
    looking = Thread(target=kept.current)
    looking.start()
    try:
        assert shelf.entered.wait(_SOON_S)
        assert kept.current() is good
    finally:
        shelf.go_on.set()
        looking.join()

    assert kept.current().policy.queues[0].name == "Help Desk"


def test_the_first_comers_wait_for_the_first_version_together() -> None:
    """It is read once for all of them."""
    shelf, together = _Shelf(), Barrier(4)
    kept = LastGood(shelf, look_every_s=3600)
    readings = []

    def come() -> None:
        together.wait(_SOON_S)
        readings.append(kept.current())

    threads = [Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(reading) for reading in readings}) == 1
    assert shelf.looks == 1


def test_a_first_version_that_cannot_be_read_is_an_error() -> None:
    """There is nothing to go on with."""
    shelf = _Shelf()
    shelf.fails = True
    with pytest.raises(RegistryUnreadable):
        LastGood(shelf).current()
