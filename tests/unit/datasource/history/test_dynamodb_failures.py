"""What is said when DynamoDB refuses, throttles, hangs, is not there, or is somebody else."""

import json
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
import pytest
from botocore import exceptions as boto
from botocore.config import Config

from datasource.history.dynamodb import DynamoDbHistory
from datasource.history.dynamodb_failures import history_error
from datasource.history.dynamodb_table import LEFT_ALONE_S, Connect, connect
from datasource.history.errors import HistoryFailed, NotPermitted
from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY
from tests.fakes.clock import StillClock
from tests.fakes.history_table import create_table
from tests.fakes.local_server import Answering, Asked, LocalServer, Reply, serving
from tests.unit.datasource.history.seen import REGION, Seen
from tests.unit.servicelevel.days import LAST, scored

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

Ask: TypeAlias = Callable[[Answering], tuple[LocalServer, DynamoDbHistory]]

_CAPACITY = {"TableName": "history", "CapacityUnits": 1.0}
_KEPT = Reply(json.dumps({"ConsumedCapacity": _CAPACITY}).encode())
_NOTHING = Reply(json.dumps({"Items": [], "Count": 0, "ScannedCount": 0}).encode())
_THROTTLED = (
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
)


@pytest.fixture
def clients() -> "Iterator[list[DynamoDBClient]]":
    """Clients that are closed in the end."""
    made: list[DynamoDBClient] = []
    yield made
    for client in made:
        client.close()


@pytest.fixture
def watched(clients: "list[DynamoDBClient]") -> Connect:
    """Makes the history's own clients."""

    def make(region: str) -> "DynamoDBClient":
        clients.append(connect(region))
        return clients[-1]

    return make


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    """What boto3 knows of services, which takes longer to load than a test takes."""
    return boto3.Session(ACCESS_KEY, SECRET_KEY)


@pytest.fixture
def ask(aws: pytest.MonkeyPatch, session: boto3.Session, watched: Connect, waits: StillClock) -> Iterator[Ask]:
    """Starts a server in DynamoDB's place, and a history that asks it."""
    aws.setattr("boto3.Session", lambda: session)
    with ExitStack() as stack:

        def start(answering: Answering) -> tuple[LocalServer, DynamoDbHistory]:
            server = stack.enter_context(serving(answering))
            aws.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.url)
            return server, DynamoDbHistory("history", REGION, connect=watched)

        yield start


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """Waiting before another try takes no time and is remembered."""
    clock = StillClock()
    monkeypatch.setattr("botocore.endpoint.time", clock)
    return clock


def refusal(code: str, status: int = 400, **more: Any) -> Reply:
    """An answer that says no, with secrets in its text."""
    said = f"The key {ACCESS_KEY} with {SECRET_KEY} was refused"
    answer = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": said, **more}
    return Reply(json.dumps(answer).encode(), status, {"Content-Type": "application/x-amz-json-1.0"})


def call_of(asked: Asked) -> str:
    """The name of the call that a request is."""
    return asked.headers["x-amz-target"].partition(".")[2]


@pytest.mark.parametrize(
    ("code", "status", "pieces"),
    [
        ("ResourceNotFoundException", 400, ("no such table", "partition key queue", "HISTORY_URL")),
        ("ValidationException", 400, ("does not take", "sort key day")),
        ("AccessDeniedException", 400, ("dynamodb:Query", f"arn:aws:dynamodb:{REGION}:*:table/history")),
        ("UnrecognizedClientException", 400, ("credentials that DynamoDB does not accept", "AWS_ACCESS_KEY_ID")),
        ("ExpiredTokenException", 400, ("credentials that DynamoDB does not accept", "AWS_SESSION_TOKEN")),
        ("RequestTimeTooSkewed", 400, ("clock",)),
        ("InternalServerError", 500, ("in trouble", "try again later")),
        ("SomethingNew", 400, ("does not expect", "AWS_ENDPOINT_URL_DYNAMODB")),
        *((code, 400, ("more requests than the table takes", "on demand")) for code in _THROTTLED),
    ],
)
def test_a_refusal_is_told_with_what_to_do(ask: Ask, code: str, status: int, pieces: tuple[str, ...]) -> None:
    """With the table, its region and the code; DynamoDB's own text, which may repeat what it was sent, is not."""
    _, history = ask(lambda _: refusal(code, status))
    with pytest.raises(HistoryFailed) as raised:
        history.days("desk")

    said = str(raised.value)
    assert said.startswith("History in the DynamoDB table history (eu-west-1) cannot be used: ")
    for piece in (code, *pieces):
        assert piece in said
    assert ACCESS_KEY not in said
    assert SECRET_KEY not in said


@pytest.mark.parametrize("code", _THROTTLED)
def test_what_is_always_throttled_is_given_up(ask: Ask, waits: StillClock, code: str) -> None:
    """After three tries with waits between them: one clear error, for a write too."""
    server, history = ask(lambda _: refusal(code))

    with pytest.raises(HistoryFailed, match=r"what was refused can be taken again"):
        history.put(scored(LAST, 70.0))
    assert len(server.asked) == 3
    assert len(waits.waits) == 2


def test_what_is_throttled_for_a_while_is_asked_again(ask: Ask) -> None:
    """And nobody notices."""
    answers = iter(
        [refusal(_THROTTLED[0]), refusal(_THROTTLED[1]), _KEPT, refusal("InternalServerError", 500), _NOTHING]
    )
    server, history = ask(lambda _: next(answers))

    assert history.put(scored(LAST, 70.0))
    assert history.days("desk") == {}
    assert [call_of(asked) for asked in server.asked] == ["PutItem"] * 3 + ["Query"] * 2


def test_a_write_whose_answer_was_lost_counts_as_kept(ask: Ask) -> None:
    """The second try finds what the first one wrote."""
    written: list[dict[str, Any]] = []

    def answer(asked: Asked) -> Reply:
        written.append(json.loads(asked.body)["Item"])
        if len(written) == 1:
            return refusal("InternalServerError", 500)
        return refusal("ConditionalCheckFailedException", Item=written[0])

    server, history = ask(answer)

    assert history.put(scored(LAST, 70.0))
    assert len(server.asked) == 2


def test_a_day_that_somebody_else_kept_is_not_ours_after_a_lost_answer(ask: Ask) -> None:
    """Only the very same bytes are."""
    other = {"queue": {"S": "desk"}, "day": {"S": "2026-11-22"}, "version": {"N": "9"}, "body": {"B": "AAAA"}}
    answers = iter([refusal("InternalServerError", 500), refusal("ConditionalCheckFailedException", Item=other)])
    _, history = ask(lambda _: next(answers))

    assert not history.put(scored(LAST, 70.0))


def test_a_broken_day_that_changes_all_the_time_is_given_up(ask: Ask) -> None:
    """Each change is looked at again, and none is overwritten unseen."""
    numbers = iter(range(100))

    def answer(asked: Asked) -> Reply:
        there = {"queue": {"S": "desk"}, "day": {"S": "2026-11-22"}, "body": {"S": f"broken {next(numbers)}"}}
        return refusal("ConditionalCheckFailedException", Item=there)

    server, history = ask(answer)

    with pytest.raises(HistoryFailed, match=r"2026-11-22 of desk .* changed 5 times .* try again"):
        history.put(scored(LAST, 70.0))
    conditions = [json.loads(asked.body).get("ExpressionAttributeValues", {}).get(":body") for asked in server.asked]
    assert conditions == [None, *({"S": f"broken {number}"} for number in range(4))]


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in to the network</html>", b"", b"{}", b'{"Items": "none"}', b'{"Items": [{"body": {"B": 5}}]}'],
)
def test_an_answer_of_somebody_else_is_no_history(ask: Ask, body: bytes) -> None:
    """A login page with status 200 is neither an empty history nor a day that was kept."""
    _, history = ask(lambda _: Reply(body, 200, {"Content-Type": "text/html"}))

    for use in (lambda: history.range("desk", LAST, LAST), lambda: history.put(scored(LAST, 70.0))):
        with pytest.raises(HistoryFailed, match="AWS_ENDPOINT_URL_DYNAMODB"):
            use()


def test_a_table_that_may_only_be_read_is_proved_as_that(ask: Ask) -> None:
    """Pages need no more."""
    _, history = ask(lambda asked: _NOTHING if call_of(asked) == "Query" else refusal("AccessDeniedException"))

    assert "can be read; dynamodb:PutItem is not allowed" in history.prove()
    with pytest.raises(NotPermitted, match=r"no permission for PutItem .*dynamodb:PutItem allowed on"):
        history.put(scored(LAST, 70.0))


def test_nobody_there_is_told(aws: pytest.MonkeyPatch, watched: Connect, waits: StillClock) -> None:
    """A closed port, as when the endpoint is another one."""
    aws.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    history = DynamoDbHistory("history", REGION, connect=watched)

    with pytest.raises(HistoryFailed, match=r"no connection to DynamoDB.*EndpointConnectionError.*HISTORY_URL"):
        history.put(scored(LAST, 70.0))


def test_one_that_hangs_is_not_asked_by_every_page(
    aws: pytest.MonkeyPatch, clients: "list[DynamoDBClient]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one read has waited for nothing, reads are answered at once for a while; then it is asked again."""
    clock, ended = StillClock(), threading.Event()
    monkeypatch.setattr("datasource.history.dynamodb_table.time", clock)

    def impatient(region: str) -> "DynamoDBClient":
        patience = Config(read_timeout=0.1, retries={"total_max_attempts": 1, "mode": "standard"})
        clients.append(boto3.Session().client("dynamodb", region_name=region, config=patience))
        return clients[-1]

    def hang(_: Asked) -> Reply:
        ended.wait(20)
        return _NOTHING

    with serving(hang) as server:
        aws.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.url)
        history = DynamoDbHistory("history", REGION, connect=impatient)
        with pytest.raises(HistoryFailed, match="no answer from DynamoDB in time") as first:
            history.days("desk")
        with pytest.raises(HistoryFailed, match="no answer from DynamoDB in time") as second:
            history.ranges(["desk", "desk-2"], LAST, LAST)
        assert (first.value.held_back, second.value.held_back) == (False, True)
        assert len(server.asked) == 1

        with pytest.raises(HistoryFailed):
            history.put(scored(LAST, 70.0))
        assert len(server.asked) == 2

        ended.set()
        clock.sleep(LEFT_ALONE_S)
        assert history.days("desk") == {}
        assert history.days("desk") == {}
        assert len(server.asked) == 4


def test_missing_credentials_are_told(aws: pytest.MonkeyPatch, watched: Connect) -> None:
    """With the ways to give them."""
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(HistoryFailed, match=r"no credentials for DynamoDB.*AWS_PROFILE"):
        DynamoDbHistory("history", REGION, connect=watched).days("desk")


@pytest.mark.parametrize(("name", "value"), [("AWS_PROFILE", "nobody"), ("AWS_ENDPOINT_URL_DYNAMODB", "nonsense")])
def test_settings_of_aws_that_cannot_be_used_are_told(
    aws: pytest.MonkeyPatch, watched: Connect, name: str, value: str
) -> None:
    """When history is asked something, not when the portal starts."""
    aws.setenv(name, value)
    history = DynamoDbHistory("history", REGION, connect=watched)

    with pytest.raises(HistoryFailed, match=name):
        history.days("desk")


@pytest.mark.parametrize(
    "error",
    [
        boto.EndpointConnectionError(endpoint_url=f"http://{SECRET_KEY}"),
        boto.SSLError(endpoint_url=f"http://{SECRET_KEY}", error=OSError(SECRET_KEY)),
        boto.CredentialRetrievalError(provider="x", error_msg=SECRET_KEY),
        boto.ParamValidationError(report=SECRET_KEY),
        ConnectionResetError(SECRET_KEY),
        ValueError(SECRET_KEY),
    ],
)
def test_texts_of_the_library_are_not_repeated(error: Exception) -> None:
    """They quote addresses and what was sent."""
    assert SECRET_KEY not in str(history_error("history", REGION, "Query", error))


def test_one_queue_that_fails_fails_the_reading_of_all(ask: Ask) -> None:
    """A trend that lacks a queue without saying so would look like a gap."""

    def answer(asked: Asked) -> Reply:
        values = json.loads(asked.body)["ExpressionAttributeValues"]
        return refusal("AccessDeniedException") if values[":queue"]["S"] == "q-7" else _NOTHING

    _, history = ask(answer)

    with pytest.raises(NotPermitted):
        history.ranges([f"q-{number}" for number in range(20)], LAST - timedelta(days=2), LAST)


def test_no_more_than_twelve_are_asked_at_once(ask: Ask) -> None:
    """However many queues there are."""
    together = threading.Barrier(12)

    def answer(_: Asked) -> Reply:
        together.wait(20)
        return _NOTHING

    server, history = ask(answer)

    assert len(history.ranges([f"q-{number}" for number in range(24)], LAST, LAST)) == 24
    assert (server.peak, len(server.asked)) == (12, 24)


def test_a_forked_worker_has_connections_of_its_own(
    moto: Seen, aws: pytest.MonkeyPatch, watched: Connect, clients: "list[DynamoDBClient]"
) -> None:
    """Two processes on one connection would read each other's answers."""
    aws.setenv("AWS_ENDPOINT_URL_DYNAMODB", moto.url)
    create_table(moto.client, "forked")
    history = DynamoDbHistory("forked", REGION, connect=watched)
    history.put(scored(LAST, 70.0))
    forking = multiprocessing.get_context("fork")
    told = forking.SimpleQueue()

    worker = forking.Process(target=lambda: told.put((history.begins("desk"), len(clients))))
    worker.start()

    assert told.get() == (LAST, 2)
    worker.join()
    assert (history.begins("desk"), len(clients)) == (LAST, 1)
