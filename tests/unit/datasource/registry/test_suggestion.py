"""The first registry that is made of what Jira shows."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from datasource.registry.evidence import SampledTicket
from datasource.registry.parse import parse
from datasource.registry.suggestion import SampledProject, Suggestion, suggestion
from tests.unit.datasource.registry.sampled import ANSWER, RESOLUTION, ticket

_FIELDS = {"customfield_1": "Time to first response", "customfield_2": "Time to resolution"}
_ALIVE = [ticket({"customfield_1": ANSWER, "customfield_2": RESOLUTION})] * 5


def _project(
    key: str = "SD", name: str = "Service Desk", category: str | None = None, tickets: Sequence[SampledTicket] = _ALIVE
) -> SampledProject:
    return SampledProject(key, name, category, tickets)


def _made(*projects: SampledProject, time_zone: str | None = "Europe/Berlin") -> Suggestion:
    return suggestion(projects, _FIELDS, time_zone, 90)


def _queues(*projects: SampledProject) -> list[dict[str, Any]]:
    return list(json.loads(_made(*projects).text)["queues"])


def _said(made: Suggestion) -> str:
    return "\n".join(made.because)


def test_a_service_desk_becomes_a_queue_with_the_fields_that_are_alive() -> None:
    """The clocks are read from Jira, so no goals are made up."""
    assert _queues(_project()) == [
        {
            "id": "service-desk",
            "name": "Service Desk",
            "team": "Service Desk",
            "project": "SD",
            "sla": {"first_response": {"field": "customfield_1"}, "resolution": {"field": "customfield_2"}},
        }
    ]


def test_where_no_clock_is_alive_clocks_are_computed_and_the_made_up_goals_are_owned_up_to() -> None:
    """The registry is in order all the same."""
    made = _made(_project(tickets=[ticket({})] * 5))
    (queue,) = parse(made.text.encode(), "suggested").queues

    assert (queue.first_response.clock, queue.resolution.clock) == ("computed", "computed")
    assert "first_response 8h and resolution 40h stand in for promises that Jira does not show" in _said(made)


def test_what_jira_does_not_know_is_said() -> None:
    """Hours, holidays and targets are for people to write."""
    said = _said(_made(_project()))
    for piece in ("Europe/Berlin, that of this account", "24/7", "`hours`", "first_response 0.95, resolution 0.9"):
        assert piece in said


@pytest.mark.parametrize("time_zone", [None, "Mars/Olympus"])
def test_an_account_without_a_time_zone_that_exists_gets_utc(time_zone: str | None) -> None:
    """And is told so."""
    made = _made(_project(), time_zone=time_zone)

    assert json.loads(made.text)["calendars"] == {"round-the-clock": {"time_zone": "UTC"}}
    assert "time zone: UTC, as Jira names none" in _said(made)


def test_the_team_is_the_category_of_the_project() -> None:
    """Where it has one."""
    assert [queue["team"] for queue in _queues(_project(category="IT"), _project("HR", "People"))] == ["IT", "People"]


def test_ids_are_made_of_names_and_never_twice() -> None:
    """Nor are they an address of the portal, nor empty."""
    names = {"SD": "Überblick & Hilfe", "OV": "Overview", "A1": "Desk", "B1": "Desk", "KR": "고객 지원", "Z1": "-" * 80}
    names["L1"] = names["L2"] = "x" * 100
    ids = [queue["id"] for queue in _queues(*(_project(key, name) for key, name in names.items()))]

    assert ids[:6] == ["uberblick-hilfe", "overview-ov", "desk", "desk-b1", "kr", "z1"]
    assert len(set(ids)) == len(ids)


def test_ids_that_collide_again_get_a_number() -> None:
    """The name of one project may be what another's would be called."""
    projects = [_project("A1", "Desk B1"), _project("A2", "Desk"), _project("B1", "Desk")]

    assert [queue["id"] for queue in _queues(*projects)] == ["desk-b1", "desk", "desk-b1-2"]


def test_statuses_in_which_tickets_wait_for_others_are_pauses() -> None:
    """Seen on open tickets; waiting for the team itself is none, and neither is a status that nobody is in."""
    tickets = [
        ticket({}, status="Waiting for customer", done=False),
        ticket({}, status="Waiting for customer", done=False),
        ticket({}, status="Aguardando fornecedor", done=False),
        ticket({}, status="Waiting for support", done=False),
        ticket({}, status="In progress", done=False),
        ticket({}, status="Closed while waiting"),
    ]
    made = _made(_project(tickets=tickets))

    assert json.loads(made.text)["queues"][0]["pause_statuses"] == ["Aguardando fornecedor", "Waiting for customer"]
    assert '"Waiting for customer" (2)' in _said(made)
    assert 'not a pause: "Waiting for support" waits for the team itself' in _said(made)


def test_a_project_that_a_registry_cannot_name_is_left_out_and_said() -> None:
    """Data Center lets sites invent keys."""
    made = _made(_project("sd-1"), _project())

    assert [queue["project"] for queue in json.loads(made.text)["queues"]] == ["SD"]
    assert "sd-1: left out" in _said(made)


def test_names_of_any_kind_make_a_registry_that_is_in_order() -> None:
    """Line breaks, marks that turn the text, and hundreds of characters."""
    made = _made(_project(name="\u202eDesk\n" + "long " * 100, category="\t"), _project("NO", "\u200b"))

    assert [queue.projects for queue in parse(made.text.encode(), "suggested").queues] == [("SD",), ("NO",)]
