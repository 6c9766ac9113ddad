"""Pages of issues as tickets: what is read of one, and what an odd one costs."""

import json

import msgspec
import pytest

from datasource.jira.parse import Read, TicketReader, Unreadable, clean
from servicelevel.ticket import Label, Person, Status, Ticket
from tests.fakes.canned import Json
from tests.fakes.jira_json import FIRST_RESPONSE, RESOLUTION, STATUSES, issue

READER = TicketReader({"first_response": FIRST_RESPONSE, "resolution": RESOLUTION})


def _read(*issues: object) -> list[Read | Unreadable]:
    return list(READER.page(json.dumps({"issues": issues, "issueErrors": []}).encode()))


def _one(value: object) -> Ticket:
    (read,) = _read(value)
    assert isinstance(read, Read)
    return read.ticket


def test_an_issue_is_read_with_all_its_parts() -> None:
    """Instants in epoch milliseconds whatever the offset; names as shown, ids as compared."""
    ticket = _one(
        issue(
            42,
            created="2026-07-06T18:02:13.432+0900",
            updated="2026-07-06T09:02:13.432Z",
            status=STATUSES[2],
            resolution={"id": "10", "name": "Fertig"},
            resolutiondate="2026-07-06T06:02:13.500-0300",
        )
    )

    assert (ticket.id, ticket.key, ticket.summary) == (42, "SD-42", "Ticket 42")
    assert (ticket.created, ticket.updated, ticket.resolved_on) == (1783328533432, 1783328533432, 1783328533500)
    assert ticket.status == Status("3", "Erledigt", "done")
    assert (ticket.type, ticket.priority) == (Label("10", "Incident"), Label("3", "Medium"))
    assert ticket.assignee == Person("ana", "Ana Souza")
    assert ticket.resolution == Label("10", "Fertig")
    assert [len(ticket.cycles[name]) for name in ("first_response", "resolution")] == [1, 1]


def test_what_an_issue_may_lack() -> None:
    """No assignee, priority, resolution, summary or clock is nothing odd."""
    ticket = _one(issue(1, assignee=None, priority=None, summary=None, **{FIRST_RESPONSE: None, RESOLUTION: None}))

    assert (ticket.assignee, ticket.priority, ticket.resolution, ticket.resolved_on) == (None, None, None, None)
    assert ticket.summary == ""
    assert ticket.cycles == {"first_response": (), "resolution": ()}


def test_fields_that_are_absent_are_as_good_as_null() -> None:
    """Jira leaves out what a project does not have."""
    bare = issue(1)
    for name in ("summary", "priority", "assignee", "resolution", "resolutiondate", FIRST_RESPONSE, RESOLUTION):
        del bare["fields"][name]

    assert _one(bare) == _one(
        issue(1, summary=None, priority=None, assignee=None, **{FIRST_RESPONSE: None, RESOLUTION: None})
    )


@pytest.mark.parametrize("category", ["undefined", "", "fertig"])
def test_a_category_that_jira_does_not_define_counts_as_in_progress(category: str) -> None:
    """An open ticket too many is seen; one too few is not."""
    status = {"id": "77", "name": "Seltsam", "statusCategory": {"key": category}}

    assert _one(issue(1, status=status)).status == Status("77", "Seltsam", "indeterminate")


@pytest.mark.parametrize(
    ("account", "person"),
    [
        ({"accountId": "x", "displayName": "", "active": False}, Person("x", "Former user", active=False)),
        ({"accountId": "b", "displayName": "Bot", "accountType": "app"}, Person("b", "Bot", automation=True)),
        ({"displayName": "Gone"}, Person("unknown", "Gone")),
        ({"accountId": "u", "displayName": "\u202eevil\u0007"}, Person("u", "evil")),
    ],
)
def test_people_who_left_and_people_who_are_none(account: Json, person: Person) -> None:
    """Deleted accounts lose their name, apps are told apart, hidden characters go."""
    assert _one(issue(1, assignee=account)).assignee == person


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u200b四个排序图", "四个排序图"),
        ("plain", "plain"),
        ("  wide  ", "wide"),
        ("a\u001b[31mb\r\n", "a[31mb"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("a\u2066b\ufeffc", "abc"),
    ],
)
def test_texts_lose_what_no_eye_can_see(text: str, shown: str) -> None:
    """Characters without width, turned direction and control of terminals; nothing else."""
    assert clean(text) == shown


BROKEN: dict[str, tuple[object, str, int | None, str]] = {
    "no fields": ({"id": "7", "key": "SD-7"}, "SD-7", 7, "without fields"),
    "null fields": ({"id": "7", "key": "SD-7", "fields": None}, "SD-7", 7, "without fields"),
    "no key": ({"id": "7", "fields": None}, "7", 7, "without fields"),
    "word as id": (issue(7) | {"id": "seven"}, "SD-7", None, "no number"),
    "huge id": (issue(7) | {"id": "9" * 30}, "SD-7", None, "no number"),
    "number as id": (issue(7) | {"id": 7}, "?", None, "it is no issue"),
    "no issue at all": ("SD-7", "?", None, "it is no issue"),
    "null": (None, "?", None, "it is no issue"),
    "no status": (issue(7, status=None), "SD-7", 7, "status"),
    "text as created": (issue(7, created="long ago"), "SD-7", 7, "created"),
    "created without offset": (issue(7, created="2026-11-02T09:00:00.000"), "SD-7", 7, "created has no offset"),
    "created in 1855": (issue(7, created="1855-01-01T00:00:00.000+0000"), "SD-7", 7, "created 1855-01-01 lies"),
    "updated in 9999": (issue(7, updated="9999-12-31T23:59:59.999-1200"), "SD-7", 7, "updated 9999"),
    "resolved in 1901": (issue(7, resolutiondate="1901-01-01T00:00:00Z"), "SD-7", 7, "resolutiondate 1901"),
    "list as type": (issue(7, issuetype=[]), "SD-7", 7, "issuetype"),
    "number as summary": (issue(7, summary=5), "SD-7", 7, "summary"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_issue_costs_itself_and_no_other(kind: str) -> None:
    """The page is read on; the issue is named with the reason and the field."""
    broken, key, number, reason = BROKEN[kind]

    before, middle, after = _read(issue(1), broken, issue(3))

    assert isinstance(before, Read)
    assert isinstance(after, Read)
    assert [each.ticket.id for each in (before, after)] == [1, 3]
    assert isinstance(middle, Unreadable)
    assert (middle.key, middle.id) == (key, number)
    assert reason in middle.reason


@pytest.mark.parametrize("body", [b"", b"[]", b'{"issues":5}', b"<html>", b'{"issues":[{"id":"1"', b'{"values":[]}'])
def test_what_is_no_page_at_all_is_an_error(body: bytes) -> None:
    """Nothing of it can be believed."""
    with pytest.raises(msgspec.DecodeError):
        list(READER.page(body))


def test_both_promises_may_use_one_field() -> None:
    """The field is asked for once and read for both."""
    reader = TicketReader({"first_response": RESOLUTION, "resolution": RESOLUTION})

    (read,) = reader.page(json.dumps({"issues": [issue(1)]}).encode())

    assert isinstance(read, Read)
    assert read.ticket.cycles["first_response"] == read.ticket.cycles["resolution"] != ()
    assert reader.field_names.count(RESOLUTION) == 1


def test_half_an_emoji_costs_one_character() -> None:
    """A text cut in the middle of a surrogate pair is still a ticket; whole pairs and written backslashes stay."""
    page = json.dumps({"issues": [issue(1), issue(2)]}).replace('"summary": "', '"summary": "cut \\\\ud83d, 😀 ')
    page = page.replace("😀", "\\ud83d\\ude00").replace("\\\\ud83d", "\\ud83d")

    first, second = READER.page(page.encode())

    assert isinstance(first, Read)
    assert isinstance(second, Read)
    assert first.ticket.summary.startswith("cut \N{REPLACEMENT CHARACTER}, \N{GRINNING FACE} ")
