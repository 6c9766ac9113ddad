"""Data Center's calls one by one: tickets by id though one is gone, people by key or name."""

import json

import pytest

from datasource.deadline import Deadline
from datasource.errors import NotPermitted, SourceMalformed
from datasource.jira import datacenter
from datasource.jira.datacenter import JiraDataCenter
from servicelevel.ticket import Label, Person, Status
from tests.fakes.jira_server import JiraServer, searches, ticket
from tests.fakes.local_server import Asked, LocalServer, Reply
from tests.unit.datasource.conftest import Connect, Serve

SOON = Deadline.after(3600)
FIELDS = ["updated"]


@pytest.fixture
def site() -> JiraServer:
    """A Jira of nine tickets."""
    return JiraServer(ticket(number) for number in range(1, 10))


@pytest.fixture
def server(serve: Serve, site: JiraServer) -> LocalServer:
    """It listens."""
    return serve(site)


@pytest.fixture
def jira(connect: Connect, server: LocalServer) -> JiraDataCenter:
    """And it is asked."""
    return JiraDataCenter(connect(server.url), lanes=3)


def test_lists_of_the_site(jira: JiraDataCenter) -> None:
    """Priorities come as a bare list, in the site's order."""
    assert jira.priorities(SOON) == [Label("1", "Highest"), Label("3", "Medium")]
    assert jira.statuses(SOON)[0] == Status("1", "Open", "new")
    assert jira.myself(SOON).displayName == "Portal"


def test_a_page_says_where_it_is(jira: JiraDataCenter, site: JiraServer) -> None:
    """The most that a page may hold is the site's to say."""
    site.cap = 4

    found = jira.search("project = SD", 2, 100, FIELDS, SOON)

    assert (found.start, found.count, found.cap, found.total) == (2, 4, 4, 9)
    assert list(jira.versions(found.answer)) == [3, 4, 5, 6]
    assert jira.count("project = SD", SOON) == 9


def test_tickets_that_exist_are_told_from_those_that_are_gone(
    jira: JiraDataCenter, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that names one unknown id is refused as a whole; the others must not go with it."""
    monkeypatch.setattr(datacenter, "IDS_PER_CALL", 4)

    assert jira.existing([1, 2, 77, 3, 9, 4, 88, 4], SOON) == {1, 2, 3, 4, 9}
    alone = {asked.path.rpartition("/")[2] for asked in server.asked if "/issue/" in asked.path}
    assert alone == {"77", "88"}


def test_many_tickets_that_exist_cost_few_requests(jira: JiraDataCenter, server: LocalServer) -> None:
    """One for a hundred of them, when none is gone."""
    assert jira.existing(range(1, 10), SOON) == set(range(1, 10))
    assert len(server.asked) == 1
    assert jira.existing([], SOON) == set()
    assert len(server.asked) == 1


def test_a_ticket_that_the_index_does_not_know_yet_exists(jira: JiraDataCenter, site: JiraServer) -> None:
    """The database is asked before somebody's hours are called lost."""
    site.unindexed = {5}

    assert jira.existing([4, 5, 6], SOON) == {4, 5, 6}


def test_a_page_of_ids_may_be_cut(jira: JiraDataCenter, site: JiraServer, server: LocalServer) -> None:
    """It goes on after what came."""
    site.cap = 2

    pages = [list(jira.versions(answer)) for answer in jira.by_ids([1, 2, 3, 4, 5], FIELDS, SOON)]

    assert pages == [[1, 2], [3, 4], [5]]
    assert [body["startAt"] for body in searches(server.asked)] == [0, 2, 4]


@pytest.mark.parametrize("path", ["search", "issue"])
def test_a_refusal_of_another_kind_is_no_ticket_that_is_gone(serve: Serve, connect: Connect, path: str) -> None:
    """Whoever may not ask learns nothing of what exists."""
    site = JiraServer([ticket(1)])

    def answering(asked: Asked) -> Reply:
        return Reply(b"", 403) if f"/{path}" in asked.path else site(asked)

    jira = JiraDataCenter(connect(serve(answering).url), lanes=2)

    with pytest.raises(NotPermitted):
        jira.existing([1, 2], SOON)


def test_people_are_found_by_key_or_else_by_name(jira: JiraDataCenter, server: LocalServer) -> None:
    """Who is neither is left out, and does not fail the others."""
    assert jira.people(["JIRAUSER1", "bruno", "zoe"], SOON) == {
        "JIRAUSER1": Person("JIRAUSER1", "Ana Souza"),
        "bruno": Person("JIRAUSER2", "Bruno Lima"),
    }
    assert sum(asked.path.endswith("/user") for asked in server.asked) == 5
    assert jira.people([], SOON) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"issues":[{"id":1}]}',
        b'{"issues":[{"id":"x","fields":{"updated":"2026-11-02T09:00:00.000+0000"}}]}',
        b'{"issues":[{"id":"1","fields":{"updated":"2026-11-02T09:00:00"}}]}',
        b"[" * 100_000,
    ],
)
def test_an_answer_in_another_form_is_malformed(serve: Serve, connect: Connect, content: bytes) -> None:
    """With status 200 it is still no page of tickets."""
    jira = JiraDataCenter(connect(serve(lambda _: Reply(content)).url), lanes=2)

    with pytest.raises(SourceMalformed, match="Jira"):
        jira.versions(jira.search("project = SD", 0, 10, FIELDS, SOON).answer)


def test_a_search_names_fields_and_expansions_as_lists(jira: JiraDataCenter, server: LocalServer) -> None:
    """Here they are no texts, unlike on Cloud and in an address."""
    jira.search("project = SD", 0, 10, ("id", "updated"), SOON, changes=True)
    jira.one(1, ("id", "updated"), SOON, changes=True)

    body = json.loads(server.asked[0].body)
    assert (body["fields"], body["expand"]) == (["id", "updated"], ["changelog"])
    assert server.asked[1].query == {"fields": ["id,updated"], "expand": ["changelog"]}
