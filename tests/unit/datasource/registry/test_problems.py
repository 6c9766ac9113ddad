"""What is wrong with a registry, each rule by its path and its sentence."""

from typing import Any

import pytest

from tests.unit.datasource.registry.examples import ABSENT, changed, problems, registry

_Q = ("queues", 0)

_BROKEN: dict[str, tuple[tuple[str | int, ...], Any, str, str, str | None]] = {
    # what is wrong: where it is put, the value, the path reported, a piece of what was expected, the name meant
    "no version": (("version",), ABSENT, "version", "required", None),
    "another version": (("version",), 2, "version", "1", None),
    "no queues": (("queues",), [], "queues", "at least one queue", None),
    "queues that are no list": (("queues",), {}, "queues", "a list", None),
    "a queue that is no object": (("queues", 1), "network", "queues[1]", "an object", None),
    "a queue without a team": ((*_Q, "team"), ABSENT, "queues[0].team", "required", None),
    "an unknown key": ((*_Q, "calender"), "business", "queues[0].calender", "one of analysts", "calendar"),
    "an unknown key at the top": (("quues",), [], "quues", "one of $schema", "queues"),
    "an unknown key far down": (
        ("calendars", "always", "timezone"),
        1,
        "calendars.always.timezone",
        "hours",
        "time_zone",
    ),
    "a key with spaces": (("a b",), 1, '["a b"]', "one of", None),
    "null": ((*_Q, "jql"), None, "queues[0].jql", "no such key at all", None),
    "an id in capitals": ((*_Q, "id"), "Service Desk", "queues[0].id", "lower-case", "service-desk"),
    "an id that is an address": ((*_Q, "id"), "overview", "queues[0].id", "another id", None),
    "an id that ends in a line break": ((*_Q, "id"), "sd\n", "queues[0].id", "lower-case", "sd"),
    "an id twice": (("queues", 1, "id"), "service-desk", "queues[1].id", "queues[0] has the same", None),
    "a number for a name": ((*_Q, "name"), 7, "queues[0].name", "a text", None),
    "an empty name": ((*_Q, "name"), "", "queues[0].name", "1 to 200", None),
    "a name of two lines": ((*_Q, "name"), "a\nb", "queues[0].name", "one line", None),
    "spaces around a name": ((*_Q, "name"), " Desk ", "queues[0].name", "no spaces", "Desk"),
    "a project in small letters": ((*_Q, "project"), "sd", "queues[0].project", "in capitals", "SD"),
    "an empty list of projects": ((*_Q, "project"), [], "queues[0].project", "project key", None),
    "a project twice": ((*_Q, "project"), ["SD", "SD"], "queues[0].project", "different keys", None),
    "an unknown calendar": ((*_Q, "calendar"), "busness", "queues[0].calendar", '"always"', "business"),
    "an unknown calendar by default": (("defaults", "calendar"), "office", "defaults.calendar", '"business"', None),
    "a target in percent": ((*_Q, "targets"), {"resolution": 90}, "queues[0].targets.resolution", "0.5 to 1.0", "0.9"),
    "a low target": (("defaults", "targets", "resolution"), 0.49, "defaults.targets.resolution", "0.5 to 1.0", None),
    "a target in quotes": (
        ("defaults", "targets", "resolution"),
        "0.9",
        "defaults.targets.resolution",
        "a number",
        None,
    ),
    "a target that is true": (
        ("defaults", "targets", "resolution"),
        True,
        "defaults.targets.resolution",
        "number",
        None,
    ),
    "a field's name": (
        (*_Q, "sla", "resolution", "field"),
        "Time to X",
        "queues[0].sla.resolution.field",
        "the id",
        None,
    ),
    "a field's number": (
        (*_Q, "sla", "resolution", "field"),
        "10031",
        "queues[0].sla.resolution.field",
        "the id",
        "customfield_10031",
    ),
    "an unknown clock": (
        (*_Q, "sla", "resolution", "clock"),
        "compute",
        "queues[0].sla.resolution.clock",
        "'auto'",
        "computed",
    ),
    "a JSM clock without a field": (
        (*_Q, "sla", "resolution"),
        {"clock": "jsm"},
        "queues[0].sla.resolution.clock",
        "`field`",
        None,
    ),
    "a computed clock without goals": (
        (*_Q, "sla", "first_response"),
        {"clock": "computed"},
        "queues[0].goals.first_response",
        "one goal",
        None,
    ),
    "an unknown judged cycle": (
        (*_Q, "sla", "resolution", "judged"),
        "latest",
        "queues[0].sla.resolution.judged",
        "'each'",
        "last",
    ),
    "no goals in a list": ((*_Q, "goals"), {"resolution": []}, "queues[0].goals.resolution", "at least one goal", None),
    "a goal in days": (
        (*_Q, "goals", "resolution", 0, "goal"),
        "2d",
        "queues[0].goals.resolution[0].goal",
        "hours and minutes",
        None,
    ),
    "a goal with a space": (
        (*_Q, "goals", "resolution", 1, "goal"),
        "4 H",
        "queues[0].goals.resolution[1].goal",
        "such as `90m`",
        "4h",
    ),
    "a goal of nothing": (
        (*_Q, "goals", "resolution", 0, "goal"),
        "0h",
        "queues[0].goals.resolution[0].goal",
        "more than 0",
        None,
    ),
    "a goal without end": (
        (*_Q, "goals", "resolution", 0, "goal"),
        "99999h",
        "queues[0].goals.resolution[0].goal",
        "10,000 hours",
        None,
    ),
    "a goal as a number": (
        (*_Q, "goals", "resolution", 0, "goal"),
        4,
        "queues[0].goals.resolution[0].goal",
        "hours and minutes",
        None,
    ),
    "two goals of a kind": (
        (*_Q, "goals", "resolution"),
        [{"goal": "4h"}, {"goal": "5h"}],
        "queues[0].goals.resolution",
        "0 and 1",
        None,
    ),
    "a goal's date": (
        (*_Q, "goals", "resolution", 0, "valid_from"),
        "1.1.2026",
        "queues[0].goals.resolution[0].valid_from",
        "YYYY-MM-DD",
        None,
    ),
    "a negative weight": ((*_Q, "weights", "flow"), -1, "queues[0].weights.flow", "at least 0", None),
    "an unknown dimension": ((*_Q, "weights", "flows"), 1, "queues[0].weights.flows", "one of", "flow"),
    "weights of 0": (
        (*_Q, "weights"),
        dict.fromkeys(("responsiveness", "resolution", "backlog", "flow", "quality", "capacity"), 0),
        "queues[0].weights",
        "above 0",
        None,
    ),
    "anchors in the wrong order": (
        (*_Q, "anchors", "backlog_days"),
        {"at_0": 2, "at_80": 5, "at_100": 20},
        "queues[0].anchors.backlog_days",
        "less is better",
        None,
    ),
    "anchors that stand still": (
        (*_Q, "anchors", "net_flow"),
        {"at_0": 0.8, "at_80": 1, "at_100": 1},
        "queues[0].anchors.net_flow",
        "more is better",
        None,
    ),
    "a missing anchor": (
        (*_Q, "anchors", "net_flow"),
        {"at_0": 0.8, "at_100": 1},
        "queues[0].anchors.net_flow.at_80",
        "required",
        None,
    ),
    "an attainment anchored above its target": (
        (*_Q, "anchors", "resolution"),
        {"at_0": 25, "at_100": 4},
        "queues[0].anchors.resolution.at_0",
        "below 0",
        None,
    ),
    "a rate in percent": (
        (*_Q, "anchors", "reopen_rate"),
        {"at_0": 15, "at_80": 0.05, "at_100": 0.02},
        "queues[0].anchors.reopen_rate.at_0",
        "at most 1",
        None,
    ),
    "an unknown measure": (
        (*_Q, "anchors", "backlog"),
        {},
        "queues[0].anchors.backlog",
        "backlog_days",
        "backlog_days",
    ),
    "a budget window of 30 days": ((*_Q, "budget_window"), "30d", "queues[0].budget_window", "'28d'", None),
    "a share on one queue only": ((*_Q, "share"), 1, "queues[1].share", "on every queue or on none", None),
    "a Tempo team by name": ((*_Q, "tempo", "team"), "IT", "queues[0].tempo.team", "whole number", None),
    "a Tempo team that is true": ((*_Q, "tempo", "team"), True, "queues[0].tempo.team", "whole number", None),
    "a status twice": ((*_Q, "pause_statuses"), ["On hold", "On hold"], "queues[0].pause_statuses", "once", None),
    "a filter that closes too much": ((*_Q, "jql"), "a = 1) OR (b = 2", "queues[0].jql", "a parenthesis opened", None),
    "privacy that is unknown": (("privacy", "analysts"), "hidden", "privacy.analysts", "'pseudonyms'", None),
    "a note for an unknown queue": (
        ("notes", 0, "queues", 0),
        "service-desc",
        "notes[0].queues[0]",
        "the id of",
        "service-desk",
    ),
    "a note without a day": (("notes", 0, "day"), ABSENT, "notes[0].day", "required", None),
    "a note of no date": (("notes", 0, "day"), "2026-02-30", "notes[0].day", "YYYY-MM-DD", None),
    "a date far away": (("notes", 0, "day"), "2206-12-24", "notes[0].day", "1990 to 2059", None),
}


@pytest.mark.parametrize(("where", "value", "path", "expected", "nearest"), _BROKEN.values(), ids=_BROKEN)
def test_a_broken_value_is_told_by_path_and_expectation(
    where: tuple[str | int, ...], value: Any, path: str, expected: str, nearest: str | None
) -> None:
    """One thing wrong is one problem: its place, what should be there, and what may have been meant."""
    (problem,) = problems(changed(*where, to=value))
    assert (problem.path, problem.nearest) == (path, nearest)
    assert expected in problem.expected
    assert len(problem.found) <= 80


def test_a_promise_without_a_target_is_a_problem() -> None:
    """No target is built in: each queue is named that lacks one."""
    found = problems(changed("defaults", "targets", to={"resolution": 0.9}))
    assert [problem.path for problem in found] == [
        "queues[0].targets.first_response",
        "queues[1].targets.first_response",
    ]


def test_shares_of_0_everywhere_are_a_problem() -> None:
    """There would be no consolidated score."""
    whole = registry()
    for queue in whole["queues"]:
        queue["share"] = 0
    assert [problem.path for problem in problems(whole)] == ["queues"]


def test_every_problem_is_listed_at_once_whatever_else_is_broken() -> None:
    """Wrong values, unknown keys and names that lead nowhere are found in one go, in one queue too."""
    whole = registry()
    whole["version"] = "one"
    whole["calendars"]["always"] = {"time_zone": "Nowhere", "hours": {"mon": ["x"]}}
    whole["queues"][0] |= {"calendar": "offce", "nmae": "x", "team": 3}
    whole["queues"][0]["goals"]["resolution"][0]["goal"] = "soon"
    whole["queues"][1] = {"id": "service-desk", "project": 5, "calendar": "nightly"}
    whole["notes"].append({"day": "never", "text": "x", "queues": ["netwrk"]})
    assert {problem.path for problem in problems(whole)} == {
        "version",
        "calendars.always.time_zone",
        "calendars.always.hours.mon[0]",
        "queues[0].calendar",
        "queues[0].nmae",
        "queues[0].team",
        "queues[0].goals.resolution[0].goal",
        "queues[1].id",
        "queues[1].name",
        "queues[1].team",
        "queues[1].project",
        "queues[1].calendar",
        "notes[1].day",
        "notes[1].queues[0]",
    }


def test_a_broken_value_is_not_also_called_missing() -> None:
    """A target or a list of goals that is wrong has one problem, not two."""
    whole = changed("queues", 0, "sla", "resolution", to={"clock": "computed"})
    whole["defaults"]["targets"] = 0.9
    whole["queues"][0]["goals"] = {"resolution": "4h"}
    assert {problem.path for problem in problems(whole)} == {"defaults.targets", "queues[0].goals.resolution"}


@pytest.mark.parametrize("value", [None, True, 7, "registry", [], [registry()]])
def test_a_file_that_is_no_object_is_told_as_a_whole(value: Any) -> None:
    """The path of the file itself is empty and reads as `the file`."""
    (problem,) = problems(value)
    assert problem.path == ""
    assert str(problem).startswith("the file: found ")


def test_long_values_are_shown_short_and_on_one_line() -> None:
    """Neither a long text nor control characters spoil the list."""
    (problem,) = problems(changed("queues", 0, "project", to="x\n\u202e" * 5000))
    assert len(str(problem)) < 250
    assert str(problem).isprintable()


def test_of_thousands_of_problems_the_first_500_are_listed() -> None:
    """The list stays one that can be printed."""
    found = problems(registry() | {f"unknown-{i}": i for i in range(2000)})
    assert len(found) == 501
    assert found[-1].found == "more problems than these 500"
