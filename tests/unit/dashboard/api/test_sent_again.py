"""Answers that are sent a second time: to whom, for how long, and that nobody can tell."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard import access
from dashboard.api import sent_again
from dashboard.api.at_hand import MOST_HELD
from dashboard.api.sent_again import SentAgain, send_again
from dashboard.gate import IDENTITY
from dashboard.metrics import Metrics
from opsportal.identity import Identity
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import World

BODY = b"0123456789"


class Asked:
    """An application that counts how often it is asked, behind one that sends again what it may for ten seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, most: int = 1_000, status: str = "200 OK") -> None:
        self.times, self.clock_s, self.now, self.read_at = 0, 0.0, 5_000, 1_000
        self._status = status
        monkeypatch.setattr(sent_again, "CLOCK_S", lambda: self.clock_s)
        self.around = SentAgain(self._inner, "/api/", lambda: self.now, most)

    def _inner(self, environ: Any, start: Any) -> Iterable[bytes]:
        self.times += 1
        send_again(environ, self.clock_s + 10.0, self.read_at)
        start(self._status, [("X-Time", str(self.times))])
        return [BODY]

    def get(self, path: str = "/api/queues", **more: Any) -> bytes:
        """Ask, and say what was answered."""
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, **more}
        return b"".join(self.around(environ, lambda *_: lambda __: None))

    def anew(self, path: str = "/api/queues", **more: Any) -> bool:
        """Whether the application behind is asked when somebody asks."""
        before = self.times
        assert self.get(path, **more) == BODY
        return self.times > before


def test_the_same_words_are_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the answer does not count as found any more."""
    asked = Asked(monkeypatch)

    assert [asked.anew(), asked.anew(), asked.anew()] == [True, False, False]
    asked.clock_s = 10.0
    assert [asked.anew(), asked.anew()] == [True, False]


def test_an_age_is_never_sent_in_another_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The body has it; with the next second it is another body."""
    asked = Asked(monkeypatch)
    asked.get()

    asked.now += 999
    assert not asked.anew()
    asked.now += 1
    assert asked.anew()


@pytest.mark.parametrize(
    "other",
    [
        {"QUERY_STRING": "period=7"},
        {"HTTP_ACCEPT": "text/csv"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"path": "/api/teams"},
    ],
)
def test_other_words_are_another_question(monkeypatch: pytest.MonkeyPatch, other: dict[str, str]) -> None:
    """Which is answered for itself, and held beside the first."""
    asked = Asked(monkeypatch)
    asked.get()

    assert [asked.anew(**other), asked.anew(**other), asked.anew()] == [True, False, False]


def test_who_may_see_something_else_is_answered_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever may see the same is sent the same, whatever they are called."""
    asked = Asked(monkeypatch)
    asked.get()

    for seen in (
        Identity("person", "vera", "viewer"),
        Identity("api", "t1", "viewer", frozenset({"desk"})),
        Identity("kiosk", "t2", "viewer", None, frozenset({"trends"})),
    ):
        like = replace(seen, name="another")
        assert [asked.anew(**_as(seen)), asked.anew(**_as(like))] == [True, False]
    assert not asked.anew(**_as(Identity("person", "ada", "admin")))


def _as(identity: Identity) -> dict[str, Any]:
    return {IDENTITY: identity}


@pytest.mark.parametrize(
    "other",
    [
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_MATCH": "*"},
        {"HTTP_IF_MODIFIED_SINCE": "now"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"REQUEST_METHOD": "HEAD"},
        {"path": "/"},
    ],
)
def test_who_asks_for_less_is_answered_anew(monkeypatch: pytest.MonkeyPatch, other: dict[str, str]) -> None:
    """On a condition, for the head, for a part; and what is no address of the API is none of ours."""
    asked = Asked(monkeypatch)
    asked.get()

    assert [asked.anew(**other), asked.anew(**other)] == [True, True]


def test_only_good_answers_are_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure may be over by the next request."""
    asked = Asked(monkeypatch, status="503 Service Unavailable")

    assert [asked.anew(), asked.anew()] == [True, True]


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes and in number, whatever is asked; the oldest go."""
    asked = Asked(monkeypatch, most=35)
    for n in range(5):
        asked.get(f"/api/{n}")
    assert [asked.anew(f"/api/{n}") for n in (4, 3, 2)] == [False, False, False]
    assert asked.anew("/api/1")

    many = Asked(monkeypatch, most=1_000_000)
    for n in range(MOST_HELD + 1):
        many.get(f"/api/{n}")
    assert [many.anew("/api/1"), many.anew("/api/0")] == [False, True]


def test_nobody_can_tell(world: World, tmp_path: Path) -> None:
    """Same status, headers and bytes as of an answer that was looked for, compressed or not, and the same route."""
    services, metrics = portal_over(world, world.read(), tmp_path), Metrics()
    holding, other = ApiAnswers(services, hold_s=60.0), ApiAnswers(services)
    behind = holding.server.wsgi_app
    access.install(holding.server, services.prefix, metrics)
    for address in ("queues/desk/data", "queues/desk/tickets.csv", "queues?team=support"):
        for encoding in ("identity", "gzip"):
            answers = [api.get(address, Accept_Encoding=encoding) for api in (holding, holding, other)]
            for answer in answers[:2]:
                answer.headers.remove("X-Request-Id")
                answer.close()
            first, again, looked_for = [(each.status, sorted(each.headers), each.data) for each in answers]
            assert first == again == looked_for
            assert answers[0].status_code == 200

    assert isinstance(behind, SentAgain)
    assert len(behind._held) == 6
    counts = metrics.text().decode()
    for route in ("data", "tickets.csv"):
        assert f'{{method="GET",route="/api/queues/<queue_id>/{route}",status="2xx"}} 4.0' in counts
