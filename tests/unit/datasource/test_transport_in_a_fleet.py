"""A transport as one of many: what it tells, whose question it carries, and when it sends nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from datasource.breaker import Breaker
from datasource.deadline import Deadline
from datasource.errors import DeadlinePassed, NotPermitted, SourceError, SourceFailed, SourceMalformed, SourceRejected
from datasource.login import Login, Signature
from datasource.question import Question
from datasource.rate import Rate
from datasource.transport import Transport
from tests.fakes.clock import Clock, StillClock
from tests.fakes.local_server import Answering, Asked, LocalServer, Reply
from tests.unit.datasource.conftest import SECRET, Serve
from tests.unit.datasource.test_breaker import Shared

FIRST_S = 60.0
OF_ALL: dict[str, Reply] = {
    "401": Reply(status=401),
    "429": Reply(status=429),
    "500": Reply(status=500),
    "501": Reply(status=501),
    "redirect": Reply(status=302, headers={"Location": "https://login.example.com/"}),
    "locked": Reply(status=403, headers={"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE"}),
    "anonymous": Reply(headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}),
    "captive": Reply(b"<html>Welcome to our network</html>", headers={"Content-Type": "text/html"}),
    "cut": Reply(b"[1", cut=True),
}
OF_ONE: dict[str, Reply] = {
    "400": Reply(b'{"errorMessages":["no such field"]}', 400),
    "403": Reply(status=403),
    "404": Reply(status=404),
}


class Fleet:
    """Transports of several processes to one server, with a clock for their waits."""

    def __init__(self, stack: ExitStack, server: LocalServer) -> None:
        self.clock, self.wall, self.shared = Clock(), Clock(), Shared()
        self.told: list[tuple[str, int | None]] = []
        self._stack, self._server = stack, server

    def process(self, request_id: Callable[[], str | None] = lambda: None) -> Transport:
        """The transport of one more process."""

        def told(source: str, status: int | None, duration_s: float) -> None:
            assert duration_s >= 0
            self.told.append((source, status))

        breaker = Breaker("Jira", self.shared, first_s=FIRST_S, longest_s=900, wall_s=self.wall, clock_s=self.clock)
        login = Login.basic("ops@example.com", SecretStr(SECRET))
        transport = Transport(
            "Jira",
            self._server.url,
            login,
            in_flight=4,
            gate=breaker,
            rate=Rate(1000),
            request_id=request_id,
            told=told,
        )
        self._stack.callback(transport.close)
        return transport


Gather = Callable[[Answering], Fleet]


@pytest.fixture
def gather(serve: Serve) -> Iterator[Gather]:
    """Starts a server with a fleet before it."""
    with ExitStack() as stack:
        yield lambda answering: Fleet(stack, serve(answering))


def _failure(transport: Transport) -> SourceError:
    with pytest.raises(SourceError) as raised:
        transport.get("/x", Deadline.after(100))
    return raised.value


def test_every_request_is_told_and_bears_its_id(gather: Gather, clock: StillClock) -> None:
    """With its status, or None where there was no answer; each try of a question too."""
    replies = iter([Reply(status=503), Reply(cut=True, body=b"{"), Reply()])
    seen: list[str | None] = []

    def answering(asked: Asked) -> Reply:
        seen.append(asked.headers.get("x-request-id"))
        return next(replies)

    fleet = gather(answering)
    fleet.process(lambda: "r-4711").get("/x", Deadline.after(100))

    assert fleet.told == [("Jira", 503), ("Jira", None), ("Jira", 200)]
    assert seen == ["r-4711"] * 3


def test_without_a_request_there_is_no_id(gather: Gather) -> None:
    """None is made up here."""
    seen: list[bool] = []

    def answering(asked: Asked) -> Reply:
        seen.append("x-request-id" in asked.headers)
        return Reply()

    gather(answering).process().get("/x", Deadline.after(100))
    assert seen == [False]


@pytest.mark.parametrize("reply", OF_ALL)
def test_what_concerns_every_question_opens_the_breaker(gather: Gather, clock: StillClock, reply: str) -> None:
    """After three in a row nobody sends anything, and all are told the same."""
    fleet = gather(lambda _: OF_ALL[reply])
    first = fleet.process()
    while not (failure := _failure(first)).retry_after_s:
        assert len(fleet.told) < 3
    assert len(fleet.told) == 3

    held_back = _failure(fleet.process())
    assert len(fleet.told) == 3
    assert (type(held_back), held_back.told) == (type(failure), failure.told)
    assert held_back.held_back
    assert not failure.held_back
    assert held_back.retry_after_s == pytest.approx(FIRST_S, abs=0.01)


@pytest.mark.parametrize("reply", OF_ONE)
def test_what_concerns_one_question_does_not(gather: Gather, clock: StillClock, reply: str) -> None:
    """Nor does it matter between failures that do."""
    fleet = gather(lambda _: OF_ONE[reply])
    transport = fleet.process()
    for _ in range(5):
        assert isinstance(_failure(transport), SourceRejected | NotPermitted)
    assert len(fleet.told) == 5


def test_a_body_that_is_too_large_concerns_one_question(
    gather: Gather, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source is there."""
    monkeypatch.setattr("datasource.sending.LARGEST_ANSWER", 10)
    fleet = gather(lambda _: Reply(b"[" + b"1," * 10 + b"1]"))
    transport = fleet.process()
    for _ in range(5):
        assert isinstance(_failure(transport), SourceMalformed)
    assert len(fleet.told) == 5


def test_a_probe_is_one_request_that_has_to_be_answered_soon(
    gather: Gather, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the read may take; it is not sent again when it fails."""
    left: list[float] = []
    fleet = gather(lambda _: Reply(status=503))
    transport = fleet.process()
    _failure(transport)
    fleet.clock.at_s += FIRST_S
    send = Transport._send

    def watched(self: Transport, question: Question, deadline: Deadline, signature: Signature) -> object:
        left.append(deadline.left_s())
        return send(self, question, deadline, signature)

    monkeypatch.setattr(Transport, "_send", watched)
    failure = _failure(transport)

    assert left == [10.0]
    assert isinstance(failure, SourceFailed)
    assert not failure.held_back
    assert failure.retry_after_s == pytest.approx(2 * FIRST_S, abs=0.01)


def test_an_answered_probe_and_a_whole_read_end_it(gather: Gather, clock: StillClock) -> None:
    """By itself."""
    down = True
    fleet = gather(lambda _: Reply(status=503) if down else Reply())
    one, other = fleet.process(), fleet.process()
    _failure(one)
    down = False
    fleet.clock.at_s += FIRST_S
    fleet.wall.at_s += FIRST_S
    other.get("/x", Deadline.after(100))
    other.proved()
    one.get("/x", Deadline.after(100))

    down = True
    _failure(one)
    assert [status for _, status in fleet.told[-3:]] == [503] * 3


def test_a_wait_that_is_longer_than_the_read_opens_it_at_once(gather: Gather, clock: StillClock) -> None:
    """Everybody leaves the source alone for that long."""
    fleet = gather(lambda _: Reply(status=429, headers={"Retry-After": "1800"}))
    assert _failure(fleet.process()).retry_after_s == pytest.approx(1800)
    assert _failure(fleet.process()).retry_after_s == pytest.approx(1800, abs=0.01)
    assert len(fleet.told) == 1


def test_an_answer_that_drips_past_the_deadline_counts(gather: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    """It never ends, and so is none."""
    fleet = gather(lambda _: Reply())
    transport = fleet.process()

    def dripping(*_: object) -> object:
        raise DeadlinePassed("Jira", "the answer did not end in time")

    monkeypatch.setattr(transport, "_send", dripping)
    for _ in range(3):
        assert isinstance(_failure(transport), DeadlinePassed)
    assert _failure(transport).held_back


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (
            Reply(b'{"errorMessages":["No such field"]}', 400),
            "Jira refuses what it is asked: HTTP 400: No such field. ",
        ),
        (Reply(b"<html>nginx secrets</html>", 500), "Jira fails: HTTP 500. "),
        (Reply(b"upstream connect error", 502), "Jira fails: HTTP 502. "),
        (Reply(b'"bare text"', 401), "Jira does not accept the login: HTTP 401. "),
        (
            Reply(b'{"message":"<script>alert(1)</script>"}', 403),
            "Jira does not permit this to the account: HTTP 403. ",
        ),
        (Reply(b"<p>Log in</p>"), "Jira gave an answer that cannot be used: a web page came instead of data. "),
    ],
)
def test_readers_are_told_only_what_was_written_for_them(
    gather: Gather, clock: StillClock, reply: Reply, told: str
) -> None:
    """A message of the source from a field for messages; nothing of a page, and no call."""
    failure = _failure(gather(lambda _: reply).process())

    assert failure.told == told + failure.advice
    assert "/x" not in failure.told
    assert "GET /x" in str(failure)
