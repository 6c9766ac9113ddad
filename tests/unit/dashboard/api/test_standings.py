"""How an answer says that data is young, old, not whole or not there."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.api import operations
from opsportal import request_ids
from opsportal.trends import Trends
from servicelevel.errors import PortalError
from tests.fakes.api_answers import ApiAnswers
from tests.fakes.desk_portal import portal_over
from tests.fakes.desk_world import TTL_MIN, World
from tests.fakes.failing_history import FailingHistory

QUEUES = ("desk", "billing", "network")


class Down(PortalError):
    """A source that fails."""


@pytest.mark.parametrize("address", ["queues/desk/data", "queues/desk/tickets", "queues/overview", "teams", "at-risk"])
def test_a_first_read_is_told_with_its_progress(world: World, tmp_path: Path, address: str) -> None:
    """202 at once, when to ask again, and how far it is; nobody may keep that."""
    api = ApiAnswers(portal_over(world, world.process(), tmp_path))
    answer = api.get(address)
    told = answer.get_json()

    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "5")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (told["state"], told["queue"], told["progress"]["phase"]) == ("stale", "desk", "waiting")
    assert api.get(address.split("?")[0] + "?bogus=1").status_code == 400


def test_the_queue_that_is_read_is_the_one_told(world: World, tmp_path: Path) -> None:
    """Of several that wait, that is where something moves."""
    asked = []

    def during() -> None:
        api = ApiAnswers(portal_over(world, world.process(), tmp_path))
        asked.append(api.get("queues/overview").get_json())
        world.tickets.during = lambda: None

    world.tickets.during = during
    world.process().refresh("billing")

    assert (asked[0]["queue"], asked[0]["progress"]["phase"]) == ("billing", "tickets")
    assert (asked[0]["progress"]["done"], asked[0]["progress"]["of"]) == (7, 40)


def test_what_could_never_be_read_says_why(world: World, tmp_path: Path) -> None:
    """503 with the reason and when it is tried again; the list of queues is there all the same."""
    world.tickets.down = dict.fromkeys(QUEUES, Down("Jira is down."))
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))

    for address in ("queues/desk/data", "queues/overview", "at-risk.csv"):
        answer = api.get(address)
        told = answer.get_json(force=True)
        assert (answer.status_code, told["type"]) == (503, "/problems/never-read")
        assert "Jira is down." in told["detail"]
        assert 5 <= int(answer.headers["Retry-After"]) <= 900
    assert [row["state"] for row in api.json("queues")["queues"]] == ["failed"] * 3


def test_one_queue_that_fails_stands_in_nobodys_way(world: World, tmp_path: Path) -> None:
    """The others have their numbers, and the whole says that one is missing."""
    world.tickets.down = {"network": Down("Jira is down.")}
    api = ApiAnswers(portal_over(world, world.read(), tmp_path))
    seen = api.json("queues/overview")

    assert (seen["state"], seen["state_reason"]) == ("partial", "network: Jira is down.")
    assert [row["health"] is None for row in seen["queues"]] == [False, False, True]
    assert seen["queues"][2]["state_reason"] == "Jira is down."
    assert api.get("queues/network/data").status_code == 503
    assert api.json("at-risk?queue=desk")["state"] == "fresh"
    assert api.json("at-risk")["state"] == "partial"


def test_numbers_that_grew_old_without_a_failure_say_so(api: ApiAnswers, world: World) -> None:
    """Nobody has tried to read them: that is a reason too."""
    world.pass_minutes(24 * 60)

    for address in ("queues/desk/data", "queues/desk/tickets"):
        told = api.json(address)
        assert (told["state"], told["state_reason"]) == ("stale", "It has not been read for long.")


def test_old_numbers_are_served_with_their_age(api: ApiAnswers, world: World) -> None:
    """However old: the reason stands beside them."""
    world.tickets.down = dict.fromkeys(QUEUES, Down("Jira is down."))
    world.pass_minutes(24 * 60)
    world.read()

    for address in ("queues/desk/data", "queues/overview", "teams", "at-risk"):
        told = api.json(address)
        assert told["state"] == "stale"
        assert "Jira is down." in told["state_reason"]
        assert told["age_s"] == 24 * 60 * 60


def test_a_period_that_is_not_covered_is_refused_with_the_reason(api: ApiAnswers) -> None:
    """Counting what is known of it would silently leave tickets out."""
    for address in ("queues/desk/data", "queues/overview", "queues/desk/tickets", "teams"):
        answer = api.get(f"{address}?period=365")
        error = answer.get_json(force=True)["errors"][0]
        assert (answer.status_code, error["parameter"], error["value"]) == (400, "period", "365")
        assert "Ask for a shorter period" in error["problem"]
    assert "begins on" in api.get("queues/desk/data?period=2027-01-01..2027-01-02").text


def test_without_a_refresh_fresh_turns_stale(api: ApiAnswers, world: World) -> None:
    """At twice the age after which it should have been read again, under another revision."""
    young = api.json("queues/desk/data")
    world.pass_minutes(2 * TTL_MIN + 1)
    old = api.json("queues/desk/data")

    assert (young["state"], old["state"]) == ("fresh", "stale")
    assert young["revision"] != old["revision"]


def test_a_failure_of_ours_is_a_problem_with_a_reference(
    api: ApiAnswers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client gets the id under which the log has the traceback, and nothing of the inside."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("opsportal.cached.CachedReports.overview", broken)
    token = request_ids.current.set("the-request")
    try:
        with caplog.at_level(logging.ERROR):
            answer = api.get("queues/overview")
    finally:
        request_ids.current.reset(token)
    told = answer.get_json(force=True)

    assert (answer.status_code, told["type"], told["request_id"]) == (500, "/problems/internal-error", "the-request")
    assert "secret" not in answer.text
    assert "the-request" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert {operation.id for operation in operations.OPERATIONS} >= {"getOverview"}


def test_a_history_that_cannot_be_read_is_told(world: World, tmp_path: Path) -> None:
    """503 for trends alone; a history without days is no failure, and says so."""
    services = portal_over(world, world.read(), tmp_path)
    told = ApiAnswers(services).json("trends?queue=desk")
    assert (told["state"], told["state_reason"]) == ("partial", "desk: no day is kept yet.")
    assert told["as_of"] == "2026-11-22T23:59:59.999+00:00"

    gone = Trends(FailingHistory(words="The disk is gone."), lambda: services.policy, services.now)
    api = ApiAnswers(replace(services, trends=gone))
    for address in ("trends", "trends.csv"):
        answer = api.get(address)
        assert (answer.status_code, answer.get_json(force=True)["type"]) == (503, "/problems/history-unreadable")
        assert answer.headers["Retry-After"] == "60"
    assert api.get("queues/desk/data").status_code == 200
