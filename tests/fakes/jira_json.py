"""Jira's JSON in small: issues, clocks and histories as the site would write them."""

from typing import Any

from tests.fakes.canned import Json

FIRST_RESPONSE, RESOLUTION = "customfield_10030", "customfield_10031"

STATUSES: list[Json] = [
    {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
    {"id": "2", "name": "In Arbeit", "statusCategory": {"key": "indeterminate"}},
    {"id": "3", "name": "Erledigt", "statusCategory": {"key": "done"}},
]
PRIORITIES: list[Json] = [{"id": "1", "name": "Highest"}, {"id": "3", "name": "Medium"}]
RESOLUTIONS: list[Json] = [{"id": "10", "name": "Fertig"}]
ANA: Json = {"accountId": "ana", "displayName": "Ana Souza", "active": True, "accountType": "atlassian"}


def issue(number: int, **fields: Any) -> Json:
    """An open issue; `fields` replaces or adds fields."""
    given: Json = {
        "summary": f"Ticket {number}",
        "created": "2026-11-02T09:00:00.000-0300",
        "updated": "2026-11-03T09:00:00.000-0300",
        "status": STATUSES[1],
        "issuetype": {"id": "10", "name": "Incident", "subtask": False},
        "priority": PRIORITIES[1],
        "assignee": ANA,
        "resolution": None,
        "resolutiondate": None,
        FIRST_RESPONSE: clock(stop_ms=1_793_619_600_000),
        RESOLUTION: clock(),
    }
    return {"id": str(number), "key": f"SD-{number}", "fields": {**given, **fields}}


def clock(stop_ms: int | None = None, *, start_ms: int = 1_793_620_800_000 - 3_600_000) -> Json:
    """An SLA field with one run of four hours' goal and half an hour used: completed if it has a stop."""
    run: Json = {
        "startTime": {"epochMillis": start_ms, "friendly": "vor kurzem"},
        "breachTime": {"epochMillis": start_ms + 14_400_000},
        "breached": False,
        "goalDuration": {"millis": 14_400_000, "friendly": "4 Std."},
        "elapsedTime": {"millis": 1_800_000, "friendly": "30 Min."},
        "remainingTime": {"millis": 12_600_000},
    }
    if stop_ms is not None:
        return {"id": "1", "completedCycles": [{**run, "stopTime": {"epochMillis": stop_ms}}]}
    return {"id": "1", "completedCycles": [], "ongoingCycle": {**run, "paused": False, "withinCalendarHours": True}}


def history(number: int, created: int | str, *items: Json) -> Json:
    """One edit of an issue."""
    return {"id": str(number), "created": created, "items": list(items)}


def comment(number: int, created: str, author: Json | None = ANA, **parts: Any) -> Json:
    """A comment that customers see; `parts` replaces or adds parts of it."""
    given: Json = {"author": author, "created": created, "updated": created, "jsdPublic": True}
    body: Json = {"type": "doc", "version": 1, "content": []}
    return {"id": str(number), "body": body, **given, **parts}


def status_item(before: str, after: str) -> Json:
    """The status changed, by status id."""
    names = {status["id"]: status["name"] for status in STATUSES}
    return {
        "field": "status",
        "fieldId": "status",
        "from": before,
        "fromString": names.get(before, before),
        "to": after,
        "toString": names.get(after, after),
    }
