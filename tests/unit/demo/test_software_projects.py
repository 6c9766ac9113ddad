from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.unit.demo.reader import Reader

_SLA = {"customfield_10030", "customfield_10031", "customfield_10045", "customfield_10060", "customfield_10061"}


def _tickets(fleet: Reader, project: str) -> list[Any]:
    ids = fleet.ids(f"project = {project}")
    found: list[Any] = []
    for start in range(0, len(ids), 100):
        body = {"issueIdsOrKeys": ids[start : start + 100], "fields": ["*all"], "expand": ["changelog"]}
        found += fleet.post("/rest/api/3/issue/bulkfetch", body).json()["issues"]
    return found


@pytest.fixture(scope="module")
def dev(fleet: Reader) -> list[Any]:
    """Every ticket of the tools project, with everything it carries."""
    return _tickets(fleet, "DEV")


@pytest.fixture(scope="module")
def web(fleet: Reader) -> list[Any]:
    """Every ticket of the website project, with everything it carries."""
    return _tickets(fleet, "WEB")


def _changes(ticket: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Changes of status, oldest first, each with its history."""
    histories = reversed(ticket["changelog"]["histories"])
    return [(history, item) for history in histories for item in history["items"] if item["field"] == "status"]


def test_projects_have_the_size_they_should(dev: list[Any], web: list[Any]) -> None:
    """About 500 and 300 tickets a year, some of them open."""
    assert 420 <= len(dev) <= 600
    assert 240 <= len(web) <= 370
    for tickets in (dev, web):
        open_ = sum(ticket["fields"]["status"]["statusCategory"]["key"] != "done" for ticket in tickets)
        assert 3 <= open_ <= 40


def test_they_have_no_service_levels(fleet: Reader, dev: list[Any], web: list[Any]) -> None:
    """The fields are absent, not null; the service desk knows neither project; both are software projects."""
    for ticket in (*dev, *web):
        assert not _SLA & set(ticket["fields"])
    assert fleet.get(f"/rest/servicedeskapi/request/{dev[0]['id']}/sla").status_code == 404
    assert fleet.get("/rest/servicedeskapi/servicedesk/DEV/queue").status_code == 404
    assert fleet.get("/rest/servicedeskapi/servicedesk").json()["size"] == 6
    kinds = fleet.get("/rest/api/3/project/search", typeKey="software").json()["values"]
    assert [project["key"] for project in kinds] == ["DEV", "WEB"]


def test_comments_are_restricted_edited_and_many(fleet: Reader, dev: list[Any]) -> None:
    """Roles and groups, later changes, documents; more than twenty are cut, and all are there page by page."""
    comments = [comment for ticket in dev for comment in ticket["fields"]["comment"]["comments"]]
    circles = Counter(comment["visibility"]["type"] for comment in comments if "visibility" in comment)
    assert min(circles["role"], circles["group"]) >= 10
    assert {comment["jsdPublic"] for comment in comments} == {True}
    assert sum(comment["updated"] > comment["created"] for comment in comments) >= 30
    assert {comment["body"]["type"] for comment in comments} == {"doc"}
    cut = [ticket for ticket in dev if ticket["fields"]["comment"]["total"] > 20]
    assert len(cut) >= 3
    for ticket in cut:
        assert len(ticket["fields"]["comment"]["comments"]) == 20
        whole = fleet.get(f"/rest/api/3/issue/{ticket['id']}/comment").json()
        assert len(whole["comments"]) == whole["total"] == ticket["fields"]["comment"]["total"]


def test_comments_come_from_all_sorts_of_people(dev: list[Any]) -> None:
    """Reporters, creators who are analysts, automation, and colleagues who are neither."""
    seen: Counter[str] = Counter()
    for ticket in dev:
        fields = ticket["fields"]
        reporter, creator = fields["reporter"]["accountId"], fields["creator"]["accountId"]
        for comment in fields["comment"]["comments"]:
            author = comment["author"]
            seen["app"] += author["accountType"] == "app"
            seen["reporter"] += author["accountId"] == reporter
            seen["creator, an analyst"] += author["accountId"] == creator and creator.startswith("712020:")
            seen["colleague"] += author["accountId"].startswith("5f:") and author["accountId"] != reporter
            seen["analyst"] += author["accountId"].startswith("712020:")
    assert min(seen.values()) >= 20
    silent = [ticket for ticket in dev if ticket["fields"]["comment"]["total"] == 0 and ticket["fields"]["resolution"]]
    assert len(silent) >= 3


def test_one_team_sets_no_resolution(dev: list[Any], web: list[Any]) -> None:
    """The website's tickets are finished by their status alone; nearly all others have a date."""
    assert not any(ticket["fields"]["resolutiondate"] or ticket["fields"]["resolution"] for ticket in web)
    finished = [ticket for ticket in dev if ticket["fields"]["status"]["statusCategory"]["key"] == "done"]
    assert 0 < sum(ticket["fields"]["resolutiondate"] is None for ticket in finished) < len(finished) / 10


def test_histories_hold_what_a_reader_must_survive(fleet: Reader, dev: list[Any], web: list[Any]) -> None:
    """Pauses, reopenings, slips, closures, a migration, a deleted status, gaps, and changes without an author."""
    categories = {status["id"]: status["statusCategory"]["key"] for status in fleet.get("/rest/api/3/status").json()}
    seen: Counter[str] = Counter()
    for ticket in (*dev, *web):
        previous: str | None = None
        for history, item in _changes(ticket):
            before, after = categories.get(item["from"]), categories.get(item["to"])
            seen["gap"] += previous is not None and previous != item["from"]
            seen["deleted status"] += after is None
            seen["closure"] += before == after == "done"
            seen["back"] += before == "done" and after != "done"
            seen["pause"] += item["toString"].startswith("Waiting")
            seen["no author"] += "author" not in history
            seen["migration"] += any(each["field"] == "Workflow" for each in history["items"])
            previous = item["to"]
        first = _changes(ticket)[0][1]["from"] if _changes(ticket) else ticket["fields"]["status"]["id"]
        seen["created later"] += categories.get(first) == "indeterminate"
    assert {name for name, count in seen.items() if count < 2} == set()


def test_work_is_mostly_taken_up_by_analysts(dev: list[Any]) -> None:
    """The first change out of a new status is an analyst's, with exceptions."""
    authors: Counter[bool] = Counter()
    for ticket in dev:
        moves = [history for history, item in _changes(ticket) if item["from"] in {"10033", "10039"}]
        if moves and "author" in moves[0]:
            authors[moves[0]["author"]["accountId"].startswith("712020:")] += 1
    assert authors[True] > 5 * authors[False] > 0


def test_hours_are_booked_on_both(fleet: Reader) -> None:
    """One team is known to Tempo, the other only books on tickets."""
    teams = fleet.tempo("teams").json()["results"]
    assert [team["id"] for team in teams] == [11, 12, 13, 14, 20]
    for project in (10007, 10008):
        assert fleet.tempo(f"worklogs/project/{project}", limit=1).json()["results"]
