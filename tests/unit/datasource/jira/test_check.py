"""What the registry names and Jira does not know, one line each."""

from dataclasses import replace

import pytest

from datasource.deadline import Deadline
from datasource.errors import SourceFailed
from datasource.jira.check import registry_problems
from servicelevel.policy import Goal, Policy, Queue
from tests.fakes.canned import Canned
from tests.fakes.clock import stop_the_clock
from tests.fakes.jira_json import issue
from tests.fakes.jira_site import JiraSite
from tests.unit.datasource.jira.desk import DESK


def _problems(queue: Queue, site: JiraSite | None = None) -> list[str]:
    return registry_problems((site or JiraSite([issue(1)])).jira, Policy((queue,)), Deadline.after(60))


def test_a_registry_that_fits_has_no_problems() -> None:
    """Names compare without case, ids as they are."""
    fitting = replace(
        DESK,
        pause_statuses=("in arbeit", "2"),
        exclude_resolutions=("FERTIG",),
        resolution=replace(DESK.resolution, goals=(Goal(1, "highest"), Goal(1))),
    )

    assert _problems(fitting) == []


def test_every_thing_unknown_is_one_line_with_the_nearest_name() -> None:
    """Status, resolution and priority; what is written twice is told once."""
    wrong = replace(
        DESK,
        pause_statuses=("In Arbiet", "In Arbiet"),
        exclude_resolutions=("Quite another",),
        first_response=replace(DESK.first_response, goals=(Goal(1, "Hihgest"),)),
    )

    assert _problems(wrong) == [
        "queue 'desk': pause status 'In Arbiet' is unknown to Jira; did you mean 'In Arbeit'?",
        "queue 'desk': resolution 'Quite another' is unknown to Jira",
        "queue 'desk': priority 'Hihgest' is unknown to Jira; did you mean 'Highest'?",
    ]


def test_a_field_that_is_missing_or_none_of_the_clocks_is_told_with_those_there_are() -> None:
    """Whoever mends it picks from the list."""
    wrong = replace(
        DESK,
        first_response=replace(DESK.first_response, field=None, clock="jsm"),
        resolution=replace(DESK.resolution, field="customfield_1"),
    )

    unset, unknown = _problems(wrong)

    assert unset.startswith("queue 'desk': sla.first_response.field is not set; Jira has customfield_10030 (")
    assert unknown.startswith("queue 'desk': sla.resolution.field 'customfield_1' is no SLA field; Jira has")


def test_an_account_that_sees_no_clock_is_told_so() -> None:
    """Its permissions are what needs mending."""
    site = JiraSite([])
    site.bend("/rest/api/3/field", lambda *_: Canned([{"id": "summary", "schema": None}, {"id": "x"}]))

    assert all("sees no SLA field at all" in line for line in _problems(DESK, site))


def test_a_project_that_does_not_exist_is_told_once_with_its_queues() -> None:
    """Two queues of one project are one line."""
    site = JiraSite([])
    site.bend("/rest/api/3/project/SD", lambda *_: Canned({"errorMessages": ["No project"]}, 404))
    twice = Policy((DESK, replace(DESK, id="other")))

    assert registry_problems(site.jira, twice, Deadline.after(60)) == [
        "project 'SD' (queue desk, other) does not exist, or this account may not see it"
    ]


def test_a_jira_that_fails_is_no_problem_of_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as a failure of Jira."""
    stop_the_clock(monkeypatch)
    site = JiraSite([])
    site.bend("/rest/api/3/project/SD", lambda *_: Canned({}, 503))

    with pytest.raises(SourceFailed):
        _problems(DESK, site)
