"""The scheduled function in AWS's own runtime client: what it keeps, what it answers, and how it fails."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import boto3
import pytest

from datasource.history.dynamodb import DynamoDbHistory
from demo.server import Demo
from tests.fakes.aws_servers import SECRET_KEY, moto_server, only_made_up, settings_of_aws
from tests.fakes.history_table import create_table
from tests.fakes.lambda_runtime import Function, function
from tests.fakes.small_demo import NOON, settings_of, small_demo

LAST = date(2026, 11, 22)
REGION, TABLE = "eu-west-1", "days"
SCHEDULED = {"scheduled_at": "2026-11-23T11:00:00Z"}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Jira and Tempo, standing still."""
    with small_demo() as running:
        yield running


@pytest.fixture(scope="module")
def registry(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's registry that a test may change."""
    path = tmp_path_factory.mktemp("registry") / "queues.json"
    path.write_bytes(demo.registry.read_bytes())
    return path


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[str]:
    """The address of an AWS of our own."""
    with moto_server() as url:
        yield url


@pytest.fixture(scope="module")
def history(dynamodb: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DynamoDbHistory]:
    """The table in which the function keeps days."""
    with pytest.MonkeyPatch.context() as patch:
        only_made_up(patch, tmp_path_factory.mktemp("aws")).setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb)
        with closing(boto3.client("dynamodb", region_name=REGION)) as client:
            create_table(client, TABLE)
            yield DynamoDbHistory(TABLE, REGION, connect=lambda _: client)


@pytest.fixture(scope="module")
def snap(
    demo: Demo, registry: Path, dynamodb: str, history: DynamoDbHistory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    """The function, warm after its first invocation; it finds its table over HTTP."""
    folder = tmp_path_factory.mktemp("function")
    environment = {
        **settings_of(demo),
        **settings_of_aws(folder),
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
        "QUEUE_REGISTRY": str(registry),
        "HISTORY_URL": f"dynamodb://{TABLE}?region={REGION}",
        "PORTAL_CLOCK": f"frozen:{NOON}",
    }
    with function("opsportal.aws_lambda.handler", folder, environment) as running:
        yield running


def test_an_invocation_keeps_the_day_that_had_ended_when_it_was_scheduled(
    snap: Function, history: DynamoDbHistory
) -> None:
    """For every queue, told in its answer and as one event."""
    ended = snap.invoke(SCHEDULED, request_id="first")

    assert ended.error is None
    outcomes = ended.answer["outcomes"]
    assert {(outcome["day"], outcome["result"]) for outcome in outcomes} == {("2026-11-22", "kept")}
    for outcome in outcomes:
        assert dict(history.days(outcome["queue"])) == {LAST: "live"}
    assert [event["event"] for event in snap.events] == ["snapshot.completed"]
    (run,) = history.runs(5)
    assert (run.id, run.taker, run.host, len(run.gaps)) == ("first", "lambda", "snap", 0)


def test_delivered_twice_it_changes_nothing(snap: Function, history: DynamoDbHistory) -> None:
    """At least once is what the scheduler promises; the record of the first delivery gives way to the second's."""
    before = history.range("billing", LAST, LAST)

    ended = snap.invoke(SCHEDULED, request_id="first")

    assert {outcome["result"] for outcome in ended.answer["outcomes"]} == {"there"}
    assert history.range("billing", LAST, LAST) == before
    assert len(history.runs(5)) == 1


def test_an_event_delivered_late_is_about_its_own_day(snap: Function, history: DynamoDbHistory) -> None:
    """What was scheduled the day before takes the day before, now as rebuilt."""
    ended = snap.invoke({"scheduled_at": "2026-11-22T11:00:00Z"})

    assert {(outcome["day"], outcome["result"]) for outcome in ended.answer["outcomes"]} == {("2026-11-21", "kept")}
    assert dict(history.days("billing"))[date(2026, 11, 21)] == "backfill"


def test_a_failing_queue_fails_the_invocation_after_the_others_are_written(
    snap: Function, history: DynamoDbHistory, registry: Path
) -> None:
    """So that Lambda invokes it again, and the retry fills the gap. The registry is looked at anew each time."""
    good = registry.read_bytes()
    content = json.loads(good)
    content["queues"][1]["project"] = "NOWHERE"
    registry.write_text(json.dumps(content), encoding="utf-8")
    broken = content["queues"][1]["id"]
    event = {"scheduled_at": "2026-11-20T11:00:00Z"}

    failed = snap.invoke(event)

    assert failed.error is not None
    assert failed.error["errorType"] == "SnapshotIncomplete"
    assert f"{broken}: " in failed.error["errorMessage"]
    assert "NOWHERE" in failed.error["errorMessage"]
    day = date(2026, 11, 19)
    kept = {queue["id"]: history.range(queue["id"], day, day).snapshots for queue in content["queues"]}
    assert [queue for queue, found in kept.items() if not found] == [broken]
    gap = snap.events[-1]
    assert (gap["event"], gap["level"], broken in gap["queues"]) == ("snapshot.gap", "error", True)

    registry.write_bytes(good)
    assert snap.invoke(event).error is None
    assert all(history.range(queue, day, day).snapshots[0].complete for queue in kept)


def test_without_time_left_it_stops_and_says_so(snap: Function, history: DynamoDbHistory) -> None:
    """A minute before the end nothing more is read; Lambda would kill it without a word."""
    ended = snap.invoke({"scheduled_at": "2026-11-18T11:00:00Z"}, time_s=59)

    assert ended.error is not None
    assert "Every queue: The time was over before the queue was read." in ended.error["errorMessage"]
    assert date(2026, 11, 17) not in history.days("billing")


@pytest.mark.parametrize("instant", ["<aws.scheduler.scheduled-time>", "2026-11-23T11:00:00", 7])
def test_an_instant_that_is_none_is_refused(snap: Function, instant: object) -> None:
    """As when the schedule's input was written with a slip; what it should be is said."""
    ended = snap.invoke({"scheduled_at": instant})

    assert ended.error is not None
    assert ended.error["errorType"] == "WrongEvent"
    assert "<aws.scheduler.scheduled-time>" in ended.error["errorMessage"]


def test_no_secret_is_in_the_log(snap: Function, demo: Demo) -> None:
    """Nor in the answers, which come from the same words."""
    assert demo.jira_api_token not in snap.log
    assert demo.tempo_api_token not in snap.log
    assert SECRET_KEY not in snap.log
