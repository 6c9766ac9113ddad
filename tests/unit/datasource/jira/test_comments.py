"""Comments as a clock of our own needs them: all of them, by whom, and whether customers could see them."""

from dataclasses import replace
from typing import Any

import pytest

from datasource.errors import SourceMalformed
from servicelevel.columns import TicketColumns
from servicelevel.policy import Goal, Queue
from servicelevel.report import report
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.factories import hours, ms
from tests.fakes.canned import Canned, Json
from tests.fakes.jira_json import ANA, comment, history, issue, status_item
from tests.fakes.jira_site import BULKFETCH, JiraSite
from tests.unit.datasource.jira.desk import ANSWERED_BY_COMMENT, DESK, READ_AT_MS, read

CREATED, ANSWERED = "2026-11-02T09:00:00.000-0300", "2026-11-02T10:30:00.000-0300"
EVA: Json = {"accountId": "eva", "displayName": "Eva", "accountType": "customer"}
BOT: Json = {"accountId": "bot", "displayName": "Bot", "accountType": "app"}


def _site(*said: Json, **fields: Any) -> JiraSite:
    """One ticket of Eva's, held by Ana."""
    site = JiraSite([issue(1, creator=EVA, **fields)])
    site.comments = {1: list(said)}
    return site


def _comments(site: JiraSite) -> list[tuple[int, int, str | None, bool]]:
    columns = read(site, queue=ANSWERED_BY_COMMENT)
    said = columns.comments
    people = [*(person.id for person in columns.people), None]
    return [
        (int(id_), int(at), people[author], bool(public))
        for id_, at, author, public in zip(said.id, said.at, said.author, said.public, strict=True)
    ]


def test_a_queue_whose_clocks_are_jiras_asks_for_no_comments() -> None:
    """They are the longest part of a ticket."""
    site = _site(comment(1, ANSWERED))

    columns = read(site, queue=DESK)

    assert len(columns.comments.id) == 0
    assert all("comment" not in call.body["fields"] for call in site.transport.asked(BULKFETCH))


@pytest.mark.parametrize(
    ("parts", "public"),
    [
        ({}, True),
        ({"jsdPublic": None}, True),
        ({"jsdPublic": False}, False),
        ({"visibility": {"type": "role", "value": "Service Desk Team"}}, False),
        ({"visibility": {"type": "group", "identifier": "1", "value": None}}, False),
        ({"jsdPublic": False, "visibility": {"type": "role"}}, False),
    ],
)
def test_internal_and_restricted_comments_are_told_apart(parts: Json, public: bool) -> None:
    """`jsdPublic` is true everywhere outside of service desks, so a restriction counts too."""
    assert _comments(_site(comment(5, ANSWERED, **parts))) == [(5, ms(ANSWERED), "ana", public)]


def test_comments_that_did_not_fit_into_the_ticket_are_asked_for() -> None:
    """From where the first page ended, to the last of them, in order of time."""
    said = [comment(n, f"2026-11-02T{n:02}:00:00.000-0300") for n in range(10, 17)]
    site = _site(*said)

    assert [number for number, *_ in _comments(site)] == list(range(10, 17))
    asked = site.transport.asked("/rest/api/3/issue/1/comment")
    assert [call.params["startAt"] for call in asked] == [2, 4, 6]


def test_a_comment_on_two_pages_is_one() -> None:
    """One deleted between two pages moves the others up."""
    site = _site(*(comment(n, ANSWERED) for n in (1, 2, 3)))
    site.bend("/rest/api/3/issue/1/comment", lambda *_: Canned({"comments": site.comments[1][1:], "total": 3}))

    assert [number for number, *_ in _comments(site)] == [1, 2, 3]


def test_pages_of_comments_that_never_reach_their_total_end() -> None:
    """A total that counts what the account may not see."""
    site = _site(comment(1, ANSWERED), comment(2, ANSWERED), comment(3, ANSWERED))
    site.bend("/rest/api/3/issue/1/comment", lambda *_: Canned({"comments": [], "total": 3}))

    assert [number for number, *_ in _comments(site)] == [1, 2]
    assert len(site.transport.asked("/rest/api/3/issue/1/comment")) == 1


def test_a_comment_by_nobody_has_no_author() -> None:
    """Accounts go, and leave what they said."""
    assert _comments(_site(comment(5, ANSWERED, None))) == [(5, ms(ANSWERED), None, True)]


@pytest.mark.parametrize(
    "parts", [{"id": "one"}, {"created": "1855-01-01T00:00:00Z"}, {"created": "2026-11-02T10:00:00"}]
)
def test_a_comment_that_cannot_be_read_costs_its_ticket(parts: Json) -> None:
    """A ticket without one of its answers would have another story; it is listed with the reason."""
    columns = read(_site({**comment(5, ANSWERED), **parts}), queue=ANSWERED_BY_COMMENT)

    assert (len(columns), list(columns.unreadable)) == (0, ["SD-1"])


def test_a_later_page_that_cannot_be_read_fails_the_read() -> None:
    """Its ticket was taken already."""
    site = _site(comment(1, ANSWERED), comment(2, ANSWERED), {**comment(3, ANSWERED), "id": "three"})

    with pytest.raises(SourceMalformed, match="the comments of ticket 1 cannot be read"):
        read(site, queue=ANSWERED_BY_COMMENT)


def test_an_issue_without_the_list_has_no_comments() -> None:
    """Absent or null."""
    site = _site()
    site.bend(BULKFETCH, lambda *_: Canned({"issues": [issue(1, comment=None), issue(2)]}))

    assert _comments(site) == []


COMPUTED: Queue = replace(
    ANSWERED_BY_COMMENT,
    first_response=replace(ANSWERED_BY_COMMENT.first_response, goals=(Goal(hours(4)),)),
    resolution=replace(DESK.resolution, field=None, clock="computed", goals=(Goal(hours(48)),)),
    pause_statuses=("Open",),
)


def _responded(columns: TicketColumns) -> tuple[int, int, int]:
    """First responses kept, decided, and those of them that nobody gave."""
    made = report(COMPUTED, columns, no_worklogs("not_configured", "none"), last_days(READ_AT_MS, 30))
    first = made.now.sla["first_response"]
    return first.kept.met, first.kept.n, first.no_response


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([comment(1, ANSWERED)], (1, 1, 0)),
        ([comment(1, "2026-11-02T13:00:00.001-0300")], (0, 1, 0)),
        ([comment(1, ANSWERED, EVA), comment(2, "2026-11-02T14:00:00.000-0300")], (0, 1, 0)),
        ([comment(1, ANSWERED, BOT)], (0, 1, 0)),
        ([comment(1, ANSWERED, jsdPublic=False)], (0, 1, 0)),
        ([comment(1, ANSWERED, visibility={"type": "role"}), comment(2, "2026-11-02T12:59:00.000-0300")], (1, 1, 0)),
        ([], (0, 1, 0)),
    ],
    ids=["by an analyst", "too late", "by the customer first", "by a program", "internal", "restricted first", "none"],
)
def test_the_first_answer_is_the_first_public_comment_of_an_analyst(
    said: list[Json], kept: tuple[int, int, int]
) -> None:
    """Read from Jira to the report: who answered, when, and whether anybody outside could see it."""
    assert _responded(read(_site(*said, created=CREATED), queue=COMPUTED)) == kept


def test_an_answer_beyond_the_first_page_of_comments_counts() -> None:
    """Two notes of the customer fit into the ticket, the answer does not."""
    notes = [comment(n, f"2026-11-02T09:{n:02}:00.000-0300", EVA) for n in (1, 2)]

    assert _responded(read(_site(*notes, comment(3, ANSWERED), created=CREATED), queue=COMPUTED)) == (1, 1, 0)


def test_a_resolution_clock_of_our_own_runs_from_the_histories() -> None:
    """Without any field of Service Management: paused while open, reopened, and running again."""
    site = _site(created=CREATED, assignee=ANA)
    at = ms(CREATED)
    site.histories = {
        1: [
            history(1, at + hours(40), status_item("1", "2")),
            history(2, at + hours(50), status_item("2", "3")),
            history(3, at + hours(60), status_item("3", "2")),
        ]
    }

    columns = read(site, queue=COMPUTED)

    made = report(COMPUTED, columns, no_worklogs("not_configured", "none"), last_days(READ_AT_MS, 30))
    assert made.now.sla["resolution"].kept.n == 1
    assert made.now.sla["resolution"].breached_open == 1
    assert set(columns.cycles) == {"first_response", "resolution"}
    assert all(len(cycles.row) == 0 for cycles in columns.cycles.values())


@pytest.mark.parametrize("body", ["Thank you", "", None, {"type": "doc", "content": [{"type": "text"}]}, [1], 5])
def test_what_a_comment_says_is_never_looked_at(body: Any) -> None:
    """It is a text in one edition and a tree in the other; only who wrote it and when counts."""
    assert _comments(_site(comment(5, ANSWERED, body=body))) == [(5, ms(ANSWERED), "ana", True)]
