"""The read of a queue of Data Center: pages side by side, every ticket accounted for, whatever moves meanwhile."""

import json
import random
from collections.abc import Callable
from heapq import heapreplace
from typing import TypeAlias

import pytest

from datasource.errors import LoginFailed, SourceError, SourceFailed, SourceIncomplete, SourceMalformed
from datasource.jira import datacenter_read as reading
from datasource.jira.dialect import Dialect
from datasource.jira.tickets import JiraTickets
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue
from tests.fakes.canned import Json
from tests.fakes.clock import StillClock
from tests.fakes.jira_server import ANA, BRUNO, FIRST_MS, JiraServer, edit, searches, stamp, ticket
from tests.fakes.local_server import Asked, LocalServer, Reply
from tests.unit.datasource.conftest import Connect, Serve
from tests.unit.datasource.jira.desk import ANSWERED_BY_COMMENT, DESK, READ_AT_MS, SINCE_MS, SWEEP_HOURS

LANES = 8
DAY_MS = 86_400_000
EDITED_MS = FIRST_MS + DAY_MS

Read: TypeAlias = Callable[..., TicketColumns]


class Desk:
    """A served Jira and the portal's reader of it, kept from one read to the next."""

    def __init__(self, site: JiraServer, server: LocalServer, connect: Connect) -> None:
        self.site, self.server = site, server
        dialect = Dialect(connect(server.url, in_flight=LANES), lanes=LANES)
        self._tickets = JiraTickets(dialect, sweep_hours=SWEEP_HOURS)

    def read(
        self, previous: TicketColumns | None = None, *, queue: Queue = DESK, read_at: int = READ_AT_MS
    ) -> TicketColumns:
        """All of the queue, or what changed since `previous`."""
        return self._tickets.read(
            queue, previous, updated_since=SINCE_MS, read_at=read_at, budget_s=60, progress=lambda *_: None
        )

    @property
    def bodies(self) -> list[Json]:
        """What was searched for so far."""
        return searches(self.server.asked)


Open: TypeAlias = Callable[[JiraServer], Desk]


@pytest.fixture
def open_desk(serve: Serve, connect: Connect) -> Open:
    """Serves a Jira and reads it."""
    return lambda site: Desk(site, serve(site), connect)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first page of three tickets and others of five at most."""
    monkeypatch.setattr(reading, "FIRST_PAGE", 3)
    monkeypatch.setattr(reading, "LEAST", 2)
    monkeypatch.setattr(reading, "MOST_WITH_CHANGES", 5)
    monkeypatch.setattr(reading, "MOST_BARE", 5)


def _site(count: int = 40) -> JiraServer:
    moved = [edit(1, EDITED_MS, "status", "1", "2"), edit(2, EDITED_MS + 60_000, "priority", "1", "3")]
    return JiraServer(ticket(number, histories=moved) for number in range(1, count + 1))


@pytest.mark.usefixtures("small_pages")
def test_every_ticket_comes_once_with_its_changes(open_desk: Open) -> None:
    """The first page tells how many there are, the others are asked for side by side and join without a gap."""
    desk = open_desk(_site())

    columns = desk.read()

    assert columns.id.tolist() == list(range(1, 41))
    assert columns.changes.row.tolist() == [row for row in range(40) for _ in range(2)]
    assert (columns.missing, columns.unreadable) == ((), {})
    first, *others = ((body["startAt"], body["maxResults"]) for body in desk.bodies)
    assert first == (0, 3)
    assert [at for start, size in sorted(others) for at in range(start, start + size)] == list(range(3, 40))
    assert desk.server.peak <= LANES


def test_a_small_queue_is_one_search(open_desk: Open) -> None:
    """With all that its clocks need."""
    desk = open_desk(_site(9))

    assert len(desk.read()) == 9
    assert [asked.path.rpartition("/")[2] for asked in desk.server.asked].count("search") == 1
    assert desk.bodies[0]["expand"] == ["changelog"]


def test_a_queue_without_tickets_is_read(open_desk: Open) -> None:
    """And asked for once."""
    desk = open_desk(JiraServer([]))

    assert len(desk.read()) == 0
    assert len(desk.bodies) == 1


def test_a_large_queue_takes_a_fifth_of_the_time_of_paging(open_desk: Open) -> None:
    """Where a call takes 0.2 s and each of its tickets 10 ms, against pages of a hundred one after the other."""
    desk = open_desk(_site(2_500))

    def call_s(tickets: int = 0) -> float:
        return 0.2 + 0.01 * tickets

    assert len(desk.read()) == 2_500
    first, *others = (body["maxResults"] for body in desk.bodies)
    busy_until_s = [0.0] * LANES
    for size in sorted(others, reverse=True):
        heapreplace(busy_until_s, busy_until_s[0] + call_s(size))
    which_jira_and_its_lists_s = 2 * call_s()
    ours_s = which_jira_and_its_lists_s + call_s(first) + max(busy_until_s)
    assert 25 * call_s(100) / ours_s > 5
    assert desk.server.peak <= LANES


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("cap", [1, 2, 4])
def test_a_site_may_cut_pages_as_it_likes(open_desk: Open, cap: int) -> None:
    """What it says is the most that a page holds; the read goes on after what came."""
    desk = open_desk(_site(20))
    desk.site.cap = cap

    columns = desk.read()

    assert columns.id.tolist() == list(range(1, 21))
    starts = sorted(body["startAt"] for body in desk.bodies)
    assert starts == sorted(set(starts))


@pytest.mark.usefixtures("small_pages")
def test_a_ticket_that_slips_through_between_two_pages_is_read_by_its_id(open_desk: Open) -> None:
    """One is deleted while we read: those behind it move forward, and one of them into a page that was read."""
    site = _site()

    def delete(body: Json) -> None:
        if body["startAt"] > 0:
            site.issues.pop(2, None)

    desk = open_desk(site)
    site.before = delete

    columns = desk.read()

    assert set(range(3, 41)) <= set(columns.id.tolist())
    assert columns.missing == ()
    assert any("id in (4)" in body["jql"] for body in desk.bodies)


@pytest.mark.usefixtures("small_pages")
def test_a_ticket_that_is_repeated_in_the_place_of_another_does_not_hide_it(open_desk: Open) -> None:
    """Two nodes differ in their order: the count is right, a ticket comes twice, another one never."""
    site = _site()

    def repeat(body: Json, page: Json) -> None:
        if "expand" in body and page["issues"][-1]["id"] == "40":
            page["issues"][-1] = {**page["issues"][-1], **page["issues"][0]}

    site.after = repeat
    desk = open_desk(site)

    assert desk.read().id.tolist() == list(range(1, 41))


@pytest.mark.usefixtures("small_pages")
def test_tickets_that_are_created_meanwhile_disturb_nothing(open_desk: Open) -> None:
    """They come last in the order of the read, and with the next one."""
    site = _site(20)
    numbers = iter(range(21, 1_000))

    def create(body: Json) -> None:
        number = next(numbers)
        site.issues[number] = ticket(number)

    site.before = create
    desk = open_desk(site)

    assert set(range(1, 21)) <= set(desk.read().id.tolist())
    assert not any(body["fields"] == ["updated"] for body in desk.bodies)


@pytest.mark.usefixtures("small_pages")
def test_a_search_that_never_shows_all_that_it_counts_is_not_believed(open_desk: Open) -> None:
    """Less is never passed off as all; and it is not asked without end."""
    site = _site(20)
    site.after = lambda _, page: page.update(total=page["total"] + 1)
    desk = open_desk(site)

    with pytest.raises(SourceIncomplete, match="names 20 of 21 tickets"):
        desk.read()

    assert len(desk.bodies) < 50


@pytest.mark.usefixtures("small_pages")
def test_a_search_that_always_shows_its_first_page_is_not_believed(open_desk: Open) -> None:
    """A site, or something in front of it, that passes over the position."""
    site = _site(20)
    site.before = lambda body: body.update(startAt=0)
    desk = open_desk(site)

    with pytest.raises(SourceIncomplete):
        desk.read()


@pytest.mark.usefixtures("small_pages")
def test_an_empty_page_in_the_middle_is_not_the_end(open_desk: Open) -> None:
    """The tickets that it should have held are asked for by their ids."""
    site = _site(20)

    def empty(body: Json, page: Json) -> None:
        if body["startAt"] >= 10 and "expand" in body and "id in" not in body["jql"]:
            page["issues"] = []

    site.after = empty
    desk = open_desk(site)

    columns = desk.read()

    assert columns.id.tolist() == list(range(1, 21))
    assert len(columns.changes.at) == 40


@pytest.mark.usefixtures("small_pages")
def test_a_queue_larger_than_the_window_is_read_in_slices(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the time of creation, each of them within what a search shows; many tickets of one second stay together."""
    monkeypatch.setattr(reading, "WINDOW", 12)
    site = JiraServer(ticket(n, created_ms=FIRST_MS + (n // 5) * 1_000 + n % 5) for n in range(1, 62))
    site.window = 12
    desk = open_desk(site)

    columns = desk.read()

    assert columns.id.tolist() == list(range(1, 62))
    assert columns.missing == ()
    assert all(body["startAt"] + body["maxResults"] <= 12 for body in desk.bodies)


@pytest.mark.usefixtures("small_pages")
def test_a_narrower_window_is_learned_from_its_failures(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch, clock: StillClock
) -> None:
    """The first read meets it; from then on nothing beyond it is asked for."""
    monkeypatch.setattr(reading, "NARROW_WINDOW", 10)
    site = _site(35)
    site.window = 15
    desk = open_desk(site)

    whole = desk.read()
    asked = len(desk.bodies)
    again = desk.read()

    assert whole.id.tolist() == list(range(1, 36))
    assert again.revision == whole.revision
    assert all(body["startAt"] + body["maxResults"] <= 15 for body in desk.bodies[asked:])


@pytest.mark.usefixtures("small_pages")
def test_a_site_that_fails_is_no_narrow_window(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch, clock: StillClock
) -> None:
    """It is tried once in small slices, then named as what it is; once it is well it is read as before."""
    monkeypatch.setattr(reading, "NARROW_WINDOW", 10)
    desk = open_desk(_site(35))
    desk.site.window = 4

    with pytest.raises(SourceFailed, match="HTTP 500: Search limit exceeded"):
        desk.read()

    desk.site.window = 10_000
    asked = len(desk.bodies)
    assert len(desk.read()) == 35
    assert not any("created <" in body["jql"] for body in desk.bodies[asked:])


@pytest.mark.usefixtures("small_pages")
def test_more_tickets_of_one_second_than_a_search_shows_are_an_error(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No query tells them apart, so the read says so."""
    monkeypatch.setattr(reading, "WINDOW", 12)
    desk = open_desk(JiraServer(ticket(number, created_ms=FIRST_MS + number) for number in range(30)))

    with pytest.raises(SourceIncomplete, match="more than 12 tickets were created within one second"):
        desk.read()


def test_what_changed_is_one_search_after_the_proof_of_who_we_are(open_desk: Open) -> None:
    """Two requests, and what they bring replaces what was known."""
    site = _site(9)
    desk = open_desk(site)
    before = desk.read()
    now_ms = before.cursor
    site.issues[4] = ticket(4, updated=stamp(now_ms), histories=[edit(7, now_ms, "status", "2", "3")])
    site.issues[10] = ticket(10, created_ms=now_ms)
    asked = len(desk.server.asked)

    after = desk.read(before)

    assert [each.path.rpartition("/")[2] for each in desk.server.asked[asked:]] == ["myself", "search"]
    assert after.id.tolist() == list(range(1, 11))
    assert after.updated[3] == now_ms
    assert after.changes.history[after.changes.row == 3].tolist() == [7]


@pytest.mark.usefixtures("small_pages")
def test_many_changes_are_read_to_the_end(open_desk: Open) -> None:
    """A change in bulk touches more tickets than one page holds."""
    site = _site(30)
    desk = open_desk(site)
    before = desk.read()
    for number, each in site.issues.items():
        site.issues[number] = {**each, "fields": {**each["fields"], "updated": stamp(before.cursor + number)}}

    after = desk.read(before)

    assert after.updated.tolist() == [before.cursor + number for number in range(1, 31)]


def test_a_full_comparison_drops_what_is_gone_and_reads_what_differs(open_desk: Open) -> None:
    """A deleted ticket shows in no list of changes."""
    site = _site(9)
    desk = open_desk(site)
    before = desk.read()
    del site.issues[3]
    site.issues[5] = ticket(5, summary="Renamed", updated=stamp(EDITED_MS))

    after = desk.read(before, read_at=READ_AT_MS + DAY_MS)

    assert after.id.tolist() == [1, 2, 4, 5, 6, 7, 8, 9]
    assert after.summary[3] == "Renamed"
    assert [body["jql"] for body in desk.bodies if "id in" in body["jql"]] == [
        "id in (5) ORDER BY created ASC, key ASC"
    ]


def test_a_ticket_that_is_deleted_before_it_is_read_by_its_id_is_not_missing(open_desk: Open) -> None:
    """The search refuses its id, the others come all the same, and it goes with this comparison."""
    site = _site(9)
    desk = open_desk(site)
    before = desk.read()
    for number in (4, 5, 6):
        site.issues[number] = ticket(number, updated=stamp(EDITED_MS))

    def delete(body: Json) -> None:
        if "id in" in body["jql"]:
            site.issues.pop(5, None)

    site.before = delete
    after = desk.read(before, read_at=READ_AT_MS + DAY_MS)

    assert after.id.tolist() == [1, 2, 3, 4, 6, 7, 8, 9]
    assert after.updated[3:5].tolist() == [EDITED_MS, EDITED_MS]
    assert after.missing == ()


def test_a_ticket_that_the_index_forgot_comes_from_the_database(open_desk: Open) -> None:
    """It was listed, and the node that is asked for it by its id does not know it yet."""
    site = _site(9)
    desk = open_desk(site)
    before = desk.read()
    site.issues[4] = ticket(4, updated=stamp(EDITED_MS), histories=[edit(9, EDITED_MS, "status", "1", "2")])
    site.before = lambda body: site.unindexed.update({4} if "id in" in body["jql"] else ())

    after = desk.read(before, read_at=READ_AT_MS + DAY_MS)

    assert after.updated[3] == EDITED_MS
    assert after.changes.history[after.changes.row == 3].tolist() == [9]


def test_comments_that_did_not_fit_are_fetched(open_desk: Open) -> None:
    """Page by page, each once; a note for a role only is no answer to a customer."""
    site = _site(3)
    said = [{"id": str(n), "created": stamp(EDITED_MS + n), "author": ANA, "jsdPublic": True} for n in range(1, 6)]
    said[1]["visibility"] = {"type": "role", "value": "Analysts"}
    site.comments = {2: said}
    desk = open_desk(site)

    comments = desk.read(queue=ANSWERED_BY_COMMENT).comments

    assert comments.id.tolist() == [1, 2, 3, 4, 5]
    assert comments.public.tolist() == [True, False, True, True, True]


def test_a_ticket_whose_history_came_cut_is_left_out_by_name(open_desk: Open) -> None:
    """Half a history would tell another story; the other tickets stand."""
    site = _site(3)
    site.issues[2]["changelog"]["total"] = 60
    desk = open_desk(site)

    columns = desk.read()

    assert columns.id.tolist() == [1, 3]
    assert columns.unreadable == {"SD-2": "only 2 of its 60 edits came"}


def test_fields_are_told_by_their_names_in_any_case_but_not_custom_ones(open_desk: Open) -> None:
    """Histories here name no field by id, and anybody may call a field of their own Status."""
    moves = [
        edit(1, EDITED_MS, "Status", "1", "2"),
        edit(2, EDITED_MS + 1, "status", "2", "3", fieldtype="custom"),
        edit(3, EDITED_MS + 2, "Link", None, "SD-9"),
    ]
    desk = open_desk(JiraServer([ticket(1, histories=moves)]))

    assert desk.read().changes.history.tolist() == [1]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("seed", range(3))
def test_an_old_login_name_in_a_history_is_the_account_of_today(open_desk: Open, seed: int) -> None:
    """Whether its key was met before or after, and whichever page came first."""
    numbers = list(range(2, 20))
    random.Random(seed).shuffle(numbers)
    given = [edit(5, EDITED_MS, "assignee", "ana", BRUNO["key"]), edit(6, EDITED_MS + 1, "assignee", "bruno", "gone")]
    shown = [ticket(1, histories=given), *(ticket(number, creator=BRUNO) for number in numbers)]
    if seed:
        shown = [*shown[1:], {**shown[0], "id": "99"}]
    desk = open_desk(JiraServer(shown))

    columns = desk.read()

    def who(code: int) -> str:
        return columns.people[code].id

    assert [who(code) for code in columns.changes.before] == [ANA["key"], BRUNO["key"]]
    assert [who(code) for code in columns.changes.after] == [BRUNO["key"], "gone"]
    assert not {"ana", "bruno"} & {person.id for person in columns.people}


@pytest.mark.usefixtures("small_pages")
def test_a_ticket_that_moved_away_while_we_read_is_dropped(open_desk: Open) -> None:
    """Its key is of another project, and the search names it no more."""
    site = _site(9)

    def move(body: Json, page: Json) -> None:
        if body["fields"] == ["updated"]:
            page["issues"] = [each for each in page["issues"] if each["id"] != "9"]
        for each in page["issues"]:
            if each["id"] == "9":
                each["key"] = "OPS-1"
        page["total"] = 8 if body["fields"] in (["updated"], ["id"]) else page["total"]

    site.after = move
    desk = open_desk(site)

    assert desk.read().id.tolist() == list(range(1, 9))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b'{"message":"Client must be authenticated","status-code":401}', 401), LoginFailed),
        (Reply(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"}), SourceMalformed),
        (Reply(b'{"issues":[{"id":"1"', 200), SourceMalformed),
    ],
)
@pytest.mark.parametrize("start", [0, 8])
@pytest.mark.usefixtures("small_pages")
def test_a_page_that_fails_fails_the_read(
    serve: Serve, connect: Connect, reply: Reply, kind: type[SourceError], start: int
) -> None:
    """Nothing of it is used, whichever page it is."""
    site = _site(20)

    def answering(asked: Asked) -> Reply:
        failing = asked.path.endswith("/search") and json.loads(asked.body)["startAt"] >= start
        return reply if failing else site(asked)

    desk = Desk(site, serve(answering), connect)

    with pytest.raises(kind):
        desk.read()


def test_who_we_are_is_proven_before_less_is_taken_for_all(serve: Serve, connect: Connect) -> None:
    """Anonymous visitors get an answer too, with what everybody may see."""
    site = _site(3)

    def answering(asked: Asked) -> Reply:
        return Reply(b'{"message":"Client must be authenticated"}', 401) if "myself" in asked.path else site(asked)

    desk = Desk(site, serve(answering), connect)

    with pytest.raises(LoginFailed):
        desk.read()


def test_another_instant_of_the_same_tickets_is_the_same_read(open_desk: Open) -> None:
    """The revision is of the facts, not of when they were asked for; and another fact is another one."""
    site = _site(9)
    desk = open_desk(site)
    before = desk.read()

    assert desk.read(read_at=READ_AT_MS + 1).revision == before.revision
    site.issues[2]["fields"]["updated"] = stamp(EDITED_MS + 1)
    assert desk.read().revision != before.revision
