"""Payloads recorded from real sites, read by our own parsers to the values that stand in them."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, NotPermitted, SourceError, SourceRejected, SourceThrottled
from datasource.jira import wire
from datasource.jira.parse import Read, TicketReader, changes, person, sla_cycles, status
from datasource.login import Login
from datasource.transport import Transport
from servicelevel.ticket import Change, Person, SlaCycle, Status, Ticket, Worklog
from tests.fakes.canned import Canned, Json
from tests.fakes.clock import stop_the_clock
from tests.fakes.jira_json import issue
from tests.fakes.jira_site import JiraSite
from tests.fakes.local_server import Reply, serving
from tests.fakes.tempo_site import WORKLOGS, TempoSite

SOON = Deadline.after(3600)
HOUR_MS = 3_600_000

READ = {
    "errors/jira_cloud_200_expired_token.json",
    "errors/jira_cloud_400_anonymous_fields.json",
    "errors/jira_cloud_400_unbounded_jql.json",
    "errors/jira_cloud_404_issue.json",
    "errors/jira_cloud_410_search_removed.json",
    "errors/jira_cloud_429_burst.json",
    "errors/jira_cloud_429_quota.json",
    "errors/jira_gateway_401_scope.json",
    "errors/jsm_cloud_403.json",
    "errors/tempo_cloud_400.json",
    "errors/tempo_cloud_401_html.json",
    "jira-cloud/board_issues_with_changelog.json",
    "jira-cloud/issue_changelog_page.json",
    "jira-cloud/issue_changelog_page_small.json",
    "jira-cloud/legacy_search_response_truncated.json",
    "jira-cloud/project_list.json",
    "jira-cloud/status_list.json",
    "jira-cloud/users.json",
    "jsm-cloud/field_list_captured_subset.json",
    "jsm-cloud/issue_sla_fields_captured.json",
    "jsm-cloud/request_sla_documented_example.json",
    "jsm-cloud/sla_variants_partial_captures.json",
    "tempo-cloud/worklogs_page_1.json",
    "tempo-cloud/worklogs_page_2_last.json",
}
NOT_READ: Mapping[str, str] = {
    "README.md": "says where the payloads come from",
    "jira-cloud/issuetype_list.json": "types come with each ticket",
    "jira-cloud/issue_worklogs.json": "hours come from Tempo; Jira's copies are all of one app account",
    "jsm-cloud/queue_issue_documented_example.json": "a queue is a query of the registry, not a desk's own queue",
    "jsm-cloud/queue_list_documented_example.json": "a queue is a query of the registry, not a desk's own queue",
    "jsm-cloud/request_comment_documented_example.json": "comments come from Jira's own resource, in another form",
    "tempo-cloud/workload_schemes.json": "capacity comes from each person's schedule",
}
NOT_READ_FOLDERS: Mapping[str, str] = {
    "jira-datacenter": "Jira Data Center has tests of its own",
    "tempo-datacenter": "so has Tempo for it",
    "errors/jira_datacenter": "and so have its failures",
}


def _content(recorded: Path, name: str) -> Any:
    assert name in READ
    return json.loads((recorded / name).read_text(encoding="utf-8"))


def test_every_recorded_payload_is_read_here_or_said_not_to_be(recorded: Path) -> None:
    """A new file has to be put into one of the lists, with a test or a reason."""
    found = {str(path.relative_to(recorded)) for path in recorded.rglob("*") if path.is_file()}
    elsewhere = {name for name in found if name.startswith(tuple(NOT_READ_FOLDERS))}

    assert found - elsewhere == READ | NOT_READ.keys()
    assert {folder for folder in NOT_READ_FOLDERS if any(name.startswith(folder) for name in found)} == set(
        NOT_READ_FOLDERS
    )


def _clocks(recorded: Path, *fields: str) -> list[Ticket]:
    """The two captured requests; what the capture left out of them is taken from a made-up ticket."""
    captured = _content(recorded, "jsm-cloud/issue_sla_fields_captured.json")["issues"]
    whole = [{**each, "fields": {**issue(1)["fields"], **each["fields"]}} for each in captured]
    reader = TicketReader({"first_response": fields[0], "resolution": fields[1]})
    return _tickets(reader, {"issues": whole})


def _tickets(reader: TicketReader, page: Json) -> list[Ticket]:
    """Every issue of a page, none of them unreadable."""
    read = list(reader.page(json.dumps(page).encode()))
    tickets = [each.ticket for each in read if isinstance(each, Read)]
    assert len(tickets) == len(read)
    return tickets


def test_captured_clocks_of_two_requests(recorded: Path) -> None:
    """Completed with far less elapsed than lies between start and stop; running outside of hours."""
    first, second = _clocks(recorded, "customfield_12152", "customfield_12151")

    assert (first.id, first.key, second.id, second.key) == (49224, "HELP-4540", 49192, "HELP-4537")
    start = 1783328533432
    (answered,) = first.cycles["first_response"]
    assert answered == SlaCycle(start, 1783386100376, 1783400400000, 4 * HOUR_MS, 3_700_376, breached=False)
    assert 1783386100376 - start == 57_566_944
    assert first.cycles["resolution"] == (
        SlaCycle(start, None, 1785142800000, 120 * HOUR_MS, 3 * HOUR_MS, breached=False),
    )
    start = 1783068099756
    assert second.cycles["first_response"] == (
        SlaCycle(start, 1783068175310, 1783312899756, 4 * HOUR_MS, 75_554, breached=False),
    )
    assert second.cycles["resolution"] == (
        SlaCycle(start, None, 1785487299756, 160 * HOUR_MS, 40_700_244, breached=False),
    )


def test_captured_clocks_that_never_started_or_are_not_configured(recorded: Path) -> None:
    """An empty list of cycles and a null field both mean that nothing was promised so far."""
    never, running = _clocks(recorded, "customfield_12085", "customfield_11038")

    assert never.cycles == {"first_response": (), "resolution": ()}
    assert running.cycles["first_response"] == (
        SlaCycle(1783316879409, None, 1783403279409, 8 * HOUR_MS, 22_320_591, breached=False),
    )
    assert running.cycles["resolution"] == ()


def test_published_variants_of_clocks(recorded: Path) -> None:
    """Without any instant nobody can judge one; a null cycle is none; an empty list is no run."""
    variants = _content(recorded, "jsm-cloud/sla_variants_partial_captures.json")
    read = {name: sla_cycles(msgspec.convert(value, wire.SlaField)) for name, value in variants.items()}

    assert read == {
        "renamed_old_format_breached": (
            SlaCycle(None, None, None, HOUR_MS // 2, 14_929_216, breached=True, defect="no_start"),
        ),
        "completed_english": (
            SlaCycle(1771312211507, 1773077127192, 1773698400000, 160 * HOUR_MS, 415_527_192, breached=False),
        ),
        "never_started": (),
    }


def test_documented_clocks_with_several_runs(recorded: Path) -> None:
    """Two completed runs and a running one without an instant of breach, told as the document tells them."""
    values = _content(recorded, "jsm-cloud/request_sla_documented_example.json")["values"]
    first, resolution, other = (sla_cycles(msgspec.convert(value, wire.SlaField)) for value in values)

    assert first == (
        SlaCycle(1444362323000, 1444362743000, 1444362623000, 4 * HOUR_MS, 420_000, breached=False),
        SlaCycle(1444449143000, 1444468523000, 1444464743000, 4 * HOUR_MS, 19_380_000, breached=True),
        SlaCycle(1444479323000, None, None, 4 * HOUR_MS, 5_640_000, breached=False),
    )
    assert [(run.start, run.stop, run.elapsed_ms, run.breached) for run in resolution] == [
        (1444362323000, 1444398743000, 36_420_000, False),
        (1444485143000, 1444504523000, 19_380_000, True),
        (1444515323000, None, 5_640_000, False),
    ]
    assert {run.goal_ms for run in resolution} == {20 * HOUR_MS}
    assert [(run.start, run.stop) for run in other] == [
        (1444362323000, 1444449143000),
        (1444535543000, 1444554923000),
        (1444565723000, None),
    ]
    assert all(run.defect is None for run in (*first, *resolution, *other))


def test_sla_fields_are_told_from_fields_with_such_names(recorded: Path) -> None:
    """Ten of the site's twenty-three; not the two lists named SLA, nor the charting plugin's first response."""
    site = JiraSite([])
    content = _content(recorded, "jsm-cloud/field_list_captured_subset.json")
    site.bend("/rest/api/3/field", lambda *_: Canned(content))

    found = site.jira.sla_fields(SOON)

    numbers = (10317, 10318, 11038, 11258, 11292, 12084, 12085, 12118, 12151, 12152)
    assert sorted(found) == [f"customfield_{number}" for number in numbers]
    assert found["customfield_12151"] == "해결 시간 SLA"
    assert len(content) == 23


def test_issues_of_a_board(recorded: Path) -> None:
    """Translated names, a category that contradicts its status, hidden characters, nobody assigned, two endings."""
    tickets = _tickets(TicketReader({}), _content(recorded, "jira-cloud/board_issues_with_changelog.json"))

    assert [(t.id, t.key) for t in tickets] == [
        (10063, "EE-1"), (10077, "EE-15"), (10079, "EE-17"), (10082, "EE-20"), (10086, "EE-24"), (10098, "EE-36"),
        (20708, "K5-2"), (20710, "K5-4"),
    ]  # fmt: skip
    first = tickets[0]
    assert (first.created, first.updated, first.resolved_on) == (1591920793360, 1616918768713, 1592548278495)
    assert first.summary.startswith("四个")
    assert [t.status.category for t in tickets] == ["new", "done", "done", "done", "done", "new", "new", "new"]
    assert {t.status.name for t in tickets} == {"已完成", "To Do"}
    assert Counter(t.resolution.name if t.resolution else None for t in tickets) == {"完成": 4, "Won't Do": 2, None: 2}
    assert [t.assignee.id if t.assignee else None for t in tickets[-2:]] == [None, None]
    assert tickets[1].assignee == Person("56b02c425223d0f9101576d9", "Person 3", active=False)
    assert [t.type.name for t in tickets][-3:] == ["子任务", "Story", "Epic"]


def _histories(content: Any) -> list[Change]:
    return list(changes(msgspec.convert(content, list[wire.History])))


def test_histories_of_a_board(recorded: Path) -> None:
    """Newest first, most items without a field id, and only what the rules follow is kept."""
    issues = _content(recorded, "jira-cloud/board_issues_with_changelog.json")["issues"]
    read = {each["key"]: _histories(each["changelog"]["histories"]) for each in issues}

    assert {key: len(found) for key, found in read.items()} == {
        "EE-1": 7, "EE-15": 8, "EE-17": 9, "EE-20": 6, "EE-24": 7, "EE-36": 9, "K5-2": 0, "K5-4": 0,
    }  # fmt: skip
    first = read["EE-1"]
    assert [change.at for change in first] == sorted((change.at for change in first), reverse=True)
    assert first[0] == Change(86412, 1616918768715, "status", "6", "Closed", "10068", "已完成")
    assert first[1:3] == [
        Change(12025, 1592548278526, "resolution", None, None, "10000", "Done"),
        Change(12025, 1592548278526, "status", "1", "Open", "6", "Closed"),
    ]
    assert first[-1] == Change(10845, 1591924577582, "assignee", None, None, "5ed4c9672beb9c7b9898b523", "Person 2")
    taken = [change for change in read["EE-17"] if change.field == "assignee"]
    assert [(change.from_name, change.to_name) for change in taken] == [
        (None, "Person 3"), ("Person 3", None), (None, "Person 3"),
    ]  # fmt: skip


def test_comments_of_a_board(recorded: Path) -> None:
    """They come inside the issues, whole, with their authors; none of them is restricted."""
    body = json.dumps(_content(recorded, "jira-cloud/board_issues_with_changelog.json")).encode()
    read = {each.ticket.key: each for each in TicketReader({}, comments=True).page(body) if isinstance(each, Read)}

    assert {key: [(c.id, c.at, c.public) for c in each.comments] for key, each in read.items() if each.comments} == {
        "EE-1": [(10036, 1592370243848, True)],
        "EE-17": [(11860, 1595402729121, True)],
        "EE-24": [(10001, 1591946248700, True)],
    }
    (said,) = read["EE-17"].comments
    assert said.author is not None
    assert said.author.id == "56b02c425223d0f9101576d9"
    assert [each.comments_left for each in read.values()] == [0] * 8


def test_a_page_of_changes_that_is_nearly_all_noise(recorded: Path) -> None:
    """One of seventy-nine histories counts, with two items: the ending and the status."""
    page = _content(recorded, "jira-cloud/issue_changelog_page.json")

    assert len(page["values"]) == page["total"] == 79
    assert _histories(page["values"]) == [
        Change(60195, 1611907092493, "resolution", None, None, "10000", "Done"),
        Change(60195, 1611907092493, "status", "1", "Open", "6", "Closed"),
    ]


def test_a_small_page_of_changes(recorded: Path) -> None:
    """A field of the site's own is passed over."""
    page = _content(recorded, "jira-cloud/issue_changelog_page_small.json")

    assert _histories(page["values"]) == [
        Change(70530, 1699001899762, "status", "10123", "To Do", "10124", "In Progress"),
        Change(70805, 1699346768367, "resolution", None, None, "10000", "Done"),
        Change(70805, 1699346768367, "status", "10124", "In Progress", "10125", "Done"),
    ]


def test_issues_of_the_old_search(recorded: Path) -> None:
    """The envelope is gone, the issues have the same form."""
    tickets = _tickets(TicketReader({}), _content(recorded, "jira-cloud/legacy_search_response_truncated.json"))

    assert [(t.id, t.created, t.resolved_on) for t in tickets] == [
        (15398, 1698915754255, 1699346768298),
        (15379, 1698828118795, 1699025525201),
        (15360, 1698685854269, 1698691524684),
    ]
    assert {t.status for t in tickets} == {Status("10125", "Done", "done")}


def test_statuses_of_a_site(recorded: Path) -> None:
    """Fifty-three with as many ids, some names several times: only ids tell them apart."""
    content = _content(recorded, "jira-cloud/status_list.json")
    found = [status(each) for each in msgspec.convert(content, list[wire.StatusRef])]

    assert len(found) == len({each.id for each in found}) == 53
    assert Counter(each.category for each in found) == {"new": 21, "indeterminate": 21, "done": 11}
    assert len({each.name for each in found}) == 38
    assert Status("10144", "已解决", "indeterminate") in found
    assert Status("10146", "暂不修改", "done") in found


def test_people_of_a_site(recorded: Path) -> None:
    """Half of them have left, two are apps; every account id is taken as it is."""
    content = _content(recorded, "jira-cloud/users.json")
    site = JiraSite([])
    site.users = content

    found = site.jira.people([user["accountId"] for user in content], SOON)

    assert len(found) == 8
    assert sum(not each.active for each in found.values()) == 4
    assert sorted(each.name for each in found.values() if each.automation) == ["Person 16", "Person 5"]
    assert found["557058:7369ea6a-eb9b-e73f-17d5-aaab4b233454"] == Person(
        "557058:7369ea6a-eb9b-e73f-17d5-aaab4b233454", "Person 16", automation=True
    )
    assert person(wire.UserRef("512d255cbc62f2e7351babd9", displayName="Person 12", active=False)) in found.values()


def test_projects_of_a_site(recorded: Path) -> None:
    """The number that Tempo knows, by the key that the registry knows."""
    content = {each["key"]: each for each in _content(recorded, "jira-cloud/project_list.json")}
    site = JiraSite([])
    for key, each in content.items():
        site.bend(f"/rest/api/3/project/{key}", lambda _, __, each=each: Canned(each))  # type: ignore[misc]

    assert {key: int(site.jira.project(key, SOON).id) for key in content} == {
        "CC": 10007, "DEV": 10041, "DTM": 10033, "DET": 10038, "EE": 10003, "HEAP": 10034,
    }  # fmt: skip


def test_two_pages_of_worklogs(recorded: Path) -> None:
    """Asked for by offset until a page has no next one."""
    pages = {
        0: _content(recorded, "tempo-cloud/worklogs_page_1.json"),
        4: _content(recorded, "tempo-cloud/worklogs_page_2_last.json"),
    }
    site = TempoSite()
    site.bend(WORKLOGS, lambda call, _: Canned(pages[call.params["offset"]]))
    who = "5f0a11b2c3d4e5f60718293a"

    found = site.tempo.project_worklogs([1], date(2021, 1, 1), date(2021, 4, 30), SOON)

    assert found == [
        Worklog(2, 10000, who, date(2021, 1, 24), 600, 600),
        Worklog(4, 10000, who, date(2021, 1, 24), 14400, 14400),
        Worklog(5, 10000, who, date(2021, 1, 25), 7200, 7200),
        Worklog(3, 10002, who, date(2021, 1, 27), 1800, 1800),
        Worklog(6, 10622, who, date(2021, 4, 14), 2640, 2640),
        Worklog(7, 10077, who, date(2021, 4, 14), 2160, 2160),
    ]
    assert len(site.transport.calls) == 2


FAILURES: Mapping[str, tuple[type[SourceError], str, int]] = {
    "jira_cloud_200_expired_token": (LoginFailed, "the answer is the one for anonymous visitors", 1),
    "jira_cloud_400_anonymous_fields": (SourceRejected, "HTTP 400: The value 'FG' does not exist", 1),
    "jira_cloud_400_unbounded_jql": (SourceRejected, "HTTP 400: Unbounded JQL queries are not allowed", 1),
    "jira_cloud_404_issue": (SourceRejected, "HTTP 404: Issue does not exist or you do not have permission", 1),
    "jira_cloud_410_search_removed": (SourceRejected, "HTTP 410: The requested API has been removed", 1),
    "jira_cloud_429_burst": (SourceThrottled, "asks to wait 1 s", 4),
    "jira_cloud_429_quota": (SourceThrottled, "asks to wait 1847 s", 1),
    "jira_gateway_401_scope": (LoginFailed, "scope does not match (GET /rest/x). The token has scopes", 1),
    "jsm_cloud_403": (NotPermitted, "HTTP 403: Text removed", 1),
    "tempo_cloud_400": (SourceRejected, "HTTP 400: 'date' must be valid on the format: 'yyyy-MM-dd'", 1),
    "tempo_cloud_401_html": (LoginFailed, "HTTP 401: Unauthorized", 1),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_recorded_failure_is_named(recorded: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its kind, its cause in its own words, and no second request where none can help."""
    kind, words, requests = FAILURES[name]
    clock = stop_the_clock(monkeypatch)
    failure: Json = _content(recorded, f"errors/{name}.json")
    body = failure["body"] if isinstance(failure["body"], str) else json.dumps(failure["body"])
    with serving(lambda _: Reply(body.encode(), failure["status"], failure["headers"])) as server:
        transport = Transport("Jira", server.url, Login.bearer(SecretStr("canary-7f3a91")), in_flight=1)
        with pytest.raises(SourceError) as raised:
            transport.get("/rest/x", Deadline.after(300))
        transport.close()

    assert type(raised.value) is kind
    assert words in str(raised.value)
    assert len(server.asked) == requests
    assert clock.waits == [1.0] * (requests - 1)


def test_the_recorded_failures_are_all_tried() -> None:
    """One test for each file of the list."""
    assert {f"errors/{name}.json" for name in FAILURES} == {name for name in READ if name.startswith("errors/")}
