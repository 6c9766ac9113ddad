"""Tickets that were moved between projects: whose they were is read once somebody has to know."""

from collections.abc import Mapping
from dataclasses import replace

from datasource.jira.tickets import JiraTickets
from servicelevel.columns import TicketColumns
from servicelevel.instants import HOUR_MS
from servicelevel.membership import came_from, departed, members
from servicelevel.policy import Queue
from tests.factories import ms
from tests.fakes.canned import Call, Canned, Json
from tests.fakes.jira_json import comment, history, issue, status_item
from tests.fakes.jira_site import SEARCH, JiraSite
from tests.unit.datasource.jira.desk import DESK, READ_AT_MS, SINCE_MS, SWEEP_HOURS, read

HERE, THERE = "10001", "10002"
"""The id of the queue's project, as the site tells it, and that of another one."""
MOVED_MS = ms("2026-11-10T12:00:00+00:00")
PROJECT = "/rest/api/3/project/SD"
LATER_TEXT = "2026-11-23T12:30:00.000+0000"


def project_item(before: str, after: str) -> Json:
    """The project changed, by project id."""
    names = {HERE: "Service desk", THERE: "Platform ops"}
    return {
        "field": "project", "fieldId": "project", "fieldtype": "jira",
        "from": before, "fromString": names[before], "to": after, "toString": names[after],
    }  # fmt: skip


def site(**moves: str) -> JiraSite:
    """Three tickets, some of which came from elsewhere (`came`) or went there (`went`) by number."""
    histories: dict[int, list[Json]] = {1: [history(10, MOVED_MS, status_item("1", "2"))]}
    for how, number in moves.items():
        item = project_item(THERE, HERE) if how == "came" else project_item(HERE, THERE)
        histories[int(number)] = [history(int(number) * 10, MOVED_MS, item)]
    return JiraSite([issue(number) for number in (1, 2, 3)], histories)


def with_departed(
    jira: JiraSite, columns: TicketColumns, left: Mapping[int, frozenset[str]], queue: Queue = DESK
) -> TicketColumns:
    """A queue's tickets with those that others have from it."""
    source = JiraTickets(jira.dialect(), sweep_hours=SWEEP_HOURS)
    return source.with_departed(queue, columns, left, read_at=READ_AT_MS, budget_s=60.0, progress=lambda *_: None)


def test_a_queue_without_moved_tickets_asks_for_no_project() -> None:
    """It costs nothing."""
    jira = site()

    assert members(read(jira), SINCE_MS).all()
    assert jira.transport.asked(PROJECT) == []


def test_a_ticket_that_came_is_told_by_the_id_of_the_project() -> None:
    """Names of projects change and differ from their keys; ids do not."""
    jira = site(came="2")
    columns = read(jira)

    assert members(columns, MOVED_MS - 1).tolist() == [True, False, True]
    assert members(columns, MOVED_MS).tolist() == [True, True, True]
    assert came_from(columns) == {2: {THERE}}
    assert len(jira.transport.asked(PROJECT)) == 1


def test_what_is_known_goes_on_and_a_new_move_is_looked_at() -> None:
    """A warm read asks for the project only when it meets one that was not met before."""
    jira = site(came="2")
    first = read(jira)
    jira.transport.calls.clear()
    jira.issues[3]["fields"]["updated"] = LATER_TEXT

    second = read(jira, first, read_at=READ_AT_MS + HOUR_MS)
    assert jira.transport.asked(PROJECT) == []
    assert members(second, MOVED_MS - 1).tolist() == [True, False, True]

    plain = site()
    known = read(plain)
    plain.histories[3] = [history(30, MOVED_MS, project_item(THERE, HERE))]
    plain.issues[3]["fields"]["updated"] = LATER_TEXT
    third = read(plain, known, read_at=READ_AT_MS + HOUR_MS)
    assert len(plain.transport.asked(PROJECT)) == 1
    assert members(third, MOVED_MS - 1).tolist() == [True, True, False]


def test_what_left_is_read_as_the_queue_reads_its_own() -> None:
    """With its comments, which its own clock may need; tickets that left others are passed over."""
    jira = site()
    columns = read(jira)
    jira.issues |= {7: issue(7), 8: issue(8)}
    jira.histories[7] = [history(70, MOVED_MS, project_item(HERE, THERE))]
    jira.comments[7] = [comment(71, "2026-11-09T12:00:00.000+0000")]

    joined = with_departed(jira, columns, {7: frozenset({HERE}), 8: frozenset({"10009"})})

    assert joined.id.tolist() == [1, 2, 3, 7]
    assert departed(joined).tolist() == [False, False, False, True]
    assert members(joined, MOVED_MS - 1).tolist() == [True, True, True, True]
    assert joined.comments.row.tolist() == [3]
    assert (joined.covers_from, joined.read_at, joined.cursor) == (columns.covers_from, columns.read_at, columns.cursor)


def test_a_filter_is_asked_of_what_they_are_today() -> None:
    """Of what left, only what matches it could have been the queue's."""
    jira = site()
    columns = read(jira)
    jira.issues |= {7: issue(7), 8: issue(8)}
    asked: list[str] = []

    def found(call: Call, _: Canned) -> Canned:
        asked.append(call.body["jql"])
        return Canned({"issues": [{"id": "8"}]})

    jira.bend(SEARCH, found)
    filtered = replace(DESK, jql="labels = x")
    joined = with_departed(jira, columns, {7: frozenset({HERE}), 8: frozenset({HERE})}, filtered)

    assert asked == ["id in (7, 8) AND (labels = x) ORDER BY created ASC, key ASC"]
    assert joined.id.tolist() == [1, 2, 3, 8]
