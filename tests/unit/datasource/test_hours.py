"""A queue's hours: whose they are, on which tickets, and which of them belong to tickets that are gone."""

from dataclasses import replace
from datetime import date

import pytest

from datasource.errors import LoginFailed, SourceRejected
from datasource.hours import TempoHours
from servicelevel.columns import TicketColumns
from servicelevel.ticket import Person
from servicelevel.worklogs import HoursRead, WorklogColumns
from tests.fakes.canned import Canned, Json
from tests.fakes.jira_json import issue
from tests.fakes.jira_site import BULKFETCH, USERS, JiraSite
from tests.fakes.tempo_site import WORKLOGS, TempoSite, worklog
from tests.unit.datasource.jira.desk import DESK, READ_AT_MS, read

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def _desk() -> tuple[JiraSite, TicketColumns]:
    """Two tickets that were read; ticket 3 exists and belongs to another queue."""
    site = JiraSite([issue(1), issue(2)])
    columns = read(site)
    site.issues[3] = issue(3)
    site.transport.calls.clear()
    return site, columns


def _read(
    tempo: TempoSite,
    site: JiraSite,
    columns: TicketColumns,
    previous: HoursRead | None = None,
    *,
    team: int | None = None,
    first: date = FIRST,
    last: date = LAST,
    read_at: int = READ_AT_MS,
) -> HoursRead:
    queue = replace(DESK, tempo_team=team)
    source = TempoHours(tempo.tempo, site.dialect())
    return source.read(queue, columns, previous, first=first, last=last, read_at=read_at, budget_s=60.0)


def _hours(tempo: TempoSite, site: JiraSite, columns: TicketColumns, team: int | None = None) -> WorklogColumns:
    return _read(tempo, site, columns, team=team).columns(columns)


def test_hours_lie_beside_the_tickets_they_are_booked_on() -> None:
    """In order of their numbers, whatever order they came in."""
    site, columns = _desk()
    tempo = TempoSite(
        [worklog(12, 2, "2026-11-03", 60), worklog(11, 1, "2026-11-05", 120), worklog(13, 1, "2026-11-02")]
    )

    booked = _hours(tempo, site, columns)

    assert booked.state == "ok"
    assert booked.row.tolist() == [0, 1, 0]
    assert booked.spent_s.tolist() == [120, 60, 3600]
    assert booked.orphan_s.tolist() == []
    assert site.transport.asked(BULKFETCH) == []


def test_hours_on_tickets_that_are_gone_are_orphans_and_those_of_other_queues_are_not() -> None:
    """Jira is asked which of the strange tickets it still shows."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02"), worklog(2, 3, "2026-11-02"), worklog(3, 77, "2026-11-04", 900)])

    booked = _hours(tempo, site, columns)

    assert booked.row.tolist() == [0]
    assert (booked.orphan_ticket.tolist(), booked.orphan_s.tolist()) == ([77], [900])
    assert [call.body["issueIdsOrKeys"] for call in site.transport.asked(BULKFETCH)] == [["3", "77"]]


def test_hours_on_a_ticket_that_could_not_be_read_are_orphans_too() -> None:
    """The ticket is in no number, so its hours are in no total; nobody has to ask whether it exists."""
    site = JiraSite([issue(1), issue(2, created="soon")])
    columns = read(site)
    site.transport.calls.clear()

    booked = _hours(TempoSite([worklog(1, 1, "2026-11-02"), worklog(2, 2, "2026-11-03", 900)]), site, columns)

    assert (booked.row.tolist(), booked.orphan_ticket.tolist(), booked.orphan_s.tolist()) == ([0], [2], [900])
    assert site.transport.asked(BULKFETCH) == []


def test_a_worklog_that_comes_twice_counts_once() -> None:
    """Pages by offset overlap when something is booked in between."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02"), worklog(1, 1, "2026-11-02"), worklog(9, 77, "2026-11-02")] * 2)

    booked = _hours(tempo, site, columns)

    assert booked.spent_s.tolist() == [3600]
    assert booked.orphan_s.tolist() == [3600]


def test_only_people_who_are_not_known_yet_are_asked_for() -> None:
    """Assignees are known from the tickets; who is unknown to Jira too keeps their id as name."""
    site, columns = _desk()
    site.users.append({"accountId": "bruno", "displayName": "Bruno", "active": False})
    tempo = TempoSite([worklog(n, 1, "2026-11-02", author=who) for n, who in enumerate(("ana", "bruno", "zoe"), 1)])

    booked = _hours(tempo, site, columns)

    assert booked.authors == (Person("ana", "Ana Souza"), Person("bruno", "Bruno", active=False), Person("zoe", "zoe"))
    assert [call.params["accountId"] for call in site.transport.asked(USERS)] == [["bruno", "zoe"]]


def test_a_queue_with_a_team_has_the_teams_load() -> None:
    """And a queue without one does not ask for any."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02")], [{"member": {"accountId": "ana"}, "from": None, "to": None}])

    with_team, without = _hours(tempo, site, columns, team=7), _hours(tempo, site, columns)

    assert with_team.team is not None
    assert with_team.team.between(FIRST, LAST) == (3600, 30 * 8 * 3600)
    assert without.team is None


def test_projects_are_asked_for_by_their_numbers() -> None:
    """Tempo knows no keys."""
    site, columns = _desk()
    tempo = TempoSite()

    _hours(tempo, site, columns)

    assert [call.params["projectId"] for call in tempo.transport.asked(WORKLOGS)] == [[10001]]


def test_no_hours_are_better_than_some_of_them() -> None:
    """Whatever fails, at Tempo or at Jira, fails all of the hours."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 77, "2026-11-02")])
    site.bend(BULKFETCH, lambda *_: Canned({"errorMessages": ["No"]}, 400))
    with pytest.raises(SourceRejected):
        _hours(tempo, site, columns)

    tempo.bend(WORKLOGS, lambda *_: Canned(b"<html>no</html>", 401, "text/html"))
    with pytest.raises(LoginFailed):
        _hours(tempo, site, columns)


def _params(tempo: TempoSite) -> list[tuple[str, str, str | None]]:
    calls = tempo.transport.asked(WORKLOGS)
    return [(call.params["from"], call.params["to"], call.params.get("updatedFrom")) for call in calls]


def test_a_second_read_asks_only_for_what_changed_since_the_first() -> None:
    """From a little before it, in UTC, by the clock that is behind; what comes replaces what was read, people stay."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02"), worklog(2, 77, "2026-11-02")])
    first = _read(tempo, site, columns)
    site.transport.calls.clear()
    tempo.transport.calls.clear()
    tempo.worklogs[1] = worklog(2, 77, "2026-11-02", 60, updated="2026-11-23T11:56:00Z")
    tempo.worklogs.append(worklog(3, 2, "2026-11-20", 30, updated="2026-11-23T12:30:00Z"))

    second = _read(tempo, site, columns, first, read_at=READ_AT_MS + 59 * 60_000)

    assert _params(tempo) == [("2026-11-01", "2026-11-30", "2026-11-23T11:50:00Z")]
    assert [(item.id, item.spent_s) for item in second.worklogs] == [(1, 3600), (2, 60), (3, 30)]
    assert (second.gone, second.compared_at, second.cursor) == (frozenset({77}), READ_AT_MS, READ_AT_MS + 59 * 60_000)
    assert site.transport.calls == []


def test_a_clock_of_ours_that_is_ahead_hides_no_change() -> None:
    """Tempo tells changes by its own clock: from an hour that it has not seen yet there are none."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02")])
    tempo.date = "Mon, 23 Nov 2026 09:05:00 GMT"
    first = _read(tempo, site, columns)
    tempo.worklogs[0] = worklog(1, 1, "2026-11-02", 60, updated="2026-11-23T09:06:00Z")

    second = _read(tempo, site, columns, first, read_at=READ_AT_MS + 5 * 60_000)

    assert _params(tempo)[-1][-1] == "2026-11-23T08:55:00Z"
    assert [item.spent_s for item in second.worklogs] == [60]


def test_once_an_hour_the_last_days_are_read_whole_and_deleted_hours_go() -> None:
    """They show in no other way; older ones stay as they were."""
    site, columns = _desk()
    tempo = TempoSite(
        [worklog(n, 1, f"2026-{day}") for n, day in ((1, "09-01"), (2, "10-26"), (3, "10-27"), (4, "11-30"))]
    )
    first = _read(tempo, site, columns, first=date(2026, 8, 1))
    tempo.transport.calls.clear()
    tempo.worklogs = [worklog(3, 1, "2026-10-27")]

    second = _read(tempo, site, columns, first, first=date(2026, 8, 2), read_at=READ_AT_MS + 3_600_000)

    assert _params(tempo) == [("2026-10-27", "2026-11-30", None)]
    assert [item.id for item in second.worklogs] == [1, 2, 3]
    assert second.compared_at == READ_AT_MS + 3_600_000


def test_after_a_clock_was_set_back_the_last_days_are_read_whole() -> None:
    """What changed since an instant in the future is nothing, and deleted hours would stay."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02"), worklog(2, 1, "2026-11-03")])
    first = _read(tempo, site, columns, read_at=READ_AT_MS + 6 * 3_600_000)
    del tempo.worklogs[0]

    second = _read(tempo, site, columns, first, read_at=READ_AT_MS)

    assert [item.id for item in second.worklogs] == [2]
    assert (second.compared_at, second.cursor) == (READ_AT_MS, READ_AT_MS)


def test_hours_booked_ahead_come_with_their_day() -> None:
    """They were written long before, so a list of changes no longer has them."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-30"), worklog(2, 1, "2026-12-01")])
    first = _read(tempo, site, columns)

    second = _read(tempo, site, columns, first, last=date(2026, 12, 1), read_at=READ_AT_MS + 60_000)

    assert ([item.id for item in first.worklogs], [item.id for item in second.worklogs]) == ([1], [1, 2])


def test_a_read_that_ends_earlier_takes_nothing_from_the_next() -> None:
    """A report as of an earlier instant, with what it read kept: the days after it are read whole again."""
    site, columns = _desk()
    tempo = TempoSite([worklog(n, 1, day) for n, day in ((1, "2026-07-01"), (2, "2026-08-15"), (3, "2026-11-20"))])
    earlier = _read(tempo, site, columns, first=date(2026, 6, 1), last=date(2026, 7, 31))
    tempo.transport.calls.clear()

    now = _read(tempo, site, columns, earlier, first=date(2026, 7, 1), read_at=READ_AT_MS + 60_000)

    assert [item.id for item in now.worklogs] == [1, 2, 3]
    assert _params(tempo)[0] == ("2026-08-01", "2026-11-30", None)


def test_a_wider_span_of_dates_is_read_from_the_beginning() -> None:
    """What was read before does not reach back so far."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-10-02"), worklog(2, 1, "2026-11-02")])
    narrow = _read(tempo, site, columns)
    tempo.transport.calls.clear()

    wide = _read(tempo, site, columns, narrow, first=date(2026, 10, 1), read_at=READ_AT_MS + 60_000)

    assert _params(tempo) == [("2026-10-01", "2026-11-30", None)]
    assert [item.id for item in wide.worklogs] == [1, 2]


def test_hours_that_fell_out_of_the_span_are_dropped() -> None:
    """The window moves on."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-01"), worklog(2, 1, "2026-11-02")])
    first = _read(tempo, site, columns)

    assert [item.id for item in _read(tempo, site, columns, first, first=date(2026, 11, 2)).worklogs] == [2]


def test_a_ticket_elsewhere_that_is_deleted_becomes_an_orphan_with_the_next_comparison() -> None:
    """Whether a ticket outside the queue still exists is asked again once an hour."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 3, "2026-11-02", 900)])
    first = _read(tempo, site, columns)
    assert (first.elsewhere, first.gone) == (frozenset({3}), frozenset())
    del site.issues[3]

    within = _read(tempo, site, columns, first, read_at=READ_AT_MS + 60_000)
    compared = _read(tempo, site, columns, within, read_at=READ_AT_MS + 3_600_000)

    assert within.gone == frozenset()
    assert (compared.elsewhere, compared.gone) == (frozenset(), frozenset({3}))


def test_a_teams_load_is_read_with_each_comparison() -> None:
    """And stays as it was in between."""
    site, columns = _desk()
    members: list[Json] = [{"member": {"accountId": "ana"}, "from": None, "to": None}]
    tempo = TempoSite([worklog(1, 1, "2026-11-02", 600)], members)
    first = _read(tempo, site, columns, team=7)
    tempo.worklogs = [worklog(1, 1, "2026-11-02", 900)]

    within = _read(tempo, site, columns, first, team=7, read_at=READ_AT_MS + 60_000)
    compared = _read(tempo, site, columns, first, team=7, read_at=READ_AT_MS + 3_600_000)

    assert within.team is first.team
    assert compared.team is not None
    assert compared.team.between(FIRST, LAST)[0] == 900


def test_a_read_that_fails_leaves_the_one_before() -> None:
    """It is a value."""
    site, columns = _desk()
    tempo = TempoSite([worklog(1, 1, "2026-11-02")])
    first = _read(tempo, site, columns)
    tempo.bend(WORKLOGS, lambda *_: Canned(b"<html>no</html>", 401, "text/html"))

    with pytest.raises(LoginFailed):
        _read(tempo, site, columns, first)

    assert [item.id for item in first.worklogs] == [1]
