"""The event that tells how old the numbers are: once a minute, by who reads, whatever becomes of the reads."""

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from dashboard.data_age import EVERY_S, DataAge
from servicelevel.errors import PortalError
from servicelevel.freshness import Freshness
from servicelevel.instants import MINUTE_MS, SECOND_MS
from tests.fakes.desk_world import World

NOON = 1_795_435_200_000


class Down(PortalError):
    """A failure told in words."""


@dataclass(slots=True)
class Clocks:
    """The portal's clock and the process's own, which run together."""

    passed_s: float = 0.0
    standings: dict[str, Freshness] = field(default_factory=dict)
    failing: Exception | None = None

    def now(self) -> int:
        """The portal's."""
        return NOON + int(self.passed_s * SECOND_MS)

    def clock_s(self) -> float:
        """The process's own."""
        return 7.0 + self.passed_s

    def look(self) -> dict[str, Freshness]:
        """How the queues stand, as a test says."""
        if self.failing is not None:
            raise self.failing
        return dict(self.standings)

    def age(self) -> DataAge:
        """What a process tells that begins now."""
        return DataAge(self.look, self.now, clock_s=self.clock_s)


@pytest.fixture
def clocks(caplog: pytest.LogCaptureFixture) -> Clocks:
    """Clocks, with the log open for what they bring."""
    caplog.set_level(logging.INFO, "dashboard.data_age")
    return Clocks()


def _told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    fields = ("oldest_age_s", "oldest", "queues", "unread")
    events = [record.__dict__ for record in caplog.records if record.message == "data.age"]
    return [{name: event[name] for name in fields} for event in events]


def _read(minutes_ago: float) -> Freshness:
    return Freshness("fresh", NOON - int(minutes_ago * MINUTE_MS))


def test_the_oldest_reading_is_told_once_a_minute(clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    """In seconds, however often it is called, and with nothing unread."""
    clocks.standings = {"desk": _read(1), "billing": _read(4)}
    age = clocks.age()

    for _ in range(130):
        age.tell()
        clocks.passed_s += 1

    common = {"oldest": "billing", "queues": 2, "unread": 0}
    assert _told(caplog) == [{"oldest_age_s": each, **common} for each in (240.0, 300.0, 360.0)]


def test_a_queue_that_was_never_read_is_as_old_as_the_process(clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    """Also when the process comes to tell only later; one that is new in the registry is as old as that."""
    clocks.standings = {"desk": Freshness("stale", None)}
    age = clocks.age()
    clocks.passed_s = 600

    age.tell()
    clocks.standings["billing"] = Freshness("stale", None)
    clocks.passed_s += EVERY_S
    age.tell()
    clocks.standings["desk"] = Freshness("fresh", clocks.now())
    clocks.passed_s += EVERY_S
    age.tell()

    assert _told(caplog) == [
        {"oldest_age_s": 600.0, "oldest": "desk", "queues": 1, "unread": 1},
        {"oldest_age_s": 660.0, "oldest": "desk", "queues": 2, "unread": 2},
        {"oldest_age_s": 120.0, "oldest": "billing", "queues": 2, "unread": 1},
    ]


def test_failures_that_began_before_the_process_count(clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    """So that a new leader does not begin anew with a queue that nobody could ever read."""
    clocks.standings = {"desk": Freshness("failed", None, "No.", NOON - 90 * MINUTE_MS, 9)}

    clocks.age().tell()

    assert _told(caplog) == [{"oldest_age_s": 5400.0, "oldest": "desk", "queues": 1, "unread": 1}]


def test_what_nobody_can_say_just_now_grows_older(clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    """From what was known last, and from when the process began when nothing ever was."""
    never = clocks.age()
    known = clocks.age()
    clocks.standings = {"desk": _read(1)}
    known.tell()
    clocks.failing = Down("Redis does not answer.")
    clocks.passed_s = EVERY_S

    known.tell()
    never.tell()

    assert _told(caplog)[1:] == [
        {"oldest_age_s": 120.0, "oldest": "desk", "queues": 1, "unread": 0},
        {"oldest_age_s": 60.0, "oldest": None, "queues": 0, "unread": 0},
    ]
    assert "Redis does not answer." in caplog.text


def test_a_clock_that_was_set_back_makes_no_age_negative(clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    """Neither of a reading nor of a failure from what is now the future."""
    clocks.standings = {"desk": _read(-60), "billing": Freshness("failed", None, "No.", NOON + MINUTE_MS, 1)}

    clocks.age().tell()

    assert [told["oldest_age_s"] for told in _told(caplog)] == [0.0]


def test_queues_stand_as_the_pages_say(caplog: pytest.LogCaptureFixture) -> None:
    """Read and unread ones, out of the cache that all processes share."""
    caplog.set_level(logging.INFO, "dashboard.data_age")
    world = World()
    world.tickets.down["network"] = Down("refused")
    reports = world.read()
    world.pass_minutes(10)

    DataAge(reports.standings, lambda: world.now).tell()

    assert _told(caplog) == [{"oldest_age_s": 600.0, "oldest": "desk", "queues": 3, "unread": 1}]
    assert reports.standings()["network"] == reports.queue("network").freshness
