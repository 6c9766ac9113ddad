"""The guard: what those are told who are not let in, and what nobody behind it gets to see."""

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client

from dashboard.gate import IDENTITY, NOBODY, Refused, Way, identity_of
from dashboard.guard import Guard
from dashboard.rates import counted
from opsportal.identity import ANYONE, Identity

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADA = Identity("person", "ada", "viewer")
HEADERS = {
    "Authorization": "Bearer made-up-t0ken",
    "X-Amzn-Oidc-Data": "made-up-t0ken",
    "X-Amzn-Oidc-Identity": "eve",
    "X-Amzn-Oidc-Accesstoken": "made-up-t0ken",
    "X-Portal-Proxy-Secret": "made-up-t0ken",
    "X-Forwarded-User": "eve",
    "X-Forwarded-Groups": "admins",
}


class Inside:
    """What is guarded: remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer everybody."""
        self.asked.append(dict(environ))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"inside"]


@pytest.fixture
def inside() -> Inside:
    """What is guarded."""
    return Inside()


def _client(inside: Inside, *ways: Way, otherwise: Identity | None = None) -> Client:
    return Client(Guard(inside, "/portal/", ways, otherwise))


def _refusing(environ: "WSGIEnvironment") -> Identity | None:
    raise Refused(HTTPStatus.UNAUTHORIZED, "it has expired")


def _unable(environ: "WSGIEnvironment") -> Identity | None:
    raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the key host is away")


def test_who_asks_is_in_the_request_before_anything_answers(inside: Inside) -> None:
    """The first way that knows somebody decides."""
    client = _client(inside, lambda _: None, lambda _: ADA, _refusing)

    assert client.get("/portal/api/queues").text == "inside"
    assert identity_of(inside.asked[0]) is ADA


def test_without_a_guard_everybody_is_anyone() -> None:
    """An application that is put together without one is for one machine."""
    assert identity_of({}) is ANYONE


@pytest.mark.parametrize("path", ["/portal/", "/portal/assets/portal.css", "/healthz", "/readyz", "/portal/embed"])
def test_nothing_behind_the_guard_sees_what_says_who_somebody_is(inside: Inside, path: str) -> None:
    """Neither what was looked at nor what somebody made up, wherever it leads."""
    _client(inside, lambda _: ADA).get(path, headers=HEADERS)

    assert not any(value in HEADERS.values() for value in inside.asked[0].values())


def test_where_nobody_signs_in_headers_make_nobody_somebody(inside: Inside) -> None:
    """Whoever sends them is anyone, as everybody is."""
    _client(inside, otherwise=ANYONE).get("/portal/", headers=HEADERS)

    assert inside.asked[0][IDENTITY] is ANYONE


@pytest.mark.parametrize("path", ["/portal/assets/portal.css", "/portal/_dash-component-suites/x.js", "/healthz"])
def test_what_holds_no_data_is_for_everybody_and_asks_nobody(inside: Inside, path: str) -> None:
    """No way is tried, and who asks sees nothing."""
    assert _client(inside, _refusing).get(path).status_code == 200
    assert inside.asked[0][IDENTITY] is NOBODY
    assert not NOBODY.has("lead")
    assert not NOBODY.sees_queue("desk")
    assert not NOBODY.sees_view("overview")


@pytest.mark.parametrize("way", [_refusing, _unable, lambda _: None])
def test_a_probe_is_answered_whoever_asks(inside: Inside, way: Way) -> None:
    """A balancer that cannot be told from a stranger must not take the portal away."""
    assert _client(inside, way).get("/readyz").status_code == 200
    assert inside.asked[0][IDENTITY] is NOBODY


def test_whoever_is_refused_too_often_is_told_to_wait(inside: Inside) -> None:
    """By its address, since its name is what it could not prove; whoever signs in from there is no part of it."""
    known = [None, None, None, ADA]
    client = Client(Guard(inside, "/portal/", [lambda _: known.pop(0)], None, counted(2, 0)))

    answers = [client.get("/portal/api/queues") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 429, 200]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 30


@pytest.mark.parametrize(
    "path", ["/portal/api/queues", "/metrics", "/portal/_dash-layout", "/portal/_dash-update-component"]
)
def test_programs_are_told_in_problem_details(inside: Inside, path: str) -> None:
    """With what they need to come again, and nothing of what was wrong."""
    answer = _client(inside, _refusing).get(path)

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.data)
    assert (told["status"], told["type"], told["instance"]) == (401, "/problems/not-signed-in", path)
    assert "expired" not in answer.text
    assert inside.asked == []


def test_people_are_told_on_a_page(inside: Inside) -> None:
    """It has a title, a heading and a way on that is theirs to take; no script, and it leads on by itself nowhere."""
    answer = _client(inside, _refusing).get("/portal/queue/desk")

    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert '<html lang="en">' in answer.text
    assert answer.text.count("<h1>") == answer.text.count("<main") == answer.text.count("<title>") == 1
    assert "<script" not in answer.text
    assert "http-equiv" not in answer.text
    assert "Location" not in answer.headers
    assert "Refresh" not in answer.headers
    assert 'href="/portal/"' in answer.text
    assert "desk" not in answer.text


def test_who_may_not_see_it_is_told_so(inside: Inside) -> None:
    """403, for the counts are for admins and programs."""
    answer = _client(inside, lambda _: ADA).get("/metrics")

    assert (answer.status_code, json.loads(answer.data)["type"]) == (403, "/problems/not-permitted")
    assert "WWW-Authenticate" not in answer.headers


def test_who_cannot_be_checked_is_told_when_to_come_again(inside: Inside) -> None:
    """503 is no verdict."""
    answer = _client(inside, _unable).get("/portal/api/queues")

    assert (answer.status_code, json.loads(answer.data)["type"]) == (503, "/problems/sign-in-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_head_is_refused_without_a_body(inside: Inside) -> None:
    """And with the headers of a refusal."""
    answer = _client(inside, _refusing).head("/portal/")

    assert (answer.status_code, answer.data) == (401, b"")


@pytest.mark.parametrize("path", ["/portal/<script>alert(1)</script>", "/portal/api/<script>", "/portal/api/\r\nX: y"])
def test_nothing_of_an_address_is_markup(inside: Inside, path: str) -> None:
    """Pages do not repeat it, problems in a form that nobody reads as markup."""
    answer = _client(inside, _refusing).get(path)

    assert "<script" not in answer.text
    assert "X" not in answer.headers


def test_the_log_says_why_and_holds_no_token(inside: Inside, caplog: pytest.LogCaptureFixture) -> None:
    """One line at INFO for each who is refused."""
    with caplog.at_level(logging.INFO):
        _client(inside, _refusing).get("/portal/api/queues?token=made-up-t0ken", headers=HEADERS)

    (line,) = (record for record in caplog.records if record.getMessage() == "sign_in.refused")
    told = vars(line)
    assert (line.levelname, told["reason"], told["status"], told["path"]) == (
        "INFO",
        "it has expired",
        401,
        "/portal/api/queues",
    )
    assert "t0ken" not in str(told)
