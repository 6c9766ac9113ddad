"""Days rebuilt from either Jira, and the commands that find and rebuild them."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import requests

from datasource.history.sqlite import SqliteHistory
from demo.options import Options
from demo.server import start
from opsportal import wiring
from opsportal.moved import Moved
from opsportal.settings import load
from opsportal.snapshots import DayEnds
from servicelevel.snapshot import Snapshot
from tests.fakes.commands import Commands
from tests.fakes.living_jira import LivingJira
from tests.fakes.rebuilt_days import counted
from tests.fakes.small_demo import SIZES, settings_of

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
NIGHT = "2026-11-17T03:05:00+00:00"
"""Monday has ended everywhere."""
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Site:
    """A Jira that is moved by hand, and the settings that point the portal at it."""

    jira: LivingJira
    settings: dict[str, str]
    file: Path

    @property
    def history(self) -> SqliteHistory:
        """What the portal keeps."""
        return SqliteHistory(self.file)

    def take(self, day: date) -> dict[str, Snapshot]:
        """Take a day of every queue live, without keeping it."""
        services = wiring.build(load(self.settings, env_file=None), now=self.jira.demo.clock.now_ms)
        queues = [queue.id for queue in services.reports.policy.queues]
        ends = DayEnds([services.reports.read(queue) for queue in queues], "1", services.now)
        return {queue: ends.snapshot(queue, day, "live") for queue in queues}

    def move(self, found: str, project: str) -> None:
        """Move the newest open ticket that a search finds."""
        newest = max(self.jira.found(f"{found} AND statusCategory != Done"))
        self.jira.act(str(newest), "move", project=project)


@contextmanager
def site(folder: Path, dialect: str) -> Iterator[Site]:
    """A small Jira of that kind in the night after the Monday."""
    options = Options(clock=f"stepped:{NIGHT}", sizes=SIZES, dialect=dialect, lifetime_s=600, deletions=False)
    with start(options) as demo, closing(requests.Session()) as control:
        settings = settings_of(demo)
        if dialect == "datacenter":
            settings = {name: settings[name] for name in ("JIRA_BASE_URL", "TEMPO_BASE_URL", "QUEUE_REGISTRY")}
            settings["JIRA_PAT"] = demo.jira_pat
        settings["HISTORY_URL"] = f"sqlite:///{folder / 'history.db'}"
        yield Site(LivingJira(demo, control), settings, folder / "history.db")


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_tickets_that_were_moved_since_belong_to_the_queue_they_were_in(tmp_path: Path, dialect: str) -> None:
    """Though a queue has a filter; where they came to, they are not counted before."""
    with site(tmp_path, dialect) as world:
        live = world.take(MONDAY)
        world.jira.step(3600)
        for found, to in (("DEV", "WEB"), ("DEV", "SD"), ("WEB", "OPS"), ("FLD AND labels = onsite", "OPS")):
            world.move(f"created < '2026-11-16' AND project = {found}", to)
        world.jira.step(DAY_S)

        run = wiring.backfill(load(world.settings, env_file=None), now=world.jira.demo.clock.now_ms)
        made = {each.queue: each for each in run.run(MONDAY, MONDAY)}

        assert made["internal-tools"].moved == Moved(2)
        assert made["website"].moved == Moved(1)
        assert made["field-support"].moved == Moved(1, recomputed=1)
        for queue, was in live.items():
            (rebuilt,) = world.history.range(queue, MONDAY, MONDAY).snapshots
            assert rebuilt.source == "backfill"
            assert rebuilt.counts is not None
            assert rebuilt.counts.hours.state == "ok"
            if queue != "field-support":  # whose clocks Jira ran
                assert counted(rebuilt) == counted(was)


def test_gaps_are_listed_and_rebuilt_and_then_there_are_none(tmp_path: Path) -> None:
    """Exit codes say the same as the lines; a day taken live stays as it is."""
    with site(tmp_path, "cloud") as world:
        for snapshot in world.take(MONDAY).values():
            world.history.put(snapshot)
        world.jira.step(2 * DAY_S)
        run, settings = Commands(tmp_path), {**world.settings, "PORTAL_CLOCK": "frozen:2026-11-19T03:05:00Z"}

        found = run("history", "gaps", **settings)
        assert found.code == 1
        assert f"{'billing':<20} 2026-11-17 to 2026-11-18, 2 days: missing" in found.lines()
        told = json.loads(run("history", "gaps", "billing", "--json", **settings).out)
        assert told == {
            "billing": {
                "from": "2026-11-16", "to": "2026-11-18", "missing": ["2026-11-17", "2026-11-18"], "unreadable": {},
            }
        }  # fmt: skip

        part = run("backfill", "--from", "2026-11-18", "--to", "2026-11-18", "billing", **settings)
        assert (part.code, part.lines(), part.err) == (0, [f"{'billing':<20} 1 put, 0 there"], "")
        assert run("history", "gaps", "billing", **settings).lines() == [f"{'billing':<20} 2026-11-17: missing"]
        whole = run("backfill", "--from", "2026-11-16", "--to", "2026-11-20", **settings)
        assert whole.code == 0
        assert f"{'billing':<20} 1 put, 2 there, 2 not ended" in whole.lines()
        assert f"{'network':<20} 2 put, 1 there, 2 not ended" in whole.lines()
        assert f"{'':<20} its filter is applied to tickets as they are today: labels = onsite" in whole.lines()

        done = run("history", "gaps", **settings)
        assert done.code == 0
        assert f"{'billing':<20} whole from 2026-11-16 to 2026-11-18" in done.lines()
        sources = world.history.days("billing").values()
        assert list(sources) == ["live", "backfill", "backfill"]


def test_a_queue_without_history_lacks_the_last_day(tmp_path: Path) -> None:
    """No queue is silently without any; dates and queues that make no sense are wrong usage."""
    with site(tmp_path, "cloud") as world:
        run, settings = Commands(tmp_path), {**world.settings, "PORTAL_CLOCK": f"frozen:{NIGHT}"}

        none = run("history", "gaps", "network", **settings)
        assert (none.code, none.lines()) == (1, [f"{'network':<20} 2026-11-16: missing"])
        unknown = run("history", "gaps", "netwrk", **settings)
        assert unknown.code == 2
        assert "Did you mean 'network'?" in unknown.err
        turned = run("backfill", "--from", "2026-11-16", "--to", "2026-11-10", **settings)
        assert turned.code == 2
        assert "--from 2026-11-16 lies after --to 2026-11-10" in turned.err


def test_a_jira_that_says_no_leaves_gaps_and_says_why(tmp_path: Path) -> None:
    """Exit code 1; nothing is put for the queue that could not be read."""
    with site(tmp_path, "cloud") as world:
        run, settings = Commands(tmp_path), {**world.settings, "PORTAL_CLOCK": f"frozen:{NIGHT}"}
        registry = json.loads(Path(settings["QUEUE_REGISTRY"]).read_text(encoding="utf-8"))
        broken = next(queue for queue in registry["queues"] if queue["id"] == "network")
        broken["project"] = "GONE"
        (tmp_path / "registry.json").write_text(json.dumps(registry), encoding="utf-8")

        done = run(
            "backfill", "--from", "2026-11-16", "--to", "2026-11-16",
            **{**settings, "QUEUE_REGISTRY": str(tmp_path / "registry.json")},
        )  # fmt: skip

        assert done.code == 1
        assert f"{'network':<20} 0 put, 0 there" in done.lines()
        assert any(line.startswith(f"{'':<20} not rebuilt: ") and "GONE" in line for line in done.lines())
        assert f"{'billing':<20} 1 put, 0 there" in done.lines()
        assert world.history.days("network") == {}
