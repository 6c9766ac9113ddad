"""A read that goes on from the one before: only what changed is asked, and nothing else of a queue is lost."""

from dataclasses import fields, replace
from typing import Any

import pytest

from datasource.errors import LoginFailed, SourceError, SourceIncomplete, SourceRejected
from datasource.jira.tickets import OVERLAP_MS
from servicelevel.columns import ChangeColumns, CommentColumns, CycleColumns, TicketColumns
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS
from servicelevel.policy import SLA_NAMES
from tests.factories import ms
from tests.fakes.canned import Call, Canned, Json
from tests.fakes.jira_json import STATUSES, clock, comment, history, issue, status_item
from tests.fakes.jira_site import BULKFETCH, CHANGELOGS, COUNT, MYSELF, SEARCH, JiraSite
from tests.unit.datasource.jira.desk import ANSWERED_BY_COMMENT, READ_AT_MS, SINCE_MS, read

NOON_MS = ms("2026-11-23T12:00:00+00:00")
LATER, LATER_TEXT = "Mon, 23 Nov 2026 13:00:00 GMT", "2026-11-23T12:30:00.000+0000"
LATER_MS = READ_AT_MS + HOUR_MS
NEXT_DAY_MS = READ_AT_MS + DAY_MS
EDITED_MS = 1_793_617_200_000


def _site(count: int = 5) -> JiraSite:
    histories: dict[int, list[Json]] = {
        number: [history(number * 10, EDITED_MS, status_item("1", "2"))] for number in range(1, count + 1)
    }
    return JiraSite((issue(number) for number in range(1, count + 1)), histories)


def _touch(site: JiraSite, number: int, **changed: Any) -> None:
    site.issues[number]["fields"].update({"updated": LATER_TEXT, **changed})


def _go_on(site: JiraSite, previous: TicketColumns, **how: Any) -> TicketColumns:
    site.transport.calls.clear()
    site.date = LATER
    return read(site, previous, **{"read_at": LATER_MS, **how})


def _facts(columns: TicketColumns) -> dict[int, object]:
    """What is known of each ticket, without the codes that depend on what else is there."""

    def named(table: tuple[Any, ...], code: int) -> object:
        return table[code] if code >= 0 else None

    tables = {"status": columns.statuses, "priority": columns.priorities, "assignee": columns.people}
    tables["resolution"] = columns.resolutions
    facts: dict[int, list[object]] = {}
    for row, ticket_id in enumerate(columns.id.tolist()):
        facts[ticket_id] = [columns.key[row], columns.summary[row], int(columns.updated[row])]
        facts[ticket_id] += [named(table, getattr(columns, name)[row]) for name, table in tables.items()]
        parts: list[CommentColumns | CycleColumns] = [columns.comments, *(columns.cycles[name] for name in SLA_NAMES)]
        for part in parts:
            names = [each.name for each in fields(part) if each.name not in ("row", "author", "read_at")]
            facts[ticket_id].append([getattr(part, name)[part.row == row].tolist() for name in names])
    for name, table in tables.items():
        of: ChangeColumns = columns.changes.of(name)  # type: ignore[arg-type]
        for row, at, before, after in zip(of.row, of.at.tolist(), of.before, of.after, strict=True):
            facts[int(columns.id[row])].append((name, at, named(table, before), named(table, after)))
    return dict(facts)


def _asked(site: JiraSite) -> list[str]:
    return [call.path.removeprefix("/rest/api/3/") for call in site.transport.calls if "serverInfo" not in call.path]


def test_nothing_new_is_two_requests() -> None:
    """One proves the login, one search finds nothing; every ticket stays as it was."""
    site = _site()
    first = read(site)

    second = _go_on(site, first)

    assert _asked(site) == ["myself", "search/jql"]
    assert second.revision == first.revision
    assert (second.read_at, second.cursor, second.swept_at) == (LATER_MS, NOON_MS + HOUR_MS, NOON_MS)


def test_only_what_changed_is_asked_from_the_cursor_back_by_the_overlap() -> None:
    """The index lags behind, so the last minutes are asked again; in epoch milliseconds, whatever the zone."""
    site = _site()
    first = read(site)
    _touch(site, 2, status=STATUSES[2])
    site.histories[2].append(history(29, NOON_MS + 60_000, status_item("2", "3")))

    second = _go_on(site, first)

    assert _asked(site) == ["myself", "search/jql", "changelog/bulkfetch"]
    (search,) = site.transport.asked(SEARCH)
    assert f"updated >= {NOON_MS - OVERLAP_MS}" in search.body["jql"]
    assert "statusCategory" not in search.body["jql"]
    assert [call.body["issueIdsOrKeys"] for call in site.transport.asked(CHANGELOGS)[:1]] == [["2"]]
    assert _facts(second) == _facts(read(site))
    assert second.statuses[second.status[1]].category == "done"


def test_a_ticket_that_is_new_is_added_in_its_place() -> None:
    """Ordered by id as if it had always been there."""
    site = _site(4)
    site.issues[3]["fields"]["summary"] = "kept"
    newcomer = site.issues.pop(2)
    first = read(site)
    site.issues[2] = newcomer
    _touch(site, 2)

    second = _go_on(site, first)

    assert second.id.tolist() == [1, 2, 3, 4]
    assert second.summary[2] == "kept"
    assert _facts(second) == _facts(read(site))


def test_a_history_that_was_known_and_comes_again_is_one() -> None:
    """A changed ticket is told whole."""
    site = _site(2)
    first = read(site)
    _touch(site, 1)

    assert _facts(_go_on(site, first)) == _facts(read(site))


def test_the_cursor_is_the_sources_own_time_at_the_start_of_the_read() -> None:
    """Our clock may be off by minutes, and pages take time: what changes meanwhile comes with the next read."""
    site = _site(5)
    dates = iter([LATER, "Mon, 23 Nov 2026 13:09:00 GMT", "Mon, 23 Nov 2026 13:18:00 GMT"])
    first = read(site)
    for number in site.issues:
        _touch(site, number)
    site.bend(SEARCH, lambda _, answer: replace(answer, date=next(dates)))

    assert _go_on(site, first, read_at=NOON_MS + 9 * HOUR_MS).cursor == NOON_MS + HOUR_MS


def test_without_a_date_the_cursor_is_our_own_time() -> None:
    """It is told to no one but us."""
    site = _site()
    first = read(site)
    site.bend(SEARCH, lambda _, answer: replace(answer, date=""))

    assert _go_on(site, first).cursor == LATER_MS


def test_a_ticket_that_left_the_window_is_dropped_and_an_old_open_one_is_not() -> None:
    """As a full read would: open now, or updated since."""
    site = _site(3)
    site.issues[1]["fields"].update(status=STATUSES[2], updated="2026-08-01T00:00:00.000+0000")
    site.issues[2]["fields"].update(updated="2026-08-01T00:00:00.000+0000")
    first = read(site)
    assert first.id.tolist() == [1, 2, 3]

    moved_on = SINCE_MS + 30 * DAY_MS
    second = _go_on(site, first, since=moved_on)

    assert second.id.tolist() == [2, 3]
    assert second.covers_from == moved_on
    assert _facts(second) == _facts(read(site, since=moved_on))


def test_what_is_gone_stays_until_every_ticket_is_compared() -> None:
    """A search never tells of deletions."""
    site = _site()
    first = read(site)
    del site.issues[3]

    warm = _go_on(site, first)
    swept = _go_on(site, warm, read_at=NEXT_DAY_MS)

    assert warm.id.tolist() == [1, 2, 3, 4, 5]
    assert swept.id.tolist() == [1, 2, 4, 5]
    assert (swept.swept_at, swept.cursor) == (NEXT_DAY_MS, warm.cursor)
    assert _facts(swept) == _facts(read(site))


def test_a_comparison_reads_what_the_index_told_too_late() -> None:
    """A ticket whose last update differs, and one that nobody had heard of; the others are not read again."""
    site = _site()
    hidden = site.issues.pop(4)
    first = read(site)
    site.issues[4] = hidden
    site.issues[2]["fields"].update(updated="2026-11-20T00:00:00.000+0000", summary="told late")
    assert "told late" not in _go_on(site, first).summary

    swept = _go_on(site, first, read_at=NEXT_DAY_MS)

    assert _facts(swept) == _facts(read(site))
    whole = [call for call in site.transport.asked(BULKFETCH) if len(call.body["fields"]) > 1]
    assert sorted(int(n) for call in whole[:1] for n in call.body["issueIdsOrKeys"]) == [2, 4]


def test_a_ticket_moved_away_goes_with_the_comparison() -> None:
    """It is in another project now, and the search of this one no longer names it."""
    site = _site()
    first = read(site)
    del site.issues[5]
    del site.histories[5]

    assert _go_on(site, first, read_at=NEXT_DAY_MS).key == ("SD-1", "SD-2", "SD-3", "SD-4")


def test_a_missing_ticket_is_asked_for_again_by_its_id() -> None:
    """It counts as missing until it comes."""
    site = _site()
    site.hidden = {4}
    first = read(site)
    still = _go_on(site, first)
    assert (first.missing, still.missing) == ((4,), (4,))

    site.hidden = set()
    second = _go_on(site, still)

    assert second.missing == ()
    assert _facts(second) == _facts(read(site))


def test_a_ticket_that_became_unreadable_takes_the_place_of_what_was_read() -> None:
    """What is known of it is no longer true; once it can be read it is back."""
    site = _site(3)
    first = read(site)
    _touch(site, 2, created="someday")
    broken = _go_on(site, first)

    assert (list(broken.unreadable), broken.id.tolist()) == (["SD-2"], [1, 3])

    _touch(site, 2, created="2026-11-02T09:00:00.000-0300", updated="2026-11-23T12:59:00.000+0000")
    mended = _go_on(site, broken)
    assert (mended.unreadable, mended.id.tolist()) == ({}, [1, 2, 3])


def test_an_unreadable_ticket_that_nobody_touched_is_still_listed() -> None:
    """The report stays partial as long as it cannot be read."""
    site = _site(3)
    site.issues[2]["fields"]["created"] = "someday"
    first = read(site)

    second = _go_on(site, first)

    assert (list(second.unreadable), second.id.tolist()) == (["SD-2"], [1, 3])


def test_a_changed_clock_is_as_of_the_new_answer_and_the_others_as_of_theirs() -> None:
    """Each run says when it was read."""
    site = _site(2)
    first = read(site)
    _touch(site, 2, customfield_10031=clock(start_ms=EDITED_MS))

    second = _go_on(site, first)

    assert second.cycles["resolution"].read_at.tolist() == [NOON_MS, NOON_MS + HOUR_MS]


@pytest.mark.parametrize("path", [MYSELF, SEARCH, CHANGELOGS])
def test_a_call_that_fails_fails_the_read_and_leaves_the_last_one(path: str) -> None:
    """`previous` is a value: nothing of it moved."""
    site = _site()
    first = read(site)
    before = _facts(first)
    _touch(site, 1)
    site.bend(path, lambda *_: Canned({"errorMessages": ["No"]}, 400))

    with pytest.raises(SourceRejected, match="No"):
        _go_on(site, first)

    assert _facts(first) == before


def test_a_revoked_login_is_never_nothing_new() -> None:
    """The search would say that nothing changed, to everyone."""
    site = _site()
    first = read(site)
    site.bend(MYSELF, lambda *_: Canned({"message": "Client must be authenticated"}, 401))
    site.bend(SEARCH, lambda *_: Canned({"issues": []}))

    with pytest.raises(LoginFailed):
        _go_on(site, first)


@pytest.mark.parametrize("read_at", [LATER_MS, NEXT_DAY_MS])
def test_a_repeated_token_is_an_error_in_every_kind_of_read(read_at: int) -> None:
    """Neither a warm read nor a comparison goes round for ever."""
    site = _site()
    first = read(site)
    _touch(site, 1)
    site.bend(SEARCH, lambda _, answer: replace(answer, content={**answer.content, "nextPageToken": "again"}))

    with pytest.raises(SourceIncomplete, match="a page token came twice"):
        _go_on(site, first, read_at=read_at)


def test_a_comparison_that_fails_drops_nothing() -> None:
    """A listing that breaks off is no list of what is there."""
    site = _site()
    first = read(site)

    def failing(call: Call, answer: Canned) -> Canned:
        return Canned({}, 400) if call.body.get("nextPageToken") else answer

    site.bend(SEARCH, failing)

    with pytest.raises(SourceError):
        _go_on(site, first, read_at=NEXT_DAY_MS)


def test_a_ticket_named_and_not_delivered_in_a_comparison_is_missing_not_gone() -> None:
    """A page that leaves one out silently must not delete it."""
    site = _site()
    first = read(site)
    site.hidden = {3}

    swept = _go_on(site, first, read_at=NEXT_DAY_MS)

    assert (swept.missing, swept.id.tolist()) == ((3,), [1, 2, 4, 5])
    site.hidden = set()
    assert _facts(_go_on(site, swept, read_at=NEXT_DAY_MS + HOUR_MS)) == _facts(read(site))


def test_a_read_before_the_sweep_is_due_compares_nothing() -> None:
    """A minute less than a day."""
    site = _site()
    first = read(site)

    _go_on(site, first, read_at=first.swept_at + DAY_MS - MINUTE_MS)
    assert _asked(site) == ["myself", "search/jql"]

    _go_on(site, first, read_at=first.swept_at + DAY_MS)
    assert "issue/bulkfetch" in _asked(site)


def test_a_comparison_from_the_future_is_done_again() -> None:
    """A clock was set back since; one that goes a minute slower than Jira's was not."""
    site = _site()
    first = read(site)

    _go_on(site, first, read_at=first.swept_at - MINUTE_MS)
    assert _asked(site) == ["myself", "search/jql"]

    _go_on(site, first, read_at=first.swept_at - HOUR_MS)
    assert "issue/bulkfetch" in _asked(site)


def test_a_clock_run_from_comments_goes_on_with_them() -> None:
    """New comments of a changed ticket come with it, beyond the first page too; the others keep theirs."""
    site = _site(2)
    site.comments = {n: [comment(n * 10, "2026-11-02T10:00:00.000-0300")] for n in (1, 2)}
    first = read(site, queue=ANSWERED_BY_COMMENT)
    _touch(site, 1)
    site.comments[1] += [comment(n, LATER_TEXT) for n in (11, 12, 13)]

    second = _go_on(site, first, queue=ANSWERED_BY_COMMENT)

    assert second.comments.id.tolist() == [10, 11, 12, 13, 20]
    assert _facts(second) == _facts(read(site, queue=ANSWERED_BY_COMMENT))


def test_a_cold_read_looks_again_when_the_count_says_more() -> None:
    """An estimate proves nothing, but a second look costs one request and may find what the first page lost."""
    site = _site(4)
    site.page_ids = 10
    lost = iter([{"issues": [{"id": "1"}, {"id": "2"}]}])
    site.bend(SEARCH, lambda _, answer: Canned(next(lost, answer.content)))

    assert read(site).id.tolist() == [1, 2, 3, 4]
    assert len(site.transport.asked(SEARCH)) == 2

    site.unbend(SEARCH)
    site.bend(COUNT, lambda *_: Canned({"count": 400}))
    assert read(site).missing == ()


def test_an_expired_token_begins_the_search_anew() -> None:
    """Once more and once more again, then it is an error; no ticket is read twice."""
    site = _site(5)
    expired = [False, True, False, True]

    def expiring(call: Call, answer: Canned) -> Canned:
        gone = bool(call.body.get("nextPageToken") and expired and expired.pop(0))
        return Canned({"errorMessages": ["The page token has expired."]}, 400) if gone else answer

    site.bend(SEARCH, expiring)
    assert read(site).id.tolist() == [1, 2, 3, 4, 5]
    told = [n for call in site.transport.asked(BULKFETCH) for n in call.body["issueIdsOrKeys"]]
    assert sorted(told) == ["1", "2", "3", "4", "5"]

    expired = [True] * 3
    with pytest.raises(SourceRejected, match="token has expired"):
        read(site)


def test_a_stranger_is_kept_when_the_search_names_it_again_and_dropped_when_not() -> None:
    """A project renamed keeps its tickets; a ticket moved while we read belongs elsewhere."""
    site = _site(3)
    site.issues[2]["key"] = "OPS-7"
    assert read(site).key == ("SD-1", "OPS-7", "SD-3")

    def gone_by_now(call: Call, answer: Canned) -> Canned:
        site.issues.pop(2, None)
        return answer

    site.bend(BULKFETCH, gone_by_now)
    moved = read(site)

    assert (moved.key, moved.missing) == (("SD-1", "SD-3"), ())


@pytest.mark.parametrize("read_at", [LATER_MS, NEXT_DAY_MS])
def test_a_missing_ticket_that_no_search_names_any_more_is_gone(read_at: int) -> None:
    """It was deleted while it was read: no report stays partial for it, warm or compared."""
    site = _site()
    site.hidden = {4}
    first = read(site)
    del site.issues[4]
    by_id: list[str] = []

    def search(call: Call, answer: Canned) -> Canned:
        if not call.body["jql"].startswith("id in"):
            return answer
        by_id.append(call.body["jql"])
        return Canned({"issues": []})

    site.bend(SEARCH, search)
    second = _go_on(site, first, read_at=read_at)

    assert first.missing == (4,)
    assert (second.missing, second.id.tolist()) == ((), [1, 2, 3, 5])
    assert by_id == (["id in (4) ORDER BY created ASC, key ASC"] if read_at == LATER_MS else [])


def test_a_token_that_expires_while_changed_tickets_are_listed_costs_nothing() -> None:
    """They come again, and each is read once."""
    site = _site()
    first = read(site)
    for number in (1, 3, 5):
        _touch(site, number, summary=f"changed {number}")
    expired = [True]

    def expiring(call: Call, answer: Canned) -> Canned:
        gone = bool(call.body.get("nextPageToken") and expired and expired.pop())
        return Canned({"errorMessages": ["The page token has expired."]}, 400) if gone else answer

    site.bend(SEARCH, expiring)
    second = _go_on(site, first)

    assert [site.issues[number]["fields"]["summary"] for number in range(1, 6)] == list(second.summary)
    assert [call.body["issueIdsOrKeys"] for call in site.transport.asked(CHANGELOGS)[:1]] == [["1", "3", "5"]]


def test_a_ticket_that_is_deleted_during_a_comparison_goes_with_it() -> None:
    """The list of all named it, nobody delivered it, and no search names it any more."""
    site = _site()
    first = read(site)
    site.hidden = {3}
    site.bend(SEARCH, lambda call, answer: Canned({"issues": []}) if call.body["jql"].startswith("id in") else answer)

    swept = _go_on(site, first, read_at=NEXT_DAY_MS)

    assert (swept.missing, swept.id.tolist()) == ((), [1, 2, 4, 5])
