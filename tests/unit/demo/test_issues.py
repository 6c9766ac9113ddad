from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tests.unit.demo.reader import Reader


def _bulk(reader: Reader, ids: list[str], **more: object) -> Any:
    answer = reader.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ids, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _changes(reader: Reader, ids: list[str], **more: object) -> list[Any]:
    """All pages of a bulk changelog."""
    pages: list[Any] = []
    body: dict[str, object] = {"issueIdsOrKeys": ids, **more}
    while True:
        answer = reader.post("/rest/api/3/changelog/bulkfetch", body)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        if "nextPageToken" not in pages[-1]:
            return pages
        body["nextPageToken"] = pages[-1]["nextPageToken"]


def test_bulkfetch_sorts_by_id_and_leaves_out_what_is_missing(small: Reader) -> None:
    """Ids and keys may be mixed; unknown ones are in neither list."""
    ids = sorted(small.ids("project = SD"), key=int)[:5]
    key = small.get(f"/rest/api/3/issue/{ids[0]}", fields="summary").json()["key"]
    shown = _bulk(small, [ids[3], ids[1], "99999998", "SD-99999", key], fields=["summary"])

    assert [issue["id"] for issue in shown["issues"]] == [ids[0], ids[1], ids[3]]
    assert shown["issueErrors"] == []


@pytest.mark.parametrize(("path", "most"), [("issue/bulkfetch", 100), ("changelog/bulkfetch", 1000)])
def test_bulk_calls_refuse_more_than_their_cap(small: Reader, path: str, most: int) -> None:
    """One too many is 400, and so is none at all."""
    for count, status in ((most, 200), (most + 1, 400), (0, 400)):
        body = {"issueIdsOrKeys": [str(number) for number in range(1, count + 1)]}
        assert small.post(f"/rest/api/3/{path}", body).status_code == status


def test_fields_asked_for_are_the_fields_answered(small: Reader) -> None:
    """Unknown names are passed over; `*all` minus one leaves that one out."""
    ids = small.ids("project = SD")[:1]

    assert set(_bulk(small, ids, fields=["summary", "status", "no_such_field"])["issues"][0]["fields"]) == {
        "summary",
        "status",
    }
    assert "comment" in _bulk(small, ids, fields=["*all"])["issues"][0]["fields"]
    assert "comment" not in _bulk(small, ids, fields=["*all", "-comment"])["issues"][0]["fields"]
    assert "comment" not in _bulk(small, ids)["issues"][0]["fields"]


def test_bulk_changelog_merges_to_each_ticket_s_own_changelog(small: Reader) -> None:
    """Pages are in order of time over all tickets, so one ticket may be split; together they hold everything once."""
    ids = small.ids("project = SD ORDER BY id")[:40]
    pages = _changes(small, ids, maxResults=50)
    merged: dict[str, list[Any]] = {}
    for page in pages:
        for log in page["issueChangeLogs"]:
            merged.setdefault(log["issueId"], []).extend(log["changeHistories"])

    assert len(pages) > 2
    assert len(
        {(log["issueId"], number) for number, page in enumerate(pages) for log in page["issueChangeLogs"]}
    ) > len(merged)
    for id_ in ids:
        alone = small.get(f"/rest/api/3/issue/{id_}/changelog").json()["values"]
        assert [each["id"] for each in merged.get(id_, [])] == [each["id"] for each in alone]
        for bulk, single in zip(merged.get(id_, []), alone, strict=True):
            assert isinstance(bulk["created"], int)
            assert bulk["created"] == round(datetime.fromisoformat(single["created"]).timestamp() * 1000)


def test_field_filter_keeps_only_those_items(small: Reader) -> None:
    """Asking for status and resolution takes links and labels away; more than ten fields, or unknown ones, are 400."""
    ids = small.ids("project = NET")
    kept = [
        item["field"]
        for page in _changes(small, ids, fieldIds=["status", "resolution"])
        for log in page["issueChangeLogs"]
        for history in log["changeHistories"]
        for item in history["items"]
    ]

    assert set(kept) == {"status", "resolution"}
    for fields in ([f"customfield_{number}" for number in range(11)], ["no_such_field"]):
        assert (
            small.post("/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ids, "fieldIds": fields}).status_code
            == 400
        )


@pytest.fixture(scope="module")
def talkative(fleet: Reader) -> str:
    """A ticket with more histories and comments than any embedded page holds."""
    ids = fleet.ids("project = SD")
    for start in range(0, len(ids), 1000):
        for log in _changes(fleet, ids[start : start + 1000], maxResults=10_000)[0]["issueChangeLogs"]:
            if len(log["changeHistories"]) > 42:
                return str(log["issueId"])
    raise AssertionError("no ticket has more than 42 histories")


def test_embedded_changelogs_are_cut_and_newest_first(fleet: Reader, talkative: str) -> None:
    """20 histories in a search, 40 in bulkfetch, all of them oldest first in the ticket's own resource."""
    every = fleet.get(f"/rest/api/3/issue/{talkative}/changelog", maxResults=30).json()
    rest = fleet.get(f"/rest/api/3/issue/{talkative}/changelog", startAt=30).json()
    oldest_first = [history["id"] for history in every["values"] + rest["values"]]
    search = fleet.search(f"id = {talkative}", fields=["summary"], expand="changelog")["issues"][0]["changelog"]
    bulk = _bulk(fleet, [talkative], fields=["summary"], expand=["changelog"])["issues"][0]["changelog"]

    assert (every["isLast"], rest["isLast"], every["total"]) == (False, True, len(oldest_first))
    assert [history["id"] for history in search["histories"]] == oldest_first[::-1][:20]
    assert [history["id"] for history in bulk["histories"]] == oldest_first[::-1][:40]
    assert search["total"] == bulk["total"] == len(oldest_first)


def test_embedded_comments_are_a_first_page(fleet: Reader, talkative: str) -> None:
    """20 of them at most, with the true total; the resource has them all, in either order."""
    embedded = fleet.search(f"id = {talkative}", fields=["comment"])["issues"][0]["fields"]["comment"]
    every = fleet.get(f"/rest/api/3/issue/{talkative}/comment").json()
    newest = fleet.get(f"/rest/api/3/issue/{talkative}/comment", orderBy="-created").json()

    assert len(embedded["comments"]) == 20
    assert embedded["total"] == every["total"] == len(every["comments"]) > 20
    assert embedded["comments"] == every["comments"][:20]
    assert newest["comments"] == every["comments"][::-1]


def test_comments_tell_analysts_customers_notes_and_automation_apart(fleet: Reader) -> None:
    """Public and internal comments, by people of both kinds and by an app."""
    page = fleet.search("project = SD AND created >= -60d", fields=["comment", "reporter"], maxResults=100)
    kinds = Counter(
        (comment["author"]["accountType"], comment["jsdPublic"])
        for issue in page["issues"]
        for comment in issue["fields"]["comment"]["comments"]
    )

    assert {("app", True), ("atlassian", True), ("atlassian", False), ("customer", True)} <= set(kinds)
    assert ("customer", False) not in kinds


def test_histories_explain_the_state_of_every_ticket(fleet: Reader) -> None:
    """The last status in a ticket's histories is its status; a resolution is dated within 30 ms of its history."""
    page = fleet.search(
        "project = BILL AND updated >= -90d", fields=["status", "resolution", "resolutiondate"], maxResults=100
    )
    histories: dict[str, list[Any]] = {}
    for log in _changes(fleet, [issue["id"] for issue in page["issues"]], maxResults=10_000)[0]["issueChangeLogs"]:
        histories[log["issueId"]] = log["changeHistories"]
    for issue in page["issues"]:
        last: dict[str, tuple[int, str | None]] = {}
        for history in histories.get(issue["id"], []):
            last |= {item["field"]: (history["created"], item["to"]) for item in history["items"]}
        assert issue["fields"]["status"]["id"] == last.get("status", (0, "1"))[1]
        if issue["fields"]["resolution"]:
            decided_ms = datetime.fromisoformat(issue["fields"]["resolutiondate"]).timestamp() * 1000
            assert issue["fields"]["resolution"]["id"] == last["resolution"][1]
            assert 0 <= last["resolution"][0] - decided_ms <= 30


def test_histories_hold_the_oddities_of_real_sites(fleet: Reader) -> None:
    """Noise, lost authors, a deleted status, gaps, a bulk migration from Done to Done."""
    seen = Counter[str]()
    listed = {status["id"] for status in fleet.get("/rest/api/3/status").json()}
    for project in ("BILL", "OPS", "SD"):
        ids = fleet.ids(f"project = {project}")
        for start in range(0, len(ids), 1000):
            for log in _changes(fleet, ids[start : start + 1000], maxResults=10_000)[0]["issueChangeLogs"]:
                status = "1"
                for history in log["changeHistories"]:
                    seen["no author"] += "author" not in history
                    fields = [item["field"] for item in history["items"]]
                    seen["together"] += fields == ["resolution", "status"]
                    seen["migrated"] += fields == ["Workflow", "status"]
                    seen["noise"] += "RemoteIssueLink" in fields
                    for item in history["items"]:
                        if item["field"] == "status":
                            seen["gap"] += item["from"] != status
                            seen["deleted status"] += item["to"] not in listed
                            status = item["to"]

    assert all(seen[name] >= 3 for name in ("no author", "together", "migrated", "noise", "gap", "deleted status"))
    assert seen["noise"] > 1000


def test_people_of_a_ticket_are_as_odd_as_real_ones(fleet: Reader) -> None:
    """Nobody, people who left, and what remains of a lost account are among the assignees."""
    issues: list[Any] = []
    token: str | None = None
    while token or not issues:
        page = fleet.search(
            "project = SD",
            fields=["assignee", "summary"],
            maxResults=100,
            **({"nextPageToken": token} if token else {}),
        )
        issues += page["issues"]
        token = page.get("nextPageToken")
    assignees = [issue["fields"]["assignee"] for issue in issues]
    summaries = [issue["fields"]["summary"] for issue in issues]

    assert None in assignees
    assert any(person and not person["active"] for person in assignees)
    assert any(person and person["accountId"] == "unknown" for person in assignees)
    assert any(summary.startswith("\u200b") for summary in summaries)
    assert any("<script>" in summary for summary in summaries)
    assert any(summary.startswith("=cmd|") for summary in summaries)
    assert all(len(summary) <= 255 for summary in summaries)


def test_unknown_ticket_is_404(small: Reader) -> None:
    """For the ticket and everything below it."""
    for path in ("SD-999999", "1", "NOPE-1", "SD-999999/changelog", "x/comment", "1/worklog"):
        answer = small.get(f"/rest/api/3/issue/{path}")
        assert answer.status_code == 404
        assert answer.json()["errorMessages"]


def test_users_are_answered_by_account_in_pages(small: Reader) -> None:
    """user/bulk knows analysts and customers, ten at a time unless told otherwise, and leaves strangers out."""
    accounts = sorted(small.demo.site.people)[:14]
    base = "/rest/api/3/user/bulk?" + "&".join(f"accountId={account}" for account in [*accounts, "nobody"])
    first, whole = small.get(base).json(), small.get(f"{base}&maxResults=50").json()

    assert (len(first["values"]), first["isLast"], first["total"]) == (10, False, 14)
    assert [user["accountId"] for user in whole["values"]] == accounts
    assert all(len(user["avatarUrls"]) == 4 for user in whole["values"])


def test_catalogue_has_traps_for_those_who_match_names(small: Reader) -> None:
    """SLA fields are told by their type; others only have SLA in their name."""
    fields = small.get("/rest/api/3/field").json()
    sla = {field["id"] for field in fields if field.get("schema", {}).get("custom", "").endswith("sd-sla-field")}
    named = {field["id"] for field in fields if "SLA" in field["name"]}

    assert sla == {
        "customfield_10030",
        "customfield_10031",
        "customfield_10060",
        "customfield_10061",
        "customfield_10045",
    }
    assert named
    assert not named & sla
    projects = small.get("/rest/api/3/project/search", typeKey="service_desk").json()
    assert [project["key"] for project in projects["values"]] == ["SD", "BILL", "OPS", "NET", "HR", "FLD"]
    assert small.get("/rest/api/3/project/10002").json()["key"] == "BILL"
    assert small.get("/rest/api/3/project/NOPE").status_code == 404


def test_agent_queues_run_as_searches(small: Reader) -> None:
    """A desk's queue carries JQL that the search understands and that finds as many tickets as the queue counts."""
    desks = small.get("/rest/servicedeskapi/servicedesk", limit=4).json()
    queues = small.get(f"/rest/servicedeskapi/servicedesk/{desks['values'][0]['id']}/queue", includeCount="true").json()

    assert (desks["size"], desks["isLastPage"]) == (4, False)
    assert desks["_links"]["next"].endswith("start=4&limit=4")
    for queue in queues["values"]:
        assert len(small.ids(queue["jql"])) == queue["issueCount"]
    assert small.get("/rest/servicedeskapi/servicedesk/99/queue").status_code == 404
