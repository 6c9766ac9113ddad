"""Payloads recorded from Jira Data Center and its Tempo, read by our own parsers to the values that stand in them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, SourceError, SourceFailed, SourceThrottled
from datasource.jira.datacenter import JiraDataCenter
from datasource.jira.parse import Read, TicketReader
from datasource.jira.site import which
from datasource.login import Login
from datasource.tempo import wire as tempo_wire
from datasource.tempo.datacenter import worklog
from datasource.transport import Transport
from servicelevel.ticket import Change, Label, Person, Status, Worklog
from tests.factories import ms
from tests.fakes.canned import Json
from tests.fakes.clock import stop_the_clock
from tests.fakes.local_server import Asked, Reply, serving

SOON = Deadline.after(3600)

READ = {
    "errors/jira_datacenter_401_myself.json",
    "errors/jira_datacenter_429.json",
    "errors/jira_datacenter_500_result_window.json",
    "jira-datacenter/board_issues_with_changelog.json",
    "jira-datacenter/field_list.json",
    "jira-datacenter/issue_rendered_fields.json",
    "jira-datacenter/myself.json",
    "jira-datacenter/search_page.json",
    "jira-datacenter/serverInfo.json",
    "tempo-datacenter/worklog_v3.json",
}
NOT_READ: Mapping[str, str] = {
    "jira-datacenter/worklog_deleted.json": "hours come from Tempo, which is read anew",
    "jira-datacenter/worklog_list.json": "hours come from Tempo; Jira's copies may be of one app account",
    "jira-datacenter/worklog_updated.json": "hours come from Tempo, which is read anew",
    "tempo-datacenter/timesheet_approval_current.json": "whether hours were approved changes nothing",
    "tempo-datacenter/timesheet_approval_team.json": "whether hours were approved changes nothing",
}
FAILURES: Mapping[str, tuple[type[SourceError], str, int]] = {
    "jira_datacenter_401_myself": (LoginFailed, "HTTP 401: Client must be authenticated to access this resource", 1),
    "jira_datacenter_429": (SourceThrottled, "asks to wait 42 s", 4),
    "jira_datacenter_500_result_window": (SourceFailed, "HTTP 500: Search limit exceeded", 4),
}


def _content(recorded: Path, name: str) -> Any:
    assert name in READ
    return json.loads((recorded / name).read_text(encoding="utf-8"))


def test_every_recorded_payload_is_read_here_or_said_not_to_be(recorded: Path) -> None:
    """A new file has to be put into one of the lists, with a test or a reason."""
    folders = ("jira-datacenter/", "tempo-datacenter/", "errors/jira_datacenter")
    found = {str(path.relative_to(recorded)) for path in recorded.rglob("*.json")}

    assert {name for name in found if name.startswith(folders)} == READ | NOT_READ.keys()
    assert {f"errors/{name}.json" for name in FAILURES} == {name for name in READ if name.startswith("errors/")}


def _asking(content: object, ask: Any) -> Any:
    """What a site makes of an answer that is the same to every question."""
    with serving(lambda _: Reply(json.dumps(content).encode())) as server:
        transport = Transport("Jira", server.url, Login.bearer(SecretStr("canned")), in_flight=1)
        try:
            return ask(transport)
        finally:
            transport.close()


def test_the_site_and_the_account(recorded: Path) -> None:
    """A "Server" is a Data Center; an account has a key and no account id."""
    info = _content(recorded, "jira-datacenter/serverInfo.json")
    account = _content(recorded, "jira-datacenter/myself.json")

    assert _asking(info, lambda transport: which(transport, SOON)) == "Data Center"
    myself = _asking(account, lambda transport: JiraDataCenter(transport, lanes=1).myself(SOON))
    assert (myself.displayName, myself.accountId, myself.timeZone) == ("Person 1", None, "GMT")
    people = _asking(account, lambda transport: JiraDataCenter(transport, lanes=1).people(["user1"], SOON))
    assert people == {"user1": Person("user1", "Person 1")}


def test_sla_fields_are_told_by_their_kind(recorded: Path) -> None:
    """Two among all the fields of a site."""
    fields = _content(recorded, "jira-datacenter/field_list.json")

    assert len(fields) > 40
    assert _asking(fields, lambda transport: JiraDataCenter(transport, lanes=1).sla_fields(SOON)) == {
        "customfield_10207": "Time to resolution",
        "customfield_10208": "Time to first response",
    }


def test_a_page_of_the_search(recorded: Path) -> None:
    """Where it stands, how many match, and when each was updated."""

    def ask(transport: Transport) -> tuple[tuple[int, ...], dict[int, int]]:
        jira = JiraDataCenter(transport, lanes=1)
        found = jira.search("project = TEST", 0, 1_000, ["updated"], SOON)
        return (found.start, found.count, found.cap, found.total), jira.versions(found.answer)

    place, versions = _asking(_content(recorded, "jira-datacenter/search_page.json"), ask)

    assert place == (0, 4, 50, 4)
    assert versions == {
        10103: ms("2019-04-08T12:38:01+00:00"),
        10102: ms("2019-04-08T12:37:55+00:00"),
        10101: ms("2019-04-08T12:37:44+00:00"),
        10100: ms("2019-04-08T12:38:01+00:00"),
    }


def _read(page: Json, *, comments: bool) -> list[Read]:
    read = list(TicketReader({}, comments=comments).page(json.dumps(page).encode()))
    tickets = [each for each in read if isinstance(each, Read)]
    assert len(tickets) == len(read)
    return tickets


def test_issues_of_a_board_with_histories_and_comments(recorded: Path) -> None:
    """Their histories are links alone: read to the end, and nothing of them is followed."""
    page = _content(recorded, "jira-datacenter/board_issues_with_changelog.json")
    read = _read(page, comments=True)

    assert [(each.ticket.id, each.ticket.key.partition("-")[2]) for each in read] == [
        (10802, "1"), (10804, "3"), (10806, "5"), (10812, "11"), (10821, "20"),
    ]  # fmt: skip
    first = read[0].ticket
    assert first.created == ms("2023-05-29T03:57:06+00:00")
    assert (first.status, first.priority) == (Status("10000", "To Do", "new"), Label("3", "Medium"))
    assert first.assignee == Person("user1", "Person 1")
    assert [each.changes for each in read] == [()] * 5
    assert [each.comments_left for each in read] == [0] * 5
    said = read[0].comments[0]
    assert (said.id, said.at, said.public) == (10495, ms("2023-05-29T03:57:07.648+00:00"), True)
    assert said.author == Person("user1", "Person 1")


def test_a_history_in_the_recorded_form_is_followed_by_the_name_of_its_field(recorded: Path) -> None:
    """The recorded item, with a field that counts in the place of its link: no id tells which it is."""
    page = _content(recorded, "jira-datacenter/board_issues_with_changelog.json")
    issue = page["issues"][0]
    (item,) = issue["changelog"]["histories"][0]["items"]
    assert "fieldId" not in item
    moved = {"from": "10000", "fromString": "To Do", "to": "3", "toString": "In Progress"}
    issue["changelog"]["histories"][0]["items"] = [item, {**item, **moved, "field": "status"}]

    (read,) = _read({"issues": [issue]}, comments=False)

    at = ms("2023-07-27T06:13:47.545+00:00")
    assert read.changes == (Change(10225, at, "status", "10000", "To Do", "3", "In Progress"),)


def test_an_issue_with_rendered_fields(recorded: Path) -> None:
    """What is rendered for people stands beside the fields and changes none of them."""
    issue = _content(recorded, "jira-datacenter/issue_rendered_fields.json")
    assert "renderedFields" in issue

    (read,) = _read({"issues": [issue]}, comments=False)

    assert (str(read.ticket.id), read.ticket.key) == (issue["id"], issue["key"])
    assert read.ticket.created == ms(issue["fields"]["created"])
    assert read.ticket.status.name == issue["fields"]["status"]["name"]


def test_a_worklog_of_an_older_tempo(recorded: Path) -> None:
    """Its version 3 has other names for the same."""
    body = json.dumps(_content(recorded, "tempo-datacenter/worklog_v3.json")).encode()

    assert worklog(msgspec.json.decode(body, type=tempo_wire.ServerWorklogRef)) == Worklog(
        10000, 10000, "user3", date(2019, 9, 2), 1200, 0
    )


@pytest.mark.parametrize("name", FAILURES)
def test_a_recorded_failure_is_named(recorded: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its kind and its cause in its own words; what may pass is asked again, after as long as the site wants."""
    kind, words, requests = FAILURES[name]
    clock = stop_the_clock(monkeypatch)
    failure: Json = _content(recorded, f"errors/{name}.json")
    body = failure["body"] if isinstance(failure["body"], str) else json.dumps(failure["body"])

    def answering(_: Asked) -> Reply:
        return Reply(body.encode(), failure["status"], failure["headers"])

    with serving(answering) as server:
        transport = Transport("Jira", server.url, Login.bearer(SecretStr("canary-7f3a91")), in_flight=1)
        with pytest.raises(SourceError) as raised:
            JiraDataCenter(transport, lanes=1).search("project = SD", 0, 100, ["updated"], Deadline.after(300))
        transport.close()

    assert type(raised.value) is kind
    assert words in str(raised.value)
    assert len(server.asked) == requests
    if kind is SourceThrottled:
        assert clock.waits == [42.0] * 3
