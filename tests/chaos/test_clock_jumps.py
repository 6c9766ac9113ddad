"""The clock on the wall is set while the portal runs, by seconds and by years: two processes that share a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from dashboard.cache import FileCache
from dashboard.leases import FileLeases
from demo.server import Demo
from opsportal.cached import CachedReports, Served
from opsportal.settings import Settings, load
from opsportal.wiring import build_cached
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from tests.chaos.site import only_served
from tests.chaos.waiting import until
from tests.factories import ms
from tests.fakes.desk_world import refresh_due
from tests.fakes.small_demo import NOON, settings_of, small_demo

QUEUE: Final = "service-desk"
TTL_S: Final = 300

JUMPS_MS: Final = (
    -3 * MINUTE_MS,
    20 * MINUTE_MS,
    -DAY_MS,
    HOUR_MS,
    400 * DAY_MS,
    -401 * DAY_MS,
)
"""From where the clock stands, one after the other."""


@dataclass(slots=True)
class WallClock:
    """Stands where it was set."""

    now_ms: int

    def __call__(self) -> int:
        """The present instant."""
        return self.now_ms


@dataclass(slots=True)
class Processes:
    """Two processes of the portal, each with its own copy of what the folder holds, and the clock of their machine."""

    demo: Demo
    clock: WallClock
    settings: Settings
    each: tuple[CachedReports, CachedReports]

    def renew(self) -> None:
        """Have every queue read whose turn it is, by whichever process comes first."""
        for reports in self.each:
            refresh_due(reports)

    def served(self) -> tuple[Served, Served]:
        """What both serve now; both have numbers."""
        first, second = (reports.queue(QUEUE) for reports in self.each)
        assert first.report is not None
        assert second.report is not None
        for reports in self.each:
            assert all(served.report is not None for served in reports.overview().served.values())
        return first, second


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A small Jira whose own clock stands."""
    with small_demo() as running:
        yield running


@pytest.fixture
def processes(demo: Demo, tmp_path: Path) -> Iterator[Processes]:
    """Both have every queue, read at noon."""
    clock = WallClock(ms(NOON))
    intervals = {"CACHE_TTL": str(TTL_S), "RETRY_FIRST": "0.1", "RETRY_LONGEST": "0.2", "LOCK_TTL": "2"}
    registry = str(only_served(demo.registry, tmp_path))
    settings = load({**settings_of(demo), "QUEUE_REGISTRY": registry, **intervals}, env_file=None)

    def process() -> CachedReports:
        cache, leases = FileCache(tmp_path / "shared"), FileLeases(tmp_path / "leases")
        return build_cached(settings, cache, leases, now=clock).reports

    pair = Processes(demo, clock, settings, (process(), process()))
    pair.renew()
    yield pair
    demo.application.faults.replace([])


def test_the_clock_is_set_again_and_again(processes: Processes) -> None:
    """After each jump what there is goes on being served, with an age that can be; it is read again, and fresh."""
    for jump_ms in JUMPS_MS:
        before = {served.revision for served in processes.served()}
        processes.clock.now_ms += jump_ms

        for served in processes.served():
            age_ms = served.freshness.age_ms(processes.clock.now_ms)
            assert age_ms is not None
            assert age_ms >= 0
        processes.renew()  # as it is tried every second
        processes.clock.now_ms += TTL_S * SECOND_MS
        processes.renew()

        first, second = processes.served()
        assert first.freshness.as_of == second.freshness.as_of == processes.clock.now_ms, f"after {jump_ms} ms"
        assert first.freshness.state == "fresh"
        assert first.revision == second.revision
        assert first.revision not in before


def test_a_failed_read_is_tried_again_though_the_clock_was_set_back(processes: Processes) -> None:
    """Its next try was to be at an instant that is far ahead then."""
    processes.clock.now_ms += TTL_S * SECOND_MS
    processes.demo.application.faults.replace([{"route": "*", "kind": "status", "status": 503}])
    processes.renew()
    assert processes.served()[0].freshness.reason is not None

    processes.demo.application.faults.replace([])
    processes.clock.now_ms -= DAY_MS
    until("a good read", lambda: _is_well(processes))

    assert processes.served()[0].freshness.as_of == processes.clock.now_ms


def test_a_process_that_starts_after_the_clock_was_set_back_serves_what_is_kept(
    processes: Processes, tmp_path: Path
) -> None:
    """It knows nothing of the jump, and takes the newest reading for what it is."""
    processes.clock.now_ms -= DAY_MS
    processes.renew()
    kept = processes.served()[0]
    cache, leases = FileCache(tmp_path / "shared"), FileLeases(tmp_path / "leases")
    started = build_cached(processes.settings, cache, leases, now=processes.clock).reports

    assert started.queue(QUEUE).revision == kept.revision


def _is_well(processes: Processes) -> bool:
    processes.renew()
    return processes.served()[0].freshness.reason is None
