"""How long a read waits, for whom, and when it gives up."""

import itertools
import threading
from collections.abc import Iterator

import pytest
from requests.structures import CaseInsensitiveDict

from datasource.deadline import Deadline
from datasource.errors import DeadlinePassed, SourceError, SourceFailed, SourceThrottled, SourceUnreachable
from datasource.retry_after import retry_after_s
from datasource.transport import ATTEMPTS
from tests.fakes.clock import StillClock
from tests.fakes.local_server import Asked, Reply
from tests.unit.datasource.conftest import Connect, Serve

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 1847 "}, 1847.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"X-RateLimit-Reset": "2026-11-23T12:01Z"}, 60.0),
        ({"X-RateLimit-Reset": "2026-11-23T12:00:05Z"}, 5.0),
        ({"X-RateLimit-Reset": "2026-11-23T14:00:05+02:00"}, 5.0),
        ({"X-RateLimit-Reset": "2026-11-23T09:00:05-03:00"}, 5.0),
        ({"X-RateLimit-Reset": "2026-11-23T12:00:05"}, 5.0),
        ({"X-RateLimit-Reset": "2026-11-23T11:00:00Z"}, 0.0),
        ({"Retry-After": "3", "X-RateLimit-Reset": "2026-11-23T12:01Z"}, 3.0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "2026-11-23T12:01Z"}, 60.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "", "X-RateLimit-Reset": "never"}, None),
        ({}, None),
    ],
)
def test_what_a_source_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """A number, a date, or the instant of a reset, measured from the answer's own date; else nothing was asked."""
    assert retry_after_s(CaseInsensitiveDict({"Date": NOON, **headers})) == seconds


def test_a_date_to_wait_for_means_nothing_without_a_date_to_measure_from() -> None:
    """Our own clock may be off; a number still counts."""
    assert retry_after_s(CaseInsensitiveDict({"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT"})) is None
    assert retry_after_s(CaseInsensitiveDict({"Retry-After": "30"})) == 30.0


def _replies(*replies: Reply) -> Iterator[Reply]:
    """These, and the last one for ever."""
    return itertools.chain(replies, itertools.repeat(replies[-1]))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_failure_that_passes_is_outlived(status: int, serve: Serve, connect: Connect, clock: StillClock) -> None:
    """Twice a failure, then the answer; each wait is about twice the one before, and no two are alike."""
    replies = _replies(Reply(b"", status), Reply(b"", status), Reply(b'"at last"'))
    server = serve(lambda _: next(replies))

    answer = connect(server.url).post("/x", Deadline.after(600), {"jql": "a = b"})

    assert answer.body == b'"at last"'
    assert len(server.asked) == 3
    assert len({asked.body for asked in server.asked}) == 1
    assert 0.35 <= clock.waits[0] <= 0.65
    assert 0.7 <= clock.waits[1] <= 1.3


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_that_stays_is_told_with_its_words(
    status: int, serve: Serve, connect: Connect, clock: StillClock
) -> None:
    """After a few attempts, not after many."""
    server = serve(lambda _: Reply(b'{"errorMessage":"Index is being rebuilt"}', status))

    with pytest.raises(SourceFailed, match=f"HTTP {status}: Index is being rebuilt"):
        connect(server.url).get("/x", Deadline.after(600))

    assert len(server.asked) == ATTEMPTS
    assert sum(clock.waits) < 6


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_asked_for_is_kept_in_full(status: int, serve: Serve, connect: Connect, clock: StillClock) -> None:
    """Never cut to a limit of our own."""
    replies = _replies(Reply(b"", status, {"Retry-After": "1847"}), Reply())
    server = serve(lambda _: next(replies))

    connect(server.url).get("/x", Deadline.after(3600))

    assert sum(clock.waits) == 1847


def test_a_wait_longer_than_the_read_may_take_ends_it_at_once(
    serve: Serve, connect: Connect, clock: StillClock
) -> None:
    """The figure is handed on as the source gave it."""
    server = serve(lambda _: Reply(b"", 429, {"Retry-After": "1847"}))

    with pytest.raises(SourceThrottled, match="asks to wait 1847 s") as raised:
        connect(server.url).get("/x", Deadline.after(300))

    assert raised.value.retry_after_s == 1847
    assert clock.waits == []
    assert len(server.asked) == 1


def test_a_failure_whose_wait_is_too_long_is_still_told_as_that_failure(
    serve: Serve, connect: Connect, clock: StillClock
) -> None:
    """That the source is down says more than that the time would not suffice."""
    server = serve(lambda _: Reply(b"", 503, {"Retry-After": "1847"}))

    with pytest.raises(SourceFailed, match="HTTP 503"):
        connect(server.url).get("/x", Deadline.after(300))

    assert clock.waits == []


def test_a_throttled_source_is_left_alone_by_every_thread(serve: Serve, connect: Connect, clock: StillClock) -> None:
    """A second read within the silence is refused without asking, and told how much of it is left."""
    server = serve(lambda _: Reply(b"", 429, {"Retry-After": "100"}))
    transport = connect(server.url)
    with pytest.raises(SourceThrottled):
        transport.get("/x", Deadline.after(60))
    clock.sleep(30)

    with pytest.raises(SourceThrottled, match="asks to wait 70 s"):
        transport.get("/y", Deadline.after(60))

    assert len(server.asked) == 1


def test_after_the_silence_the_source_is_asked_again(serve: Serve, connect: Connect, clock: StillClock) -> None:
    """A read with enough time waits the silence out, whichever read was told."""
    replies = _replies(Reply(b"", 429, {"Retry-After": "100"}), Reply())
    server = serve(lambda _: next(replies))
    transport = connect(server.url)
    with pytest.raises(SourceThrottled):
        transport.get("/x", Deadline.after(60))

    transport.get("/y", Deadline.after(200))

    assert clock.waits == [100]


def test_throttling_without_end_is_told_as_such(serve: Serve, connect: Connect, clock: StillClock) -> None:
    """The attempts are counted, so no read goes on for ever."""
    server = serve(lambda _: Reply(b"", 429, {"Retry-After": "1"}))

    with pytest.raises(SourceThrottled, match="asks to wait 1 s"):
        connect(server.url).get("/x", Deadline.after(600))

    assert len(server.asked) == ATTEMPTS


def test_no_request_is_sent_after_the_deadline(serve: Serve, connect: Connect) -> None:
    """A read that has no time left does not even knock."""
    server = serve(lambda _: Reply())

    with pytest.raises(DeadlinePassed, match="REFRESH_BUDGET"):
        connect(server.url).get("/x", Deadline.after(-1))

    assert server.asked == []


def test_a_server_that_says_nothing_ends_with_the_deadline(serve: Serve, connect: Connect) -> None:
    """Silence costs the time of the read and no more."""
    leave = threading.Event()

    def answering(_: Asked) -> Reply:
        leave.wait(30)
        return Reply()

    server = serve(answering)
    with pytest.raises(DeadlinePassed):
        connect(server.url).get("/x", Deadline.after(0.3))

    leave.set()
    assert len(server.asked) <= 1


def test_a_server_slower_than_the_time_out_is_asked_again(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lost answer does not cost the read."""
    monkeypatch.setattr("datasource.sending.READ_TIMEOUT_S", 0.2)
    monkeypatch.setattr("datasource.transport._backoff_s", lambda _: 0.0)
    leave, turns = threading.Event(), itertools.count()

    def answering(_: Asked) -> Reply:
        if next(turns) == 0:
            leave.wait(30)
        return Reply(b'"second"')

    server = serve(answering)
    assert connect(server.url).get("/x", Deadline.after(60)).body == b'"second"'
    leave.set()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_server_that_drips_ends_with_the_deadline(chunked: bool, serve: Serve, connect: Connect) -> None:
    """Each byte comes within the time-out, the whole would take minutes."""
    dripped, leave = itertools.count(), threading.Event()

    def drops() -> Iterator[bytes]:
        for _ in range(3_000):
            if leave.wait(0.02):
                return
            next(dripped)
            yield b"1\r\n \r\n" if chunked else b" "

    headers = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": "3000"}
    server = serve(lambda _: Reply(drops(), headers=headers))

    with pytest.raises(DeadlinePassed, match="did not end in time"):
        connect(server.url).get("/x", Deadline.after(0.4))

    leave.set()
    assert next(dripped) < 2_000


def test_a_read_waiting_for_its_turn_ends_with_its_own_deadline(serve: Serve, connect: Connect) -> None:
    """The lane is taken by a slow request of another read."""
    arrived, leave = threading.Event(), threading.Event()

    def answering(_: Asked) -> Reply:
        arrived.set()
        leave.wait(30)
        return Reply()

    transport = connect(serve(answering).url, in_flight=1)
    other = threading.Thread(target=transport.get, args=("/slow", Deadline.after(60)))
    other.start()
    assert arrived.wait(30)

    with pytest.raises(DeadlinePassed, match="no request could be sent in time"):
        transport.get("/x", Deadline.after(0.1))

    leave.set()
    other.join()


def test_a_refused_connection_near_the_deadline_is_told_as_such(
    serve: Serve, connect: Connect, clock: StillClock
) -> None:
    """The cause is named, not the lack of time to try again."""
    server = serve(lambda _: Reply())
    url = server.url
    server.shutdown()
    server.server_close()

    with pytest.raises(SourceError) as raised:
        connect(url).get("/x", Deadline.after(0.3))

    assert type(raised.value) is SourceUnreachable
    assert clock.waits == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_that_asks_for_no_wait_is_not_asked_again_at_once(
    status: int, serve: Serve, connect: Connect, clock: StillClock
) -> None:
    """Data Center says 0 with every answer while requests are left, with failures too."""
    replies = _replies(Reply(b"", status, {"Retry-After": "0"}), Reply(b"", status, {"Retry-After": "0"}), Reply())
    server = serve(lambda _: next(replies))

    connect(server.url).get("/x", Deadline.after(60))

    assert 0.35 <= clock.waits[0] <= 0.65
    assert 0.7 <= clock.waits[1] <= 1.3
