"""Probes and counts of one process: what they say, and what they never wait for."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.metrics import Metrics
from dashboard.vitals import CacheStanding, HistoryStanding, SeenHistory, Vitals
from datasource.history.sqlite import SqliteHistory
from opsportal.cached import CachedReports
from servicelevel.errors import PortalError
from servicelevel.snapshot_run import QueueOutcome, SnapshotRun
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import NOON, TTL_MIN, World
from tests.fakes.failing_history import FailingHistory
from tests.fakes.page_answers import asked as posted

MINUTE_MS = 60_000
OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"
Asked = Callable[..., FlaskClient]


@pytest.fixture
def world() -> World:
    """Three queues, and a clock that a test moves."""
    return World()


@pytest.fixture
def client(world: World, tmp_path: Path) -> Asked:
    """Asks the application over some reports."""

    def asked(reports: CachedReports, vitals: Vitals | None = None, **settings: str) -> FlaskClient:
        chosen = {"CACHE_TTL": str(TTL_MIN * 60), **settings}
        made: FlaskClient = create_app(portal_over(world, reports, tmp_path, **chosen), vitals).server.test_client()
        return made

    return asked


def _parts(client: FlaskClient) -> dict[str, Any]:
    return dict(client.get("/readyz").get_json()["parts"])


def test_the_portal_may_serve_before_anything_was_read(world: World, client: Asked) -> None:
    """Pages show how far the first read is; the balancer must not take them away."""
    answer = client(world.process()).get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["ready"] is True
    assert answer.get_json()["parts"]["jira"] == {
        "state": "behind",
        "queues": {"fresh": 0, "stale": 0, "failed": 0, "unread": 3},
        "failing": 0,
    }
    assert answer.get_json()["parts"]["refresher"]["state"] == "not_seen"


def test_what_was_read_is_counted_by_its_age(world: World, client: Asked) -> None:
    """Up to twice the time it is renewed after it is fresh."""
    asked = client(world.read())
    assert _parts(asked)["jira"]["queues"] == {"fresh": 3, "stale": 0, "failed": 0, "unread": 0}

    world.now = NOON + 2 * TTL_MIN * MINUTE_MS + 1

    assert _parts(asked)["jira"]["queues"] == {"fresh": 0, "stale": 3, "failed": 0, "unread": 0}
    assert _parts(asked)["refresher"]["state"] == "not_seen"
    assert asked.get("/readyz").status_code == 200


def test_a_source_that_fails_is_told_and_takes_nothing_away(world: World, client: Asked) -> None:
    """Some queues without a good reading keep nobody from the others."""
    world.tickets.down["desk"] = PortalError("Jira says no.")

    told = client(world.read()).get("/readyz")

    assert told.status_code == 200
    assert told.get_json()["parts"]["jira"]["state"] == "failing"
    assert told.get_json()["parts"]["jira"]["queues"]["failed"] == 1
    assert "Jira says no" not in told.text


def test_a_start_that_is_not_done_is_not_ready(world: World, client: Asked) -> None:
    """It lives, and may serve once its part beside the answers has begun."""
    vitals = Vitals(started=False)
    asked = client(world.read(), vitals)

    assert asked.get("/healthz").status_code == 200
    assert asked.get("/readyz").status_code == 503
    vitals.started = True
    assert asked.get("/readyz").status_code == 200


def test_a_registry_that_was_never_read_is_not_ready(
    world: World, client: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no page that could be shown; the counts still are."""
    asked = client(world.read())

    def fail(_: object) -> None:
        raise PortalError("The registry is broken.")

    monkeypatch.setattr(type(world.registry), "current", fail)

    answer = asked.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["parts"]["registry"] == {"state": "failed"}
    assert asked.get("/healthz").status_code == 200
    counts = asked.get("/metrics")
    assert counts.status_code == 200
    assert "opsportal_build_info" in counts.text
    assert "opsportal_queue_score" not in counts.text


def test_a_cache_that_is_not_reached_is_told_with_what_serves_and_since_when(world: World, client: Asked) -> None:
    """It keeps nobody from being served."""
    standing = CacheStanding("redis", reached=True, serves="redis")
    asked = client(world.read(), Vitals(cache=lambda: standing))
    shared = {"state": "ok", "backend": "redis", "reached": True, "serves": "redis", "since": None}
    assert _parts(asked)["cache"] == shared

    standing = CacheStanding("redis", reached=False, serves="files")

    assert _parts(asked)["cache"] == {
        "state": "away",
        "backend": "redis",
        "reached": False,
        "serves": "files",
        "since": "2026-11-23T12:00:00Z",
    }
    assert asked.get("/readyz").status_code == 200
    assert 'opsportal_cache_reached{backend="redis"} 0.0' in asked.get("/metrics").text


def test_probes_ask_history_nothing(world: World) -> None:
    """How its last use went is known; a history that hangs would hang them too."""
    history = SeenHistory(FailingHistory(), lambda: world.now)
    assert history.last() == HistoryStanding()

    with pytest.raises(PortalError):
        history.days("desk")

    assert history.last() == HistoryStanding("failed", NOON)


def test_history_is_told_as_it_was_last_seen(world: World, client: Asked, tmp_path: Path) -> None:
    """Its state, since when, and how the last run went; without a word of the reason, since anybody may ask."""
    behind = FailingHistory(SqliteHistory(tmp_path / "seen.db"))
    history = SeenHistory(behind, lambda: world.now)
    asked = client(world.read(), Vitals(history=history.last))
    assert _parts(asked)["history"] == {"state": "unknown", "since": None, "last_run": None}

    outcomes = tuple(QueueOutcome(queue, date(2026, 11, 22), "kept") for queue in ("desk", "billing"))
    history.record(SnapshotRun("1", "portal", "host", NOON, NOON + 2_000, outcomes))
    behind.failing = {"days"}
    world.now += MINUTE_MS
    with pytest.raises(PortalError):
        history.days("desk")

    told = asked.get("/readyz")
    assert told.status_code == 200
    assert told.get_json()["parts"]["history"] == {
        "state": "failed",
        "since": "2026-11-23T12:01:00Z",
        "last_run": {
            "taker": "portal",
            "started_at": "2026-11-23T12:00:00Z",
            "ended_at": "2026-11-23T12:00:02Z",
            "results": {"kept": 2},
        },
    }
    assert "disk" not in told.text


def test_what_is_not_known_is_left_out_of_the_counts(world: World, client: Asked) -> None:
    """A score of 0 or an age of 0 would be a lie; the state is always known."""
    world.tickets.down["desk"] = PortalError("Jira says no.")

    text = client(world.read()).get("/metrics").text

    assert 'opsportal_queue_score{queue="desk"}' not in text
    assert 'opsportal_queue_data_age_seconds{queue="desk"}' not in text
    assert 'opsportal_queue_attainment_ratio{queue="desk"' not in text
    assert 'opsportal_queue_open_tickets{queue="desk"}' not in text
    assert 'opsportal_queue_state{queue="desk",state="failed"} 1.0' in text
    assert 'opsportal_queue_open_tickets{queue="billing"} 41.0' in text


def test_what_happens_behind_the_answers_is_counted() -> None:
    """Refreshes, questions to the sources, and whether a reading was there."""
    metrics = Metrics()
    metrics.refreshed("desk", "kept", 2.0)
    metrics.refreshed("desk", "failed", 40.0)
    metrics.upstream("Jira", 200, 0.2)
    metrics.upstream("Jira", 429, 0.1)
    metrics.upstream("Tempo", None, 30.0)
    metrics.upstream("elsewhere", 999, 1.0)
    metrics.cache(hit=True)
    metrics.cache(hit=False)

    text = metrics.text().decode()
    for line in (
        'opsportal_refreshes_total{queue="desk",result="kept"} 1.0',
        'opsportal_refreshes_total{queue="desk",result="failed"} 1.0',
        'opsportal_refresh_duration_seconds_sum{queue="desk"} 42.0',
        'opsportal_upstream_requests_total{source="jira",status="2xx"} 1.0',
        'opsportal_upstream_requests_total{source="jira",status="4xx"} 1.0',
        'opsportal_upstream_requests_total{source="tempo",status="none"} 1.0',
        'opsportal_upstream_requests_total{source="other",status="other"} 1.0',
        'opsportal_upstream_throttled_total{source="jira"} 1.0',
        'opsportal_cache_lookups_total{result="hit"} 1.0',
        'opsportal_cache_lookups_total{result="miss"} 1.0',
    ):
        assert line in text


def test_callbacks_are_counted_by_the_page_they_fill(world: World, client: Asked) -> None:
    """What asks for something that is not there is `other`: names come from the application alone."""
    asked = client(world.read())
    known = {entry["output"]: entry for entry in asked.get("/_dash-dependencies").get_json()}
    fills = next(output for output in known if output.startswith("..queue-head-title"))
    for output in (fills, "rail-badge.children"):
        asked.post("/_dash-update-component", json=posted(known[output], {}))
    asked.post("/_dash-update-component", json={**posted(known[fills], {}), "output": "made-up.children"})

    text = asked.get("/metrics").text
    for name in ("queue", "rail-badge", "other"):
        assert f'opsportal_callback_duration_seconds_count{{callback="{name}"}} 1.0' in text
    assert "made-up" not in text


def test_a_callback_that_fails_is_counted_where_it_failed(world: World, client: Asked) -> None:
    """By the same name as all that were answered."""
    asked = client(world.read())
    portal = asked.application.extensions["opsportal"]
    reports = portal.reports
    object.__setattr__(portal, "reports", None)

    asked.post(
        "/_dash-update-component",
        json={
            "output": "rail-badge.children",
            "outputs": {"id": "rail-badge", "property": "children"},
            "inputs": [{"id": "tick", "property": "n_intervals", "value": 1}],
            "changedPropIds": ["tick.n_intervals"],
        },
    )

    object.__setattr__(portal, "reports", reports)
    assert 'opsportal_callback_errors_total{callback="rail-badge"} 1.0' in asked.get("/metrics").text


def test_the_table_of_metrics_is_that_of_the_portal(world: World, client: Asked) -> None:
    """Each name in the documents exists, and each that exists is in the documents."""
    text = client(world.read()).get("/metrics").text
    documented = re.findall(r"^\| `(opsportal_\w+)` \|", OPERATING.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(documented) == sorted(re.findall(r"^# TYPE (opsportal_\w+)", text, re.MULTILINE))
