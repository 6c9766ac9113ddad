"""What one of the workers does beside answering: history grows from what was read, once."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.background import Background
from dashboard.services import Running
from datasource.history.sqlite import SqliteHistory
from opsportal.cached import CachedReports
from servicelevel.errors import PortalError
from servicelevel.snapshot import last_ended_day
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World, refresh_due


class Down(PortalError):
    """A source that fails."""


def _running(world: World, reports: CachedReports, folder: Path, **settings: str) -> Running:
    history = SqliteHistory(folder / "history.db")
    return Running(portal_over(world, reports, folder, **settings), world.leases, history)


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_history_is_filled_when_every_queue_was_read(tmp_path: Path) -> None:
    """With the last days that have ended, of every queue; days that are there stay."""
    world = World()
    running = _running(world, world.read(), tmp_path, HISTORY_DAYS="3")
    background = Background(running)

    assert background.fill() is True

    desk = running.portal.policy.queues[0]
    last = last_ended_day(desk.calendar, world.now)
    for queue in running.portal.policy.queues:
        assert list(running.history.days(queue.id)) == [last - timedelta(days=n) for n in (2, 1, 0)]
    assert background.fill() is True


def test_history_waits_for_the_queues(tmp_path: Path) -> None:
    """A queue that was not read yet would change the others' days; one that failed is not waited for."""
    world = World()
    reports = world.process()
    background = Background(running := _running(world, reports, tmp_path, HISTORY_DAYS="3"))

    assert background.fill() is False
    assert not running.history.days("billing")

    world.tickets.down = {"desk": Down("Jira is away.")}
    refresh_due(reports)
    assert background.fill() is True
    assert len(running.history.days("billing")) == 3
    assert not running.history.days("desk")


def test_only_one_worker_fills_history(tmp_path: Path) -> None:
    """The others leave it alone while it does."""
    world = World()
    running = _running(world, world.read(), tmp_path, HISTORY_DAYS="3")
    lease = world.leases.take("history", 60)

    assert Background(running).fill() is True
    assert not running.history.days("desk")

    assert lease is not None
    lease.release()
    Background(running).fill()
    assert running.history.days("desk")


@pytest.mark.parametrize(("days", "threads"), [("3", 3), ("0", 2)])
def test_a_worker_reads_and_keeps_history_until_it_is_stopped(tmp_path: Path, days: str, threads: int) -> None:
    """In threads of its own, which end soon; without days to keep there is no thread for them."""
    world = World()
    reports = world.process()
    before = threading.active_count()
    background = Background(_running(world, reports, tmp_path, HISTORY_DAYS=days))

    background.start()
    assert threading.active_count() >= before + threads
    _until(lambda: all(served.report is not None for served in reports.overview().served.values()))
    background.stop()
    _until(lambda: threading.active_count() <= before)
