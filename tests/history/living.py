"""A portal whose history is taken live: the demo's days pass one by one, and things are done to tickets meanwhile."""

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import requests

from datasource.history.sqlite import SqliteHistory
from demo.options import Options
from demo.server import start
from opsportal import wiring
from opsportal.reading import Reading
from opsportal.services import Services
from opsportal.settings import load
from opsportal.snapshots import DayEnds
from servicelevel.instants import DAY_MS, SECOND_MS
from servicelevel.policy import Queue
from servicelevel.snapshot import Snapshot
from tests.fakes.living_jira import LivingJira
from tests.fakes.served_portal import ROOT
from tests.fakes.small_demo import settings_of

LAST: Final = date(2026, 11, 22)
SEED: Final = 20261123
"""Chooses what is done to which tickets, and which days are deleted."""

SIZES: Final = {
    "service-desk": 150, "billing": 100, "platform-ops": 100, "network": 80,
    "people": 80, "field-support": 80, "internal-tools": 150, "website": 130,
}  # fmt: skip
YOUNG_MS: Final = 60 * DAY_MS
"""Only tickets no older than this are touched: Jira archives what is older than a year, and nothing rebuilds that."""

_NIGHT: Final = "03:05:00+00:00"
"""Five past midnight in São Paulo, when the day before has ended in Berlin too."""
_TO_NOON_S, _TO_NIGHT_S = 8 * 3600 + 3300, 15 * 3600 + 300
_ACTS: Final = ("move", "hand-off", "prioritise", "reopen")


@dataclass(slots=True)
class LivingHistory:
    """The portal on the demo. `kept` has what was read, by queue, in the nights after the days that were to be kept."""

    jira: LivingJira
    services: Services
    history: SqliteHistory
    folder: Path
    draw: random.Random
    day: date
    kept: dict[date, dict[str, Reading]] = field(default_factory=dict)
    _readings: dict[str, Reading] = field(default_factory=dict)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """All of the registry."""
        return self.services.reports.policy.queues

    def pass_days(self, last: date, keep: Collection[date]) -> None:
        """Let days pass: something is done at noon and seen by a warm read, and at night all snapshots are taken."""
        while self.day <= last:
            self.jira.step(_TO_NOON_S)
            if self._readings:
                self._act()
            self.jira.step(_TO_NIGHT_S)
            self._readings = {queue.id: self.services.reports.read(queue.id) for queue in self.queues}
            if self.day in keep:
                self.kept[self.day] = self._readings
            ends = DayEnds(list(self._readings.values()), "1", self.services.now)
            for queue in self.queues:
                assert self.history.put(ends.snapshot(queue.id, self.day, "live"))
            self.day += timedelta(days=1)

    def _act(self) -> None:
        """Do something to a ticket. Only queues whose clocks are computed lose one: Jira keeps no other's clocks."""
        action = self.draw.choice(_ACTS)
        queue = self.draw.choice([q for q in self.queues if action != "move" or q.resolution.computed])
        columns = self._readings[queue.id].columns
        young = columns.created > self.services.now() - YOUNG_MS
        done = columns.done[columns.status] == (action == "reopen")
        keys = [columns.key[row] for row in (young & done).nonzero()[0]]
        fitting = [key for key in keys if self.jira.there(key) and self.jira.is_done(key) == (action == "reopen")]
        if not fitting:
            return
        key, to = self.draw.choice(fitting), queue
        if action == "move":
            # A queue with a filter would not have the ticket: it matches none.
            to = self.draw.choice([q for q in self.queues if q.id != queue.id and q.jql is None])
            self.jira.act(key, "move", project=to.projects[0])
        elif action == "prioritise":
            held = self.jira.priority(key)
            self.jira.act(key, "prioritise", priority=self.draw.choice([p for p in "12345" if p != held]))
        elif action == "hand-off":
            self.jira.act(key, "touch", assignee=None)
        else:
            self.jira.act(key, "reopen")
        self._readings |= {
            each.id: self.services.reports.read(each.id) for each in {queue.id: queue, to.id: to}.values()
        }

    def take_away(self, days: Collection[date]) -> dict[tuple[str, date], Snapshot]:
        """Delete days of every queue from history; what they held."""
        kept = self.history.ranges([queue.id for queue in self.queues], min(days), max(days))
        held = {(one.queue, one.day): one for each in kept.values() for one in each.snapshots if one.day in days}
        with closing(sqlite3.connect(self.folder / "history.db")) as connection, connection:
            connection.executemany("DELETE FROM snapshots WHERE day = ?", [(day.isoformat(),) for day in days])
        return held

    def command(self, *words: str) -> tuple[int, str]:
        """Run a command of the portal now: its exit code and what it printed."""
        at = datetime.fromtimestamp(self.services.now() / SECOND_MS, UTC)
        environment = {
            **_settings(self.jira, self.folder),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PORTAL_CLOCK": f"frozen:{at.isoformat()}",
        }
        ended = subprocess.run(
            [sys.executable, "-m", "opsportal", *words],
            cwd=self.folder, env=environment, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        assert ended.stderr == b"", ended.stderr.decode()
        return ended.returncode, ended.stdout.decode()

    def gaps(self) -> dict[str, list[date]]:
        """What `history gaps` finds missing, by queue; its exit code has to say the same."""
        code, said = self.command("history", "gaps", "--json")
        found: dict[str, dict[str, Any]] = json.loads(said)
        missing = {queue: [date.fromisoformat(day) for day in told["missing"]] for queue, told in found.items()}
        assert code == any(missing.values())
        return missing

    def rebuilt(self, days: Sequence[date]) -> dict[tuple[str, date], Snapshot]:
        """Rebuild with `backfill` what history lacks between the first of these days and the last; these days."""
        code, said = self.command("backfill", "--from", min(days).isoformat(), "--to", max(days).isoformat())
        assert code == 0, said
        found = self.history.ranges([queue.id for queue in self.queues], min(days), max(days))
        return {(one.queue, one.day): one for each in found.values() for one in each.snapshots if one.day in days}


@contextmanager
def living_history(folder: Path, seed: int, first: date, *, deletions: bool) -> Iterator[LivingHistory]:
    """A portal and its demo in the night before the first day; `seed` chooses what is done to which tickets."""
    clock = f"stepped:{first}T{_NIGHT}"
    options = Options(clock=clock, sizes=SIZES, lifetime_s=1800, deletions=deletions)
    with start(options) as demo, closing(requests.Session()) as control:
        jira = LivingJira(demo, control)
        services = wiring.build(load(_settings(jira, folder), env_file=None), now=demo.clock.now_ms)
        history = SqliteHistory(folder / "history.db")
        yield LivingHistory(jira, services, history, folder, random.Random(seed), first)


def _settings(jira: LivingJira, folder: Path) -> dict[str, str]:
    """Jira alone: hours are no part of what is compared, and Tempo would double the time."""
    jira_only = {name: value for name, value in settings_of(jira.demo).items() if not name.startswith("TEMPO")}
    places = {"HISTORY_URL": f"sqlite:///{folder / 'history.db'}", "CACHE_DIR": str(folder / "cache")}
    return {**jira_only, **places}
