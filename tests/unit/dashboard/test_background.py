"""What a worker does beside answering: it reads, and it knows how history fares."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.background import Background
from dashboard.services import Running
from dashboard.vitals import SeenHistory
from datasource.history.sqlite import SqliteHistory
from opsportal import wiring
from opsportal.cached import CachedReports
from opsportal.moved import MovedTickets
from opsportal.ports import History
from servicelevel.snapshot import last_ended_day
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World
from tests.fakes.failing_history import FailingHistory


def _running(world: World, reports: CachedReports, folder: Path, history: History, **settings: str) -> Running:
    moved = MovedTickets(world.tickets, lambda: world.now, 60.0)
    portal = portal_over(world, reports, folder, **settings)
    return Running(portal, world.leases, history, moved, wiring.present(portal.settings))


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_worker_reads_and_takes_the_day_until_it_is_stopped(tmp_path: Path) -> None:
    """In threads of its own, which end soon; nothing was read when it began."""
    world, history = World(), SqliteHistory(tmp_path / "history.db")
    reports = world.process()
    before = threading.active_count()
    background = Background(_running(world, reports, tmp_path, history, SNAPSHOT_AT="00:30"))

    background.start()
    queues = reports.policy.queues
    _until(lambda: all(history.days(queue.id) for queue in queues))
    background.stop()

    _until(lambda: threading.active_count() <= before)
    for queue in queues:
        assert dict(history.days(queue.id)) == {last_ended_day(queue.calendar, world.now): "live"}


@pytest.mark.parametrize("broken", [False, True])
def test_without_a_time_to_take_days_history_is_still_looked_at(
    tmp_path: Path, broken: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """So that every worker knows whether it answers; nothing is put into it, and trouble is told once."""
    caplog.set_level(logging.WARNING)
    world, kept = World(), SqliteHistory(tmp_path / "history.db")
    history = SeenHistory(FailingHistory() if broken else kept, lambda: world.now)
    background = Background(_running(world, world.read(), tmp_path, history))

    background.start()
    _until(lambda: history.last().state != "unknown")
    background.stop()

    assert history.last().state == ("failed" if broken else "ok")
    assert not kept.days("desk")
    said = [record.getMessage() for record in caplog.records if record.name == "dashboard.background"]
    assert said == (["History cannot be kept. The disk of the history is full."] if broken else [])
