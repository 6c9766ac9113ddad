"""Tempo's calls: pages by offset, teams on the dates that people belonged to them, and failures."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from datasource.deadline import Deadline
from datasource.errors import LoginFailed, NotPermitted, SourceIncomplete, SourceMalformed, SourceRejected
from datasource.login import Login
from datasource.tempo import cloud
from datasource.tempo.cloud import WORKLOGS_PER_PAGE, TempoCloud
from servicelevel.instants import day_of_date
from servicelevel.ticket import Worklog
from tests.fakes.canned import Call, Canned, Json
from tests.fakes.local_server import Asked, Reply
from tests.fakes.tempo_site import WORKLOGS, TempoSite, worklog
from tests.unit.datasource.conftest import SECRET, Connect, Serve

SOON = Deadline.after(3600)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
TEAM_WORKLOGS = "/worklogs/team/7"


def _site(count: int = 5) -> TempoSite:
    return TempoSite(worklog(number, 100 + number, f"2026-11-{number:02d}") for number in range(1, count + 1))


def _ids(site: TempoSite) -> list[int]:
    return [item.id for item in site.tempo.project_worklogs([10001], FIRST, LAST, SOON)]


def test_all_pages_are_read_by_offset() -> None:
    """Though each page holds fewer than were asked for; the link to the next one leads elsewhere and is not used."""
    site = _site()

    assert _ids(site) == [1, 2, 3, 4, 5]
    assert [call.params["offset"] for call in site.transport.asked(WORKLOGS)] == [0, 2, 4]
    assert {call.params["limit"] for call in site.transport.asked(WORKLOGS)} == {WORKLOGS_PER_PAGE}


def test_a_read_is_always_bounded_by_dates_and_projects() -> None:
    """Both dates included; projects once each."""
    site = _site(1)

    site.tempo.project_worklogs([2, 1, 2], FIRST, LAST, SOON)

    (call,) = site.transport.calls
    assert call.params["projectId"] == [1, 2]
    assert (call.params["from"], call.params["to"]) == ("2026-11-01", "2026-11-30")


def test_a_worklog_is_read_as_it_stands() -> None:
    """The ticket by number, the date without any zone, nothing billable where nothing is said."""
    whole = worklog(1, 101, "2026-11-02", 5400, "bruno") | {"billableSeconds": 1800}
    bare = worklog(2, 102, "2026-11-30", 0)
    del bare["billableSeconds"], bare["author"]
    site = TempoSite([whole, bare])

    assert site.tempo.project_worklogs([1], FIRST, LAST, SOON) == [
        Worklog(1, 101, "bruno", date(2026, 11, 2), 5400, 1800),
        Worklog(2, 102, "unknown", date(2026, 11, 30), 0, 0),
    ]


def test_a_link_to_the_next_page_never_chooses_the_host(serve: Serve, connect: Connect) -> None:
    """The token goes to the configured host alone, whatever host a page names."""
    elsewhere = serve(lambda _: Reply())

    def answering(asked: Asked) -> Reply:
        if asked.query["offset"] == ["0"]:
            link = f'"next":"{elsewhere.url}/4/worklogs?offset=1"'
            return Reply(b'{"metadata":{"offset":0,%s},"results":[%s]}' % (link.encode(), _RAW))
        return Reply(b'{"metadata":{"offset":1},"results":[]}')

    server = serve(answering)
    tempo = TempoCloud(connect(f"{server.url}/4", login=Login.bearer(SecretStr(SECRET))))

    assert len(tempo.project_worklogs([1], FIRST, LAST, SOON)) == 1
    assert elsewhere.asked == []
    assert [asked.path for asked in server.asked] == ["/4/worklogs", "/4/worklogs"]
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {SECRET}"}
    assert {asked.headers["host"] for asked in server.asked} == {urlsplit(server.url).netloc}


_RAW = b'{"tempoWorklogId":1,"issue":{"id":5},"timeSpentSeconds":60,"startDate":"2026-11-02"}'


def test_a_page_from_another_offset_is_not_believed() -> None:
    """Some of the hours would be there twice and others not at all."""
    site = _site()

    def stuck(_: Call, answer: Canned) -> Canned:
        return replace(answer, content={**answer.content, "metadata": {**answer.content["metadata"], "offset": 0}})

    site.bend(WORKLOGS, stuck)

    with pytest.raises(SourceIncomplete, match="asked for worklogs from 2 on, it sent those from 0"):
        _ids(site)


def test_an_empty_page_that_announces_another_is_not_believed() -> None:
    """It would be asked for without end."""
    site = _site()
    page: Json = {"metadata": {"offset": 0, "next": "https://elsewhere.invalid"}, "results": []}
    site.bend(WORKLOGS, lambda *_: Canned(page))

    with pytest.raises(SourceIncomplete, match="an empty page announces another one"):
        _ids(site)


def test_worklogs_without_end_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when every page looks right."""
    monkeypatch.setattr(cloud, "PAGE_CAP", 4)
    site = _site(20)
    site.page = 1

    with pytest.raises(SourceIncomplete, match="do not end after 4 pages"):
        _ids(site)


def test_a_page_without_metadata_is_the_only_one() -> None:
    """Some endpoints have no paging."""
    site = _site(2)
    site.bend(WORKLOGS, lambda _, answer: Canned({"results": answer.content["results"]}))

    assert _ids(site) == [1, 2]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Canned(b"<html><body>Unauthorized</body></html>", 401, "text/html"), LoginFailed, "HTTP 401: Unauthorized"),
        (Canned(b"<html><body>Forbidden</body></html>", 403, "text/html"), NotPermitted, "HTTP 403: Forbidden"),
        (Canned({"errors": {"message": "'from' must be valid"}}, 400), SourceRejected, "'from' must be valid"),
        (Canned(b"<html>Sign in</html>", 200, "text/html"), SourceMalformed, "a web page"),
        (Canned({"results": [{"tempoWorklogId": "one"}]}), SourceMalformed, "promised form"),
        (Canned({"results": [worklog(1, 2, "2026-13-01")]}), SourceMalformed, "promised form"),
        (Canned([]), SourceMalformed, "promised form"),
        (Canned(b"[" * 100_000), SourceMalformed, "promised form"),
    ],
)
def test_an_answer_that_is_no_page_is_named(answer: Canned, kind: type[Exception], words: str) -> None:
    """Tempo refuses in HTML, which hides nothing; asked once."""
    site = _site()
    site.bend(WORKLOGS, lambda *_: answer)

    with pytest.raises(kind, match=words):
        _ids(site)

    assert len(site.transport.calls) == 1


def test_a_token_is_proven_by_a_small_question() -> None:
    """One team is enough; a refused token is a failed login."""
    site = _site()
    site.tempo.prove(SOON)

    assert [(call.path, call.params) for call in site.transport.calls] == [("/teams", {"limit": 1})]

    site.bend("/teams", lambda *_: Canned(b"<html>no</html>", 401, "text/html"))
    with pytest.raises(LoginFailed):
        site.tempo.prove(SOON)


def _member(account: str, start: str | None = None, end: str | None = None) -> Json:
    return {"member": {"accountId": account}, "from": start, "to": end, "commitmentPercent": 100}


def test_a_teams_hours_are_those_of_its_members_on_their_dates() -> None:
    """Hours before joining, after leaving, or of others do not count; neither does their schedule."""
    site = TempoSite(
        [
            worklog(1, 101, "2026-11-09", 3600, "ana"),
            worklog(2, 101, "2026-11-10", 7200, "ana"),
            worklog(3, 999, "2026-11-20", 1800, "ana"),
            worklog(4, 101, "2026-11-21", 900, "ana"),
            worklog(5, 101, "2026-11-10", 600, "bruno"),
            worklog(6, 101, "2026-11-10", 60, "stranger"),
        ],
        [_member("ana", "2026-11-10", "2026-11-20"), _member("bruno")],
    )

    hours = site.tempo.team_hours(7, FIRST, LAST, SOON)

    def day(number: int) -> int:
        return day_of_date(date(2026, 11, number))

    assert hours.booked_s == {day(10): 7800, day(20): 1800}
    assert [hours.scheduled_s[day(n)] // 3600 for n in (1, 9, 10, 20, 21, 30)] == [8, 8, 16, 16, 8, 8]
    assert len(site.transport.asked(TEAM_WORKLOGS)) == 3


def test_a_member_who_came_back_counts_in_both_times() -> None:
    """Two memberships are two spans of dates; a day in both is one day."""
    spans = [("2026-11-02", "2026-11-03"), ("2026-11-03", "2026-11-04"), ("2026-11-20", None)]
    site = TempoSite([worklog(1, 101, "2026-11-03", 100)], [_member("ana", *span) for span in spans])

    hours = site.tempo.team_hours(7, FIRST, LAST, SOON)

    assert sum(hours.booked_s.values()) == 100
    assert len(hours.scheduled_s) == 3 + 11
    assert set(hours.scheduled_s.values()) == {8 * 3600}
    assert len(site.transport.asked("/user-schedule/ana")) == 1


def test_nobodys_schedule_is_asked_for_outside_of_their_dates() -> None:
    """Who left before the window is no call; a team without members has no hours."""
    site = TempoSite([], [_member("gone", "2020-01-01", "2026-10-31"), _member("later", "2026-12-01")])

    hours = site.tempo.team_hours(7, FIRST, LAST, SOON)

    assert (hours.booked_s, hours.scheduled_s) == ({}, {})
    assert not [call for call in site.transport.calls if call.path.startswith("/user-schedule/")]


def test_a_schedule_that_is_not_shown_fails_the_hours() -> None:
    """A team with part of its schedule would look busier than it is."""
    site = TempoSite([], [_member("ana"), _member("bruno")])
    site.bend("/user-schedule/bruno", lambda *_: Canned(b"<html>no</html>", 403, "text/html"))

    with pytest.raises(NotPermitted):
        site.tempo.team_hours(7, FIRST, LAST, SOON)


def test_somebody_without_a_schedule_counts_on_neither_side() -> None:
    """An account that is gone has hours and no schedule: together they would look like overwork."""
    site = TempoSite(
        [worklog(1, 101, "2026-11-10", 600, "ana"), worklog(2, 101, "2026-11-10", 60, "557058:gone")],
        [_member("ana", "2026-11-10", "2026-11-10"), _member("557058:gone")],
    )
    site.bend("/user-schedule/557058%3Agone", lambda *_: Canned({"errors": {"message": "no such user"}}, 404))

    hours = site.tempo.team_hours(7, FIRST, LAST, SOON)

    day = day_of_date(date(2026, 11, 10))
    assert (hours.booked_s, hours.scheduled_s) == ({day: 600}, {day: 8 * 3600})


@pytest.mark.parametrize("account", ["../teams", "a/b", "a?limit=1", "a#b", "557058:ü"])
def test_an_account_id_cannot_change_the_path(account: str) -> None:
    """Ids come from an answer, so they are written as one part of the address."""
    site = TempoSite([], [_member(account)])

    site.tempo.team_hours(7, FIRST, LAST, SOON)

    (path,) = {call.path for call in site.transport.calls if call.path.startswith("/user-schedule/")}
    assert path.count("/") == 2
    assert path.isascii()
    assert not set("?#:") & set(path)
