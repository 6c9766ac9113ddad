"""Jira's calls one by one: how pages follow each other, and what ends them."""

import json
from dataclasses import replace

import pytest

from datasource.deadline import Deadline
from datasource.errors import SourceError, SourceIncomplete, SourceMalformed, SourceRejected
from datasource.jira import cloud
from servicelevel.ticket import Label, Person, Status
from tests.fakes.canned import Call, Canned
from tests.fakes.jira_json import PRIORITIES, history, issue, status_item
from tests.fakes.jira_site import BULKFETCH, CHANGELOGS, SEARCH, USERS, JiraSite

SOON = Deadline.after(3600)


def _site(count: int = 5) -> JiraSite:
    return JiraSite(issue(number) for number in range(1, count + 1))


def _pages(site: JiraSite) -> list[list[int]]:
    return [ids for _, ids in site.jira.id_pages("project = SD", SOON)]


def test_all_pages_of_a_search_are_read_by_their_tokens() -> None:
    """The first call has no token, each other one that of the page before."""
    site = _site()

    assert _pages(site) == [[1, 2], [3, 4], [5]]
    assert [call.body.get("nextPageToken") for call in site.transport.asked(SEARCH)] == [None, "2", "4"]
    assert all("startAt" not in call.body for call in site.transport.asked(SEARCH))


@pytest.mark.parametrize("token", [None, ""])
def test_a_search_ends_where_no_token_is_given(token: str | None) -> None:
    """Missing, null or empty."""
    site = _site(1)
    site.bend(SEARCH, lambda _, answer: replace(answer, content={**answer.content, "nextPageToken": token}))

    assert _pages(site) == [[1]]


def test_a_short_or_empty_page_is_not_the_last_one() -> None:
    """Sites cut pages as they like, and say isLast when they mean otherwise; only the token counts."""
    contents = iter(
        [
            {"issues": [{"id": "1"}], "nextPageToken": "a", "isLast": True},
            {"issues": [], "nextPageToken": "b"},
            {"issues": [{"id": "2"}, {"id": "3"}], "isLast": False},
        ]
    )
    site = _site()
    site.bend(SEARCH, lambda *_: Canned(next(contents)))

    assert _pages(site) == [[1], [], [2, 3]]


def test_a_ticket_on_two_pages_is_named_once() -> None:
    """Tickets move between pages while a search goes on."""
    contents = iter(
        [
            {"issues": [{"id": "1"}, {"id": "2"}, {"id": "2"}], "nextPageToken": "a"},
            {"issues": [{"id": "2"}, {"id": "3"}]},
        ]
    )
    site = _site()
    site.bend(SEARCH, lambda *_: Canned(next(contents)))

    assert _pages(site) == [[1, 2], [3]]


def test_a_token_that_comes_twice_ends_the_search_with_an_error() -> None:
    """Otherwise it would go on for ever."""
    site = _site()
    site.bend(SEARCH, lambda *_: Canned({"issues": [{"id": "1"}], "nextPageToken": "again"}))

    with pytest.raises(SourceIncomplete, match="a page token came twice, at last on page"):
        _pages(site)

    assert len(site.transport.asked(SEARCH)) == 2


def test_a_search_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when every token is new."""
    monkeypatch.setattr(cloud, "PAGE_CAP", 7)
    site = _site()
    numbers = iter(range(1, 100))
    site.bend(SEARCH, lambda *_: Canned({"issues": [], "nextPageToken": f"token-{next(numbers)}"}))

    with pytest.raises(SourceIncomplete, match="does not end after 7 pages"):
        _pages(site)


def test_changes_follow_their_tokens_and_stop_at_a_repeated_one() -> None:
    """An issue's histories may be split over pages; each page is handed on."""
    histories = {1: [history(n, 1_793_617_200_000 + n, status_item("1", "2")) for n in range(3)]}
    site = JiraSite([issue(1)], histories)

    pages = list(site.jira.histories([1], SOON))

    assert [[len(each.changeHistories) for each in page] for page in pages] == [[1, 1], [1]]
    fields = ["status", "resolution", "assignee", "priority", "project"]
    assert site.transport.asked(CHANGELOGS)[0].body["fieldIds"] == fields

    site.bend(CHANGELOGS, lambda _, answer: replace(answer, content={**answer.content, "nextPageToken": "x"}))
    with pytest.raises(SourceIncomplete, match="a page token came twice"):
        list(site.jira.histories([1], SOON))


def test_changes_without_end_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a search is."""
    monkeypatch.setattr(cloud, "PAGE_CAP", 3)
    numbers = iter(range(100))
    site = _site()
    site.bend(CHANGELOGS, lambda *_: Canned({"issueChangeLogs": [], "nextPageToken": f"t{next(numbers)}"}))

    with pytest.raises(SourceIncomplete, match="does not end after 3 pages"):
        list(site.jira.histories([1], SOON))


def test_which_tickets_exist_is_asked_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are not shown are left out; each is asked for once."""
    monkeypatch.setattr(cloud, "ISSUES_PER_CALL", 2)
    site = _site(4)
    site.hidden = {3}

    assert site.jira.existing([4, 3, 1, 9, 1], SOON) == {1, 4}
    assert [call.body["issueIdsOrKeys"] for call in site.transport.asked(BULKFETCH)] == [["1", "3"], ["4", "9"]]


def test_people_are_asked_for_in_parts_and_strangers_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who is gone must not fail a read."""
    monkeypatch.setattr(cloud, "USERS_PER_CALL", 2)
    site = _site()

    assert site.jira.people(["zoe", "ana", "bob"], SOON) == {"ana": Person("ana", "Ana Souza")}
    assert [call.params["accountId"] for call in site.transport.asked(USERS)] == [["ana", "bob"], ["zoe"]]


def test_nobody_asked_for_is_no_call() -> None:
    """Neither people nor tickets."""
    site = _site()

    assert site.jira.people([], SOON) == {}
    assert site.jira.existing([], SOON) == set()
    assert site.transport.calls == []


def test_priorities_are_read_to_the_end_in_the_sites_order() -> None:
    """Their order is what sorts priorities everywhere."""
    site = _site()
    more = [{"id": str(n), "name": f"P{n}"} for n in range(4)]

    def paged(call: Call, _: Canned) -> Canned:
        start = int(call.params["startAt"])
        return Canned({"values": more[start : start + 3], "startAt": start, "total": 4})

    site.bend("/rest/api/3/priority/search", paged)

    assert site.jira.priorities(SOON) == [Label(str(n), f"P{n}") for n in range(4)]


def test_priorities_without_end_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A total that always grows is a loop."""
    monkeypatch.setattr(cloud, "PAGE_CAP", 3)
    site = _site()
    site.bend("/rest/api/3/priority/search", lambda *_: Canned({"values": PRIORITIES, "total": 10**6}))

    with pytest.raises(SourceIncomplete, match="priorities does not end"):
        site.jira.priorities(SOON)


def test_lists_of_the_site() -> None:
    """Statuses with their category, SLA fields by id."""
    site = _site()

    assert site.jira.statuses(SOON)[0] == Status("1", "Open", "new")
    assert site.jira.resolutions(SOON) == [Label("10", "Fertig")]
    assert sorted(site.jira.sla_fields(SOON)) == ["customfield_10030", "customfield_10031"]
    assert site.jira.project("SD", SOON).id == "10001"
    assert site.jira.myself(SOON).displayName == "Portal"


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b'{"issues":[{"id":1}]}', b'{"issues":[{"id":"x"}]}', b"[" * 100_000, b'{"a":"\xff'],
)
def test_an_answer_in_another_form_is_malformed(content: bytes) -> None:
    """With status 200 it is still no list of tickets, and no error of a library comes through."""
    site = _site()
    site.bend(SEARCH, lambda *_: Canned(content))

    with pytest.raises(SourceMalformed, match="Jira"):
        _pages(site)


def test_unknown_keys_are_passed_over() -> None:
    """Sites add keys without notice."""
    site = _site(1)
    page = {"issues": [{"id": "1", "self": "x", "new": {"deep": []}}], "warningMessages": None, "isLast": True}
    site.bend(SEARCH, lambda *_: Canned(json.dumps(page).encode()))

    assert _pages(site) == [[1]]


def test_a_token_of_changes_that_expired_costs_a_new_beginning() -> None:
    """Changes of pages that were read come again; after the third beginning it is an error with advice."""
    histories = {1: [history(n, 1_793_617_200_000 + n, status_item("1", "2")) for n in range(3)]}
    site = JiraSite([issue(1)], histories)
    expired = [True]

    def expiring(call: Call, answer: Canned) -> Canned:
        gone = bool(call.body.get("nextPageToken") and expired and expired.pop())
        return Canned({"errorMessages": ["The page token has expired."]}, 400) if gone else answer

    site.bend(CHANGELOGS, expiring)

    assert [len(page) for page in site.jira.histories([1], SOON)] == [2, 2, 1]

    expired.extend([True] * 3)
    with pytest.raises(SourceRejected, match=r"token has expired .*Try again; if it stays, .*WINDOW_DAYS"):
        list(site.jira.histories([1], SOON))
    assert len(expired) == 0


@pytest.mark.parametrize("status", [403, 404, 410])
def test_only_a_page_that_is_called_wrong_is_asked_for_anew(status: int) -> None:
    """What is forbidden or gone stays so."""
    site = _site()
    site.bend(SEARCH, lambda call, answer: Canned({}, status) if call.body.get("nextPageToken") else answer)

    with pytest.raises(SourceError, match=f"HTTP {status}"):
        _pages(site)

    assert len(site.transport.asked(SEARCH)) == 2
