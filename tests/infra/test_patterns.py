"""The evaluators that alarms are judged with: each rule of theirs, and that they refuse what they do not know."""

import json
from typing import Any, Final

import pytest

from tests.infra.alarm_states import goes_off
from tests.infra.event_patterns import FilterNotKnown, fits
from tests.infra.listener_rules import PORTAL, SIGN_IN, Asked, ConditionNotKnown, Rule, end
from tests.infra.log_patterns import PatternNotKnown, matches, value

LINE = json.dumps({"event": "data.age", "level": "info", "oldest_age_s": 7.5, "queues": True})


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ('{ $.event = "data.age" }', True),
        ('{$.event="data.age"} ', True),
        ('{ $.event = "data" }', False),
        ('{ $.nothing = "data.age" }', False),
        ('{ $.oldest_age_s = "7.5" }', False),
        ('{ $.event = "other" || $.level = "info" }', True),
        ('{ $.event = "data.age" && $.level = "error" }', False),
        ('{ $.level = "info" || $.level = "warning" && $.event = "other" }', True),
        ('{ ($.level = "info" || $.level = "warning") && $.event = "other" }', False),
    ],
)
def test_a_pattern_finds_what_cloudwatch_would(pattern: str, found: bool) -> None:
    """In an object; a line that is none is never found."""
    assert matches(pattern, LINE) is found
    assert not matches(pattern, "data.age")
    assert not matches(pattern, '["data.age"]')


@pytest.mark.parametrize(
    "pattern",
    ["data.age", '{ $.event = "data.*" }', "{ $.age > 7 }", '{ $.a = "b" ', '{ $.a = "b" } }', ""],
)
def test_a_pattern_that_is_not_known_is_refused(pattern: str) -> None:
    """Rather than found to match nothing."""
    with pytest.raises(PatternNotKnown):
        matches(pattern, LINE)


def test_a_line_adds_a_number() -> None:
    """The same for each line, or one of its own; what is no number would be lost."""
    assert value({"value": "1"}, LINE) == 1
    assert value({"value": "$.oldest_age_s"}, LINE) == 7.5
    for lost in ("$.event", "$.queues", "$.gone"):
        with pytest.raises(PatternNotKnown):
            value({"value": lost}, LINE)


def test_an_event_fits_in_each_of_its_fields() -> None:
    """One value of several, one member of a list, one of several ways."""
    pattern = {"a": ["x", "y"], "$or": [{"b": {"c": [{"anything-but": [0]}]}}, {"d": ["z"]}]}

    assert fits(pattern, {"a": "y", "b": [{"c": 0}, {"c": 1}]})
    assert fits(pattern, {"a": ["n", "x"], "d": "z"})
    assert not fits(pattern, {"a": "y", "b": [{"c": 0}, {}]})
    assert not fits(pattern, {"a": "n", "d": "z"})
    assert not fits(pattern, {"b": {"c": 1}})
    assert not fits({"a": {"b": ["x"]}}, {"a": "x"})
    with pytest.raises(FilterNotKnown):
        fits({"a": [{"prefix": "x"}]}, {"a": "xy"})


def _rule(priority: str, actions: list[dict[str, Any]], *conditions: dict[str, Any]) -> Rule:
    return {"Priority": priority, "IsDefault": priority == "default", "Actions": actions, "Conditions": conditions}


FORWARD: Final = {"Type": "forward", "Order": 2}
ASK: Final = {"Type": "authenticate-oidc", "Order": 1}
REFUSE: Final = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}
RULES: Final = (
    _rule("default", [REFUSE]),
    _rule("10", [FORWARD, ASK], {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a?", "/pages/*"]}}),
    _rule(
        *("9", [FORWARD]),
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a*"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Key", "Values": ["of *", "other"]}},
    ),
    _rule(
        *("8", [FORWARD]),
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "way", "Value": "in*"}]}},
    ),
)


@pytest.mark.parametrize(
    ("asked", "ended"),
    [
        (Asked("/ab"), SIGN_IN),
        (Asked("/a"), "403"),
        (Asked("/Ab"), "403"),
        (Asked("/pages"), "403"),
        (Asked("/pages/a/b?way=out"), SIGN_IN),
        (Asked("/ab", {"x-key": "OF mine"}), PORTAL),
        (Asked("/ab", {"X-Key": "of"}), SIGN_IN),
        (Asked("/b", {"X-Key": "other"}), "403"),
        (Asked("/b?Way=IN"), PORTAL),
        (Asked("/b?way=out&way=inner"), PORTAL),
        (Asked("/b?ways=in", {"way": "in"}), "403"),
    ],
)
def test_a_request_meets_the_rule_that_comes_first(asked: Asked, ended: str) -> None:
    """Of those all conditions of which hold, whatever the order they are told in; the last one is for all others."""
    assert end(RULES, asked) == ended


def test_a_condition_that_is_not_known_is_refused() -> None:
    """Rather than found to hold, or not to."""
    sources = {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}

    with pytest.raises(ConditionNotKnown):
        end([_rule("1", [FORWARD], sources), *RULES], Asked("/"))


def test_an_alarm_counts_periods() -> None:
    """So many of the last ones, with what is missing on either side."""
    alarm = {
        "statistic": "Sum",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 1,
        "evaluation_periods": 3,
        "datapoints_to_alarm": 2,
        "treat_missing_data": "notBreaching",
    }

    assert goes_off(alarm, [[1, 1], [], [2]])
    assert not goes_off(alarm, [[2], [], [], [2]])
    assert goes_off({**alarm, "treat_missing_data": "breaching"}, [[2], [], [], [1]])
    assert not goes_off({**alarm, "statistic": "Maximum"}, [[1, 1], [], [2]])
    assert goes_off({**alarm, "comparison_operator": "LessThanThreshold", "datapoints_to_alarm": None}, [[0]] * 3)
    assert not goes_off({**alarm, "datapoints_to_alarm": None}, [[2]] * 2)
