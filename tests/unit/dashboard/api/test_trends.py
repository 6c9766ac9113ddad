"""Queues day by day as programs get them: both views of scores, changes, days of every source, and gaps."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from datasource.history.sqlite import SqliteHistory
from opsportal.engine import ENGINE_VERSION
from servicelevel.calendars import BusinessCalendar
from servicelevel.policy import Policy
from tests.factories import queue
from tests.fakes.api_answers import ApiAnswers, Json
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import Registry, World
from tests.unit.servicelevel.days import days_ago, kept, scored

ASKED = "trends?queue=desk&from=2026-11-17"


@pytest.fixture
def api(tmp_path: Path) -> ApiAnswers:
    """Two imported days, a gap, two days under another definition, and one of another version, which is today's."""
    world = World()
    services = portal_over(world, world.read(), tmp_path)
    own = next(queue.definition_hash for queue in services.policy.queues if queue.id == "desk")
    store = SqliteHistory(tmp_path / "history.db")
    for ago, score in ((5, 61.0), (4, 62.0)):
        store.put(replace(scored(days_ago(ago), score, "import"), definition_hash="", engine_version=""))
    store.put(replace(kept(days_ago(2), "backfill"), definition_hash="before", engine_version="0", score=40.0))
    earlier = replace(kept(days_ago(1)), definition_hash="before", engine_version="0", score=41.0)
    store.put(replace(earlier, complete=False, lacks=("hours",)))
    store.put(replace(kept(), definition_hash=own, engine_version=ENGINE_VERSION))
    return ApiAnswers(services)


def queue_of(told: Json) -> Json:
    """The one queue of an answer."""
    (queue,) = told["queues"]
    found: Json = queue
    return found


def test_scores_stand_under_todays_definition_or_as_recorded(api: ApiAnswers) -> None:
    """The answer says which, and each day whether its score was made again; counts are the same in both."""
    today, recorded = api.json(ASKED), api.json(f"{ASKED}&scores=recorded")

    assert (today["scores"], recorded["scores"]) == ("today", "recorded")
    assert [point["score"] for point in queue_of(recorded)["points"]][:4] == [61.0, 62.0, 40.0, 41.0]
    assert [point["redrawn"] for point in queue_of(recorded)["points"]] == [False] * 5
    assert [point["redrawn"] for point in queue_of(today)["points"]] == [False, False, True, True, False]
    again = [point["score"] for point in queue_of(today)["points"]]
    assert again[:2] == [61.0, 62.0]
    assert 40.0 not in again
    assert [p["resolution"] for p in queue_of(today)["points"]] == [
        p["resolution"] for p in queue_of(recorded)["points"]
    ]
    for told in ("", "&scores=recorded"):
        assert api.document.departures(api.get(ASKED + told), "/trends") == []


def test_days_that_ended_elsewhere_only_lie_in_nobodys_future(tmp_path: Path) -> None:
    """Where it is tomorrow already the day has ended; the answer is as of that instant, and as old as that."""
    west, east = BusinessCalendar("west", "America/Los_Angeles"), BusinessCalendar("east", "Pacific/Auckland")
    world = World(Registry(Policy((queue("desk", calendar=west), queue("billing", calendar=east)))))
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))

    told, alone = api.json("trends"), api.json("trends?queue=desk")

    assert told["as_of"] == "2026-11-23T02:59:59.999-08:00"  # midnight in Auckland, told in the first queue's zone
    assert told["age_s"] == 3600
    assert (alone["as_of"], alone["age_s"]) == ("2026-11-22T23:59:59.999-08:00", 4 * 3600)


@pytest.mark.parametrize("scores", ["today", "recorded"])
def test_changes_and_gaps_are_told_in_both_views(scores: str, api: ApiAnswers) -> None:
    """Each change with the day before it, which may lie across a gap."""
    told = api.json(f"{ASKED}&scores={scores}")

    assert queue_of(told)["changes"] == [
        {
            "day": "2026-11-20",
            "before": "2026-11-18",
            "what": ["origin"],
            "text": "imported scores meet the portal’s own",
        },
        {
            "day": "2026-11-22",
            "before": "2026-11-21",
            "what": ["definition", "engine"],
            "text": "definition changed, new version of the rules",
        },
    ]
    assert queue_of(told)["gaps"] == ["2026-11-19"]
    assert (told["state"], told["state_reason"]) == ("partial", "desk: 1 day missing, 1 day incomplete.")


def test_an_imported_day_knows_its_score_and_nothing_else(api: ApiAnswers) -> None:
    """What is not known is null, never 0."""
    first = queue_of(api.json(ASKED))["points"][0]

    assert (first["source"], first["score"], first["contributions"]) == ("import", 61.0, {})
    assert first["resolution"] == {"met": None, "breached": None, "attainment": None}
    for measure in ("open", "created", "resolved", "backlog_days", "net_flow", "reopen_rate"):
        assert first[measure] is None
    rows = list(csv.DictReader(io.StringIO(api.get(ASKED.replace("trends", "trends.csv")).text.removeprefix("\ufeff"))))
    assert (rows[0]["score"], rows[0]["resolution_attainment"], rows[0]["open"]) == ("61.0", "", "")
    assert [row["redrawn"] for row in rows] == ["no", "no", "yes", "yes", "no"]


def test_the_two_views_have_names_of_their_own(api: ApiAnswers) -> None:
    """What was kept of one view is not sent for the other."""
    today = api.get(ASKED)

    assert api.get(f"{ASKED}&scores=today", If_None_Match=today.headers["ETag"]).status_code == 304
    assert api.get(f"{ASKED}&scores=recorded", If_None_Match=today.headers["ETag"]).status_code == 200
    refused = api.get(f"{ASKED}&scores=yesterday")
    assert refused.status_code == 400
    assert refused.get_json(force=True)["errors"][0]["problem"] == "It is one of: today, recorded."
