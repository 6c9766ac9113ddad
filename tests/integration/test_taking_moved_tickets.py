"""A day has the tickets that were in the queue when it ended, whoever has them when it is taken."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, time
from functools import partial
from pathlib import Path

import pytest
import requests

from datasource.history.sqlite import SqliteHistory
from demo.options import Options
from demo.server import start
from opsportal import wiring
from opsportal.day_keeper import DayKeeper
from opsportal.queue_reads import QueueReads
from opsportal.settings import Settings, load
from opsportal.taking import Occasion, take
from servicelevel.snapshot import Snapshot
from tests.fakes.living_jira import LivingJira
from tests.fakes.shared import MemoryCache, MemoryLeases
from tests.fakes.small_demo import SIZES, settings_of

MONDAY = date(2026, 11, 16)
EVENING = "2026-11-16T21:00:00+00:00"
"""Two hours before the Monday ends in Berlin, six before it does in São Paulo."""
HOUR_S = 3600

Taker = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """The demo in the evening, and what a portal on it keeps in a folder."""

    jira: LivingJira
    folder: Path

    def settings(self, **more: str) -> Settings:
        """Those of one portal."""
        return load({**settings_of(self.jira.demo), **more}, env_file=None)

    def history_of(self, name: str) -> dict[str, str]:
        """A history of its own."""
        return {"HISTORY_URL": f"sqlite:///{self.folder / name}.db"}

    def kept(self, name: str) -> Mapping[str, Snapshot]:
        """The Monday of every queue, but for when it was taken, by whom, and what only today's last touch tells."""
        history, found = SqliteHistory(self.folder / f"{name}.db"), {}
        for queue in wiring.registry(self.settings().queue_registry).read().queues:
            (kept,) = history.range(queue.id, MONDAY, MONDAY).snapshots
            assert kept.complete, (queue.id, kept.lacks)
            assert kept.counts is not None
            counts = replace(kept.counts, backlog=replace(kept.counts.backlog, stale=0))
            found[queue.id] = replace(kept, taken_at=0, source="live", counts=counts)
        return found

    def move(self, found: str, project: str) -> None:
        """Move the newest open ticket of the last days that a search finds."""
        newest = max(self.jira.found(f"{found} AND created < '2026-11-16' AND statusCategory != Done"))
        self.jira.act(str(newest), "move", project=project)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Jira and Tempo, moved by hand."""
    with (
        start(Options(clock=f"stepped:{EVENING}", sizes=SIZES, lifetime_s=600, deletions=False)) as demo,
        closing(requests.Session()) as control,
    ):
        yield Desk(LivingJira(demo, control), tmp_path)


def by_command(desk: Desk, name: str, **settings: str) -> Taker:
    """As `opsportal snapshot` and the scheduled function take it."""
    services = wiring.build_taking(desk.settings(**desk.history_of(name), **settings), now=desk.jira.demo.clock.now_ms)
    queues = services.registry.read().queues
    reads = QueueReads(services.sources, services.moved, services.now)

    def taken() -> None:
        run = take(
            queues,
            partial(reads.read, queues),
            services.history,
            Occasion("1", "command", "host", services.now()),
            engine_version="1",
            now=services.now,
        )
        assert not run.gaps

    return taken


def by_portal(desk: Desk, name: str) -> Taker:
    """As a portal takes it from what its pages are made of; it has read everything in the evening."""
    settings, leases = desk.settings(**desk.history_of(name)), MemoryLeases()
    services = wiring.build_cached(settings, MemoryCache(), leases, now=desk.jira.demo.clock.now_ms)
    keeper = DayKeeper(
        services.reports,
        services.moved,
        wiring.history(settings),
        leases,
        at=time(0, 0),
        lock_s=60.0,
        now=services.now,
    )

    def read() -> None:
        for queue_id in services.reports.due():
            assert services.reports.refresh(queue_id)

    def taken() -> None:
        read()
        keeper.look()

    read()
    return taken


def test_a_day_is_the_same_taken_live_and_rebuilt_though_tickets_were_moved(desk: Desk) -> None:
    """Before the day ended and after; whether the queue that lost them had noticed it, or had read them before.

    Compared is everything but when it was taken and by whom, and how many tickets had not been touched for long.
    """
    portal = by_portal(desk, "portal")
    cache = {"CACHE_DIR": str(desk.folder / "cache")}
    by_command(desk, "evening", **cache)()
    desk.jira.step(HOUR_S)
    desk.move("project = OPS", "NET")
    desk.jira.step(5 * HOUR_S + 600)
    for found, to in (("DEV", "WEB"), ("DEV", "SD"), ("WEB", "OPS"), ("FLD AND labels = onsite", "OPS")):
        desk.move(f"project = {found}", to)
    desk.jira.step(1200)

    by_command(desk, "anew")()
    by_command(desk, "going on", **cache)()
    portal()
    wiring.backfill(desk.settings(**desk.history_of("rebuilt")), now=desk.jira.demo.clock.now_ms).run(MONDAY, MONDAY)

    rebuilt = desk.kept("rebuilt")
    for name in ("anew", "going on", "portal"):
        assert desk.kept(name) == rebuilt, name


def test_where_nothing_was_moved_nothing_more_is_asked(desk: Desk) -> None:
    """Not even which projects the queues have."""
    desk.jira.step(7 * HOUR_S)
    portal = by_portal(desk, "portal")
    asked = desk.jira.demo.application.stats.as_dict()

    portal()

    assert desk.kept("portal")
    assert desk.jira.demo.application.stats.as_dict() == asked
