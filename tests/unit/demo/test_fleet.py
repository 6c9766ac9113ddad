from __future__ import annotations

import json
from typing import Any

import pytest

from demo.fleet import CALENDAR_PLANS, GOALS_CHANGED_ON, QUEUE_PLANS, GoalPlan
from demo.server import REGISTRY
from demo.teams import TEAM_PLANS
from demo.zones import HOUR_MS, MINUTE_MS
from tests.unit.demo.reader import Reader

_PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")


@pytest.fixture(scope="module")
def registry() -> dict[str, Any]:
    """The registry that the demo ships."""
    loaded: dict[str, Any] = json.loads(REGISTRY.read_text(encoding="utf-8"))
    return loaded


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def test_registry_tells_the_truth_about_calendars(registry: dict[str, Any]) -> None:
    """Zones, hours, holidays and exceptions are those the demo computes with."""
    assert set(registry["calendars"]) == {plan.key for plan in CALENDAR_PLANS}
    for plan in CALENDAR_PLANS:
        told = registry["calendars"][plan.key]

        def intervals(texts: list[str]) -> tuple[tuple[int, int], ...]:
            return tuple((_minutes(text.split("-")[0]), _minutes(text.split("-")[1])) for text in texts)

        assert told["time_zone"] == plan.zone_name
        hours = intervals(told["hours"]["mon-fri"]) if "hours" in told else None
        assert dict(plan.hours) == ({} if hours is None else dict.fromkeys(range(5), hours))
        holidays = told.get("holidays")
        assert plan.holidays_of == (None if holidays is None else (holidays["country"], holidays["subdivision"]))
        assert [day.isoformat() for day in plan.extra_holidays] == told.get("extra_holidays", [])
        exceptions = {day: intervals(texts) for day, texts in told.get("exceptions", {}).items()}
        assert {day.isoformat(): hours for day, hours in plan.exceptions.items()} == exceptions


def _goals(rows: list[dict[str, str]]) -> GoalPlan:
    """What the registry's rows say, as the demo writes it down."""

    def latest(priority: str, since: bool) -> int:
        fitting = [row for row in rows if row["priority"] == priority and (since or "valid_from" not in row)]
        text = max(fitting, key=lambda row: row.get("valid_from", ""))["goal"]
        return int(text[:-1]) * (HOUR_MS if text.endswith("h") else MINUTE_MS)

    before, since = ([latest(name, new) for name in _PRIORITIES] for new in (False, True))
    return GoalPlan((*before,), (*since,))  # type: ignore[arg-type]


def test_registry_tells_the_truth_about_queues(registry: dict[str, Any]) -> None:
    """Projects, filters, fields, calendars, goals, pauses, exclusions and teams."""
    teams = {plan.id: plan.name for plan in TEAM_PLANS}
    assert [queue["id"] for queue in registry["queues"]] == [plan.id for plan in QUEUE_PLANS]
    for plan, told in zip(QUEUE_PLANS, registry["queues"], strict=True):
        assert (told["name"], told["project"], told["team"]) == (plan.name, plan.project, teams[plan.team])
        assert told.get("jql") == (None if plan.share_label is None else f"labels = {plan.share_label}")
        assert told.get("calendar", registry["defaults"]["calendar"]) == plan.calendar
        if plan.is_desk:
            assert told["sla"]["first_response"]["field"] == plan.response_field
            assert told["sla"]["resolution"]["field"] == plan.resolution_field
        else:
            assert told["sla"] == {"first_response": {"clock": "computed"}, "resolution": {"clock": "computed"}}
        assert told["pause_statuses"] == [status.name for status in plan.pauses]
        assert told.get("exclude_resolutions", []) == (["Duplicate"] if plan.resolutions else [])
        in_tempo = next(team.in_tempo for team in TEAM_PLANS if team.id == plan.team)
        assert told.get("tempo") == ({"team": plan.team} if in_tempo else None)
        for level, goals in (("first_response", plan.first_response), ("resolution", plan.resolution)):
            read = _goals(told["goals"][level])
            assert (read.before, read.since) == (goals.before, goals.since)
            changed = {row["valid_from"] for row in told["goals"][level] if "valid_from" in row}
            assert changed <= {GOALS_CHANGED_ON.isoformat()}


def test_registry_names_the_analysts_of_one_queue(registry: dict[str, Any], fleet: Reader) -> None:
    """Everybody who belongs or belonged to its team, and no queue else names any."""
    named = {queue["id"]: queue["analysts"] for queue in registry["queues"] if "analysts" in queue}
    members = fleet.tempo("team-memberships/team/20").json()["results"]

    assert list(named) == ["internal-tools"]
    assert named["internal-tools"] == [held["member"]["accountId"] for held in members]


def _attainment(reader: Reader, jql: str, field: str, *, last: bool) -> tuple[int, int]:
    """Met and decided in the 30 days before now, over the first or the last cycle, from what Jira answers."""
    now_ms = reader.demo.clock.now_ms()
    from_ms = now_ms - 30 * 24 * HOUR_MS
    met = decided = 0
    token: str | None = None
    while True:
        more = {"nextPageToken": token} if token else {}
        page = reader.search(f"({jql}) AND updated >= -120d", fields=[field, "resolution"], maxResults=100, **more)
        for issue in page["issues"]:
            value, resolution = issue["fields"][field], issue["fields"]["resolution"]
            if (
                not isinstance(value, dict)
                or "completedCycles" not in value
                or (resolution or {}).get("name") == "Duplicate"
            ):
                continue
            cycles = [*value["completedCycles"], *([value["ongoingCycle"]] if value.get("ongoingCycle") else [])]
            if not cycles:
                continue
            cycle = cycles[-1 if last else 0]
            instant = cycle.get("breachTime") if cycle["breached"] else cycle.get("stopTime")
            if instant is not None and from_ms < instant["epochMillis"] <= now_ms:
                decided += 1
                met += not cycle["breached"]
        token = page.get("nextPageToken")
        if token is None:
            return met, decided


@pytest.mark.parametrize(
    ("queue", "jql", "responses", "resolutions"),
    [
        ("service-desk", "project = SD", (0.94, 0.985), (0.87, 0.93)),
        ("billing", "project = BILL", (0.7, 0.93), (0.65, 0.87)),
        ("platform-ops", "project = OPS", (0.95, 1.0), (0.9, 1.0)),
        ("network", "project = NET", (0.8, 0.97), (0.72, 0.95)),
        ("field-support", "project = FLD AND labels = onsite", (0.85, 1.0), (0.7, 0.96)),
    ],
)
def test_each_queue_lies_between_disaster_and_perfection(
    fleet: Reader, queue: str, jql: str, responses: tuple[float, float], resolutions: tuple[float, float]
) -> None:
    """The attainments that a reader would compute are those of a real fleet: one good, one bad, most in between."""
    plan = next(plan for plan in QUEUE_PLANS if plan.id == queue)
    met, decided = _attainment(fleet, jql, plan.response_field, last=False)
    assert responses[0] <= met / decided <= responses[1]
    met, decided = _attainment(fleet, jql, plan.resolution_field, last=True)
    assert resolutions[0] <= met / decided <= resolutions[1]


def test_people_decide_few_cycles(fleet: Reader) -> None:
    """A small queue, for which a share means little."""
    _, decided = _attainment(fleet, "project = HR", "customfield_10061", last=True)

    assert 5 <= decided < 30


def test_open_stock_is_young_with_a_long_tail(fleet: Reader) -> None:
    """The service desk has 60 to 140 open tickets, half of them younger than two weeks, some far older."""
    page = fleet.search(
        "project = SD AND statusCategory != Done ORDER BY created ASC", fields=["created"], maxResults=100
    )
    ages = [issue["fields"]["created"][:10] for issue in page["issues"]]

    assert 60 <= len(fleet.ids("project = SD AND statusCategory != Done")) <= 140
    assert ages[len(ages) // 2] >= "2026-11-09"
    assert ages[0] < "2026-10-10"


def test_field_support_shares_its_project(fleet: Reader) -> None:
    """Not all tickets of the project belong to the queue."""
    whole, onsite = len(fleet.ids("project = FLD")), len(fleet.ids("project = FLD AND labels = onsite"))

    assert 0.45 < onsite / whole < 0.75
