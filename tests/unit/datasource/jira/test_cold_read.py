"""The read of a whole queue: every ticket accounted for, whatever the order in which answers arrive."""

import random
from dataclasses import replace

import pytest

from datasource.errors import LoginFailed, NotPermitted, SourceError, SourceFailed, SourceMalformed, SourceRejected
from datasource.jira import cloud_read
from datasource.jira.tickets import sla_fields
from servicelevel.columns import TicketColumns
from servicelevel.report import report
from servicelevel.window import last_days
from servicelevel.worklogs import no_worklogs
from tests.fakes.canned import Call, Canned
from tests.fakes.clock import stop_the_clock
from tests.fakes.jira_json import FIRST_RESPONSE, RESOLUTION, STATUSES, history, issue, status_item
from tests.fakes.jira_site import BULKFETCH, CHANGELOGS, COUNT, MYSELF, SEARCH, JiraSite
from tests.unit.datasource.jira.desk import DESK, READ_AT_MS, read

EDITED_MS = 1_793_617_200_000
NOON_MS = 1_795_435_200_000


def _histories(count: int) -> dict[int, list[dict[str, object]]]:
    return {
        number: [
            history(number * 10, EDITED_MS, status_item("1", "2")),
            history(number * 10 + 1, EDITED_MS + 60_000, status_item("2", "3")),
            history(number * 10 + 2, EDITED_MS + 120_000, status_item("3", "2")),
        ]
        for number in range(1, count + 1)
    }


def _site(count: int = 5) -> JiraSite:
    return JiraSite((issue(number) for number in range(1, count + 1)), _histories(count))


def _is_partial(columns: TicketColumns) -> bool:
    window = last_days(READ_AT_MS, 30)
    return report(DESK, columns, no_worklogs("not_configured", "none"), window).partial


def test_every_ticket_found_is_delivered_with_its_changes() -> None:
    """Ids over three pages, histories over many; each ticket has its own three changes in order."""
    columns = read(_site())

    assert columns.id.tolist() == [1, 2, 3, 4, 5]
    assert columns.key == ("SD-1", "SD-2", "SD-3", "SD-4", "SD-5")
    assert columns.changes.row.tolist() == [row for row in range(5) for _ in range(3)]
    assert columns.changes.at[:3].tolist() == [EDITED_MS, EDITED_MS + 60_000, EDITED_MS + 120_000]
    assert (columns.missing, columns.unreadable) == ((), {})
    assert not _is_partial(columns)


def test_a_history_split_over_pages_or_sent_twice_is_one() -> None:
    """Pages overlap while histories are being written."""
    split = _site(2)
    split.page_histories = 1
    doubled = _site(2)
    doubled.bend(
        CHANGELOGS,
        lambda _, answer: replace(
            answer, content={**answer.content, "issueChangeLogs": answer.content["issueChangeLogs"] * 2}
        ),
    )

    whole = read(_site(2))

    assert read(split).revision == read(doubled).revision == whole.revision
    assert len(read(doubled).changes.at) == len(whole.changes.at) == 6


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_leaves_no_trace(seed: int) -> None:
    """Pages, tickets and histories shuffled: the same facts have the same revision."""
    draw = random.Random(seed)
    shuffled = _site(9)
    numbers = list(shuffled.issues)
    draw.shuffle(numbers)
    shuffled.issues = {number: shuffled.issues[number] for number in numbers}
    shuffled.page_ids, shuffled.page_histories = draw.randint(1, 9), draw.randint(1, 30)
    for edits in shuffled.histories.values():
        draw.shuffle(edits)

    def mixed(_: Call, answer: Canned) -> Canned:
        issues = list(answer.content["issues"])
        draw.shuffle(issues)
        return replace(answer, content={"issues": issues})

    shuffled.bend(BULKFETCH, mixed)

    assert read(shuffled, lanes=draw.randint(1, 8)).revision == read(_site(9)).revision


def test_another_fact_is_another_revision() -> None:
    """A revision that never moved would prove nothing."""
    moved = _site(9)
    moved.issues[4]["fields"]["updated"] = "2026-11-03T09:00:00.001-0300"

    assert read(moved).revision != read(_site(9)).revision


def test_a_ticket_named_and_delivered_nowhere_is_missing() -> None:
    """It is asked for once more, then listed; the others stand and the report says that it is partial."""
    site = _site()
    site.hidden = {4}

    columns = read(site)

    assert columns.id.tolist() == [1, 2, 3, 5]
    assert columns.missing == (4,)
    assert _is_partial(columns)
    asked = [call for call in site.transport.asked(BULKFETCH) if "4" in call.body["issueIdsOrKeys"]]
    assert [call.body["issueIdsOrKeys"] for call in asked[1:]] == [["4"]]


def test_a_ticket_delivered_at_the_second_asking_is_there() -> None:
    """Jira is consistent only in the end."""
    site = _site()
    site.hidden = {4}

    def late(call: Call, answer: Canned) -> Canned:
        return Canned({"issues": [site.issues[4]]}) if call.body["issueIdsOrKeys"] == ["4"] else answer

    site.bend(BULKFETCH, late)

    columns = read(site)

    assert columns.id.tolist() == [1, 2, 3, 4, 5]
    assert columns.missing == ()


def test_an_issue_error_is_a_missing_ticket() -> None:
    """Jira lists what it could not deliver; it counts as not delivered."""
    site = _site(3)

    def failing(_: Call, answer: Canned) -> Canned:
        kept = [each for each in answer.content["issues"] if each["id"] != "2"]
        return Canned({"issues": kept, "issueErrors": [{"id": "2", "errorMessage": "cannot be serialised"}]})

    site.bend(BULKFETCH, failing)

    assert read(site).missing == (2,)


def test_a_broken_ticket_is_listed_and_not_missing() -> None:
    """It came, and could not be read: the report is partial and says which one."""
    site = _site(4)
    site.issues[3]["fields"]["created"] = "someday"

    columns = read(site)

    assert columns.id.tolist() == [1, 2, 4]
    assert list(columns.unreadable) == ["SD-3"]
    assert columns.missing == ()
    assert _is_partial(columns)


def test_an_odd_clock_leaves_its_ticket_in_place() -> None:
    """Only that promise of that ticket cannot be judged."""
    site = _site(2)
    site.issues[1]["fields"][RESOLUTION] = "2h 30m"

    columns = read(site)

    assert columns.id.tolist() == [1, 2]
    assert columns.cycles["resolution"].defect.tolist() == [3, 0]
    assert columns.cycles["first_response"].defect.tolist() == [0, 0]
    assert columns.unreadable == {}


def test_an_empty_queue_with_a_good_login_is_an_empty_report() -> None:
    """Nothing to do is a fact, once the login is proven."""
    columns = read(JiraSite([]))

    assert len(columns) == 0
    assert columns.missing == ()


@pytest.mark.parametrize(("status", "kind"), [(401, LoginFailed), (403, NotPermitted)])
def test_an_empty_queue_with_a_bad_login_is_an_error(status: int, kind: type[SourceError]) -> None:
    """The search is answered for anonymous visitors too, with less: only `myself` tells."""
    site = JiraSite([])
    site.bend(MYSELF, lambda *_: Canned({"message": "Client must be authenticated"}, status))

    with pytest.raises(kind):
        read(site)


@pytest.mark.parametrize(
    "path", [SEARCH, BULKFETCH, CHANGELOGS, MYSELF, "/rest/api/3/status", "/rest/api/3/resolution"]
)
@pytest.mark.parametrize(("status", "kind"), [(400, SourceRejected), (500, SourceFailed)])
def test_one_call_that_fails_fails_the_read(
    path: str, status: int, kind: type[SourceError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Less is never passed off as all."""
    stop_the_clock(monkeypatch)
    site = _site()
    site.bend(path, lambda *_: Canned({"errorMessages": ["No"]}, status))

    with pytest.raises(kind, match="No"):
        read(site)


@pytest.mark.parametrize("page", [1, 2])
def test_a_search_that_fails_on_a_later_page_fails_the_read(page: int) -> None:
    """What came before is not used."""
    site = _site()

    def failing(call: Call, answer: Canned) -> Canned:
        return Canned({}, 400) if call.body.get("nextPageToken") == str(page * 2) else answer

    site.bend(SEARCH, failing)

    with pytest.raises(SourceRejected):
        read(site)


@pytest.mark.parametrize(
    "content",
    [
        b'{"issueChangeLogs":[{"issueId":"one","changeHistories":[]}]}',
        b'{"issueChangeLogs":[{"issueId":"1","changeHistories":[{"id":"1","created":"soon","items":[{"field":"status"}]}]}]}',
        b'{"issueChangeLogs":5}',
    ],
)
def test_changes_that_cannot_be_read_fail_the_read(content: bytes) -> None:
    """A ticket without its history would have another story."""
    site = _site()
    site.bend(CHANGELOGS, lambda *_: Canned(content))

    with pytest.raises(SourceMalformed, match="changelog/bulkfetch"):
        read(site)


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"issues":[{"id":"1"', b"[" * 100_000])
def test_a_page_of_tickets_in_another_form_fails_the_read(content: bytes) -> None:
    """As a whole: it cannot be told which tickets it was about."""
    site = _site()
    site.bend(BULKFETCH, lambda *_: Canned(content))

    with pytest.raises(SourceMalformed, match="issue/bulkfetch"):
        read(site)


def test_only_the_fields_that_are_needed_are_asked_for() -> None:
    """By id, the two clocks among them."""
    site = _site(1)

    read(site)

    (call,) = site.transport.asked(BULKFETCH)
    assert set(call.body["fields"]) == {
        "created", "updated", "status", "issuetype", "summary", "priority", "assignee", "creator", "resolution",
        "resolutiondate", FIRST_RESPONSE, RESOLUTION,
    }  # fmt: skip


def test_clocks_are_as_of_the_answers_own_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """And as of our reading where the answer has none."""
    monkeypatch.setattr(cloud_read, "ISSUES_PER_CALL", 1)
    site = _site(2)
    site.bend(
        BULKFETCH, lambda call, answer: replace(answer, date="" if "2" in call.body["issueIdsOrKeys"] else answer.date)
    )

    columns = read(site, lanes=2)

    assert columns.cycles["resolution"].read_at.tolist() == [NOON_MS, READ_AT_MS]


def test_tickets_and_changes_are_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more than a call may hold, each ticket once in each kind of call."""
    monkeypatch.setattr(cloud_read, "ISSUES_PER_CALL", 3)
    monkeypatch.setattr(cloud_read, "CHANGELOGS_PER_CALL", 4)
    site = _site(11)
    site.page_ids = 11

    read(site, lanes=2)

    for path, most in ((BULKFETCH, 3), (CHANGELOGS, 4)):
        parts = [call.body["issueIdsOrKeys"] for call in site.transport.asked(path) if "nextPageToken" not in call.body]
        assert max(len(part) for part in parts) <= most
        assert sorted(int(text) for part in parts for text in part) == list(range(1, 12))


def test_progress_counts_up_to_all_tickets() -> None:
    """From any thread; the last word is that all is done."""
    heard: list[tuple[str, int, int]] = []

    read(_site(), progress=lambda *said: heard.append(said))

    assert heard[0] == ("ids", 0, 0)
    assert heard[-1] == ("done", 5, 5)
    assert [done for phase, done, _ in heard if phase == "tickets"] == sorted(
        done for phase, done, _ in heard if phase == "tickets"
    )


def test_a_read_ends_with_its_budget() -> None:
    """It is one budget for all calls together."""
    site = _site()

    with pytest.raises(SourceError, match="time for this read is used up"):
        read(site, budget_s=-1.0)


def test_a_queue_without_a_field_for_a_promise_is_refused_with_advice() -> None:
    """Its clock could not be read."""
    with pytest.raises(SourceRejected, match=r"Add sla\.resolution\.field"):
        sla_fields(replace(DESK, resolution=replace(DESK.resolution, field=None, clock="jsm")))


def test_tickets_are_counted_by_asking_for_the_count() -> None:
    """A page of nothing tells a total on Data Center only."""
    site = _site()

    read(site)

    assert len(site.transport.asked(COUNT)) == 1
    assert min(call.body["maxResults"] for call in site.transport.asked(SEARCH)) >= 1


def test_statuses_of_one_name_are_told_apart_by_their_ids() -> None:
    """Names are translated, renamed, and used twice; what a status means is its category."""
    site = _site(2)
    done, review = STATUSES[2], {"id": "9", "name": STATUSES[2]["name"], "statusCategory": {"key": "indeterminate"}}
    site.issues[1]["fields"]["status"], site.issues[2]["fields"]["status"] = done, review
    site.histories = {
        1: [history(10, EDITED_MS, {**status_item("2", "3"), "toString": "Renamed since"})],
        2: [history(20, EDITED_MS, {**status_item("2", "9"), "toString": STATUSES[2]["name"]})],
    }

    columns = read(site)

    assert [columns.statuses[code].id for code in columns.status] == ["3", "9"]
    assert columns.done[columns.status].tolist() == [True, False]
    assert [columns.statuses[code].id for code in columns.changes.after] == ["3", "9"]
    assert {status.name for status in columns.statuses if status.id in {"3", "9"}} == {"Erledigt"}
