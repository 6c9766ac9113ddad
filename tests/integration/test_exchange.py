"""Tokens over HTTP: what is exchanged for what, what a session opens, and that nothing of a token stays anywhere."""

import json
import logging
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import quote

import pytest
import requests

from dashboard.urls import PageName
from opsportal.token_scope import VIEWS
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from tests.fakes.guarded_portal import A_PERSON, HOST, KEY, SIGNED_IN, GuardedPortal, guarded_portal

OTHER: Final = "https://other.example.com"
KIOSK: Final[dict[str, Any]] = {"purpose": "kiosk", "origin": None, "queues": None, "views": None}
API: Final[dict[str, Any]] = {"purpose": "api", "origin": None, "queues": None, "views": None}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedPortal]:
    """A portal at the root, where people sign in at a proxy."""
    with guarded_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def portal(shared: GuardedPortal) -> Iterator[GuardedPortal]:
    """It, with clock and registry as they were."""
    yield shared
    shared.ahead_ms = 0
    shared.revoke()


def _cookie(answer: requests.Response) -> str:
    """The cookie that an exchange sets, as a browser sends it back."""
    return answer.headers["Set-Cookie"].partition(";")[0]


def _ancestors(answer: requests.Response) -> str:
    return answer.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


def test_a_view_is_opened_by_a_token_and_shown_by_a_session(portal: GuardedPortal) -> None:
    """The address that it leads to has no token, and only the token's site may show what is there."""
    token = portal.token()
    exchanged = portal.get(f"/embed?token={token}&to={quote('queue/desk?period=7')}", Sec_Fetch_Dest="iframe")

    assert exchanged.status_code == 303
    assert exchanged.headers["Cache-Control"] == "no-store"
    assert exchanged.headers["Referrer-Policy"] == "no-referrer"
    address = exchanged.headers["Location"]
    assert address.startswith("/queue/desk?period=7&embed=1&session=")
    assert token not in f"{exchanged.headers['Location']}{exchanged.text}{exchanged.headers['Set-Cookie']}"

    shown = portal.get(address, _cookie(exchanged))
    assert shown.status_code == 200
    assert _ancestors(shown) == HOST
    assert portal.get(address).status_code == 401


def test_the_cookie_is_kept_for_the_site_at_the_top_and_shown_to_no_script(portal: GuardedPortal) -> None:
    """For this host alone, over TLS alone, eight hours."""
    cookie = SimpleCookie()
    header = portal.get(f"/embed?token={portal.token()}").headers["Set-Cookie"]
    cookie.load(header.replace("Partitioned", ""))

    ((name, morsel),) = cookie.items()
    assert name.startswith("__Host-opsportal-")
    assert (morsel["path"], morsel["domain"], morsel["samesite"]) == ("/", "", "None")
    assert morsel["secure"]
    assert morsel["httponly"]
    assert "Partitioned" in header
    assert int(morsel["max-age"]) == 8 * HOUR_MS // SECOND_MS


@pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies"])
def test_scripts_of_the_page_name_its_session(portal: GuardedPortal, path: str) -> None:
    """In a header; the cookie alone is not enough, nor is a name without the cookie."""
    exchanged = portal.get(f"/embed?token={portal.token()}")
    name = exchanged.headers["Location"].rpartition("session=")[2]

    assert portal.get(path, _cookie(exchanged), X_Opsportal_Session=name).status_code == 200
    assert portal.get(path, _cookie(exchanged)).status_code == 401
    assert portal.get(path, X_Opsportal_Session=name).status_code == 401


def test_the_page_is_told_which_site_may_know_its_height(portal: GuardedPortal) -> None:
    """In the frame that it draws, and for nobody else's site."""
    exchanged = portal.get(f"/embed?token={portal.token()}")
    name = exchanged.headers["Location"].rpartition("session=")[2]

    layout = portal.get("/_dash-layout", _cookie(exchanged), X_Opsportal_Session=name)
    of_a_person = portal.get("/_dash-layout", **A_PERSON)
    told = [re.findall(r'"data-hosts":("[^"]*")', text) for text in (layout.text, of_a_person.text)]
    assert [json.loads(hosts) for (hosts,) in told] == [HOST, "'self'"]


def test_a_wallboard_has_a_session_for_as_long_as_its_token(portal: GuardedPortal) -> None:
    """It may be shown in no frame, and begins with all queues."""
    token = portal.token(**KIOSK, until_ms=portal.now() + 90 * DAY_MS)
    exchanged = portal.get(f"/kiosk?token={token}", Sec_Fetch_Dest="document")

    assert exchanged.status_code == 303
    assert exchanged.headers["Location"].startswith("/?kiosk=1&session=")
    lasts_s = int(exchanged.headers["Set-Cookie"].partition("Max-Age=")[2].partition(";")[0])
    assert 90 * DAY_MS // SECOND_MS - 60 < lasts_s <= 90 * DAY_MS // SECOND_MS
    shown = portal.get(exchanged.headers["Location"], _cookie(exchanged))
    assert (shown.status_code, _ancestors(shown)) == (200, "'none'")


def test_a_program_brings_its_token_each_time(portal: GuardedPortal) -> None:
    """Below /api and at /metrics, and on no page."""
    bearer = {"Authorization": f"Bearer {portal.token(**API)}"}

    assert portal.get("/api/queues", **bearer).status_code == 200
    assert portal.get("/metrics", **bearer).status_code == 200
    assert portal.get("/", **bearer).status_code == 403
    assert portal.get("/api/queues", Authorization=f"bearer  {portal.token(**API)} ").status_code == 200
    assert portal.get("/api/queues").status_code == 401


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "Bearer x", "Bearer é", "Bearer a.b.c,Bearer a.b.c"])
def test_what_is_no_token_is_refused_even_where_somebody_is_signed_in(
    portal: GuardedPortal, authorization: str
) -> None:
    """Who says to be a program is looked at as one."""
    assert (
        portal.get("/api/queues", Authorization=authorization.encode().decode("latin-1"), **A_PERSON).status_code == 401
    )


@pytest.mark.parametrize("place", ["/embed", "/kiosk", "/api/queues"])
@pytest.mark.parametrize("purpose", ["embed", "kiosk", "api", "session"])
def test_a_token_is_taken_where_it_is_meant_to_be_and_nowhere_else(
    portal: GuardedPortal, place: str, purpose: str
) -> None:
    """A matrix of purposes and places."""
    fields: dict[str, Any] = {"purpose": purpose, "origin": None, "views": None} if purpose != "embed" else {}
    if purpose == "session":
        fields = {"session": True}
    token = portal.token(**fields)
    if place == "/api/queues":
        answer, wanted = portal.get(place, Authorization=f"Bearer {token}"), 200
    else:
        answer, wanted = portal.get(f"{place}?token={token}"), 303

    assert answer.status_code == (wanted if purpose in place or (purpose == "api" and "/api" in place) else 401)
    assert ("Set-Cookie" in answer.headers) == (answer.status_code == 303)


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example.com",
        "https://evil.example.com/",
        "javascript:alert(1)",
        "\\\\evil.example.com",
        "/\\evil.example.com",
        "queue/desk\r\nSet-Cookie: x=1",
        "../queue/desk",
        "queue/../queue/desk",
        "queue/billing",
        "queue/gone",
        "compare",
        "api/queues",
        "embed?token=x",
        "_dash-layout",
        "%2f%2fevil.example.com",
        "",
        "\x00",
    ],
)
def test_a_token_leads_to_its_own_pages_and_nowhere_else(portal: GuardedPortal, to: str) -> None:
    """What names no page that it opens is refused: no other site, no other queue, no other page."""
    answer = portal.get(f"/embed?token={portal.token()}&to={quote(to, safe='')}")

    assert answer.status_code == 403
    assert not {"Location", "Set-Cookie"} & set(answer.headers)


@pytest.mark.parametrize(
    ("to", "led"),
    [
        ("queue/desk", "/queue/desk?embed=1"),
        ("/queue/desk", "/queue/desk?embed=1"),
        ("queue/desk?kiosk=1&embed=0&session=000000000000", "/queue/desk?embed=1"),
        ("queue/desk?period=7&next=//evil.example.com&token=x", "/queue/desk?period=7&embed=1"),
        ("queue/desk?priority=%3Cscript%3E", "/queue/desk?priority=%3Cscript%3E&embed=1"),
    ],
)
def test_what_goes_on_is_what_the_portal_itself_would_write(portal: GuardedPortal, to: str, led: str) -> None:
    """Filters that it knows, and the mode of the token."""
    answer = portal.get(f"/embed?token={portal.token()}&to={quote(to, safe='')}")

    assert answer.headers["Location"].rpartition("&session=")[0] == led


@pytest.mark.parametrize(
    ("fields", "led"),
    [
        ({}, "/queue/desk?"),
        ({"queues": None}, "/queue/desk?"),
        ({"queues": frozenset({"network", "billing"})}, "/queue/billing?"),
        ({"views": None}, "/?"),
        ({"views": frozenset({"trends", "compare"})}, "/compare?"),
    ],
)
def test_without_a_page_the_first_of_the_token_opens(portal: GuardedPortal, fields: dict[str, Any], led: str) -> None:
    """In the order of the pages, and of the registry."""
    assert portal.get(f"/embed?token={portal.token(**fields)}").headers["Location"].startswith(led)


def test_a_token_for_a_queue_that_has_gone_opens_nothing(portal: GuardedPortal) -> None:
    """It is refused, and said to be no page."""
    assert portal.get(f"/embed?token={portal.token(queues=frozenset({'gone'}))}").status_code == 403


def test_a_token_carried_to_another_site_is_refused(portal: GuardedPortal) -> None:
    """Where the browser says which site asks; where it does not, the policy keeps the page out of its frame."""
    path = f"/embed?token={portal.token()}"

    assert portal.get(path, Referer=f"{OTHER}/").status_code == 401
    assert portal.get(path, Referer=f"{HOST}.evil.example/").status_code == 401
    assert portal.get(path, Referer="http://intranet.example.com/").status_code == 401
    assert portal.get(path, Referer="http://[").status_code == 401
    assert portal.get(path, Referer=f"{HOST}/some/page?x").status_code == 303
    unsaid = portal.get(path)
    assert _ancestors(portal.get(unsaid.headers["Location"], _cookie(unsaid))) == HOST


@pytest.mark.parametrize("where", ["document", "empty", "image", "script"])
def test_a_token_for_a_frame_is_taken_in_a_frame_alone(portal: GuardedPortal, where: str) -> None:
    """Nobody is led by a link into a session that they did not ask for."""
    answer = portal.get(f"/embed?token={portal.token()}", Sec_Fetch_Dest=where)

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_session_ends_by_its_time_by_the_registry_and_by_another_key(portal: GuardedPortal) -> None:
    """Whatever the browser still sends."""
    exchanged = portal.get(f"/embed?token={portal.token()}")
    address, cookie = exchanged.headers["Location"], _cookie(exchanged)
    assert portal.get(address, cookie).status_code == 200

    portal.ahead_ms = 8 * HOUR_MS + SECOND_MS
    assert portal.get(address, cookie).status_code == 401
    portal.ahead_ms = 0
    portal.revoke("a1b2c3d4e5f60718")
    assert portal.get(address, cookie).status_code == 401
    assert portal.get(f"/embed?token={portal.token()}").status_code == 401


def test_another_key_ends_every_session(portal: GuardedPortal, tmp_path: Path) -> None:
    """Those that were made with the one before open nothing."""
    exchanged = portal.get(f"/embed?token={portal.token()}")
    (tmp_path / "next").mkdir()
    with guarded_portal(tmp_path / "next", **{**SIGNED_IN, "TOKEN_KEY": KEY[::-1]}) as another:
        assert another.get(exchanged.headers["Location"], _cookie(exchanged)).status_code == 401
        assert another.get(f"/embed?token={portal.token()}").status_code == 401


def test_without_a_key_no_token_opens_anything_and_it_is_said(tmp_path: Path) -> None:
    """Even where everybody may come in, a token is not passed over."""
    with guarded_portal(tmp_path, LOG_LEVEL="INFO") as portal:
        refused = portal.get(f"/kiosk?token={portal.token(**KIOSK)}")
        assert (refused.status_code, "TOKEN_KEY" in refused.text) == (401, True)
        assert portal.get("/api/queues", Authorization="Bearer x").status_code == 401
        assert portal.get("/api/queues").status_code == 200


def test_a_session_of_one_scope_does_nothing_for_another(portal: GuardedPortal) -> None:
    """Of two in one browser each page has its own; renamed, a cookie is none."""
    desk = portal.get(f"/embed?token={portal.token()}")
    wide = portal.get(f"/embed?token={portal.token(queues=frozenset({'billing'}), id='b1b2c3d4e5f60718')}")
    both = f"{_cookie(desk)}; {_cookie(wide)}"
    names = [answer.headers["Location"].rpartition("session=")[2] for answer in (desk, wide)]

    assert names[0] != names[1]
    for name in names:
        assert portal.get("/_dash-layout", both, X_Opsportal_Session=name).status_code == 200
    swapped = _cookie(desk).replace(names[0], names[1])
    assert portal.get("/_dash-layout", swapped, X_Opsportal_Session=names[1]).status_code == 401


def test_the_same_scope_has_one_session(portal: GuardedPortal) -> None:
    """A page that is loaded again all day leaves one cookie, and no more."""
    first = portal.get(f"/embed?token={portal.token()}")
    second = portal.get(f"/embed?token={portal.token(id='b1b2c3d4e5f60718')}", _cookie(first))

    assert _cookie(first).partition("=")[0] == _cookie(second).partition("=")[0]
    assert first.headers["Location"] == second.headers["Location"]


def test_of_many_sessions_the_oldest_goes(portal: GuardedPortal) -> None:
    """So that all of them fit into the headers of a request."""
    cookies: list[str] = []
    gone, address = [], ""
    for number in range(12):
        queues = frozenset({"desk", f"queue-{number}"})
        answer = portal.get(f"/embed?token={portal.token(queues=queues)}&to=queue/desk", "; ".join(cookies))
        address = answer.headers["Location"]
        for header in answer.raw.headers.getlist("Set-Cookie"):
            pair = header.partition(";")[0]
            if pair.endswith("="):
                assert "Max-Age=0" in header
                gone.append(pair)
                cookies = [cookie for cookie in cookies if not cookie.startswith(pair)]
            else:
                cookies.append(pair)

    assert (len(cookies), len(gone)) == (8, 4)
    assert portal.get(address, "; ".join(cookies)).status_code == 200


def test_a_person_beside_a_session_stays_a_person(portal: GuardedPortal) -> None:
    """Whoever names no session has none; whoever names one that is not there is nobody."""
    exchanged = portal.get(f"/kiosk?token={portal.token(**KIOSK)}")

    beside = portal.get("/", _cookie(exchanged), **A_PERSON)
    assert (beside.status_code, _ancestors(beside)) == (200, "'self'")
    assert portal.get(exchanged.headers["Location"], **A_PERSON).status_code == 401


def test_it_works_below_a_prefix(tmp_path: Path) -> None:
    """Addresses lie below it, the cookie at the root as its name demands."""
    with guarded_portal(tmp_path, **SIGNED_IN, URL_PREFIX="/ops/portal") as portal:
        exchanged = portal.get(f"/ops/portal/embed?token={portal.token()}&to=queue/desk")

        assert exchanged.headers["Location"].startswith("/ops/portal/queue/desk?embed=1&session=")
        assert "; Path=/;" in f"{exchanged.headers['Set-Cookie']};"
        assert portal.get(exchanged.headers["Location"], _cookie(exchanged)).status_code == 200
        assert portal.get(f"/embed?token={portal.token()}").status_code == 401


def test_no_log_says_a_token(portal: GuardedPortal, caplog: pytest.LogCaptureFixture) -> None:
    """The id and the reason are what is written down, of what is taken and of what is refused."""
    caplog.set_level(logging.DEBUG)
    good, ended = portal.token(), portal.token(made_ms=portal.now() - MINUTE_MS, until_ms=portal.now() - SECOND_MS)
    program = portal.token(**{**API, "id": "c1b2c3d4e5f60718"})
    exchanged = portal.get(f"/embed?token={good}")
    refused = portal.get(f"/embed?token={ended}")
    portal.get(exchanged.headers["Location"], _cookie(exchanged))
    portal.get("/api/queues", Authorization=f"Bearer {program}x")

    ours = (record for record in caplog.records if not record.name.startswith("urllib3"))  # which is the browser here
    written = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert "a1b2c3d4e5f60718" in written
    assert "token: expired" in written
    for token in (good, ended, program, _cookie(exchanged).partition("=")[2]):
        assert token not in written
        assert token.rpartition(".")[2] not in written
    assert ended not in refused.text


def test_an_exchange_of_nothing_is_refused(portal: GuardedPortal) -> None:
    """Without a token, with an empty one, with one of a million characters' worth of nonsense."""
    for path in ("/embed", "/embed?token=", "/kiosk?token=%00", f"/kiosk?token={'A' * 5_000}"):
        answer = portal.get(path)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)
    assert requests.post(f"{portal.url}/embed", data={"token": portal.token()}, timeout=30).status_code == 405


def test_pages_are_those_that_there_are() -> None:
    """A token names pages as addresses do; the page for what is not there is none."""
    assert {*VIEWS, "not-found"} == set(get_args(PageName))
