"""What goes wrong, and when: each minute one or two faults of different parts, in an order that a seed decides."""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args

from tests.soak.ground import Ground

Part: TypeAlias = Literal["jira", "tempo", "cache", "history"]
"""By the names of `/readyz`."""

_ROUTES: Final[dict[str, tuple[str, ...]]] = {
    "jira": ("GET /rest", "POST /rest"),
    "tempo": ("GET /tempo", "POST /tempo"),
}
_SWITCHED_S: Final = 1.0
"""What it may take to switch a fault on or off."""

_ALSO: Final = 0.5
"""How likely a second part fails beside the first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can be wrong. `spoils`: while it lasts nothing good is had from that part."""

    name: str
    part: Part
    begin: Callable[[Ground], AbstractContextManager[None]]
    spoils: bool = True


@dataclass(slots=True)
class Window:
    """When a fault was there, in wall-clock seconds; `ended_at` is None while it is."""

    fault: Fault
    began_at: float
    ended_at: float | None = None


@dataclass(slots=True)
class Windows:
    """All that was wrong so far."""

    every: list[Window] = field(default_factory=list)

    def overlap(self, part: Part, since: float, until: float, *, tail_s: float) -> bool:
        """Whether a fault of a part, or what it left behind for some seconds, was there at any time of a stretch."""
        return any(
            window.began_at <= until and (window.ended_at is None or window.ended_at + tail_s >= since)
            for window in self.every
            if window.fault.part == part
        )

    def within(self, part: Part, since: float, until: float) -> Window | None:
        """The window in which all of a stretch lay while nothing good could be had."""
        for window in self.every:
            ended_at = float("inf") if window.ended_at is None else window.ended_at
            if window.fault.part != part or not window.fault.spoils:
                continue
            if window.began_at + _SWITCHED_S < since and until < ended_at - _SWITCHED_S:
                return window
        return None


def schedule(seed: int, minutes: int) -> list[tuple[Fault, ...]]:
    """The faults of each minute. Parts take turns, and so do the faults of each: four minutes have all parts."""
    draw = random.Random(seed)
    parts: list[Part] = []
    decks: dict[Part, list[Fault]] = {part: [] for part in get_args(Part)}
    told = []
    for _ in range(minutes):
        if not parts:
            parts = draw.sample(get_args(Part), k=len(get_args(Part)))
        first = parts.pop()
        others = [part for part in get_args(Part) if part != first]
        chosen = [first, draw.choice(others)] if draw.random() < _ALSO else [first]
        told.append(tuple(_dealt(decks, part, draw) for part in chosen))
    return told


def _dealt(decks: dict[Part, list[Fault]], part: Part, draw: random.Random) -> Fault:
    if not decks[part]:
        every = [fault for fault in FAULTS if fault.part == part]
        decks[part] = draw.sample(every, k=len(every))
    return decks[part].pop()


def _upstream(name: str, source: Literal["jira", "tempo"], *, spoils: bool = True, **rule: Any) -> Fault:
    @contextmanager
    def begin(ground: Ground) -> Iterator[None]:
        ground.goes_wrong(source, *({"route": route, "times": None, **rule} for route in _ROUTES[source]))
        yield
        ground.goes_wrong(source)

    return Fault(name, source, begin, spoils)


@contextmanager
def _redis_killed(ground: Ground) -> Iterator[None]:
    ground.redis.stop()
    yield
    ground.redis.start_again()


@contextmanager
def _redis_hangs(ground: Ground) -> Iterator[None]:
    ground.redis.pause()
    yield
    ground.redis.resume()


@contextmanager
def _redis_full(ground: Ground) -> Iterator[None]:
    ground.redis.make_full()
    yield
    ground.redis.make_room()


@contextmanager
def _redis_read_only(ground: Ground) -> Iterator[None]:
    ground.redis.make_read_only()
    yield
    ground.redis.make_writable()


@contextmanager
def _history_damaged(ground: Ground) -> Iterator[None]:
    place = ground.history.true.with_name("damaged")
    place.mkdir(exist_ok=True)
    (place / "history.db").write_bytes(b"no database " * 1000)
    ground.history.leads_to(place)
    yield
    ground.history.leads_home()


@contextmanager
def _history_a_folder(ground: Ground) -> Iterator[None]:
    place = ground.history.true.with_name("folders")
    (place / "history.db").mkdir(parents=True, exist_ok=True)
    ground.history.leads_to(place)
    yield
    ground.history.leads_home()


@contextmanager
def _history_without_its_folder(ground: Ground) -> Iterator[None]:
    place = ground.history.true.with_name("a-file")
    place.write_text("in the way of the folder", encoding="utf-8")
    ground.history.leads_to(place)
    yield
    ground.history.leads_home()


@contextmanager
def _history_locked(ground: Ground) -> Iterator[None]:
    file = ground.history.true / "history.db"
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")  # which shuts out readers too, unlike a writer
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE somebody_elses (a)")
        yield
        other.execute("ROLLBACK")


FAULTS: Final[Sequence[Fault]] = (
    _upstream("Jira is down", "jira", kind="status", status=503),
    _upstream("Jira hangs", "jira", kind="hang", seconds=60),
    _upstream("Jira is slow", "jira", kind="latency", seconds=0.5, spoils=False),
    _upstream("Jira throttles", "jira", kind="throttle", retry_after_s=2),
    _upstream("Jira knows nobody", "jira", kind="status", status=401),
    _upstream("Jira shows a login page", "jira", kind="html"),
    _upstream("Jira breaks off", "jira", kind="cut", share=0.5),
    _upstream("Tempo is down", "tempo", kind="status", status=503, body="tempo"),
    _upstream("Tempo hangs", "tempo", kind="hang", seconds=60),
    _upstream("Tempo knows nobody", "tempo", kind="status", status=401, body="tempo"),
    Fault("Redis is killed", "cache", _redis_killed),
    Fault("Redis hangs", "cache", _redis_hangs),
    Fault("Redis is full", "cache", _redis_full),
    Fault("Redis is read-only", "cache", _redis_read_only),
    Fault("history is damaged", "history", _history_damaged),
    Fault("history is a folder", "history", _history_a_folder),
    Fault("history has no folder", "history", _history_without_its_folder),
    Fault("history is locked", "history", _history_locked),
)
