"""A day says the same whenever it is taken: just after midnight, or late on the next one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from demo.options import Options
from demo.server import Demo, start
from opsportal import wiring
from opsportal.queue_reads import QueueReads
from opsportal.settings import load
from opsportal.taking import Occasion, take
from servicelevel.snapshot import Snapshot
from tests.fakes.small_demo import SIZES, settings_of

LAST = date(2026, 11, 22)
JUST_AFTER = "2026-11-23T03:10:00+00:00"
"""Ten minutes past midnight in the zone of every queue of the demo."""
MOST_OF_A_DAY_S = 15 * 3600


def test_a_day_says_the_same_whenever_it_is_taken(tmp_path: Path) -> None:
    """While tickets were made, answered, moved and resolved in between.

    All but when it was taken, and how many tickets had not been touched for long: Jira keeps only the last touch.
    """
    with start(Options(clock=f"stepped:{JUST_AFTER}", sizes=SIZES, lifetime_s=600)) as demo:
        early = _taken(demo, tmp_path / "early.db")
        demo.clock.step(MOST_OF_A_DAY_S)
        late = _taken(demo, tmp_path / "late.db")

    assert len(early) > 1
    assert early == late


def _taken(demo: Demo, file: Path) -> Mapping[str, Snapshot]:
    settings = load({**settings_of(demo), "HISTORY_URL": f"sqlite:///{file}"}, env_file=None)
    services = wiring.build_taking(settings, now=demo.clock.now_ms)
    queues = services.registry.read().queues
    reads = QueueReads(services.sources, services.moved, services.now)
    run = take(
        queues,
        partial(reads.read, queues),
        services.history,
        Occasion("1", "command", "host", services.now()),
        engine_version="1",
        now=services.now,
    )
    assert {(outcome.day, outcome.result) for outcome in run.outcomes} == {(LAST, "kept")}
    kept = {queue.id: services.history.range(queue.id, LAST, LAST).snapshots[0] for queue in queues}
    return {queue: _but_for_the_time(snapshot) for queue, snapshot in kept.items()}


def _but_for_the_time(snapshot: Snapshot) -> Snapshot:
    assert snapshot.counts is not None
    backlog = replace(snapshot.counts.backlog, stale=0)
    return replace(snapshot, taken_at=0, counts=replace(snapshot.counts, backlog=backlog))
