from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import requests

from demo.options import OptionError, Options
from tests.unit.demo.reader import NOON, SMALL, Reader, ServerReader, server_reading

_EVERYTHING = "project in (SD, BILL, OPS, NET, HR, FLD, DEV, WEB) ORDER BY id ASC"


def _pages(server: ServerReader, jql: str, size: int, **more: object) -> list[Any]:
    found: list[Any] = []
    while True:
        page = server.search(jql, startAt=len(found), maxResults=size, **more)
        found += page["issues"]
        if len(found) >= page["total"] or not page["issues"]:
            assert len(found) == page["total"]
            return found


def _cloud(reader: Reader, jql: str, fields: list[str]) -> list[Any]:
    found: list[Any] = []
    token: str | None = None
    while True:
        page = reader.search(jql, fields=fields, maxResults=100, **({"nextPageToken": token} if token else {}))
        found += page["issues"]
        token = page.get("nextPageToken")
        if token is None:
            return found


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def test_both_dialects_tell_of_the_same_tickets(small: Reader, server: ServerReader) -> None:
    """Ids, keys, instants, people and states are the same, only written differently."""
    fields = ["created", "resolutiondate", "status", "priority", "assignee", "reporter", "summary", "project"]
    clouds = _cloud(small, _EVERYTHING, fields)
    servers = _pages(server, _EVERYTHING, 1000, fields=fields)

    assert [issue["id"] for issue in servers] == [issue["id"] for issue in clouds]
    assert [issue["key"] for issue in servers] == [issue["key"] for issue in clouds]
    for one, other in zip(servers, clouds, strict=True):
        left, right = one["fields"], other["fields"]
        for name in ("created", "resolutiondate"):
            assert _instant(left[name]) == _instant(right[name])
        assert left["status"]["id"] == right["status"]["id"]
        assert (left["assignee"] or {}).get("key") == (right["assignee"] or {}).get("accountId")
        assert left["reporter"]["key"] == right["reporter"]["accountId"]
        assert (left["summary"], left["project"]["id"]) == (right["summary"], right["project"]["id"])


def test_it_says_that_it_is_a_server(server: ServerReader) -> None:
    """Version 9.12, and nothing that only Cloud has."""
    told = server.get("/rest/api/2/serverInfo").json()

    assert (told["deploymentType"], told["versionNumbers"][:2]) == ("Server", [9, 12])
    assert not {"defaultLocale", "serverTimeZone", "displayUrl"} & set(told)
    assert told["serverTime"] == "2026-11-23T12:00:00.000+0000"


def test_only_the_token_opens_it(server: ServerReader) -> None:
    """Without it, with another one and with a password every resource but serverInfo is 401."""
    base = server.demo.jira_base_url
    for headers, auth in (
        ({}, None),
        ({"Authorization": "Bearer something-else"}, None),
        ({}, ("opsportal@demo.example.net", "demo-jira-api-token")),
    ):
        for path in ("/rest/api/2/myself", "/rest/api/2/search?jql=project=SD", "/rest/api/2/field"):
            answer = requests.get(base + path, headers=headers, auth=auth, timeout=20)
            assert answer.status_code == 401
            assert set(answer.json()) == {"message", "status-code"}
            assert answer.headers["X-AUSERNAME"] == "anonymous"
    assert requests.get(f"{base}/rest/api/2/serverInfo", timeout=20).status_code == 200
    assert requests.get(f"{base}/rest/api/2/serverInfo", auth=("a", "b"), timeout=20).status_code == 401
    assert server.get("/rest/api/2/myself").json()["name"] == "opsportal"


def test_ready_line_tells_the_dialects_apart(small: Reader, server: ServerReader) -> None:
    """Credentials that a dialect does not know are empty; Tempo lies under Jira's own address."""
    cloud, told = small.demo.as_dict(), server.demo.as_dict()

    assert (cloud["dialect"], cloud["jira_pat"]) == ("cloud", "")
    assert (told["dialect"], told["jira_pat"]) == ("datacenter", "demo-datacenter-pat")
    assert (told["email"], told["jira_api_token"], told["tempo_api_token"]) == ("", "", told["jira_pat"])
    assert told["tempo_base_url"] == told["jira_base_url"]


def test_pages_are_capped_and_know_the_total(server: ServerReader) -> None:
    """The answer's maxResults is the truth; 0 asks for the total alone; a page past the end is empty."""
    page = server.search("project = SD", maxResults=5000, fields=["summary"])
    assert page["maxResults"] == 1000
    assert len(page["issues"]) == page["total"]
    assert server.search("project = SD")["maxResults"] == 50
    bare = server.search("project = SD", maxResults=0)
    assert (bare["total"], bare["issues"]) == (page["total"], [])
    assert server.search("project = SD", startAt=page["total"])["issues"] == []
    assert server.search("")["total"] > page["total"]
    asked = server.get("/rest/api/2/search", jql="project = SD", startAt=3, maxResults=2, fields="summary").json()
    assert [issue["id"] for issue in asked["issues"]] == [issue["id"] for issue in page["issues"][3:5]]
    assert set(asked["issues"][0]["fields"]) == {"summary"}


def test_search_ends_at_the_result_window() -> None:
    """Past it the answer is 500, and no JSON; the cap of a page can be chosen as well."""
    options = Options(clock=f"frozen:{NOON}", sizes=SMALL, page_cap=20, result_window=50)
    with server_reading(options) as reader:
        last = reader.search("project = SD", startAt=30, maxResults=100)
        assert (last["maxResults"], len(last["issues"])) == (20, 20)
        beyond = reader.get("/rest/api/2/search", jql="project = SD", startAt=31, maxResults=100)
        assert beyond.status_code == 500
        assert beyond.text.startswith("<message>")
        assert "51" in beyond.text


def test_slices_find_everything(server: ServerReader) -> None:
    """Bounds on created, id and key cut a project into parts that miss nothing and share nothing."""
    issues = _pages(server, "project = SD ORDER BY id ASC", 1000, fields=["created"])
    middle = issues[len(issues) // 2]
    whole = [issue["id"] for issue in issues]
    created_ms = round(datetime.fromisoformat(middle["fields"]["created"]).timestamp() * 1000)
    for lower, upper in (
        (f"created < {created_ms}", f"created >= {created_ms}"),
        (f"id < {middle['id']}", f"id >= {middle['id']}"),
        (f"key < {middle['key']}", f"key >= {middle['key']}"),
    ):
        parts = [_pages(server, f"project = SD AND {bound} ORDER BY id ASC", 1000) for bound in (lower, upper)]
        assert [issue["id"] for part in parts for issue in part] == whole
        assert all(parts)


def test_bounds_that_do_not_exist_are_an_error_here_and_match_nothing_on_cloud(
    small: Reader, server: ServerReader
) -> None:
    """For ids and for keys, in comparisons and in lists."""
    for clause in ("id >= 99999999", "key >= SD-99999", "id in (99999999)", "key = SD-99999"):
        refused = server.get("/rest/api/2/search", jql=f"project = SD AND {clause}")
        assert refused.status_code == 400
        assert refused.json()["errorMessages"]
        assert small.ids(f"project = SD AND {clause}") == []


def test_lenient_validation_turns_errors_into_warnings(server: ServerReader) -> None:
    """validateQuery=false answers nothing and says why; what cannot be read stays an error."""
    lenient = server.post("/rest/api/2/search", {"jql": "project = NOPE", "validateQuery": "none"})
    assert (lenient.status_code, lenient.json()["issues"]) == (200, [])
    assert lenient.json()["warningMessages"]
    assert server.get("/rest/api/2/search", jql="project = NOPE", validateQuery="false").status_code == 200
    assert server.get("/rest/api/2/search", jql="project = NOPE").status_code == 400
    assert server.get("/rest/api/2/search", jql="project =", validateQuery="false").status_code == 400


def test_instants_are_in_utc_and_updated_has_whole_seconds(server: ServerReader) -> None:
    """Created keeps its milliseconds."""
    issues = _pages(server, "project = SD", 1000, fields=["created", "updated"])
    assert {issue["fields"]["updated"][-9:] for issue in issues} == {".000+0000"}
    assert {issue["fields"]["created"][-5:] for issue in issues} == {"+0000"}
    assert len({issue["fields"]["created"][-8:-5] for issue in issues}) > 50


def test_changelogs_are_whole_oldest_first_and_name_no_fields(small: Reader, server: ServerReader) -> None:
    """In a search and alone, with the same histories as Cloud tells page by page."""
    longest = 0
    page = server.search("project in (SD, DEV)", maxResults=1000, fields=["summary"], expand=["changelog"])
    for issue in page["issues"]:
        log = issue["changelog"]
        assert log["total"] == log["maxResults"] == len(log["histories"])
        stamps = [history["created"] for history in log["histories"]]
        assert stamps == sorted(stamps)
        assert not any("fieldId" in item for history in log["histories"] for item in history["items"])
        longest = max(longest, log["total"])
    assert longest > 20
    id_ = page["issues"][0]["id"]
    alone = server.get(f"/rest/api/2/issue/{id_}", expand="changelog").json()["changelog"]
    cloud = small.get(f"/rest/api/3/issue/{id_}/changelog").json()["values"]
    assert alone == page["issues"][0]["changelog"]
    assert [history["id"] for history in alone["histories"]] == [history["id"] for history in cloud]


def test_people_are_names_and_texts_are_texts(server: ServerReader) -> None:
    """No account type anywhere: the automation is known by its name; descriptions and comments are strings."""
    page = server.get("/rest/api/2/search", jql="project = SD", maxResults=1000, fields="*all", expand="changelog")
    assert "accountType" not in page.text
    assert "accountId" not in page.text
    authors = set()
    for issue in page.json()["issues"]:
        assert isinstance(issue["fields"]["description"], str)
        assert issue["fields"]["reporter"]["emailAddress"]
        for comment in issue["fields"]["comment"]["comments"]:
            assert isinstance(comment["body"], str)
            authors.add(comment["author"]["name"])
    assert "automation" in authors


def test_users_are_found_by_key_and_by_name(server: ServerReader) -> None:
    """Both lead to the same user; JQL takes either."""
    issue = server.search("project = SD AND assignee is not EMPTY", fields=["assignee"])["issues"][0]
    assignee = issue["fields"]["assignee"]
    by_key = server.get("/rest/api/2/user", key=assignee["key"]).json()
    assert by_key == server.get("/rest/api/2/user", username=assignee["name"]).json()
    assert (by_key["name"], by_key["displayName"]) == (assignee["name"], assignee["displayName"])
    assert server.get("/rest/api/2/user", key="nobody").status_code == 404
    assert server.get("/rest/api/2/user").status_code == 400
    totals = {server.search(f'assignee = "{assignee[name]}"', maxResults=0)["total"] for name in ("key", "name")}
    assert len(totals) == 1
    assert totals != {0}


def test_catalogue_is_made_of_bare_lists(server: ServerReader) -> None:
    """Statuses, priorities, resolutions, projects and fields; fields have no key and none of Cloud's own."""
    for path in ("status", "priority", "resolution", "project", "field"):
        assert isinstance(server.get(f"/rest/api/2/{path}").json(), list)
    fields = server.get("/rest/api/2/field").json()
    assert not any("key" in field for field in fields)
    assert "statuscategorychangedate" not in {field["id"] for field in fields}
    assert server.get("/rest/api/2/project/DEV").json()["projectTypeKey"] == "software"
    assert server.get("/rest/api/2/project/10001").json()["key"] == "SD"
    assert server.get("/rest/api/2/project/NOPE").status_code == 404


def test_comments_are_whole_unless_a_page_is_asked_for(server: ServerReader) -> None:
    """Pages have no end of their own; inside an issue the first twenty are shown."""
    issues = _pages(server, "project in (SD, NET, DEV)", 1000, fields=["comment"])
    longest = max(issues, key=lambda issue: issue["fields"]["comment"]["total"])
    shown, path = longest["fields"]["comment"], f"/rest/api/2/issue/{longest['key']}/comment"
    assert shown["total"] > len(shown["comments"]) == 20
    whole = server.get(path).json()
    assert len(whole["comments"]) == whole["total"] == shown["total"]
    assert whole["comments"][:20] == shown["comments"]
    later = server.get(path, startAt=5, maxResults=3).json()["comments"]
    assert later == whole["comments"][5:8]
    assert server.get(path, orderBy="-created").json()["comments"] == whole["comments"][::-1]


def test_service_levels_are_the_same_and_odder(fleet: Reader) -> None:
    """Regular values are equal in both dialects; among the odd ones are forms of early versions."""
    names = ["customfield_10030", "customfield_10031"]
    with server_reading(Options(clock=f"frozen:{NOON}")) as reader:
        servers = _pages(reader, "project in (SD, BILL) ORDER BY id ASC", 1000, fields=names)
        desks = reader.get("/rest/servicedeskapi/servicedesk").json()
    clouds = _cloud(fleet, "project in (SD, BILL) ORDER BY id ASC", names)
    odd = [
        one["fields"][name]
        for one, other in zip(servers, clouds, strict=True)
        for name in names
        if one["fields"][name] != other["fields"][name]
    ]
    assert odd
    assert all("completeCycles" in value or value["completedCycles"] == [{"breached": False}] for value in odd)
    assert desks["size"] == 6


def test_routes_of_cloud_are_not_there(server: ServerReader) -> None:
    """Version 3 and Tempo Cloud are 404, another method is 405."""
    assert server.get("/rest/api/3/myself").status_code == 404
    assert server.post("/rest/api/3/search/jql", {"jql": "project = SD"}).status_code == 404
    assert server.get("/tempo/4/worklogs").status_code == 404
    assert server.get("/rest/api/2/issue/SD-1/changelog").status_code == 404
    assert server.post("/rest/api/2/myself", {}).status_code == 405
    assert server.get("/rest/api/2/issue/SD-999999").status_code == 404


def test_answers_carry_the_limits_of_data_center(server: ServerReader) -> None:
    """Also those that are not refused, with a Retry-After of 0."""
    headers = server.get("/rest/api/2/myself").headers
    assert headers["Retry-After"] == "0"
    for name in ("Limit", "Remaining", "Interval-Seconds", "FillRate"):
        assert int(headers[f"X-RateLimit-{name}"]) > 0


def test_stepped_server_answers_like_a_frozen_one() -> None:
    """Same seed and instant, same bytes, in this dialect too."""

    def shown(reader: ServerReader) -> list[bytes]:
        body = {"jql": _EVERYTHING, "fields": ["*all"], "expand": ["changelog"], "maxResults": 1000}
        days = {"from": "2026-10-01", "to": "2026-11-23"}
        return [
            reader.post("/rest/api/2/search", body).content,
            reader.post("/rest/tempo-timesheets/4/worklogs/search", days).content,
        ]

    sizes = SMALL | {"service-desk": 60}
    with server_reading(Options(clock=f"frozen:{NOON}", sizes=sizes)) as frozen:
        expected = shown(frozen)
    with server_reading(Options(clock="stepped:2026-11-20T12:00:00Z", sizes=sizes)) as stepped:
        earlier = shown(stepped)
        stepped.demo.clock.step(3 * 86_400)
        assert shown(stepped) == expected
    assert earlier[0] != expected[0]


@pytest.mark.parametrize(
    "wrong",
    [{"dialect": "server"}, {"page_cap": 0}, {"result_window": 0}, {"burst": 0}, {"index_lag_s": -1.0}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_senseless_choices_are_refused(wrong: dict[str, Any]) -> None:
    """Before anything is drawn."""
    with pytest.raises(OptionError):
        Options(**wrong)
