"""Faults of single requests over HTTP: the report is the faultless one, or lacks its hours, or fails with advice.

Whatever happens, what was kept before stands, and the next read without the fault gives the faultless report. Each
fault hits a cold read (its window is a day wider than what was kept) and, where it can, a warm one.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from datasource.errors import LoginFailed, SourceFailed, SourceMalformed, SourceThrottled, SourceUnreachable
from datasource.transport import ATTEMPTS
from tests.fakes.clock import StillClock, stop_the_clock
from tests.fakes.faulty_portal import (
    BULKFETCH,
    CHANGES,
    INFO,
    MYSELF,
    SEARCH,
    WORKLOGS,
    Json,
    Portal,
    cold_and_warm,
    held,
    open_portal,
    rule,
    shaped,
    status,
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal before Jira Cloud and Tempo Cloud."""
    with ExitStack() as stack:
        yield open_portal(stack, tmp_path_factory.mktemp("cloud"), "cloud")


@pytest.fixture
def kept(portal: Portal, tmp_path: Path) -> Iterator[Path]:
    """What was kept before, for one test alone; the demo is whole again afterwards."""
    yield shutil.copytree(portal.kept, tmp_path / "kept")
    portal.faults()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> StillClock:
    """Waiting takes no time and is remembered."""
    return stop_the_clock(monkeypatch)


# Throttling


@cold_and_warm
def test_429_with_retry_after_is_waited_for_in_full(portal: Portal, kept: Path, clock: StillClock, how: str) -> None:
    """By every call that comes meanwhile; then the report is whole."""
    portal.outlives(kept, how, rule(SEARCH, "throttle", retry_after_s=7), rule(CHANGES, "throttle", retry_after_s=19))

    assert {7.0, 19.0} <= set(clock.waits)
    assert max(clock.waits) == 19


@cold_and_warm
def test_429_without_retry_after_is_waited_for_a_little_longer_each_time(
    portal: Portal, kept: Path, clock: StillClock, how: str
) -> None:
    """Each wait is about twice the one before, give or take three tenths."""
    portal.outlives(kept, how, rule(SEARCH, "throttle", times=2))

    first, second = max(clock.waits[:1]), max(clock.waits)
    assert 0.35 <= first <= 0.65
    assert 0.7 <= second <= 1.3


@cold_and_warm
def test_429_without_end_is_asked_as_often_as_any_other_failure(
    portal: Portal, kept: Path, clock: StillClock, how: str
) -> None:
    """And then told."""
    said = portal.fails(kept, how, SourceThrottled, rule(SEARCH, "throttle", times=None, retry_after_s=2))

    assert said.startswith("Jira: asks to wait 2 s before the next request (POST /rest/api/3/search/jql). Try again")
    assert sum(clock.waits) < 60


@cold_and_warm
def test_429_with_1847_seconds_is_told_at_once_and_never_slept(
    portal: Portal, kept: Path, clock: StillClock, how: str
) -> None:
    """The process asks nothing until then, and recovers alone."""
    before = held(kept)
    services = portal.services(kept, how)
    portal.faults(rule(SEARCH, "throttle", retry_after_s=1847))

    with pytest.raises(SourceThrottled, match=r"asks to wait 1847 s .*search/jql.* Try again after that") as raised:
        shaped(services)

    assert raised.value.retry_after_s == 1847
    assert clock.waits == []
    assert portal.sent(SEARCH) == 1
    assert held(kept) == before
    asked = portal.sent()
    with pytest.raises(SourceThrottled, match="asks to wait 1847 s"):
        shaped(services)
    assert portal.sent() == asked
    clock.sleep(1847)
    assert shaped(services) == portal.faultless[how]


# Failures of the source and of the way to it


@cold_and_warm
@pytest.mark.parametrize("code", [500, 502, 503])
def test_a_failure_that_passes_is_outlived_wherever_it_comes(
    portal: Portal, kept: Path, clock: StillClock, how: str, code: int
) -> None:
    """Every kind of call fails once."""
    routes = [INFO, MYSELF, SEARCH, CHANGES, WORKLOGS, *([BULKFETCH] if how == "cold" else [])]

    portal.outlives(kept, how, *(status(route, code) for route in routes))

    assert 0 < max(clock.waits) <= 0.65


@cold_and_warm
@pytest.mark.parametrize("code", [500, 502, 503])
def test_a_failure_that_stays_is_told_with_its_words(portal: Portal, kept: Path, how: str, code: int) -> None:
    """After as many attempts as there are, and no more."""
    said = portal.fails(kept, how, SourceFailed, status(SEARCH, code, times=None))

    assert said == (
        f"Jira: HTTP {code}: Something went wrong on our side (POST /rest/api/3/search/jql). "
        "The source is in trouble; try again later."
    )


@pytest.mark.parametrize("body", ["jira", "message", "gateway", "desk", "html", "xml", "empty"])
def test_a_failure_is_told_whatever_its_body_is(portal: Portal, kept: Path, body: str) -> None:
    """Proxies answer in forms of their own."""
    said = portal.fails(kept, "warm", SourceFailed, status(MYSELF, 503, times=None, body=body))

    assert re.fullmatch(
        r"Jira: HTTP 503(: [^<>]+)? \(GET /rest/api/3/myself\)\. The source is .* try again later\.", said
    )


@cold_and_warm
def test_a_server_that_hangs_once_is_asked_again(
    portal: Portal, kept: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The lost answer costs its time-out and nothing else."""
    monkeypatch.setattr("datasource.sending.READ_TIMEOUT_S", 0.5)

    portal.outlives(kept, how, rule(SEARCH, "hang"))


@cold_and_warm
def test_a_server_that_hangs_for_ever_is_unreachable(
    portal: Portal, kept: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The message says which call got no answer."""
    monkeypatch.setattr("datasource.sending.READ_TIMEOUT_S", 0.5)

    said = portal.fails(kept, how, SourceUnreachable, rule(SEARCH, "hang", times=None))

    assert said == (
        "Jira: no answer in time (POST /rest/api/3/search/jql). Check the address and the network, then try again."
    )


@cold_and_warm
@pytest.mark.parametrize("kind", ["cut", "close"])
def test_an_answer_that_breaks_off_once_is_asked_for_again(portal: Portal, kept: Path, how: str, kind: str) -> None:
    """In the middle of its body, or before it began."""
    routes = [SEARCH, CHANGES, WORKLOGS, *([BULKFETCH] if how == "cold" else [])]

    portal.outlives(kept, how, *(rule(route, kind) for route in routes))


@cold_and_warm
@pytest.mark.parametrize("route", [SEARCH, CHANGES])
def test_an_answer_that_always_breaks_off_is_never_a_shorter_list(
    portal: Portal, kept: Path, how: str, route: str
) -> None:
    """Nothing of it is used."""
    said = portal.fails(kept, how, SourceUnreachable, rule(route, "cut", times=None))

    assert "the connection broke off" in said
    assert f"({route})" in said
    assert said.endswith("Check the address and the network, then try again.")


@cold_and_warm
@pytest.mark.parametrize("route", [INFO, MYSELF, SEARCH, CHANGES])
def test_a_web_page_with_status_200_is_no_data(portal: Portal, kept: Path, how: str, route: str) -> None:
    """Asking again would bring the same page, so it is told at once."""
    said = portal.fails(kept, how, SourceMalformed, rule(route, "html"))

    assert said == (
        f"Jira: a web page came instead of data ({route}). "
        "Open the address in a browser: a proxy or a login page may answer in its place."
    )


# Logins


@cold_and_warm
@pytest.mark.parametrize("body", ["message", "html"])
def test_401_in_the_middle_is_told_and_never_asked_again(portal: Portal, kept: Path, how: str, body: str) -> None:
    """Even though the next request would be answered: repeated failures lock accounts."""
    said = portal.fails(kept, how, LoginFailed, status(CHANGES, 401, body=body))

    assert said.startswith("Jira: HTTP 401")
    assert said.endswith(f"({CHANGES}). Renew the token and check that it belongs to the account that is set.")


@cold_and_warm
def test_a_token_with_scopes_on_the_wrong_address_is_told_with_the_right_one(
    portal: Portal, kept: Path, how: str
) -> None:
    """The gateway speaks of scopes, and a good token would be thrown away."""
    said = portal.fails(kept, how, LoginFailed, rule("*", "gateway_401_scope", times=None))

    assert "HTTP 401: Unauthorized; scope does not match (GET /rest/api/2/serverInfo)" in said
    assert "set JIRA_BASE_URL to https://api.atlassian.com/ex/jira/<cloud id>" in said


@cold_and_warm
def test_a_login_that_is_revoked_is_told(portal: Portal, kept: Path, how: str) -> None:
    """From one request on everything is answered as for strangers."""
    said = portal.fails(kept, how, LoginFailed, rule("*", "expired_login", times=None, after=1))

    assert "Renew the token" in said


@cold_and_warm
def test_a_login_that_is_revoked_is_never_an_empty_list(portal: Portal, kept: Path, how: str) -> None:
    """A search says 200 and that there is nothing; only a header tells."""
    said = portal.fails(kept, how, LoginFailed, rule(SEARCH, "expired_login", times=None))

    assert said == (
        "Jira: the login failed, and the answer is the one for anonymous visitors (POST /rest/api/3/search/jql). "
        "Renew the token and check that it belongs to the account that is set."
    )
    assert portal.faultless[how]["backlog"]["open"] > 0


# Tempo


@cold_and_warm
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (status(WORKLOGS, 401, body="html"), "Tempo: HTTP 401: Sorry (GET /worklogs). Renew the token"),
        (status(WORKLOGS, 403, body="html"), "Tempo: HTTP 403: Sorry (GET /worklogs). Give the account the permission"),
        (status(WORKLOGS, 500, body="tempo", times=None), "Tempo: HTTP 500: Something went wrong (GET /worklogs)."),
        (rule(WORKLOGS, "html"), "Tempo: a web page came instead of data (GET /worklogs). Open the address"),
        (rule(WORKLOGS, "cut", times=None), "Tempo: the connection broke off"),
        (rule(WORKLOGS, "throttle", retry_after_s=1847), "Tempo: asks to wait 1847 s"),
    ],
    ids=["401-html", "403-html", "500", "html", "cut", "1847"],
)
def test_a_fault_of_tempo_costs_the_hours_and_says_so(
    portal: Portal, kept: Path, how: str, fault: Json, said: str
) -> None:
    """Everything else stands, and so does what was kept of the hours."""
    before, whole = held(kept), portal.faultless[how]
    portal.faults(fault)
    made = portal.report(kept, how)
    hit = portal.sent(WORKLOGS)
    portal.faults()

    assert made["hours"]["state"] == "failed"
    assert made["hours"]["state_reason"].startswith(said)
    assert made["hours"]["total_h"] is None
    assert 1 <= hit <= ATTEMPTS
    with_hours = {"hours", "analysts", "quality", "health"}
    assert {name: part for name, part in made.items() if name not in with_hours} == {
        name: part for name, part in whole.items() if name not in with_hours
    }
    assert [row["open"] for row in made["analysts"]] == [row["open"] for row in whole["analysts"]]
    changed = {name for name, data in held(kept).items() if data != before[name]}
    assert len(changed) == 1, "the tickets alone were read anew"
    assert portal.report(kept, how) == whole
