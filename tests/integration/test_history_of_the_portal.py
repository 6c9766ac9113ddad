"""The portal and its history: days taken once by two workers, and pages that stand whatever history does."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from datasource.history.sqlite import SqliteHistory
from tests.fakes.served_portal import ServedPortal, running_demo, served_portal
from tests.fakes.small_demo import SIZES

LAST = date(2026, 11, 22)
WAIT_S = 120


@pytest.fixture(scope="module")
def ready() -> Iterator[Mapping[str, Any]]:
    """A made-up Jira and Tempo."""
    with running_demo(*(word for queue, size in SIZES.items() for word in ("--size", f"{queue}={size}"))) as demo:
        yield demo


def _events(portal: ServedPortal) -> list[dict[str, Any]]:
    return [json.loads(line) for line in portal.log.splitlines() if line.startswith("{")]


def _wait(what: str, portal: ServedPortal, so: Callable[[], object]) -> None:
    ends = time.monotonic() + WAIT_S
    while not so():
        assert time.monotonic() < ends, f"waited too long for {what}:\n{portal.log}"
        time.sleep(0.1)


def _history_part(portal: ServedPortal) -> dict[str, Any]:
    answer = requests.get(f"{portal.url}/readyz", timeout=20)
    assert answer.status_code == 200
    return dict(answer.json()["parts"]["history"])


def test_two_workers_take_the_day_once(ready: Mapping[str, Any], tmp_path: Path) -> None:
    """One live item a queue, one record, one event; and every worker comes to know that history answers."""
    with served_portal(ready, tmp_path, SNAPSHOT_AT="02:15", WEB_CONCURRENCY="2") as portal:
        history = SqliteHistory(tmp_path / "history.db")
        _wait("the day to be taken", portal, lambda: any(run.ended_at for run in history.runs(9)))

        (run,) = history.runs(9)
        assert (run.taker, len(run.gaps)) == ("portal", 0)
        for outcome in run.outcomes:
            assert dict(history.days(outcome.queue)) == {LAST: "live"}
            assert history.range(outcome.queue, LAST, LAST).snapshots[0].complete
        assert len(run.outcomes) == len(portal.table("overview"))
        _wait("every worker to know", portal, lambda: _history_part(portal)["state"] == "ok")
    told = [event["event"] for event in _events(portal) if event["event"].startswith("snapshot.")]
    assert told == ["snapshot.completed"]


@contextmanager
def _nowhere(folder: Path) -> Iterator[str]:
    yield "/proc/nowhere/history.db"


@contextmanager
def _corrupt(folder: Path) -> Iterator[str]:
    place = folder / "corrupt.db"
    place.write_bytes(b"not a database at all " * 200)
    before = place.read_bytes()
    yield str(place)
    assert place.read_bytes() == before


@pytest.mark.parametrize("place", [_nowhere, _corrupt])
def test_a_history_that_fails_leaves_the_live_pages_alone(
    ready: Mapping[str, Any], tmp_path: Path, place: Callable[[Path], Any]
) -> None:
    """Numbers are served, `/readyz` is 200 and says it, and the log has the reason; nothing there is overwritten."""
    with (
        place(tmp_path) as where,
        served_portal(
            ready, tmp_path, SNAPSHOT_AT="02:15", WEB_CONCURRENCY="1", HISTORY_URL=f"sqlite:///{where}"
        ) as portal,
    ):
        _wait("the trouble to be known", portal, lambda: _history_part(portal)["state"] == "failed")

        for path in ("/", "/queue/billing", "/data", "/trends"):
            assert requests.get(f"{portal.url}{path}", timeout=20).status_code == 200
        overview = requests.get(f"{portal.url}/api/queues/overview", timeout=20)
        assert overview.status_code == 200
        assert {queue["state"] for queue in overview.json()["queues"]} <= {"fresh", "partial"}
        trends = requests.get(f"{portal.url}/api/trends?queue=billing", timeout=20)
        assert trends.status_code == 503
        assert trends.json()["type"] == "/problems/history-unreadable"
    (said,) = [event["event"] for event in _events(portal) if event["logger"] == "dashboard.background"]
    assert where in said
