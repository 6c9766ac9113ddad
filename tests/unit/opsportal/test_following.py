"""Every process brings itself up to what others have read, so that an answer has nothing to do but to look it up."""

import gc
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from opsportal import request_ids
from opsportal.cached import FOLLOWED_S, CachedReports
from opsportal.ports import RefreshResult
from opsportal.refreshing import Timing
from opsportal.source_note import ReadProgress
from servicelevel.errors import PortalError
from servicelevel.instants import HOUR_MS, MINUTE_MS, SECOND_MS
from servicelevel.policy import Policy
from tests.factories import columns, queue, ticket
from tests.fakes.clock import Clock
from tests.fakes.desk_world import NOON, TTL_MIN, World, many, refresh_due
from tests.fakes.shared import MemoryCache


class Down(PortalError):
    """A source that fails."""


@dataclass(slots=True)
class WatchedCache(MemoryCache):
    """Remembers every journey."""

    journeys: list[tuple[str, ...]] = field(default_factory=list)

    def get(self, key: str) -> bytes | None:
        """As Cache promises."""
        self.journeys.append((key,))
        return self.held.get(key)

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """As Cache promises."""
        self.journeys.append(tuple(keys))
        return [self.held.get(key) for key in keys]


@dataclass(slots=True)
class Counting:
    """An observer that remembers."""

    results: list[tuple[str, RefreshResult]] = field(default_factory=list)
    hits: list[bool] = field(default_factory=list)

    def upstream(self, source: str, status: int | None, duration_s: float) -> None:
        """As Observer promises."""

    def refreshed(self, queue_id: str, result: RefreshResult, duration_s: float) -> None:
        """As Observer promises."""
        assert duration_s >= 0
        self.results.append((queue_id, result))

    def cache(self, hit: bool) -> None:
        """As Observer promises."""
        self.hits.append(hit)


def _as_of(reports: CachedReports, queue_id: str = "desk") -> int:
    report = reports.queue(queue_id).report
    assert report is not None
    return report.as_of


def test_an_answer_takes_one_journey_to_the_cache() -> None:
    """For heads and progress; what is new is fetched beside the requests, and until then the own copy is served."""
    cache, clock = WatchedCache(), Clock()
    world = World(cache=cache, clock_s=clock)
    world.tickets.table = columns(ticket(1), ticket(2))  # so few that the rates of all queues are borrowed
    leader, follower = world.read(), world.process()
    follower.follow()
    world.pass_minutes(TTL_MIN)
    refresh_due(leader)

    cache.journeys.clear()
    assert _as_of(follower) == NOON
    assert [len(journey) for journey in cache.journeys] == [2]
    cache.journeys.clear()
    assert {each.report.as_of for each in follower.overview().served.values() if each.report} == {NOON}
    assert [len(journey) for journey in cache.journeys] == [6]

    follower.follow()
    assert _as_of(follower) == NOON + TTL_MIN * MINUTE_MS
    assert follower.overview().revision == leader.overview().revision
    assert follower.queue("desk").revision == leader.queue("desk").revision


def test_who_does_not_follow_looks_at_once() -> None:
    """Nobody else would bring it the newer reading."""
    clock = Clock()
    world = World(clock_s=clock)
    leader, other = world.read(), world.process()
    other.follow()
    world.pass_minutes(TTL_MIN)
    refresh_due(leader)
    assert _as_of(other) == NOON

    clock.at_s += FOLLOWED_S
    assert _as_of(other) == NOON + TTL_MIN * MINUTE_MS


def test_the_reason_of_a_failure_is_told_with_the_own_copy() -> None:
    """A follower hears of it as soon as any other."""
    world = World()
    leader, follower = world.read(), world.process()
    follower.follow()
    world.tickets.down["desk"] = Down("Jira is away")
    world.pass_minutes(TTL_MIN)
    refresh_due(leader)

    assert follower.queue("desk").freshness.reason == "Jira is away"


def test_a_report_is_made_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of every queue, and what they add up to."""
    world = World()
    world.read()
    follower = world.process()
    follower.follow()

    def judged(*_: object) -> None:
        pytest.fail("judged in a request")

    for name in ("judged_alone", "filled_up", "added_up", "fleet_of"):
        monkeypatch.setattr(f"opsportal.cached.{name}", judged)
    assert follower.queue("desk").report is not None
    assert len(follower.overview().served) == 3


def test_older_readings_and_their_reports_are_let_go() -> None:
    """Columns and reports of every view, in the reader and in the followers."""
    world = World()

    def another() -> None:
        world.tickets.table = many()
        world.tickets.asked.clear()

    world.tickets.during = another
    leader, follower = world.read(), world.process()
    gone = []
    for process in (leader, follower):
        process.follow()
        for days in (7, 14, 28):
            made = process.queue("desk", compared_days=days).report
            assert made is not None
            gone.append(weakref.ref(made.columns.id))
            del made
    world.pass_minutes(TTL_MIN)
    refresh_due(leader)
    for process in (leader, follower):
        process.follow()
    another()
    gc.collect()

    assert [each() is None for each in gone] == [True] * 6


def test_what_the_registry_drops_is_let_go() -> None:
    """Its reading with it."""
    world = World()
    reports = world.read()
    reports.follow()
    world.registry.policy = Policy((queue("desk"),))
    reports.follow()

    assert len(reports._shelf._own) == 1
    assert list(reports.overview().served) == ["desk"]


def test_queues_are_read_in_the_order_of_their_need() -> None:
    """Never read; asked for by a reader; too old, the longest first; failed before."""
    world = World()
    world.registry.policy = Policy(tuple(queue(name) for name in ("a", "b", "c", "d")))
    reports = world.process()
    world.tickets.down["a"] = Down("its filter is broken")
    for name in ("a", "b", "c"):
        reports.refresh(name)
    world.pass_minutes(TTL_MIN)
    assert reports.ask_refresh("c")

    assert reports.due()[:2] == ("d", "c")
    assert reports.due() == ("d", "c", "b", "a")


def test_after_a_failure_one_queue_at_a_time_is_enough() -> None:
    """Until one of them is read again."""
    world = World()
    reports = world.read()
    assert not reports.troubled()
    world.pass_minutes(TTL_MIN)
    world.tickets.down = {"desk": Down("Jira is away"), "billing": Down("Jira is away")}
    reports.refresh("desk")
    assert reports.troubled()
    assert world.process().troubled()

    world.pass_minutes(1)
    reports.refresh("network")
    assert not reports.troubled()


@pytest.mark.parametrize("jump_ms", [-30 * 86_400_000, -5 * HOUR_MS, 5 * HOUR_MS])
def test_a_clock_that_is_set_stops_nothing(jump_ms: int) -> None:
    """Readings from the future are renewed at once, the younger one counts, and no age is negative."""
    world = World()
    reports, other = world.read(), world.process()
    world.now += jump_ms

    for process in (reports, other):
        standing = process.queue("desk").freshness
        assert (standing.age_ms(world.now) or 0) >= 0
        assert jump_ms > 0 or standing.next_try is None
    assert sorted(reports.due()) == ["billing", "desk", "network"]
    assert refresh_due(reports) == 3
    assert _as_of(reports) == _as_of(other) == NOON + jump_ms
    assert reports.due() == other.due() == ()

    world.now -= jump_ms
    assert refresh_due(other) == 3
    assert _as_of(reports) == _as_of(other) == world.now


@pytest.mark.parametrize("jump_ms", [-5 * HOUR_MS, 0])
def test_a_failed_read_is_tried_again_though_the_clock_stands_or_was_set_back(jump_ms: int) -> None:
    """After the wait that was told, on the process's own clock."""
    clock = Clock()
    world = World(clock_s=clock)
    world.tickets.down["desk"] = Down("Jira is away")
    reports = world.read()
    world.now += jump_ms
    late = world.process()
    assert "desk" not in reports.due()
    assert "desk" not in late.due()
    assert (reports.queue("desk").freshness.next_try is None) == (jump_ms < 0)

    clock.at_s += 59.9
    assert "desk" not in reports.due()
    clock.at_s += 0.1
    assert "desk" in reports.due()
    assert "desk" in late.due()


def test_a_reader_that_was_stopped_overwrites_nothing_younger() -> None:
    """It wakes up in the middle of its read, or just before it keeps it, and finds that another one took over."""
    world = World()
    stopped, other = world.read(), world.process()
    world.pass_minutes(TTL_MIN)
    young = NOON + 2 * TTL_MIN * MINUTE_MS

    def sleep() -> None:
        world.tickets.during = lambda: None
        world.leases.run_out()
        world.pass_minutes(TTL_MIN)
        assert other.refresh("desk")

    world.tickets.during = sleep
    observer = Counting()
    stopped._refreshing._observer = observer
    assert not stopped.refresh("desk")
    assert observer.results == [("desk", "given_up")]
    assert _as_of(world.process()) == _as_of(stopped) == young

    class Sleepy(dict[str, bytes]):
        def __setitem__(self, key: str, value: bytes) -> None:
            super().__setitem__(key, value)
            if key.startswith("hours:desk"):
                world.cache.held = dict(self)
                sleep()

    world.pass_minutes(TTL_MIN)
    world.cache.held = Sleepy(world.cache.held)
    assert not stopped.refresh("desk")
    assert _as_of(world.process()) == _as_of(stopped) == world.now
    assert len(world.cache.of("tickets")) == 4


def test_a_reader_that_lost_its_lease_ends_at_its_next_step() -> None:
    """It finds out beside the read; who asked for the read is not forgotten."""
    world = World(timing=Timing(TTL_MIN * 60, lock_s=0.03))
    reports = world.process()
    steps = []

    def lose() -> None:
        world.leases.run_out()
        steps.append(len(world.cache.of("progress")))
        world.cache.held.clear()  # a sign of life would be told here
        ends = time.monotonic() + 30
        while any(each.name == "heartbeat" for each in threading.enumerate()):
            assert time.monotonic() < ends
            time.sleep(0.005)
        steps.append(2)

    world.tickets.during = lose
    reports.ask_refresh("desk")
    assert not reports.refresh("desk")

    assert steps == [1, 2]
    assert world.hours is not None
    assert world.hours.asked == []
    assert len(world.cache.of("wanted")) == 1
    assert reports.queue("desk").report is None


def test_a_long_step_is_not_forgotten() -> None:
    """Signs of life keep the lease and the progress that readers see."""
    world = World(timing=Timing(TTL_MIN * 60, lock_s=0.03))
    reports = world.process()
    seen = []

    def long_step() -> None:
        world.cache.held.clear()
        ends = time.monotonic() + 30
        while not world.cache.of("progress"):
            assert time.monotonic() < ends
            time.sleep(0.005)
        seen.append(reports.queue("desk").progress)

    world.tickets.during = long_step
    assert reports.refresh("desk")
    assert seen == [ReadProgress("tickets", 7, 40, NOON)]
    assert world.leases.owners == {}


def test_a_read_bears_the_id_of_the_request_that_asked_for_it() -> None:
    """Through whatever process reads; a read in its turn has an id of its own."""
    world = World()
    reports = world.process()
    seen: list[str | None] = []
    world.tickets.during = lambda: seen.append(request_ids.current.get())
    before = request_ids.current.set("r-4711")
    reports.ask_refresh("desk")
    request_ids.current.reset(before)

    world.process().refresh("desk")
    reports.refresh("billing")
    (wanted,) = world.cache.of("asked")
    world.cache.set(wanted.replace("asked:desk", "wanted:network"), b"two\r\nlines", timeout_s=1)
    reports.refresh("network")

    assert seen[0] == "r-4711"
    assert len({*seen}) == 3
    assert all(each and request_ids.well_formed(each) for each in seen)
    assert request_ids.current.get() is None


def test_reads_and_answers_are_counted() -> None:
    """What became of each read, and whether a queue that was asked for was there."""
    observer = Counting()
    world = World(observer=observer)
    reports = world.process()
    reports.queue("desk")
    world.tickets.down["billing"] = Down("Jira is away")
    reports.refresh("desk")
    reports.refresh("billing")
    reports.refresh("network", lambda: True)
    reports.refresh("desk")
    reports.queue("desk")
    reports.follow()
    reports.overview()

    assert observer.results == [("desk", "kept"), ("billing", "failed"), ("network", "given_up")]
    assert observer.hits == [False, True, True, False, False]


def test_what_is_told_of_a_failure_is_written_for_readers() -> None:
    """The error's own words for them; its message for those who run the portal is in the log."""

    class Rude(PortalError):
        @property
        def told(self) -> str:
            return "Jira fails: HTTP 503. Try again later."

    world = World()
    world.tickets.down["desk"] = Rude("HTTP 503: <html>a proxy</html>")
    reports = world.read()

    assert reports.queue("desk").freshness.reason == "Jira fails: HTTP 503. Try again later."
    assert {note.error for note in reports.source_notes() if note.queue_id == "desk"} == {
        "Jira fails: HTTP 503. Try again later."
    }


def test_a_source_known_to_be_out_of_order_is_tried_when_it_is_asked_again() -> None:
    """What was not even tried makes no wait longer, and counts as no try."""
    world = World()
    held_back = Down("Jira is away")
    held_back.held_back, held_back.retry_after_s = True, 5.0
    world.tickets.down["desk"] = Down("Jira is away")
    reports = world.read()
    world.pass_minutes(1)
    world.tickets.down["desk"] = held_back
    reports.refresh("desk")

    standing = reports.queue("desk").freshness
    assert (standing.tries, standing.next_try) == (1, world.now + 5 * SECOND_MS)
    assert reports.ask_refresh("desk")
    assert "desk" not in reports.due()
