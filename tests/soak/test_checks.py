"""The checks of a soak notice what they are there for."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, get_args

import pytest

from tests.chaos.readers import wall_s
from tests.chaos.relay import Call, Relay
from tests.soak.asking import AGE, Ask
from tests.soak.checks import Checks
from tests.soak.claims import Claim, Claims
from tests.soak.faults import FAULTS, Part, Window, Windows, schedule
from tests.soak.load import Got
from tests.soak.rhythm import Rhythm
from tests.soak.told import Told

AT_S: Final = 1_800_000_000.0
"""When everything is asked, on the clock on the wall; on the monotonic one it is 1000."""

RHYTHM: Final = Rhythm(minutes=4)
DATA: Final = Ask("numbers", "/api/queues/billing/data", queue="billing")
TRENDS: Final = Ask("numbers", "/api/trends")
PAGE: Final = Ask("page", "/_dash-update-component", {"outputs": "page"}, queue="billing", words=(AGE,))


@pytest.fixture
def checks() -> Checks:
    """Checks of a soak in which Jira was down from 100 to 30 seconds ago, and Tempo since 100 seconds."""
    faults = {fault.name: fault for fault in FAULTS}
    windows = Windows(
        [
            Window(faults["Jira is down"], AT_S - 100, AT_S - 30),
            Window(faults["Tempo is down"], AT_S - 100),
        ]
    )
    claims = Claims()
    return Checks(RHYTHM, windows, claims, Told(RHYTHM, windows, claims))


def got(ask: Ask, body: object = b"", status: int = 200, **headers: str) -> Got:
    """An answer that came at once."""
    whole = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    named = {"X-Request-Id": "soak-1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Got(ask, "soak-1", None, 0.0, 1000.0, 1000.0, AT_S, AT_S, status, named, whole)


def numbers(age_s: float, **other: Any) -> dict[str, Any]:
    """What the API says of a queue that was read so many seconds ago."""
    as_of = datetime.fromtimestamp(AT_S - age_s, UTC).isoformat()
    told = {"age_s": age_s, "as_of": as_of, "state": "fresh", "state_reason": None, "revision": f"of {as_of}"}
    return {**told, "hours": {"state": "failed", "state_reason": "Tempo is away."}, **other}


def page(age_s: float, now_s: float = AT_S) -> dict[str, Any]:
    """What a page says of such a queue."""
    badge = {"data-as-of": f"{(AT_S - age_s) * 1000:.0f}", "data-now": f"{now_s * 1000:.0f}"}
    return {"response": {"age": {"children": {"props": badge}}}}


GOOD: Final[Mapping[str, Got]] = {
    "numbers": got(DATA, numbers(5)),
    "old numbers": got(DATA, numbers(30, state="stale", state_reason="Jira is away.")),
    "numbers that it was tried to renew": got(DATA, numbers(20, state_reason="Jira is away.")),
    "hours from before": got(
        DATA, numbers(101, state="stale", state_reason="so", hours={"state": "ok", "state_reason": None})
    ),
    "a page": got(PAGE, page(5)),
    "nothing new": got(Ask("page", "/_dash-update-component", {"outputs": "other"}), status=204),
    "a document": got(Ask("document", "/"), b"<html></html>\n"),
    "a table": got(Ask("table", "/export/overview.csv"), b"a,b\r\n1,2\r\n", X_Row_Count="1"),
    "readiness": got(
        Ask("ready", "/readyz"),
        {
            "ready": True,
            "parts": {
                **{part: {"state": "failing"} for part in ("jira", "tempo")},
                "cache": {"serves": "files"},
                "history": {"state": "failed"},
            },
        },
    ),
}

BAD: Final[Mapping[str, tuple[Claim, Got]]] = {
    "an error": ("answered", got(DATA, b"oh", 500)),
    "no answer": ("answered", got(DATA, b"ConnectionError", 0)),
    "a refusal that nobody promised": ("answered", got(DATA, b"later", 503, Retry_After="15")),
    "history refused while it is well": ("answered", got(TRENDS, b"later", 503, Retry_After="15")),
    "a first read again": ("kept", got(DATA, b"{}", 202)),
    "a page without its numbers": ("kept", got(PAGE, {"response": {}})),
    "a page with nothing to say": ("kept", got(PAGE, status=204)),
    "a table without a row": ("kept", got(Ask("table", "/export/due.csv"), b"a,b\r\n")),
    "a body that breaks off": ("whole", got(DATA, b'{"age_s":5,"as_o')),
    "a document that breaks off": ("whole", got(Ask("document", "/"), b"<html>")),
    "a table that breaks off": ("whole", got(Ask("table", "/export/due.csv"), b"a,b\r\n1,2\r\n3")),
    "an unchanged answer of another tag": ("whole", replace(got(DATA, status=304, ETag="W/1"), tag="W/2")),
    "another id": ("ids", got(DATA, numbers(5), X_Request_Id="soak-2")),
    "an age that stands": ("ages", got(DATA, {**numbers(30), "age_s": 5})),
    "a page of yesterday": ("ages", got(PAGE, page(5, now_s=AT_S - 86_400))),
    "old numbers called fresh": ("states", got(DATA, numbers(60))),
    "young numbers called stale": ("states", got(DATA, numbers(5, state="stale", state_reason="so"))),
    "old numbers without a reason": ("states", got(DATA, numbers(30, state="stale"))),
    "hours while Tempo is away": ("states", got(DATA, numbers(5, hours={"state": "ok", "state_reason": None}))),
    "hours missing without a word": ("states", got(DATA, numbers(5, hours={"state": "failed", "state_reason": None}))),
    "tickets missing": ("states", got(DATA, numbers(5, state="partial", state_reason="1 ticket left out"))),
    "not ready": ("answered", got(Ask("ready", "/readyz"), {"ready": False, "parts": {}})),
}


@pytest.mark.parametrize("answer", GOOD.values(), ids=list(GOOD))
def test_a_good_answer_breaks_no_claim(checks: Checks, answer: Got) -> None:
    """Nor does it when it comes twice."""
    checks.take(answer)
    checks.take(answer)

    assert checks.claims.all_hold, checks.claims.lines()


@pytest.mark.parametrize(("claim", "answer"), BAD.values(), ids=list(BAD))
def test_a_bad_answer_breaks_its_claim(checks: Checks, claim: Claim, answer: Got) -> None:
    """And the verdict says what came."""
    checks.take(answer)

    assert claim in checks.claims.broken
    assert any(line.startswith("BROKEN ×") for line in checks.claims.lines())


def test_two_contents_under_one_revision_are_found(checks: Checks) -> None:
    """Whatever the age."""
    checks.take(got(DATA, numbers(5)))
    checks.take(got(DATA, numbers(5, sla="other")))

    assert list(checks.claims.broken) == ["revisions"]


def test_an_older_instant_is_found_once_workers_have_had_time_to_follow(checks: Checks) -> None:
    """Whether a page or a program is told."""
    checks.take(got(DATA, numbers(5)))
    checks.take(replace(got(PAGE, page(9)), began=1010.0, ended=1010.0))
    assert checks.claims.all_hold

    checks.take(replace(got(PAGE, page(9)), began=1016.0, ended=1016.0))
    assert list(checks.claims.broken) == ["kept"]


def test_history_may_be_refused_while_it_cannot_be_read(checks: Checks) -> None:
    """With the time after which to ask again."""
    damaged = next(fault for fault in FAULTS if fault.part == "history")
    checks.windows.every.append(Window(damaged, AT_S - 1))

    checks.take(got(TRENDS, b"later", 503, Retry_After="60"))
    assert checks.claims.all_hold

    checks.take(got(TRENDS, b"later", 503))
    assert list(checks.claims.broken) == ["answered"]


def test_a_reading_that_nobody_made_is_found(checks: Checks) -> None:
    """Each instant told belongs to a read of that queue at Jira, but for the first, which was there before."""
    checks.take(got(DATA, numbers(50)))
    checks.take(got(DATA, numbers(5)))
    assert not checks.claims.broken.pop("ages", None)

    checks.told.nothing_made_up(Relay())

    assert "ages" in checks.claims.broken


def test_a_fault_that_nobody_told_is_found(checks: Checks) -> None:
    """By the parts of /readyz, while it lasted or soon after; but not one that nobody could meet."""
    now, ago_s = wall_s(), 100.0
    hangs, down = (next(fault for fault in FAULTS if fault.name == name) for name in ("Tempo hangs", "Redis is killed"))
    checks.windows.every[:] = [Window(hangs, now - ago_s, now - 50), Window(down, now - ago_s, now - 50)]
    relay = Relay()

    checks.noticed["cache"].append(now - 90)
    checks.look_back(relay)
    assert checks.claims.all_hold

    relay.arrived(Call("GET", "/tempo/4/worklogs", None, False, None, 1, time.monotonic() - 70))
    checks.look_back(relay)
    assert [line for line in checks.claims.lines() if "Tempo hangs" in line]
    assert not [line for line in checks.claims.lines() if "Redis is killed" in line]


def test_every_part_fails_within_four_minutes_and_every_fault_comes() -> None:
    """The same seed gives the same order."""
    drawn = schedule(3, 64)

    assert drawn == schedule(3, 64) != schedule(4, 64)
    for first in range(0, 64, 4):
        assert {minute[0].part for minute in drawn[first : first + 4]} == set(get_args(Part))
    assert {fault.name for minute in drawn for fault in minute} == {fault.name for fault in FAULTS}
    assert all(len({fault.part for fault in minute}) == len(minute) for minute in drawn)
