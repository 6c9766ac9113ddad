"""Histories as changes: which fields are followed, and when they happened."""

import json
from typing import Any

import msgspec
import pytest

from datasource.jira import wire
from datasource.jira.parse import changes, history_instant
from servicelevel.ticket import Change
from tests.fakes.canned import Json
from tests.fakes.jira_json import history, status_item

AT_MS = 1_783_328_533_432


def _changes(*histories: Json) -> list[Change]:
    return list(changes(msgspec.json.decode(json.dumps(histories).encode(), type=list[wire.History])))


@pytest.mark.parametrize(
    ("created", "at"),
    [
        ("2026-07-06T18:02:13.432+0900", AT_MS),
        ("2026-07-06T09:02:13.432Z", AT_MS),
        ("2026-07-06T09:02:13Z", AT_MS - 432),
        (AT_MS, AT_MS),
        (float(AT_MS), AT_MS),
        (AT_MS // 1000, AT_MS - 432),
        (AT_MS / 1000, AT_MS),
        (1492070429, 1492070429000),
    ],
)
def test_an_instant_comes_as_text_milliseconds_or_seconds(created: float | str, at: int) -> None:
    """Endpoints and documents disagree; from 1e11 on a number is milliseconds."""
    assert history_instant(created) == at


@pytest.mark.parametrize("created", ["soon", "", "2026-07-06T18:02:13", 0, -5, 1e300, 10**17, "1901-01-01T00:00:00Z"])
def test_an_instant_that_calendars_do_not_cover_is_refused(created: float | str) -> None:
    """It would count in no period or in all."""
    with pytest.raises(ValueError, match=r"created|isoformat"):
        history_instant(created)


def test_only_the_fields_that_rules_follow_are_changes() -> None:
    """Most of a real changelog is noise."""
    noise = [{"field": name, "to": "1"} for name in ("Link", "RemoteIssueLink", "Workflow", "summary", "")]

    (change,) = _changes(history(7, AT_MS, *noise, status_item("1", "2")))

    assert change == Change(7, AT_MS, "status", "1", "Open", "2", "In Arbeit")


@pytest.mark.parametrize("name", ["status", "resolution", "assignee", "priority"])
def test_a_field_is_known_by_its_id_and_else_by_its_name(name: str) -> None:
    """Old releases and system items have no field id; the id counts where names are translated."""
    (by_name,) = _changes(history(1, AT_MS, {"field": name, "from": "1", "to": "2"}))
    (by_id,) = _changes(history(1, AT_MS, {"field": "übersetzt", "fieldId": name, "from": "1", "to": "2"}))

    assert by_name == by_id
    assert by_name.field == name


def test_one_edit_may_change_several_fields() -> None:
    """In the order of its items, with one instant and one number."""
    resolved = {"field": "resolution", "fieldId": "resolution", "from": None, "to": "10", "toString": "Done\u200b"}

    first, second = _changes(history(9, "2026-07-06T09:02:13.432Z", resolved, status_item("2", "3")))

    assert first == Change(9, AT_MS, "resolution", None, None, "10", "Done")
    assert (second.field, second.at, second.history_id) == ("status", AT_MS, 9)


def test_noise_without_an_instant_costs_nothing() -> None:
    """Only changes that are followed have to be read."""
    assert _changes(history(1, "soon", {"field": "Link"}), history(2, AT_MS)) == []


@pytest.mark.parametrize("broken", [{"id": "seven"}, {"id": str(1 << 63)}, {"created": "soon"}])
def test_a_change_that_cannot_be_placed_is_an_error(broken: dict[str, Any]) -> None:
    """A change left out would make another number of every measure after it."""
    with pytest.raises(ValueError, match=r"seven|soon|out of range"):
        _changes({**history(1, AT_MS, status_item("1", "2")), **broken})
