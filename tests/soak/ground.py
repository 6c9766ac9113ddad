"""What is soaked: a portal with two workers, its Redis and its history, and a living Jira and Tempo behind a relay."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeAlias

import requests

from tests.chaos.readers import wall_s
from tests.chaos.relay import Relay, relaying
from tests.chaos.site import BIG, PROJECTS, Jira, begun, running_jira, settings_before
from tests.chaos.task import Task
from tests.chaos.waiting import until
from tests.fakes.redis_server import RedisServer, redis_server
from tests.soak.rhythm import Rhythm

Rule: TypeAlias = Mapping[str, Any]

HISTORY_DAYS: Final = 5
_OK: Final = 200
_FILL_S: Final = 300
_STARTS_S: Final = 900
_SIZES: Final = {BIG: 1000, "billing": 150, "network": 150}


@dataclass(slots=True)
class HistoryPlace:
    """Where the portal finds its history: a link, so that something else stands there from one moment to the next."""

    link: Path
    true: Path

    def leads_to(self, other: Path) -> None:
        """Let the link lead there from now on; nobody finds none meanwhile."""
        beside = self.link.with_suffix(".new")
        beside.symlink_to(other)
        beside.replace(self.link)

    def leads_home(self) -> None:
        """Let it lead to the days that were kept."""
        self.leads_to(self.true)


@dataclass(slots=True)
class Ground:
    """Everything that runs."""

    jira: Jira
    relay: Relay
    redis: RedisServer
    task: Task
    history: HistoryPlace
    _rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    def goes_wrong(self, source: str, *rules: Rule) -> None:
        """The faults of a source from now on, those of the other one stay; none: it is well again."""
        self._rules[source] = rules
        self.jira.goes_wrong(*chain.from_iterable(self._rules.values()))

    def get(self, path: str) -> requests.Response:
        """The portal's answer."""
        return requests.get(f"{self.task.url}{path}", timeout=60)

    def keys(self, queue: str, many: int) -> list[str]:
        """Keys of some tickets of a queue."""
        rows = self.get(f"/api/queues/{queue}/tickets?limit={many}").json()["tickets"]
        return [row["key"] for row in rows]

    def is_well(self) -> bool:
        """Whether everything is as on a good day."""
        for queue in PROJECTS:
            told = self.get(f"/api/queues/{queue}/data").json()
            if (told["state"], told["state_reason"], told["hours"]["state"]) != ("fresh", None, "ok"):
                return False
        parts = self.get("/readyz").json()["parts"]
        states = {name: parts[name]["state"] for name in ("jira", "tempo", "history")}
        return (
            self.get("/api/trends").status_code == _OK
            and parts["cache"]["serves"] == "redis"
            and set(states.values()) <= {"ok", "unknown"}
        )


@contextmanager
def grounded(folder: Path, rhythm: Rhythm) -> Iterator[Ground]:
    """All of it while the block runs, from when every queue is read and history has some days."""
    place = HistoryPlace(folder / "history", folder / "days")
    place.true.mkdir()
    place.leads_home()
    with ExitStack() as stack:
        jira = stack.enter_context(running_jira(folder, sizes=_SIZES, lifetime_s=rhythm.total_s + _STARTS_S))
        relay = stack.enter_context(relaying(jira.url))
        redis = stack.enter_context(redis_server())
        settings = {
            **settings_before(jira, relay, redis.url, rhythm.settings),
            "HISTORY_URL": f"sqlite:///{place.link / 'history.db'}",
            "LOG_LEVEL": "INFO",
        }
        task = begun(stack, folder / "task", settings)
        ground = Ground(jira, relay, redis, task, place)
        until("the first fill", lambda: all(_has_data(ground, queue) for queue in PROJECTS))
        _fill_history(task)
        until("a good day", ground.is_well)
        yield ground


def _has_data(ground: Ground, queue: str) -> bool:
    return ground.get(f"/api/queues/{queue}/data").status_code == _OK


def _fill_history(task: Task) -> None:
    last = datetime.fromtimestamp(wall_s(), UTC).date() - timedelta(days=2)  # which has ended in every zone
    words = ["backfill", "--from", f"{last - timedelta(days=HISTORY_DAYS - 1)}", "--to", f"{last}"]
    command = [sys.executable, "-m", "opsportal", *words]
    folder = task.folder / "backfill"
    folder.mkdir()
    environment = {**task.environment, "CACHE_DIR": os.fspath(folder), "REFRESH_BUDGET": "300"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=_FILL_S, check=False)
    if ended.returncode:
        raise RuntimeError(f"backfill: {ended.stderr.decode()}{ended.stdout.decode()}")
