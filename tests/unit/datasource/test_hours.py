"""A queue's hours: whose they are, on which tickets, and which of them belong to tickets that are gone."""

from dataclasses import replace
from datetime import date

import pytest

from datasource.errors import LoginFailed, SourceRejected
from datasource.hours import TempoHours
from servicelevel.columns import TicketColumns
from servicelevel.ticket import Person
from servicelevel.worklogs import WorklogColumns
from tests.fakes.canned import Canned
from tests.fakes.jira_json import issue
from tests.fakes.jira_site import BULKFETCH, USERS, JiraSite
from tests.fakes.tempo_site import WORKLOGS, TempoSite, worklog
from tests.unit.datasource.jira.desk import DESK, read

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def _desk() -> tuple[JiraSite, TicketColumns]:
    """Two tickets that were read; ticket 3 exists and belongs to another queue."""
    site = JiraSite([issue(1), issue(2)])
    columns = read(site)
    site.issues[3] = issue(3)
    site.transport.calls.clear()
    return site, columns


def _hours(tempo: TempoSite, site: JiraSite, columns: TicketColumns, team: int | None = None) -> WorklogColumns:
    return TempoHours(tempo.tempo, site.jira).read(replace(DESK, tempo_team=team), columns, FIRST, LAST, 60.0)


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
