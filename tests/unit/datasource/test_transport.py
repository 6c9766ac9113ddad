"""What comes back from a server: an answer, or exactly one kind of error."""

import gzip
import json
import threading

import pytest

from datasource.deadline import Deadline
from datasource.errors import (
    LoginFailed,
    NotPermitted,
    SourceError,
    SourceFailed,
    SourceMalformed,
    SourceRejected,
    SourceUnreachable,
)
from datasource.transport import ATTEMPTS
from tests.fakes.clock import StillClock
from tests.fakes.local_server import Asked, Reply
from tests.unit.datasource.conftest import Connect, Serve


def test_an_answer_has_its_bytes_and_the_instant_it_was_made(serve: Serve, connect: Connect) -> None:
    """The instant is the server's own, in epoch milliseconds."""
    server = serve(lambda _: Reply(b'{"a":1}'))

    answer = connect(server.url).get("/x", Deadline.after(10))

    assert (answer.body, answer.made_at) == (b'{"a":1}', 1_795_435_200_000)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_an_answer_without_a_readable_date_says_that_its_instant_is_unknown(
    date: str, serve: Serve, connect: Connect
) -> None:
    """It is never guessed."""
    server = serve(lambda _: Reply(headers={"Date": date}))

    assert connect(server.url).get("/x", Deadline.after(10)).made_at is None


def test_a_get_sends_its_parameters_and_a_post_its_body(serve: Serve, connect: Connect) -> None:
    """Lists repeat their parameter; bodies are JSON; both are signed."""
    server = serve(lambda _: Reply())
    transport = connect(server.url + "/")

    transport.get("/x", Deadline.after(10), {"accountId": ["a", "b"], "limit": 2})
    transport.post("/y", Deadline.after(10), {"jql": 'a = "ü"'}, {"z": 1})

    got, posted = server.asked
    assert (got.method, got.path, got.query) == ("GET", "/x", {"accountId": ["a", "b"], "limit": ["2"]})
    assert (posted.method, posted.path, posted.query) == ("POST", "/y", {"z": ["1"]})
    assert json.loads(posted.body) == {"jql": 'a = "ü"'}
    assert posted.headers["content-type"] == "application/json"
    assert got.headers["authorization"] == posted.headers["authorization"]


def test_a_packed_answer_is_unpacked(serve: Serve, connect: Connect) -> None:
    """Servers pack what is large."""
    body = b'{"issues":[' + b"1," * 100_000 + b"1]}"
    server = serve(lambda _: Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"}))

    assert connect(server.url).get("/x", Deadline.after(10)).body == body


@pytest.mark.parametrize("size", [0, 1, 300_000, 2_000_000])
def test_a_body_comes_whole_whether_its_length_is_told_or_not(size: int, serve: Serve, connect: Connect) -> None:
    """By length, in chunks, or until the connection ends."""
    body = b" " * size
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:]) if part) + b"0\r\n\r\n"

    def answering(asked: Asked) -> Reply:
        if asked.path == "/length":
            return Reply(body)
        if asked.path == "/chunks":
            return Reply([chunked], headers={"Transfer-Encoding": "chunked"})
        return Reply([body], headers={"Connection": "close"})

    transport = connect(serve(answering).url)

    for path in ("/length", "/chunks", "/end", "/length"):
        assert transport.get(path, Deadline.after(10)).body == body, path


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, SourceRejected, "HTTP 400: No such field"),
        (401, LoginFailed, "HTTP 401: No such field"),
        (403, NotPermitted, "HTTP 403: No such field"),
        (404, SourceRejected, "HTTP 404: No such field"),
        (410, SourceRejected, "update it"),
        (418, SourceRejected, "HTTP 418"),
        (501, SourceFailed, "HTTP 501"),
    ],
)
def test_a_refusal_is_named_and_never_asked_again(
    status: int, kind: type[SourceError], words: str, serve: Serve, connect: Connect, clock: StillClock
) -> None:
    """Asking again would lock accounts, and could not help."""
    server = serve(lambda _: Reply(b'{"errorMessages":["No such field"]}', status))

    with pytest.raises(SourceError, match=words) as raised:
        connect(server.url).get("/rest/x", Deadline.after(60))

    assert type(raised.value) is kind
    assert raised.value.call == "GET /rest/x"
    assert str(raised.value).startswith("Jira: ")
    assert len(server.asked) == 1
    assert clock.waits == []


def test_a_locked_account_is_told_with_the_reason_in_the_header(serve: Serve, connect: Connect) -> None:
    """The body of a captcha lock says nothing of use; the header may hold what no terminal should see."""
    denied = {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://site.invalid/\x1b[2J\x9b1m"}
    server = serve(lambda _: Reply(b"", 403, denied))

    with pytest.raises(NotPermitted, match="CAPTCHA_CHALLENGE") as raised:
        connect(server.url).get("/x", Deadline.after(10))

    assert str(raised.value).isprintable()


@pytest.mark.parametrize("status", [200, 400, 404])
def test_a_failed_login_is_told_whatever_the_status(status: int, serve: Serve, connect: Connect) -> None:
    """Jira answers visitors whose token has expired with 200 and an empty list: no empty queue may come of it."""
    server = serve(lambda _: Reply(b'{"issues":[]}', status, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}))

    with pytest.raises(LoginFailed, match="anonymous"):
        connect(server.url).post("/rest/api/3/search/jql", Deadline.after(10), {})

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"<!doctype html><p>Sign in", "text/html"), (b"{}", "text/HTML; charset=utf-8"), (b"<p>Sign in", "")],
)
def test_a_web_page_with_status_200_is_no_data(body: bytes, content_type: str, serve: Serve, connect: Connect) -> None:
    """Login pages and proxies answer in place of the interface."""
    server = serve(lambda _: Reply(body, headers={"Content-Type": content_type}))

    with pytest.raises(SourceMalformed, match="a web page came instead of data"):
        connect(server.url).get("/x", Deadline.after(10))


def test_a_body_cut_in_the_middle_is_asked_for_again(serve: Serve, connect: Connect, clock: StillClock) -> None:
    """Half a page is no page; the second answer counts."""
    replies = iter([Reply(b'{"issues":[', cut=True), Reply(b'{"issues":[]}')])
    server = serve(lambda _: next(replies))

    assert connect(server.url).get("/x", Deadline.after(60)).body == b'{"issues":[]}'
    assert len(clock.waits) == 1


def test_a_body_that_is_always_cut_is_no_answer(serve: Serve, connect: Connect, clock: StillClock) -> None:
    """Never a shorter list, always an error."""
    server = serve(lambda _: Reply(b'{"issues":[]}', cut=True))

    with pytest.raises(SourceUnreachable, match="broke off"):
        connect(server.url).get("/x", Deadline.after(600))

    assert len(server.asked) == ATTEMPTS


@pytest.mark.parametrize("packed", [False, True])
def test_an_endless_body_is_given_up(
    packed: bool, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is the size once unpacked."""
    monkeypatch.setattr("datasource.sending.LARGEST_ANSWER", 100_000)
    body = b" " * 100_001
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server = serve(lambda _: Reply(gzip.compress(body) if packed else body, headers=headers))

    with pytest.raises(SourceMalformed, match="larger than 100,000 bytes"):
        connect(server.url).get("/x", Deadline.after(10))


def test_broken_packing_is_an_error_of_ours(serve: Serve, connect: Connect, clock: StillClock) -> None:
    """No error of a library comes through."""
    server = serve(lambda _: Reply(b"not packed at all", headers={"Content-Encoding": "gzip"}))

    with pytest.raises(SourceUnreachable):
        connect(server.url).get("/x", Deadline.after(600))


def test_a_closed_port_is_unreachable(connect: Connect, serve: Serve, clock: StillClock) -> None:
    """After as many attempts as any other failure that may pass."""
    server = serve(lambda _: Reply())
    url = server.url
    server.shutdown()
    server.server_close()

    with pytest.raises(SourceUnreachable, match="no connection"):
        connect(url).get("/x", Deadline.after(600))

    assert len(clock.waits) == ATTEMPTS - 1


@pytest.mark.parametrize("lanes", [1, 3])
def test_no_more_requests_are_under_way_than_allowed(lanes: int, serve: Serve, connect: Connect) -> None:
    """However many threads ask at once; the server counts, and waits until it is as full as it gets."""
    full = threading.Barrier(lanes)

    def answering(_: Asked) -> Reply:
        full.wait(20)
        return Reply()

    server = serve(answering)
    transport = connect(server.url, in_flight=lanes)
    threads = [threading.Thread(target=transport.get, args=("/x", Deadline.after(30))) for _ in range(lanes * 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(server.asked) == lanes * 6
    assert server.peak == lanes
